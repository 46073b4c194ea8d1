"""`/dossier/TOKEN`: a partner fetches the file of a hand-off with the link of a mail and the code that he knows.

The link alone opens nothing: whoever reads the mail has no file. A wrong code counts, and after some the link is shut.
What opens nothing is answered alike, whatever it is.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from api.debtor.pacing import WRONG_OF_ADDRESS, Pace, Pacing
from api.debtor.rendering import STYLE_PATH
from api.webhooks.bodies import body_of
from casefile.acts import Act, record_act
from casefile.agency_links import AgencyLink, link_of, note_fetched, note_wrong
from casefile.case_file import CaseFile
from casefile.session import reading
from config.connection_limits import client_of
from speech.shipped_words import shipped_words

__all__ = ["PATH", "FilesOfPartners", "fetching_router"]

PATH = "dossier"
_PACKAGE = files("api.partner")
_LOOKS = Pace(60, 60)
_TRIES = Pace(10, 600)
_LARGEST_BODY = 4_000


@dataclass(frozen=True)
class FilesOfPartners:
    """What the page stands on.

    Attributes:
        file: The case file.
        code: The code of a partner, by his id; None: he has none, and fetches nothing.
        public_url: Under which URL the outside reaches us.
        now: The real clock.
        pacing: Counts who comes how often.
    """

    file: CaseFile
    code: Callable[[str], SecretStr | None]
    public_url: str
    now: Callable[[], datetime]
    pacing: Pacing = field(default_factory=Pacing)


def fetching_router(pages: FilesOfPartners) -> APIRouter:
    """The routes; none is in the API's documentation, for none is for machines."""
    router = APIRouter(prefix=f"/{PATH}", include_in_schema=False)

    @router.get("/{token}")
    async def asked(request: Request, token: str) -> Response:
        """Ask for the code."""
        return await _answered(pages, request, token, None)

    @router.post("/{token}")
    async def fetched(request: Request, token: str) -> Response:
        """Give the file to who knows the code."""
        body = await body_of(request, _LARGEST_BODY)
        given = parse_qs((body or b"").decode("utf-8", "replace"), max_num_fields=5).get("code", [""])[0]
        return await _answered(pages, request, token, given.strip())

    return router


async def _answered(pages: FilesOfPartners, request: Request, token: str, given: str | None) -> Response:
    address = client_of(request.client.host if request.client else "")
    does = given is not None
    if pages.pacing.too_often("file", token, _TRIES if does else _LOOKS) or pages.pacing.too_often(
        "no file", address, WRONG_OF_ADDRESS, count=False
    ):
        return _page(pages, "later", 429)
    try:
        link = await asyncio.to_thread(_link, pages, token)
        code = None if link is None else pages.code(link.partner)
        if link is None or code is None:
            pages.pacing.too_often("no file", address, WRONG_OF_ADDRESS)
            return _page(pages, "gone", 404)
        if given is None:
            return _page(pages, "ask", 200)
        if not hmac.compare_digest(given.encode(), code.get_secret_value().encode()):
            pages.pacing.too_often("no file", address, WRONG_OF_ADDRESS)
            await asyncio.to_thread(note_wrong, pages.file, link.id)
            structlog.get_logger("maanwerk.api").warning("partner_code_wrong", partner=link.partner, link=link.id)
            return _page(pages, "wrong", 403)
        return await asyncio.to_thread(_file, pages, link)
    except SQLAlchemyError as problem:
        structlog.get_logger("maanwerk.api").warning("case_file_does_not_answer", reason=type(problem).__name__)
        return _page(pages, "away", 503)


def _link(pages: FilesOfPartners, token: str) -> AgencyLink | None:
    """The link, where it is in force."""
    if len(token) > 200:
        return None
    with reading(pages.file.database) as session:
        link = link_of(session, token)
    return link if link is not None and link.opens(pages.now()) else None


def _file(pages: FilesOfPartners, link: AgencyLink) -> Response:
    """The file; that it was given stands in the audit log before the first byte leaves."""
    with pages.file.read() as transaction:
        delivery = transaction.deliveries.delivery(link.delivery)
        cases = transaction.deliveries.cases_of(link.delivery)
    if delivery is None:
        return _page(pages, "gone", 404)
    at = pages.now()
    act = Act("", f"partner {link.partner}", "fetch dossier", cases[0] if cases else link.id, link.id)
    record_act(pages.file, act, at, "done")
    note_fetched(pages.file, link.id, at)
    suffix = ".zip" if delivery.media_type == "application/zip" else ".json"
    headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="dossier {link.id}{suffix}"'}
    return Response(delivery.content, media_type="application/octet-stream", headers=headers)


_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def _page(pages: FilesOfPartners, what: str, status: int) -> Response:
    style = f"{urlsplit(pages.public_url).path}/pay/{STYLE_PATH}"
    body = _template().render(t=_words(), what=what, style=style)
    headers = {**_HEADERS, "Content-Language": "nl", **({"Retry-After": "600"} if status in (429, 503) else {})}
    return HTMLResponse(body, status, headers=headers)


@cache
def _words() -> Mapping[str, Any]:
    return shipped_words(_PACKAGE / "words.yaml")


@cache
def _template() -> Any:
    environment = Environment(
        loader=FunctionLoader(lambda name: (_PACKAGE / "templates" / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("fetch.html")
