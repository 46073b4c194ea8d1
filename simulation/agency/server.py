"""The demo agency over HTTP. It implements `docs/agency.openapi.yaml`; a test holds the two together."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import io
import re
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulation.agency.book import AgencyBook, OtherContent

__all__ = ["DemoAgency", "agency_app"]

_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LARGEST_BODY = 100_000_000
_PAUSE = 1
"""Seconds to be left alone, where it is down."""

_Key = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, Field(min_length=1)]
_Body = TypeVar("_Body", bound=BaseModel)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class _File(_Part):
    media_type: Literal["application/zip"]
    sha256: _Key
    content: Annotated[str, Field(min_length=1)]


class _Claim(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, hide_input_in_errors=True)

    schema_version: Literal["1"]
    case: _Id
    cases: Annotated[list[_Id], Field(min_length=1)]
    claim: dict[str, Any]
    creditor: dict[str, Any]
    debtor: dict[str, Any]


class _Submission(_Part):
    key: _Key
    claim: _Claim
    file: _File


_Amount = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")]
_Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
_Day = Annotated[date, Field(strict=False)]
_NoticeKind = Literal[
    "payment",
    "payment_reversed",
    "credit",
    "write_off",
    "dispute",
    "dispute_resolved",
    "debtor_status",
    "hold",
    "recall",
    "other",
]


class _Open(_Part):
    principal: _Amount
    interest: _Amount
    costs: _Amount
    total: _Amount
    currency: _Currency
    on: _Day


class _Notice(_Part):
    id: _Key
    kind: _NoticeKind
    on: _Day
    case: _Id | None = None
    amount: _Amount | None = None
    currency: _Currency | None = None
    reason: Annotated[str, Field(max_length=1000)] | None = None
    payment: Annotated[str, Field(max_length=300)] | None = None
    open: _Open | None = None


class _Problem(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        self.answer = JSONResponse(
            {"code": code, "detail": detail}, status, headers={"Retry-After": str(_PAUSE)} if status == 503 else None
        )


@dataclass
class DemoAgency:
    """The agency behind its API.

    Attributes:
        token: Who brings it is known.
        book: What it has and does.
        name: As it calls itself.
        slow_seconds: How late it answers, where its conduct is `slow`.
        stored: Called when a file was stored, before that is answered; for tests that break the connection there.
    """

    token: str = field(repr=False)
    book: AgencyBook = field(default_factory=AgencyBook)
    name: str = "Demo Incasso"
    slow_seconds: float = 30.0
    stored: Callable[[Request, str], Awaitable[None]] | None = None


def agency_app(agency: DemoAgency) -> FastAPI:
    """Its API, at the root of the address."""
    app = FastAPI(title="Demo agency", docs_url=None, redoc_url=None, openapi_url=None)
    book = agency.book

    @app.exception_handler(_Problem)
    async def told(request: Request, problem: _Problem) -> Response:
        return problem.answer

    @app.middleware("http")
    async def known(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), agency.token.encode()):
            return _Problem(401, "unknown_token", "give the token as Authorization: Bearer …").answer
        if book.conduct == "down":
            return _Problem(503, "down", "come back later").answer
        return await answer(request)

    @app.get("/")
    async def about() -> dict[str, str]:
        return {"name": agency.name, "version": "1"}

    @app.post("/submissions")
    async def submit(request: Request, idempotency_key: Annotated[str, Header()] = "") -> Response:
        brought = await _read(request, _Submission)
        if idempotency_key != brought.key:
            raise _Problem(400, "key_differs", "Idempotency-Key and key are to be the same")
        content = _unpacked(brought.file)
        try:
            taken, new = book.take(brought.key, brought.claim.model_dump(), content)
        except OtherContent:
            raise _Problem(409, "other_content", "under this key stands another file") from None
        if agency.stored is not None:
            await agency.stored(request, brought.key)
        if taken.conduct == "slow":
            await asyncio.sleep(agency.slow_seconds)
        return JSONResponse({"key": taken.key, "reference": taken.reference}, 201 if new else 200)

    @app.get("/submissions/{key}")
    async def submission(key: str) -> dict[str, str]:
        taken = book.taken.get(key)
        if taken is None:
            raise _Problem(404, "unknown_submission", "nothing stands under this key")
        return {"key": taken.key, "reference": taken.reference}

    @app.post("/submissions/{key}/notices", status_code=202)
    async def notify(request: Request, key: str, idempotency_key: Annotated[str, Header()] = "") -> dict[str, str]:
        brought = await _read(request, _Notice)
        if idempotency_key != brought.id:
            raise _Problem(400, "key_differs", "Idempotency-Key and id are to be the same")
        if key not in book.taken:
            raise _Problem(404, "unknown_submission", "nothing stands under this key")
        book.note(key, brought.id, brought.model_dump(mode="json", exclude_none=True))
        return {"id": brought.id}

    @app.get("/submissions/{key}/notices/{notice}")
    async def notice(key: str, notice: str) -> dict[str, str]:
        if (key, notice) not in book.notices:
            raise _Problem(404, "unknown_notice", "there was never such a notice")
        return {"id": notice}

    @app.get("/events")
    async def events(
        after: Annotated[str | None, Query()] = None, limit: Annotated[str, Query()] = "100"
    ) -> dict[str, object]:
        if not re.fullmatch("[0-9]{1,3}", limit, re.ASCII) or not 1 <= int(limit) <= 500:
            raise _Problem(400, "bad_limit", "give limit as a number from 1 to 500")
        if after is not None and (not re.fullmatch("[0-9]{1,9}", after, re.ASCII) or int(after) > len(book.events)):
            raise _Problem(400, "unknown_cursor", "give the cursor of the answer before")
        start = 0 if after is None else int(after)
        found, more = book.after(start, int(limit))
        cursor = {"cursor": str(start + len(found))} if found or after is not None else {}
        return {"events": found, "more": more, **cursor}

    return app


async def _read(request: Request, model: type[_Body]) -> _Body:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_BODY:
            raise _Problem(413, "too_large", f"a body has {_LARGEST_BODY} bytes at most")
    try:
        return model.model_validate_json(bytes(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise _Problem(400, "unreadable", f"{where}: {first['msg']}" if where else first["msg"]) from None


def _unpacked(file: _File) -> bytes:
    try:
        content = base64.b64decode(file.content, validate=True)
    except (binascii.Error, ValueError):
        raise _Problem(422, "no_base64", "file.content is no base64") from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise _Problem(422, "hash_differs", "file.sha256 is not that of file.content")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise _Problem(422, "no_zip", "file.content is no ZIP")
    return content
