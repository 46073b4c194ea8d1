from letters.marking import french_spaces, mark, masked, printed, values


def test_a_mark_is_taken_off_for_printing_and_its_data_for_judging() -> None:
    text = f"Betaal {mark('amount', '€ 40,00')} aan {mark('text', 'Deurwaarder B.V.')}."
    assert printed(text) == "Betaal € 40,00 aan Deurwaarder B.V.."
    assert masked(text) == "Betaal [amount] aan [text]."
    assert values(text, "amount") == ("€ 40,00",)
    assert values(text, "date") == ()


def test_nothing_stays_nothing_so_that_a_template_can_ask_for_it() -> None:
    assert mark("text", None) == ""
    assert mark("text", "") == ""


def test_french_punctuation_keeps_to_its_word_and_data_stays_as_it_is() -> None:
    assert french_spaces(f"Payé ? {mark('text', 'A : B')} !") == f"Payé\u00a0? {mark('text', 'A : B')}\u00a0!"
