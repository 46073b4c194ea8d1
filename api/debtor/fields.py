"""What a debtor typed into a form, read; what can't be used is told by field and reason, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from starlette.datastructures import FormData, UploadFile

from api.debtor.uploads import LARGEST, BadUpload, Upload, checked_upload
from domain.money import Money
from intake.findings import Unreadable
from intake.written.amounts import read_written_amount

__all__ = ["Filled", "Said"]

LONGEST_TEXT = 3000


@dataclass(frozen=True, slots=True)
class Said:
    """Something to say to the reader: which text of `words/`, and its values."""

    word: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Filled:
    """A form that came in.

    Attributes:
        form: What was typed.
        problems: What can't be used, by field.
    """

    form: FormData
    problems: dict[str, Said] = field(default_factory=dict)

    def wrong(self, name: str, word: str, **values: object) -> None:
        """Note what is wrong with a field; the first word about it counts."""
        self.problems.setdefault(name, Said(word, values))

    def raw(self, name: str) -> str:
        """The text as it was typed, without what no text holds."""
        value = self.form.get(name)
        return _clean(value) if isinstance(value, str) else ""

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a field that may come several times."""
        return tuple(_clean(each) for each in self.form.getlist(name) if isinstance(each, str))

    def text(self, name: str, *, wanted: bool = False, longest: int = LONGEST_TEXT) -> str:
        """A text."""
        value = self.raw(name)
        if wanted and not value:
            self.wrong(name, "needs_text")
        if len(value) > longest:
            self.wrong(name, "too_long", most=longest)
        return value

    def one_of(self, name: str, values: Sequence[str], word: str = "needs_choice") -> str | None:
        """One of some values."""
        value = self.raw(name)
        if value in values:
            return value
        self.wrong(name, word)
        return None

    def day(self, name: str, latest: date) -> date | None:
        """A day up to this one, as browsers send it or as people write it; None where none was given."""
        value = self.raw(name)
        if not value:
            return None
        for form in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"):
            with suppress(ValueError):
                day = datetime.strptime(value, form).date()  # noqa: DTZ007
                if date(2000, 1, 1) <= day <= latest:
                    return day
                self.wrong(name, "day_not_past")
                return None
        self.wrong(name, "no_day")
        return None

    def amount(self, name: str, most: Money) -> Money | None:
        """An amount above zero, up to this one."""
        value = self.raw(name)
        if not value:
            self.wrong(name, "needs_amount", most=most)
            return None
        try:
            written = read_written_amount(value)
        except Unreadable:
            self.wrong(name, "no_amount", most=most)
            return None
        # `1.234` may be read in two ways: one that is more than can be is none.
        readings = [each for _, each in written.readings if Decimal(0) < each <= most.amount]
        if not readings:
            self.wrong(name, "amount_too_high", most=most)
            return None
        if len(readings) > 1 or (written.currency or most.currency) != most.currency:
            self.wrong(name, "no_amount", most=most)
            return None
        try:
            return Money(readings[0], most.currency)
        except ValueError:
            self.wrong(name, "no_amount", most=most)
            return None

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number; None where none was given."""
        value = self.raw(name)
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,4}", value) or not least <= int(value) <= most:
            self.wrong(name, "no_number", least=least, most=most)
            return None
        return int(value)

    async def upload(self, name: str) -> Upload | None:
        """A file; None where none was chosen."""
        value = self.form.get(name)
        if not isinstance(value, UploadFile) or not (value.filename or value.size):
            return None
        content = await value.read(LARGEST + 1)
        if not content and not value.filename:
            return None
        try:
            return checked_upload(_clean(value.filename or ""), content)
        except BadUpload as problem:
            self.wrong(name, f"file_{problem}", most=LARGEST // 1_000_000)
            return None


def _clean(text: str) -> str:
    """The text without signs that nobody can see or no database keeps; lines stay lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign if sign.isprintable() or sign == "\n" else " " for sign in text)
    return "".join(kept).encode("utf-8", "replace").decode("utf-8").strip()
