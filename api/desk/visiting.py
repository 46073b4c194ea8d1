"""Who comes to the desk: the user who is signed in, what he may do, and that his form is one of ours.

A browser brings a secret of 256 bits that was drawn when he signed in. Forms carry a hash of it: another site can't
know it, whatever it makes a browser send. Where a browser says from which site a form comes, that must be ours as well.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, partial
from typing import cast
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from api.desk.bulk.bulk_running import BulkRunning
from api.desk.intake.uploaded import PATHS, form_with_files
from api.desk.jobs import Jobs
from api.desk.rendering import ROOT, page, plain_headers
from api.operator.inside import Inside
from api.operator.problems import Problem
from api.operator.unmatched import UnmatchedPayments
from casefile.desk_sessions import session_of
from casefile.people import DeskRole, User
from config.addresses import is_loopback
from services.persons import known_user
from services.ports import SignInElsewhere
from services.signing_in import Elsewhere
from speech.words import LANGUAGES, speak_here

__all__ = [
    "ZONE",
    "Desk",
    "MayNot",
    "NotSignedIn",
    "StaleForm",
    "Visit",
    "back_path",
    "came_from",
    "cookie_name",
    "desk_of",
    "form_of",
    "from_here",
    "is_secure",
    "needs",
    "preferred",
    "seal_of",
]

ZONE = "Europe/Amsterdam"
"""In which the desk says what time it is; a case has that of its policy."""

_MOST_FIELDS = 300
_PART_BYTES = 64 * 1024
_PATH = re.compile(r"/desk(?:/[^\\\x00-\x20\x7f]*|\?[^\\\x00-\x20\x7f]*)?")


@dataclass(frozen=True)
class Desk:
    """What the pages stand on.

    Attributes:
        inside: What the API stands on, too: the case file, and a way to tell cases something.
        unmatched: Payments of which nobody knows whose they are; None where no payment provider is told of.
        jobs: Work in the background.
        elsewhere: Where people may sign in, too; None: nowhere.
        elsewhere_rules: Whom of those we let in.
    """

    inside: Inside
    unmatched: UnmatchedPayments | None = None
    jobs: Jobs = field(default_factory=Jobs)
    elsewhere: SignInElsewhere | None = None
    elsewhere_rules: Elsewhere = field(default_factory=Elsewhere)

    def seen_by(self, user: User) -> Desk:
        """The same for a user who sees some creditors only: for him the others are not there."""
        if user.creditors is None:
            return self
        port = None if self.unmatched is None else self.unmatched.seen_by(user.creditors)
        part = replace(self, inside=self.inside.seen_by(user.creditors), unmatched=port)
        # What the process keeps for all who visit stays one.
        kept = {name for name, each in vars(type(self)).items() if isinstance(each, cached_property)}
        vars(part).update({name: getattr(self, name) for name in kept})
        return part

    @cached_property
    def running(self) -> BulkRunning:
        """The jobs over many cases that this process works on."""
        return BulkRunning(self.inside, self.jobs)


class NotSignedIn(Exception):
    """Nobody is signed in, or no more."""


class MayNot(Exception):
    """Who is signed in may not do this; `role` may."""

    def __init__(self, user: User, role: DeskRole) -> None:
        """Say who, and what it wants."""
        super().__init__(role.value)
        self.user, self.role = user, role


class StaleForm(Exception):
    """A form is none of ours, or of another session: nothing was done."""


@dataclass(frozen=True)
class Visit:
    """A visit of somebody who is signed in.

    Attributes:
        desk: What the pages stand on, as far as he sees it: what a page reads or tells through this is his.
        user: Who.
        secret: What his browser brings.
        request: What he asks.
    """

    desk: Desk
    user: User
    secret: str
    request: Request

    @property
    def actor(self) -> str:
        """Who decides, as it is written down beside what he does."""
        return self.user.name

    @property
    def by(self) -> str:
        """Who is known to ask, for what takes two people."""
        return known_user(self.user)

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.desk.inside.now()

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(ZoneInfo(ZONE)).date()

    def may(self, role: DeskRole | str) -> bool:
        """Whether he may do what a role may."""
        return self.user.role.includes(DeskRole(role))

    def page(self, name: str, status: int = 200, **data: object) -> Response:
        """One of the pages, as this user sees it."""

        def csrf() -> Markup:
            return Markup('<input type="hidden" name="csrf" value="{}">').format(seal_of(self.secret))

        shared: dict[str, object] = {
            "visit": self,
            "user": self.user,
            "may": self.may,
            "today": self.today,
            "now": self.now,
            "zone": ZONE,
            "csrf": csrf,
            "here": "",
            "here_url": _own_address(self.request),
            "query": self.with_query,
        }
        return page(name, status, {**shared, **data})

    def to(self, path: str) -> Response:
        """Lead on to another page, after something was done."""
        return RedirectResponse(path, 303, headers=plain_headers())

    def with_query(self, **changed: object) -> str:
        """The query of this page with some of it changed; what is None or empty is left out."""
        kept = dict(parse_qsl(self.request.url.query))
        for name, value in changed.items():
            kept.pop(name, None)
            if value not in (None, ""):
                kept[name] = str(value)
        return f"?{urlencode(kept)}"


def needs(role: DeskRole, *, acts: bool = True) -> object:
    """The dependency of a route that wants this role.

    Args:
        role: The least that may ask it.
        acts: Whether a person asks it; what a page asks by itself keeps nobody signed in.
    """

    async def let_in(request: Request) -> Visit:
        desk = desk_of(request)
        secret = request.cookies.get(cookie_name(request), "")
        look = partial(session_of, desk.inside.file, secret, desk.inside.now(), acts=acts)
        user = await asyncio.to_thread(look) if secret else None
        if user is None:
            raise NotSignedIn
        speak_here(user.language if user.language in LANGUAGES else "en")
        if request.method not in ("GET", "HEAD"):
            sealed = str((await form_of(request)).get("csrf", ""))
            if not from_here(request) or not hmac.compare_digest(sealed.encode(), seal_of(secret).encode()):
                raise StaleForm
        if not user.role.includes(role):
            raise MayNot(user, role)
        return Visit(desk.seen_by(user), user, secret, request)

    let_in.role = role  # type: ignore[attr-defined]
    return Depends(let_in)


def desk_of(request: Request) -> Desk:
    """What the pages stand on."""
    return cast("Desk", request.app.state.desk)


async def form_of(request: Request) -> FormData:
    """The form of a request; empty where it is none.

    Raises:
        Problem: 413 of one that is larger than a person fills in.
    """
    if request.method == "POST" and request.url.path in PATHS:
        return await form_with_files(request)
    try:
        return await request.form(max_files=0, max_fields=_MOST_FIELDS, max_part_size=_PART_BYTES)
    except HTTPException as problem:
        if "aximum" in str(problem.detail):
            raise Problem(413, "too_large", "this form holds more than is taken: shorten what you wrote") from None
        return FormData()


def seal_of(secret: str, purpose: str = "form") -> str:
    """What a form carries to show that it is of this session."""
    return hmac.new(secret.encode(), f"desk {purpose}".encode(), hashlib.sha256).hexdigest()


def from_here(request: Request) -> bool:
    """Whether a form was sent from one of our pages, as far as the browser says; its seal says the rest."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin in (None, "null") or urlsplit(origin).netloc == request.headers.get("host")


def is_secure(request: Request) -> bool:
    """Whether cookies are for TLS alone: always, but in the clear on this machine, where no network is crossed."""
    inside = desk_of(request).inside
    if inside.secure or request.url.scheme == "https":
        return True
    return not (is_loopback(request.url.hostname or "") and is_loopback(request.client.host if request.client else ""))


def cookie_name(request: Request, of: str = "desk") -> str:
    """Name of a cookie; over TLS one that no other host, and nobody in the clear, can set."""
    return f"__Host-{of}" if is_secure(request) else of


def back_path(text: str | None) -> str:
    """Where to go on after signing in: a page of the desk, and nothing else."""
    if not text or not _PATH.fullmatch(text):
        return ROOT
    path = unquote(urlsplit(text).path)
    return ROOT if "//" in path or "\\" in path or ".." in path.split("/") else text


def came_from(request: Request) -> str:
    """The page of ours from which a form was sent, as far as the browser says; else the first one."""
    page = urlsplit(request.headers.get("referer", ""))
    if page.netloc != request.headers.get("host"):
        return ROOT
    return back_path(page.path + (f"?{page.query}" if page.query else ""))


def preferred(headers: Mapping[str, str]) -> str:
    """The first language of a browser that we speak, for who is not signed in."""
    for part in headers.get("accept-language", "").split(","):
        found = part.partition(";")[0].strip()[:2].lower()
        if found in LANGUAGES:
            return found
    return "nl"


def _own_address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
