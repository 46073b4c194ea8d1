"""How the desk writes amounts, days and moments: as the language of its reader does, and each as exact as it is."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from api.desk.naming import LETTERS, STEPS, step_name
from domain.money import Money
from domain.tasks import is_known_task, task_text
from letters.content import Language
from letters.figures import Figures
from speech.words import spoken_language

__all__ = ["dated", "day", "day_text", "moment", "money", "number", "percent"]

_LOCALES = {"nl": "nl_NL", "en": "en_GB", "fr": "fr_FR", "de": "de_DE"}
_WEEKDAYS = "|".join(
    ("Mon|Tue|Wed|Thu|Fri|Sat|Sun", "ma|di|wo|do|vr|za|zo", "lun|mar|mer|jeu|ven|sam|dim", "Mo|Di|Mi|Do|Fr|Sa|So")
)
_ISO = re.compile(rf"(?:\b(?:{_WEEKDAYS}) )?\b(\d{{4}}-\d{{2}}-\d{{2}})\b|\b([A-Za-z]+(?:_[a-z0-9]+)+)\b")
"""A day as our sentences write it, with or without its weekday; or the id of a step."""


def money(amount: Money | str, currency: str = "EUR") -> str:
    """An amount with its currency: `€ 1.234,50`.

    Args:
        amount: The amount, or its text as `1234.50`.
        currency: Of a text.
    """
    shown = amount if isinstance(amount, Money) else Money(Decimal(amount), currency)
    return Figures.of(_language(), None).money(shown)


def number(value: int | str) -> str:
    """A number with the signs between thousands that the language has."""
    # As in letters: the narrow no-break space of French is missing in many fonts.
    return str(format_decimal(Decimal(value), locale=_locale())).replace("\u202f", "\u00a0")


def percent(rate: str) -> str:
    """A rate as `10,15%`; what is no number stays."""
    try:
        return Figures.of(_language(), None).percent(Decimal(rate))
    except InvalidOperation:
        return rate


def day(value: date | str | None, today: date | None = None) -> Markup:
    """A day with its weekday, for people and for programs that read the page; nothing where there is none.

    Args:
        value: The day, or its text in ISO 8601.
        today: Its year is not said.
    """
    if not value:
        return Markup("")
    on = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return _day(on, today is not None and on.year == today.year, _locale())


def day_text(on: date, today: date | None = None) -> str:
    """The same as plain text: `wo 13 mei`, with its year where that is another one."""
    return _day_text(on, today is not None and on.year == today.year, _locale())


def moment(value: datetime | str | None, zone: str, today: date | None = None) -> Markup:
    """A moment as its local day and time."""
    if not value:
        return Markup("")
    at = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(ZoneInfo(zone))
    said = f"{day_text(at.date(), today)}, {at:%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="minutes"), said)


def dated(text: str, today: date | None = None) -> Markup:
    """A sentence of ours with its days and steps as a page writes them; what people wrote in it is escaped."""
    parts = [Markup("")]
    end = 0
    for found in _ISO.finditer(text):
        if found[2] is not None:
            name = _name(found[2])
            said = escape(name if text[: found.start()].rstrip()[-1:] not in (".", "") else name[:1].upper() + name[1:])
        else:
            try:
                said = day(date.fromisoformat(found[1]), today)
            except ValueError:
                continue
        parts += [escape(text[end : found.start()]), said]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def _name(code: str) -> str:
    """What a step, a letter or a task of ours is called; what is none of them stays."""
    known = code.lower()
    if known in STEPS or known in LETTERS:
        return step_name(known)
    return task_text(known) if is_known_task(known) else code


@lru_cache(maxsize=4096)
def _day(on: date, this_year: bool, locale: str) -> Markup:
    # A list shows the same few days again and again.
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), _day_text(on, this_year, locale))


@lru_cache(maxsize=4096)
def _day_text(on: date, this_year: bool, locale: str) -> str:
    weekday, month = (format_date(on, part, locale=locale).rstrip(".") for part in ("EEE", "MMM"))
    number = f"{on.day}." if locale == "de_DE" else "1er" if locale == "fr_FR" and on.day == 1 else str(on.day)
    return "\u00a0".join((weekday, number, month) if this_year else (weekday, number, month, str(on.year)))


def _language() -> Language:
    found = spoken_language()
    return "nl" if found == "nl" else "fr" if found == "fr" else "de" if found == "de" else "en"


def _locale() -> str:
    return _LOCALES.get(spoken_language(), "en_GB")
