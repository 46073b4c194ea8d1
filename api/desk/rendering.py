"""From what a page of the desk shows to HTML: templates, assets, and the headers that keep browsers safe."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FunctionLoader, StrictUndefined

from api.desk.naming import (
    capitalized,
    channel_name,
    contact_name,
    deadline_name,
    hold_name,
    next_name,
    stage_name,
    step_name,
)
from api.desk.writing import dated, day, moment, money, number, percent
from domain.money import Money
from domain.tasks import task_text
from domain.views.agencies import CLOSED, REPORTED, STATES
from services.desk.task_names import task_name
from speech.sentences import say
from speech.words import spoken_language, tr, trn

__all__ = [
    "ASSETS",
    "FRAMED",
    "KEPT",
    "ROOT",
    "SHOWN",
    "TEXT_STYLE",
    "asset",
    "call_url",
    "case_url",
    "debtor_url",
    "page",
    "plain_headers",
]

ROOT = "/desk"
"""Path under which all pages are."""

_PACKAGE = files("api.desk")
_STYLE, _SCRIPT = "text/css; charset=utf-8", "text/javascript; charset=utf-8"
ASSETS = {f"{page}.css": _STYLE for page in ("desk", "today", "lists", "calls", "debtors", "intake")}
ASSETS |= {f"{page}.js": _SCRIPT for page in ("desk", "today", "lists", "calls", "intake")}
ASSETS["icon.svg"] = "image/svg+xml"
"""What pages load, by media type."""

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""The policy of a mail in a frame. It may bring anything: no script runs in it, nothing is fetched, no form leaves."""
KEPT = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of a file that is kept, not shown."""
SHOWN = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""The policy of a PDF of ours, which the browser shows by itself."""
TEXT_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:1rem;white-space:pre-wrap;overflow-wrap:anywhere;"
    "color:#1b262c;background:#fff}"
)
"""How the text of a message looks in its frame."""


def case_url(case_id: str, *more: str) -> str:
    """The address of a case, or of something of it."""
    return "/".join([f"{ROOT}/zaken", quote(case_id, safe=""), *(quote(each, safe="") for each in more)])


def debtor_url(creditor: str, debtor: str) -> str:
    """The address of a debtor."""
    return f"{ROOT}/debiteuren/{quote(creditor, safe='')}/{quote(debtor, safe='')}"


def call_url(*debtor: str) -> str:
    """The address of the calls, or of one debtor to call."""
    return "/".join([f"{ROOT}/bellen", *(quote(each, safe="") for each in debtor)])


@cache
def asset(name: str) -> bytes:
    """The bytes of what pages load."""
    return (_PACKAGE / name).read_bytes()


@cache
def _mark(name: str) -> str:
    return hashlib.sha256(asset(name)).hexdigest()[:12]


def asset_url(name: str) -> str:
    """The address of what pages load; another one as soon as it is another."""
    return f"{ROOT}/{name}?v={_mark(name)}"


@cache
def _environment() -> Environment:
    def source(name: str) -> str:
        return (_PACKAGE / "templates" / name).read_text("utf-8")

    made = Environment(
        loader=FunctionLoader(source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        tr=tr,
        trn=trn,
        say=say,
        money=money,
        minor=lambda minor, currency: money(Money.from_minor(minor, currency)),
        number=number,
        percent=percent,
        day=day,
        moment=moment,
        dated=dated,
        case_url=case_url,
        debtor_url=debtor_url,
        call_url=call_url,
        asset_url=asset_url,
        step_name=step_name,
        stage_name=stage_name,
        hold_name=hold_name,
        partner_states=STATES,
        partner_reports=REPORTED,
        partner_codes=CLOSED,
        next_name=next_name,
        task_name=task_name,
        task_text=task_text,
        deadline_name=deadline_name,
        channel_name=channel_name,
        contact_name=contact_name,
        root=ROOT,
    )
    made.filters["capitalize_first"] = capitalized
    return made


def page(name: str, status: int, data: Mapping[str, object]) -> Response:
    """One page, in the language that is spoken.

    Args:
        name: Its template, without `.html`.
        status: The HTTP status.
        data: What it shows.
    """
    language = spoken_language()
    body = _environment().get_template(f"{name}.html").render({"language": language, **data})
    return HTMLResponse(body, status, headers={**plain_headers(), "Content-Language": language})


def plain_headers() -> dict[str, str]:
    """The headers of every page."""
    return {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Within the desk the way back is known; nobody else learns which case was open.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "X-Robots-Tag": "noindex, nofollow",
    }
