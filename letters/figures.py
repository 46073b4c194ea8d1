"""Amounts, days and account numbers as a reader of the letter's language writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from domain.money import Money
from letters.content import Language, Law
from speech.shipped_words import shipped_words

TEMPLATES = files("letters") / "templates"


@cache
def labels(language: Language) -> Mapping[str, Any]:
    """Return what stands beside figures in a language: one text each, and a few tables of texts."""
    return shipped_words(TEMPLATES / f"labels.{language}.yaml")


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures for one language, under one law: a Belgian reads another French than a Frenchman."""

    language: Language
    locale: str

    @classmethod
    def of(cls, language: Language, law: Law | None) -> "Figures":
        """Return the figures of a language; without a law as in the Netherlands."""
        return cls(language, labels(language)["locale"][law or "NL"])

    def money(self, amount: Money) -> str:
        """Return an amount with its currency: `€ 1.234,50`."""
        return _money(amount, self.locale)

    def day(self, day: date) -> str:
        """Return a day in a sentence: `3 maart 2026`."""
        return _day(day, self.locale, "long")

    def short_day(self, day: date) -> str:
        """Return a day in a table: `3 mrt 2026`."""
        return _day(day, self.locale, "medium")

    def percent(self, rate: Decimal) -> str:
        """Return a rate with two decimals: `10,40%`."""
        return _percent(rate, self.locale)

    def count(self, number: int) -> str:
        """Return a number of days as it is said: in words where the language has them in its labels."""
        return str(labels(self.language)["numbers"].get(number, number))

    def ordinal(self, number: int) -> str:
        """Return which one in a row, as it is said: `tweede`, and from where the labels end `4e`."""
        named = labels(self.language)
        return str(named["ordinals"].get(number) or named["ordinal"].format(number=number))


@lru_cache(maxsize=2048)
def _money(amount: Money, locale: str) -> str:
    # Not quantised: an amount has the decimals of its currency already, and babel would round dinars of Iraq.
    # The narrow no-break space of French is missing in fonts of mail programs.
    shown = format_currency(amount.amount, amount.currency, locale=locale, decimal_quantization=False)
    return shown.replace("\u202f", "\u00a0")


@lru_cache(maxsize=2048)
def _day(day: date, locale: str, form: str) -> str:
    # The no-break space keeps "1 maart" together; it is made an ordinary space where that is unwanted.
    return format_date(day, format=form, locale=locale).replace(" ", "\u00a0")


@lru_cache(maxsize=256)
def _percent(rate: Decimal, locale: str) -> str:
    pattern = "#,##0.00\u00a0%" if locale[:2] in ("fr", "de") else "#,##0.00%"
    # A pattern with a per cent sign would multiply by 100.
    return format_decimal(rate, format="#,##0.00##", locale=locale) + pattern.rpartition("0")[2]


def grouped(account: str) -> str:
    """Return an account number in groups of four, as banks print it."""
    bare = account.replace(" ", "").replace("\u00a0", "").upper()
    return "\u00a0".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def simple_spaces(text: str) -> str:
    """Return the text with ordinary spaces only, as plain text mail and text messages want it."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
