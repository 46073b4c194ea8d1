"""What every act over HTTP has in common: a row of the audit log before it is done, its outcome behind it, one answer.

With an `Idempotency-Key` the same request may be brought again: it gets the answer of before, or goes on with what a
crash interrupted. What it tells cases has ids that follow from the key, so it is told once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from fastapi import Header, Request, Response
from fastapi.responses import JSONResponse

from api.operator.access import Principal
from api.operator.inside import inside_of
from api.operator.problems import MEDIA_TYPE, Problem, answer_of
from casefile.acts import Act, KeptAnswer, OtherRequest, Repeat, begin, conclude

__all__ = ["Done", "IdempotencyKey", "acted", "message_id"]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]*$",
        description="The same request under the same key is done once, and gets the same answer for 48 hours at least; "
        "another request under it is refused with 422.",
        examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ),
]

_NAMES = UUID("5a7c1f0e-0d0b-4d0a-9a4b-3d1b8f6f2c11")
"""Namespace of the ids that follow from keys."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act.

    Attributes:
        body: The answer, as JSON values.
        outcome: A code for the audit log.
        status: Status of the answer.
        detail: More for the audit log, in codes: never what a debtor said.
    """

    body: Mapping[str, Any]
    outcome: str
    status: int = 200
    detail: str = ""


def message_id(principal: Principal, key: str | None, case_id: str) -> str:
    """Id under which a case is told what a request asks: it follows from the key, where there is one."""
    if key is None:
        return f"desk:{uuid4()}"
    return f"desk:{uuid5(_NAMES, f'{principal.key.id}|{key}|{case_id}')}"


async def acted(
    request: Request,
    principal: Principal,
    key: str | None,
    act: tuple[str, str],
    actor: str,
    do: Callable[[str], Awaitable[Done]],
    detail: str = "",
) -> Response:
    """Do what a request asks, and answer it.

    Args:
        request: The request; its body was read.
        principal: Who asks.
        key: Its `Idempotency-Key`.
        act: What is done, and on what, for the audit log.
        actor: Who decides, for the audit log.
        do: Does it; given `detail`, or the one of before where a crash interrupted it. May raise a `Problem`.
        detail: What is to be known of it while it is not done, for the audit log.
    """
    inside = inside_of(request)
    repeat = None if key is None else Repeat(key, await _fingerprint(request))
    written = Act(principal.key.id, actor, *act, detail=detail)
    try:
        begun = await asyncio.to_thread(begin, inside.file, written, inside.now(), repeat)
    except OtherRequest:
        raise Problem(
            422, "idempotency_key_reused", "another request came under this Idempotency-Key: give each its own"
        ) from None
    if isinstance(begun, KeptAnswer):
        return _again(begun)
    try:
        done = await do(begun.act.detail)
        answer: Response = JSONResponse(dict(done.body), done.status)
        outcome, said = done.outcome, done.detail
    except Problem as problem:
        answer, outcome, said = answer_of(problem), "refused", problem.rule
    content = bytes(answer.body).decode()
    await asyncio.to_thread(conclude, inside.file, begun, outcome, said, answer.status_code, content)
    return answer


def _again(kept: KeptAnswer) -> Response:
    kind = MEDIA_TYPE if kept.status >= 400 else "application/json"
    return Response(kept.body, kept.status, {"Idempotency-Replayed": "true"}, media_type=kind)


async def _fingerprint(request: Request) -> str:
    """Hash of all that a request asks."""
    asked = f"{request.method} {request.url.path} {request.headers.get('if-match', '')}\n".encode()
    return sha256(asked + await request.body()).hexdigest()
