"""Files of a case over HTTP: messages as they were sent, documents, what debtors sent. Always to be kept, never shown.

A debtor may have sent anything. So each answer is an attachment of a type from a short list, which no browser guesses
anew or shows as a page of ours; and that it was given stands in the audit log before the first byte leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Request, Response

from api.operator.access import Principal, wants
from api.operator.inside import Inside, found_case, inside_of
from api.operator.problems import Problem
from api.operator.telling import CaseId
from casefile.acts import Act, record_act
from casefile.api_keys import Role
from casefile.case_file import Transaction
from services.reports.case_files import CaseFileBytes, NotIntact, document_of, message_of

__all__ = ["files_router"]

Digest = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of its bytes, as the list of messages or documents says it.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
Known = Annotated[str | None, Header(alias="If-None-Match", max_length=2000)]
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as an attachment.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "It is as the `ETag` in `If-None-Match` says."},
}
_Look = Callable[[Transaction, str, str], CaseFileBytes | None]


def files_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["cases"])

    @router.get(
        "/cases/{case_id}/messages/{sha256}",
        summary="A message as it was sent",
        operation_id="download_message",
        response_class=Response,
        responses=_ANSWERS,
    )
    async def message(
        request: Request,
        case_id: CaseId,
        sha256: Digest,
        principal: Annotated[Principal, wants(Role.READ)],
        if_none_match: Known = None,
    ) -> Response:
        """The bytes of a message: a mail as `message/rfc822`, a text as `text/plain`, a letter as PDF."""
        return await _given(request, principal, "download_message", message_of, case_id, sha256, if_none_match)

    @router.get(
        "/cases/{case_id}/documents/{sha256}",
        summary="A document of a case, or what the debtor sent",
        operation_id="download_document",
        response_class=Response,
        responses=_ANSWERS,
    )
    async def document(
        request: Request,
        case_id: CaseId,
        sha256: Digest,
        principal: Annotated[Principal, wants(Role.READ)],
        if_none_match: Known = None,
    ) -> Response:
        """The bytes of a document, such as the invoice, or of what the debtor sent or uploaded; HTML never as HTML."""
        return await _given(request, principal, "download_document", document_of, case_id, sha256, if_none_match)

    return router


async def _given(
    request: Request, principal: Principal, act: str, look: _Look, case: str, digest: str, known: str | None
) -> Response:
    tag = f'"{digest}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    inside = inside_of(request)
    case_id, found = await asyncio.to_thread(_found, inside, look, case, digest)
    if known is not None and tag in {each.strip().removeprefix("W/") for each in known.split(",")}:
        return Response(status_code=304, headers=headers)
    written = Act(principal.key.id, principal.actor(""), act, case_id, digest)
    await asyncio.to_thread(record_act, inside.file, written, inside.now(), "given")
    ascii_name = found.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    disposition = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    headers |= {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return Response(found.content, headers=headers, media_type=found.media_type)


def _found(inside: Inside, look: _Look, case: str, digest: str) -> tuple[str, CaseFileBytes]:
    with inside.file.read() as transaction:
        case_id = found_case(transaction, case)
        try:
            found = look(transaction, case_id, digest)
        except NotIntact:
            raise Problem(
                409, "not_intact", "the stored bytes are not those that were written down: they prove nothing"
            ) from None
    if found is None:
        raise Problem(404, "no_such_file", "this case has no such file: its list says which there are")
    return case_id, found
