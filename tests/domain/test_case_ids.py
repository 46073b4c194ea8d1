"""Rules of the ids of cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case_ids import case_id, parse_case_id
from tests.rows import in_rows

parts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1)


def test_an_id_names_creditor_and_key() -> None:
    assert case_id("maan", "2026-F1001") == "case:maan:2026-F1001"


def test_what_is_special_in_a_key_is_percent_encoded() -> None:
    # RFC 3986: 2.1 for the triplets, 2.3 for what needs none
    assert case_id("a:b", "2026/01 é~") == "case:a%3Ab:2026%2F01%20%C3%A9~"


@given(parts, parts)
def test_an_id_can_be_taken_apart_again(creditor: str, key: str) -> None:
    written = case_id(creditor, key)
    assert written.isascii()
    assert parse_case_id(written) == (creditor, key)


@in_rows(
    "text",
    [
        "",
        "case",
        "case:a",
        "case::k",
        "case:a:",
        "case:a:b:c",
        "invoice:a:b",
        "case:a:b c",
        "case:a:%6b",
        "case:a:%ff",
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a case id"):
        parse_case_id(text)


@pytest.mark.parametrize(("creditor", "key"), [("", "k"), ("c", "")])
def test_an_id_needs_both_parts(creditor: str, key: str) -> None:
    with pytest.raises(ValueError, match="needs a"):
        case_id(creditor, key)
