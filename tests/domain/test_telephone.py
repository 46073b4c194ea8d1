"""Numbers that nobody may call or text, by the numbering plans; all others may be used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.telephone import international, why_unusable
from tests.rows import in_rows

PREMIUM = [
    "+31 900 1234567",
    "+31 900-1234",
    "+31 906 123456",
    "+31 909 0123",
    "+31900",
    "+31 0900 1234567",
    "+31 (0)900 1234567",
    "0031 900 1234567",
    "+319001234567890",
    "+32 900 12 345",
    "+32 902 12 345",
    "+32 909 12 345",
    "+32 70 12 34 56",
    "+32 070 123456",
    "+44 909 8790000",
    "+33 899 70 00 00",
    "+49 900 1 123456",
    "+1 900 555 0123",
    "+41 900 123 456",
    "+979 1 2345 6789",
]
SATELLITE = [
    "+870 773 111 632",
    "+881 6 2345 6789",
    "+8816",
    "+882 16 1234567",
    "+883 5100 012345",
    "+888 123456",
    "00870773111632",
]
NO_SUBSCRIBER = {
    "+31 800 1234": "toll-free",
    "+32 800 12 345": "toll-free",
    "+800 1234 5678": "toll-free",
    "+44 800 123 4567": "toll-free",
    "+808 1234 5678": "shared-cost",
    "+33 810 12 34 56": "shared-cost",
    "+49 180 5 123456": "shared-cost",
    "+31 66 1234567": "pager",
    "+31 84 1234567": "service",
    "+31 87 1234567": "service",
    "+32 78 15 12 34": "service",
    "+31 14 020": "service",
    "+999 123456": "no country",
    "+210 123456": "no country",
}
ORDINARY = [
    "+31 6 12345678",
    "+31 10 123 45 67",
    "+31 70 123 45 67",
    "+31 78 123 45 67",
    "+31 88 123 45 67",
    "+31 85 123 45 67",
    "+31 91 123 4567",
    "+31 97 0000 1001",
    "+31 970 1234 5678",
    "+31 6 00000000",
    "+32 470 12 34 56",
    "+32 2 123 45 67",
    "+32 9 212 34 56",
    "+49 151 12345678",
    "+49 32 12345678",
    "+44 70 1234 5678",
    "+44 7400 123456",
    "+33 6 12 34 56 78",
    "+39 06 1234567",
    "+1 212 555 0123",
    "+352 621 123 456",
    "+878 10 1234567890",
]


@in_rows("number", PREMIUM)
def test_a_number_that_costs_whoever_dials_it_is_told(number: str) -> None:
    assert why_unusable(number) == "a premium-rate number"


@pytest.mark.parametrize("number", SATELLITE)
def test_satellites_and_networks_of_no_country_are_told(number: str) -> None:
    assert (why_unusable(number) or "").split()[1] in ("satellite", "number")


@in_rows(("number", "kind"), NO_SUBSCRIBER.items())
def test_what_is_no_subscriber_is_told(number: str, kind: str) -> None:
    assert kind in (why_unusable(number) or "")


@in_rows("number", ORDINARY)
def test_a_number_like_any_other_may_be_used(number: str) -> None:
    assert why_unusable(number) is None


@in_rows(
    ("number", "country", "usable"),
    [
        ("070 123 45 67", "NL", True),
        ("070 12 34 56", "BE", False),
        ("070 123 45 67", None, True),
        ("078 15 12 34", "BE", False),
        ("0900 1234", "NL", False),
        ("0900 12 345", "BE", False),
        ("0900-1234567", None, False),
        ("0900 1 123456", "DE", False),
        ("0800 1234", None, False),
        ("06 12345678", "NL", True),
        ("0612345678", None, True),
        ("0612345678", "XX", True),
    ],
)
def test_a_number_without_a_country_is_read_where_it_is_dialled(number: str, country: str | None, usable: bool) -> None:
    assert (why_unusable(number, country) is None) is usable


@given(
    st.sampled_from(["+3190", "+3290", "+3270", "+870", "+881", "+979", "+1900"]),
    st.text("0123456789 -.()", max_size=20),
)
def test_no_way_of_writing_it_hides_such_a_number(beginning: str, rest: str) -> None:
    assert why_unusable(beginning + rest) is not None


@given(st.text(max_size=30))
def test_any_text_has_an_answer_that_never_quotes_it(text: str) -> None:
    why = why_unusable(text)
    assert why is None or not set(why) & set("0123456789")
    assert international(text) is None or international(text) == international(international(text) or "")
