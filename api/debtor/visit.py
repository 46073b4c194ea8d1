"""Who comes to a debtor's page: his token is looked at, and what opens nothing is answered alike, whatever it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError

from api.debtor import pacing
from api.debtor.pacing import Pacing
from api.debtor.rendering import LANGUAGES, Look, page
from api.debtor.sealing import Sealing
from api.operator.asking import Ask
from casefile.case_file import CaseFile
from casefile.pay_tokens import pay_token_of
from config.connection_limits import client_of
from letters.content import Language, Law
from services.debtor_page.paying import Paying
from services.debtor_page.standing import Standing, read_standing

__all__ = ["Pages", "Visit", "visited"]

_LONGEST_TOKEN = 200


@dataclass(frozen=True)
class Pages:
    """What the pages stand on.

    Attributes:
        file: The case file.
        ask: Tells a case something.
        now: The real clock.
        public_url: Under which URL the outside reaches us.
        paying: Makes links at a payment provider; None: debtors pay by bank.
        pacing: Counts who comes how often.
    """

    file: CaseFile
    ask: Ask
    now: Callable[[], datetime]
    public_url: str
    paying: Paying | None = None
    pacing: Pacing = field(default_factory=Pacing)

    @property
    def root(self) -> str:
        """Path under which browsers find the pages."""
        return f"{urlsplit(self.public_url).path}/pay"

    @property
    def origin(self) -> str:
        """Our own site, as browsers name it."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def pay_origins(self) -> tuple[str, ...]:
        """Sites of the payment provider."""
        return () if self.paying is None else self.paying.links.origins


@dataclass(frozen=True)
class Visit:
    """A visit to a page that its token opened.

    Attributes:
        pages: What the pages stand on.
        secret: The token.
        standing: Where its debtor stands now.
        look: How pages are shown.
        sealing: Seals its forms.
    """

    pages: Pages
    secret: str
    standing: Standing
    look: Look
    sealing: Sealing

    def page(self, name: str, status: int = 200, **data: object) -> Response:
        """One of his pages."""
        return page(self.look, name, status, {**data, "standing": self.standing})


Handler = Callable[[Visit, Request], Awaitable[Response]]


async def visited(pages: Pages, request: Request, handler: Handler) -> Response:
    """Let in who brings a token that is in force, and answer him.

    Args:
        pages: What the pages stand on.
        request: The request; its address holds the token that he brings.
        handler: Answers him.
    """
    secret: str = request.path_params["token"]
    address = client_of(request.client.host if request.client else "")
    asked = _language(request.query_params.get("lang"))
    does = request.method not in ("GET", "HEAD")
    if _too_often(pages, address, secret, does):
        look = Look(asked or _preferred(request), pages.root)
        return page(look, "later", 429, wait=600)
    if does and not _from_here(pages, request):
        return page(Look(asked or _preferred(request), pages.root), "gone", 403)
    try:
        standing = await asyncio.to_thread(_standing, pages, secret)
        if standing is None:
            pages.pacing.too_often("wrong", address, pacing.WRONG_OF_ADDRESS)
            return page(Look(asked or _preferred(request), pages.root), "gone", 404)
        return await handler(_visit(pages, secret, standing, asked), request)
    except SQLAlchemyError as problem:
        structlog.get_logger("maanwerk.api").warning("case_file_does_not_answer", reason=type(problem).__name__)
        return page(Look(asked or _preferred(request), pages.root), "away", 503, wait=5)


def _visit(pages: Pages, secret: str, standing: Standing, asked: Language | None) -> Visit:
    own = standing.debtor.language
    language = asked or own
    law: Law | None = next((_law(each.law) for each in standing.invoices), None)
    look = Look(
        language,
        pages.root,
        f"{pages.root}/{secret}",
        "" if language == own else f"?lang={language}",
        law,
        pages.pay_origins,
    )
    return Visit(pages, secret, standing, look, Sealing(secret, lambda: pages.now().timestamp()))


def _standing(pages: Pages, secret: str) -> Standing | None:
    """Where the debtor of a token stands; None where it opens nothing, whyever."""
    now = pages.now()
    with pages.file.read() as transaction:
        token = pay_token_of(transaction.session, secret[:_LONGEST_TOKEN])
        if token is None or not token.opens(now):
            return None
        return read_standing(transaction, token, now)


def _too_often(pages: Pages, address: str, secret: str, does: bool) -> bool:
    counted = pages.pacing
    if counted.too_often("wrong", address, pacing.WRONG_OF_ADDRESS, count=False):
        return True
    looks = counted.too_often("look", secret, pacing.LOOKS_OF_TOKEN)
    looks |= counted.too_often("look at", address, pacing.LOOKS_OF_ADDRESS)
    if not does:
        return looks
    doing = counted.too_often("do", secret, pacing.DOES_OF_TOKEN)
    return counted.too_often("do at", address, pacing.DOES_OF_ADDRESS) or doing or looks


def _from_here(pages: Pages, request: Request) -> bool:
    """Whether a form was sent from one of our pages, as far as the browser says; the seal says the rest."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    # Our pages name no referrer, so browsers may send no origin that says anything.
    return request.headers.get("origin") in (None, "null", pages.origin)


def _language(text: str | None) -> Language | None:
    return next((each for each in LANGUAGES if each == text), None)


def _preferred(request: Request) -> Language:
    """The first language of the browser that we speak, for who has no page of his own."""
    for part in request.headers.get("accept-language", "").split(","):
        found = _language(part.partition(";")[0].strip()[:2].lower())
        if found is not None:
            return found
    return "nl"


def _law(text: Any) -> Law | None:
    return "BE" if text == "BE" else "NL" if text == "NL" else None
