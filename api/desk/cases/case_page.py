"""A case at `/desk/zaken/{case}`, and what belongs to it to be read: the messages that went, documents, papers."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup, escape

from api.desk.cases.case_forms import form_named
from api.desk.cases.case_showing import role_of_form, show_case
from api.desk.cases.case_trying import opened
from api.desk.rendering import FRAMED, KEPT, SHOWN, TEXT_STYLE, plain_headers
from api.desk.visiting import Visit, needs
from api.operator.inside import found_case
from api.operator.problems import Problem
from casefile.deliveries import StoredDelivery
from casefile.people import DeskRole
from services.desk.written import PDF, is_readable_paper, readable
from services.reports.case_deliveries import own_deliveries
from speech.words import tr

__all__ = ["case_router"]


def case_router() -> APIRouter:
    """The routes that only look."""
    router = APIRouter()

    @router.get("/zaken/{case_id}")
    async def case(case_id: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The case, with a form open where the address names one."""
        asked = visit.request.query_params
        form = form_named(asked.get("doe", ""))
        if form is None or not visit.may(role_of_form(form)):
            return await show_case(visit, case_id)
        return await show_case(visit, case_id, await asyncio.to_thread(opened, visit, case_id, form, asked))

    @router.get("/zaken/{case_id}/berichten/{place}/lezen")
    async def message_read(case_id: str, place: int, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """A message to be read in a frame: as it went where it is HTML, else its text."""
        stored = await asyncio.to_thread(_message, visit, case_id, place)
        body = await asyncio.to_thread(_as_page, stored)
        headers = {**plain_headers(), "Content-Security-Policy": FRAMED, "X-Frame-Options": "SAMEORIGIN"}
        return HTMLResponse(body, headers=headers)

    @router.get("/zaken/{case_id}/berichten/{place}/inhoud")
    async def message_bytes(case_id: str, place: int, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The bytes of a message, exactly those that went."""
        stored = await asyncio.to_thread(_message, visit, case_id, place)
        ending = {"message/rfc822": ".eml", PDF: ".pdf", "text/plain": ".txt"}.get(
            stored.media_type.partition(";")[0], ""
        )
        # Ours, and only a PDF: the browser may show it.
        return _file(
            stored.content, stored.media_type, f"{stored.filename_hint}{ending}", shown=stored.media_type == PDF
        )

    @router.get("/zaken/{case_id}/stukken/{name}")
    async def document(case_id: str, name: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """A document of the case."""

        def look() -> tuple[str, bytes] | None:
            with visit.desk.inside.file.read() as transaction:
                own = found_case(transaction, case_id)
                every = transaction.documents.of_case(own)
            return next(((kind, content) for named, kind, content in every if named == name), None)

        found = await asyncio.to_thread(look)
        if found is None:
            raise Problem(404, "no_such_document", "this case has no such document")
        return _file(found[1], found[0], name, shown=False)

    @router.get("/zaken/{case_id}/ontvangen/{sha256}/lezen")
    async def paper_read(case_id: str, sha256: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The text of what the debtor wrote, in a frame; of anything else nothing is shown."""

        def look() -> tuple[str, bytes] | None:
            with visit.desk.inside.file.read() as transaction:
                own = found_case(transaction, case_id)
                named = {each.sha256: each for each in transaction.papers.of_case(own) if is_readable_paper(each)}
                content = transaction.papers.content(own, sha256) if sha256 in named else None
            return None if content is None else (named[sha256].name, content)

        found = await asyncio.to_thread(look)
        if found is None:
            raise Problem(404, "no_such_document", "this case has no such document")
        headers = {**plain_headers(), "Content-Security-Policy": FRAMED, "X-Frame-Options": "SAMEORIGIN"}
        return HTMLResponse(_text_page(found[0], found[1].decode("utf-8", "replace")), headers=headers)

    @router.get("/zaken/{case_id}/ontvangen/{sha256}")
    async def paper(case_id: str, sha256: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """What the debtor sent about the case; a browser is never to open it by itself."""

        def look() -> tuple[str, bytes] | None:
            with visit.desk.inside.file.read() as transaction:
                own = found_case(transaction, case_id)
                named = {each.sha256: each.name for each in transaction.papers.of_case(own)}
                content = transaction.papers.content(own, sha256) if sha256 in named else None
            return None if content is None else (named[sha256], content)

        found = await asyncio.to_thread(look)
        if found is None:
            raise Problem(404, "no_such_document", "this case has no such document")
        return _file(found[1], "application/octet-stream", found[0], shown=False)

    return router


def _message(visit: Visit, case_id: str, place: int) -> StoredDelivery:
    with visit.desk.inside.file.read() as transaction:
        deliveries = own_deliveries(transaction, found_case(transaction, case_id))
    if not 0 <= place < len(deliveries):
        raise Problem(404, "no_such_message", "this case has no such message")
    return deliveries[place].stored


def _as_page(stored: StoredDelivery) -> str:
    """A message as HTML. A mail brings its own, which its policy keeps from doing anything."""
    read = readable(stored.content, stored.media_type)
    if read.html is not None:
        return read.html
    return _text_page(stored.subject, read.text or tr("There is no text in it."))


def _text_page(title: str, text: str) -> str:
    return Markup(
        '<!doctype html><html lang="und"><head><title>{}</title><style>{}</style></head><body>{}</body></html>'
    ).format(title, Markup(TEXT_STYLE), escape(text))


def _file(content: bytes, media_type: str, name: str, *, shown: bool) -> Response:
    how = "inline" if shown else "attachment"
    headers = {
        **plain_headers(),
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": KEPT if not shown else SHOWN,
    }
    return Response(content, media_type=media_type, headers=headers)
