import pytest

from letters.references import check_digit, checked_reference
from tests.rows import in_rows


@pytest.mark.parametrize(
    ("digits", "digit"),
    [("000056789012345", 5), ("2234534622567", 1)],  # Betaalvereniging, Specificaties betalingskenmerk (law.md §8)
)
def test_the_check_digit_of_a_betalingskenmerk(digits: str, digit: int) -> None:
    assert check_digit(digits) == digit


def test_a_check_digit_of_ten_is_written_one_and_of_eleven_zero() -> None:
    # The last digit weighs 2: 6 comes to 12, modulo 11 that is 1, and 11 - 1 = 10; 0 comes to nothing, and 11 - 0 = 11.
    assert check_digit("6") == 1
    assert check_digit("0") == 0


@pytest.mark.parametrize("text", ["", "12a", "١٢"])
def test_a_check_digit_is_counted_over_digits_only(text: str) -> None:
    with pytest.raises(ValueError, match="not a row of digits"):
        check_digit(text)


@pytest.mark.parametrize(
    ("text", "standard", "compact", "shown"),
    [
        ("5000056789012345", "betalingskenmerk", "5000056789012345", "5000 0567 8901 2345"),
        ("12 2345 3462 2567", "betalingskenmerk", "12234534622567", "1223 4534 6225 67"),
        ("RF18 5390 0754 7034", "rf", "RF18539007547034", "RF18 5390 0754 7034"),
        ("rf712348231", "rf", "RF712348231", "RF71 2348 231"),
        ("RF485000056789012345", "rf", "RF485000056789012345", "RF48 5000 0567 8901 2345"),
        ("010/8068/17183", "ogm", "010806817183", "+++010/8068/17183+++"),
        ("+++010/8068/17183+++", "ogm", "010806817183", "+++010/8068/17183+++"),
        ("***312401398067***", "ogm", "312401398067", "+++312/4013/98067+++"),
    ],
)
def test_the_standard_is_told_by_the_form(text: str, standard: str, compact: str, shown: str) -> None:
    found = checked_reference(text)
    assert (found.standard, found.compact, found.shown) == (standard, compact, shown)


@in_rows(
    ("text", "reason"),
    [
        ("6000056789012345", "check digit of the betalingskenmerk"),
        ("5000056789012346", "check digit of the betalingskenmerk"),
        ("13234534622567", "length code of the betalingskenmerk, its second digit, must be 2"),
        ("12345678", "has 8 digits"),
        ("RF19539007547034", "check digits of ISO 11649"),
        ("RF00BAD", "check digits of ISO 11649"),
        ("RF18", "RF, two check digits, then 1 to 21"),
        ("+++010/8068/17184+++", "Belgian OGM"),
        ("F-2026-1", "no known form"),
        ("", "no known form"),
        ("٥٠٠٠٠٥٦٧٨٩٠١٢٣٤٥", "no known form"),
    ],
)
def test_a_wrong_reference_is_refused_with_the_check_that_failed(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checked_reference(text)


def test_every_single_wrong_digit_of_a_betalingskenmerk_is_caught() -> None:
    right = "5000056789012345"
    for place, digit in enumerate(right):
        for other in set("0123456789") - {digit}:
            wrong = f"{right[:place]}{other}{right[place + 1 :]}"
            # One remainder of eleven is written like another (10 as 1), so a few pass; never a changed check digit.
            if place == 0 or check_digit(wrong[1:]) != int(wrong[0]):
                with pytest.raises(ValueError, match="check digit"):
                    checked_reference(wrong)
