"""The words of the papers, and figures as the reader of the court's language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from domain.money import Money
from letters.figures import Figures
from letters.statement.content import CourtLanguage, Statement
from speech.shipped_words import shipped_words

__all__ = ["Words", "words_of"]


@cache
def words_of(language: CourtLanguage) -> Mapping[str, Any]:
    """All words of a language."""
    return shipped_words(files("letters.statement") / f"words.{language}.yaml")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one statement."""

    said: Mapping[str, Any]
    figures: Figures
    law: Literal["NL", "BE"] | None = None

    @classmethod
    def of(cls, statement: Statement) -> Words:
        """Those of its language, with figures as its country writes them."""
        return cls(words_of(statement.language), Figures.of(statement.language, statement.law), statement.law)

    def __getitem__(self, name: str) -> Any:
        """A text, or a table of texts."""
        return self.said[name]

    def coded(self, table: str, code: str | None) -> str:
        """The word of a code; a code that nobody foresaw stands as it is, without its underscores."""
        if not code:
            return str(self.said["unknown"])
        return str(self.said[table].get(code, code.replace("_", " ")))

    def lawful(self, table: str, code: str) -> str:
        """The word of a code under the law of the claim: articles of one law say nothing under another."""
        own = f"{code}_{(self.law or '').lower()}"
        return self.coded(table, own if own in self.said[table] else code)

    def day(self, day: date | None) -> str:
        """A day in a table or a sentence."""
        return str(self.said["unknown"]) if day is None else self.figures.short_day(day)

    def money(self, amount: Money | None) -> str:
        """An amount; empty where there is none."""
        return "" if amount is None else self.figures.money(amount)

    def known(self, text: str | None) -> str:
        """A text, or that it is not known."""
        return text or str(self.said["unknown"])
