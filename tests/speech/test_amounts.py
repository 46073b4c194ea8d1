"""Amounts at the terminal stand as the language writes them; whatever is no amount stays as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.output import new_table
from speech.amounts import amount_in
from speech.sentences import say
from speech.words import speak, tr


@pytest.fixture
def in_dutch() -> Iterator[None]:
    """Dutch is spoken in the test, English behind it."""
    speak("nl")
    yield
    speak("en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1284.60", "1.284,60"),
        ("1,284.60", "1.284,60"),
        ("1234567.00 EUR", "1.234.567,00 EUR"),
        ("-2000.00", "-2.000,00"),
        ("0.05", "0,05"),
        ("10.40%", "10,40%"),
    ],
)
def test_an_amount_is_written_the_dutch_way(text: str, said: str) -> None:
    assert amount_in("nl", text) == said
    assert amount_in("en", text) == text


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("fr", "1284.60", "1\u00a0284,60"),
        ("fr", "1,234,567.00 EUR", "1\u00a0234\u00a0567,00 EUR"),
        ("fr", "-0.05", "-0,05"),
        ("fr", "10.40%", "10,40\u00a0%"),
        ("de", "1284.60", "1.284,60"),
        ("de", "10.40%", "10,40\u00a0%"),
    ],
)
def test_and_the_french_and_the_german_way(language: str, text: str, said: str) -> None:
    """As CLDR has it, but for the narrow no-break space of French, which many fonts lack."""
    assert amount_in(language, text) == said


@pytest.mark.parametrize(
    "text", ["2026-11-28", "F-12.50", "1.2.34", "12.5", "12.345", "1284.60 euro", "v3", "", "12,34.00"]
)
def test_what_is_no_amount_stays(text: str) -> None:
    assert amount_in("nl", text) == text


@pytest.mark.usefixtures("in_dutch")
def test_words_sentences_and_tables_write_them_so() -> None:
    assert tr("{amount} on {number}", amount="100.00", number="F-1") == "100,00 op F-1"
    said = say("can't write off 1500.00: open is 120.00; write off at most that")
    assert said.startswith("1.500,00 ") and " 120,00 " in said
    table = new_table("", "amount")
    table.add_row("1284.60")
    assert list(table.columns[0].cells)[-1] == "1.284,60"
