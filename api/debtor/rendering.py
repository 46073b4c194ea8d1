"""From what a page shows to HTML: templates, words in four languages, and the headers that keep browsers safe."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from api.debtor.fields import Said
from domain.money import Money
from letters.content import Language, Law
from letters.figures import Figures
from speech.shipped_words import shipped_words

__all__ = ["LANGUAGES", "STYLE_PATH", "Look", "page", "style", "words"]

_PACKAGE = files("api.debtor")
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Those in which the page speaks."""


@cache
def words(language: Language) -> Mapping[str, Any]:
    """All texts of the pages in a language."""
    return shipped_words(_PACKAGE / "words" / f"{language}.yaml")


@cache
def style() -> bytes:
    """The style sheet."""
    return (_PACKAGE / "page.css").read_bytes()


STYLE_PATH = "page.css"


@cache
def _style_mark() -> str:
    return hashlib.sha256(style()).hexdigest()[:12]


@cache
def _environment() -> Environment:
    def source(name: str) -> str:
        return (_PACKAGE / "templates" / name).read_text("utf-8")

    return Environment(
        loader=FunctionLoader(source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is shown.

    Attributes:
        language: The language.
        root: Path under which all pages are, such as `/pay`.
        base: Path of this debtor's page, without a slash at the end; empty where there is none.
        query: `?lang=…` where he chose another language than his own; else empty.
        law: Whose figures are written: a Belgian reads another French than a Frenchman.
        pay_origins: Sites of the payment provider, to which a button may lead.
    """

    language: Language
    root: str
    base: str = ""
    query: str = ""
    law: Law | None = None
    pay_origins: Sequence[str] = ()

    def to(self, page: str = "") -> str:
        """The path of one of his pages."""
        return f"{self.base}{'/' if page else ''}{page}{self.query}"

    def say(self, word: str, **values: object) -> str:
        """A text, with its values as this language writes them."""
        found: Any = words(self.language)
        for part in word.split("."):
            found = found[part]
        return str(found).format(**{name: self.shown(value) for name, value in values.items()})

    def said(self, said: Said) -> str:
        """The same, of what was noted to be said."""
        return self.say(said.word, **said.values)

    def shown(self, value: object) -> str:
        """A value as it is written in this language."""
        figures = Figures.of(self.language, self.law)
        if isinstance(value, Money):
            return figures.money(value)
        if isinstance(value, date):
            return figures.day(value)
        if isinstance(value, Decimal):
            return figures.percent(value)
        return str(value)

    def short(self, day: date) -> str:
        """A day in a table."""
        return Figures.of(self.language, self.law).short_day(day)


def page(
    look: Look, name: str, status: int = 200, data: Mapping[str, object] | None = None, *, wait: int | None = None
) -> Response:
    """One page.

    Args:
        look: How it is shown.
        name: Its template, without `.html`.
        status: The HTTP status.
        data: What it shows.
        wait: After how many seconds to try again.
    """
    template = _environment().get_template(f"{name}.html")
    shared: dict[str, object] = {
        "look": look,
        "t": look.say,
        "m": look.shown,
        "languages": LANGUAGES,
        "names": _NAMES,
        "mark": _style_mark(),
        "svg": Markup,
        "here": "",
    }
    body = template.render({**shared, **(data or {})})
    headers = _headers(look)
    if wait is not None:
        headers["Retry-After"] = str(wait)
    return HTMLResponse(body, status, headers=headers)


_NAMES = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}


def _headers(look: Look) -> dict[str, str]:
    form = " ".join(("'self'", *look.pay_origins))
    return {
        # The way back from a payment provider is a form that was redirected: its sites stand with our own.
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action {form}; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Content-Language": look.language,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "X-Robots-Tag": "noindex, nofollow",
    }
