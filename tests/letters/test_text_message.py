import re

import pytest

from letters.content import LetterContent
from letters.kinds import EVENTS
from letters.render import VoidLetter, render_sms
from letters.text_message import places
from tests.letters.builders import CREDITOR, LANGUAGES, example, examples, invoice, letter, many
from tests.letters.varied import variants
from tests.rows import in_rows


def every(language: str) -> dict[str, LetterContent]:
    """Every letter in a language, about one invoice and many, by a name that says which."""
    own = {name: example(name, language) for name, spoken in examples() if spoken == language}
    return {
        **own,
        **{f"{name}-many": many(content) for name, content in own.items()},
        **{name: content for name, content in variants() if content.language == language},
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_message_fits_in_one_and_in_its_alphabet(language: str) -> None:
    for name, content in every(language).items():
        text = render_sms(content)
        # GSM 03.38: its accented small letters are è é ù ì ò ä ö ñ ü à; the euro sign takes two places.
        assert re.fullmatch(r"[A-Za-z0-9 .,:?()€'&/èéùìòäöñüàßÄÖÜ-]+", text), name
        assert len(text) + text.count("€") == places(text) <= 160, name
        assert content.creditor.name in text, name
        assert content.creditor.phone is not None, name
        assert content.creditor.phone in text, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_natural_person_reads_no_amount_and_nothing_of_collecting(language: str) -> None:
    for name, content in every(language).items():
        if not (content.consumer or content.natural_person):
            content = content.model_copy(update={"natural_person": True})
        text = render_sms(content).casefold()
        assert not re.search(r"€|eur|\d,\d\d|\d\.\d\d", text), name
        assert not re.search(r"incasso|inkasso|recouvrement|debt|collect|mahn|deurwaarder|\bschuld", text), name


def test_a_business_reads_what_is_open() -> None:
    assert "(€ 1.234,50 open)" in render_sms(letter())


@pytest.mark.parametrize("name", ["Snel Incasso B.V.", "Recouvrement SA", "Muster Inkasso GmbH", "Debt Collection Ltd"])
def test_a_sender_whose_name_says_it_is_refused_to_a_consumer(name: str) -> None:
    creditor = CREDITOR.model_copy(update={"name": name})
    assert name in render_sms(letter(creditor=creditor))
    with pytest.raises(VoidLetter, match="a name or number puts the word"):
        render_sms(letter(consumer=True, creditor=creditor))


def test_a_text_message_needs_not_what_only_a_letter_needs() -> None:
    # It points to the letter and is none: a call script is made of a notice without its term, too.
    assert "F-1" in render_sms(letter("notice", consumer=True, term_days=None))


@in_rows(("name", "field"), EVENTS.items())
def test_a_message_about_nothing_is_refused(name: str, field: str) -> None:
    with pytest.raises(VoidLetter, match=f"{name}: {field} is missing"):
        render_sms(example(name).model_copy(update={field: None}))


def test_a_long_name_is_cut_so_that_a_text_message_fits() -> None:
    creditor = CREDITOR.model_copy(update={"name": "Coöperatieve Vereniging tot Verbouw van Buitenplaatsen U.A."})
    text = render_sms(letter(creditor=creditor, lines=(invoice("2026-0000000000000000000000000000001"),)))
    assert places(text) <= 160
    assert "Coöperatieve" in text
    assert "..." in text


def test_letters_outside_the_alphabet_of_text_messages_lose_their_accent() -> None:
    text = render_sms(letter(creditor=CREDITOR.model_copy(update={"name": "Zoë & Çelik Oké"})))
    assert "Zoe & Çelik Oké" in text


def test_outside_the_alphabet_seventy_characters_are_a_message() -> None:
    # 3GPP TS 23.038: UCS-2 takes two octets of 140 for a character.
    assert places("Ж" * 70) == 160
    assert places("Ж" * 71) == 161
    assert places("a€") == 3
