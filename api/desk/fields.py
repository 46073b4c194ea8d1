"""Fields of the desk's forms: how each is shown, and how what was typed becomes a value of a message.

Amounts and days are read as people write them here; a message has them as `1940.30` and `2026-05-20`. What can't be
used is told by field, in English that `say` translates, and nothing typed is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal, cast

from intake.findings import Unreadable
from intake.written.amounts import read_written_amount
from services.desk.whole_case import WholeCase

__all__ = ["Choices", "Field", "Typed", "read_form"]

Choices = Callable[[WholeCase], Sequence[tuple[str, str]]]
"""The values that may be chosen, each with the English text that says it, or the words of the case file."""

Kind = Literal["line", "words", "money", "day", "soon", "hour", "number", "check", "choice"]
"""`soon` is a day that may be written short, which `short_days` makes a whole one of; so may an `hour`."""


_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
_LONGEST = {"line": 200, "words": 4000}


def _none(_: WholeCase) -> Sequence[tuple[str, str]]:
    return ()


def _empty(_: WholeCase) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Attributes:
        name: The field of the message.
        label: What stands above it, in English.
        kind: How it is shown and read.
        wanted: Whether it must be filled in.
        hint: What stands below it, in English.
        choices: What may be chosen.
        begins: What stands in it at first.
    """

    name: str
    label: str
    kind: Kind = "line"
    wanted: bool = False
    hint: str = ""
    choices: Choices = _none
    begins: Callable[[WholeCase], str] = _empty


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as somebody filled it in.

    Attributes:
        texts: What was typed, by field.
        values: What can be used of it, as values of a message.
        problems: What can't be used, by field, in English.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def read_form(fields: Sequence[Field], form: Mapping[str, object], case: WholeCase | None = None) -> Typed:
    """Read what somebody filled in.

    Args:
        fields: The fields of the form.
        form: What the browser sent.
        case: The case that it is about, which says what may be chosen; none where that hangs on no case.
    """
    texts: dict[str, str] = {}
    values: dict[str, object] = {}
    problems: dict[str, str] = {}
    for each in fields:
        text = texts[each.name] = _clean(str(form.get(each.name, "")), each.kind)
        if not text:
            if each.wanted:
                problems[each.name] = "this is empty: fill it in"
            continue
        try:
            values[each.name] = _value(each, text, case)
        except ValueError as problem:
            problems[each.name] = str(problem)
    return Typed(texts, values, problems)


def _value(each: Field, text: str, case: WholeCase | None) -> object:
    match each.kind:
        case "money":
            return _amount(text)
        case "day" | "soon":
            return _day(text)
        case "hour":
            if not _HOUR.fullmatch(text):
                raise ValueError(f"{text[:40]!r} is no hour: write it like 10:30")
            return text
        case "number":
            if not text.isascii() or not text.isdecimal() or len(text) > 9:
                raise ValueError(f"{text[:40]!r} is no whole number")
            return int(text)
        case "check":
            return True
        case "choice":
            if text not in {value for value, _ in each.choices(cast("WholeCase", case))}:
                raise ValueError("choose one of these")
            return text
        case "line" | "words":
            if len(text) > _LONGEST[each.kind]:
                raise ValueError(f"this is longer than {_LONGEST[each.kind]} signs: shorten it")
            return text


def _amount(text: str) -> str:
    try:
        written = read_written_amount(text)
    except Unreadable as problem:
        raise ValueError(str(problem)) from None
    values = {value for _, value in written.readings}
    if len(values) > 1:
        raise ValueError(f"{text[:40]!r} can be read in two ways: write it with two decimals, like 1.234,50")
    (value,) = values
    if value <= 0:
        raise ValueError("an amount is more than nothing")
    return f"{value:.2f}" if value == round(value, 2) else str(value)


def _day(text: str) -> str:
    for form in _DAYS:
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC).date().isoformat()
    with suppress(ValueError):
        return date.fromisoformat(text).isoformat()
    raise ValueError(f"{text[:40]!r} is no day: write it like 20-05-2026")


def _clean(text: str, kind: Kind) -> str:
    """Without what no text holds: a NUL, and in a line every other sign that nobody sees."""
    if kind == "words":
        return "".join(sign for sign in text.replace("\r\n", "\n") if sign.isprintable() or sign == "\n").strip()
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
