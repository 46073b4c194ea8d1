"""`/quarantine`: messages that could not be used, until a person deals with them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.operator.access import Principal, wants
from api.operator.acting import Done, IdempotencyKey, acted, message_id
from api.operator.bodies import as_model, asked_with, json_object
from api.operator.inside import Inside, inside_of
from api.operator.problems import Problem
from api.operator.telling import Told, readable, tell_case, told_body
from casefile.api_keys import Role
from casefile.quarantine import QuarantinedMessage

__all__ = ["quarantine_router"]


class QuarantineRow(BaseModel):
    """A message that could not be used; `case_exists` says whether there is a case of this id."""

    case: str
    case_exists: bool
    id: str
    name: str
    error: str
    sha256: str
    received_at: str


class QuarantinePage(BaseModel):
    """All messages that nobody has dealt with, the oldest first."""

    total: int
    messages: tuple[QuarantineRow, ...]


class _Settles(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    case: Annotated[str, Field(min_length=1, max_length=700, description="The id of its case, as the list shows it.")]
    id: Annotated[str, Field(min_length=1, max_length=300, description="Its id, as the list shows it.")]
    actor: Annotated[str, Field(max_length=200, description="Who decides.")] = ""


class Resubmits(_Settles):
    """Which message is tried again, and how."""

    payload: Annotated[Any, Field(description="Its content, put right; as it came when left out.")] = None
    as_name: Annotated[str, Field(max_length=200, description="Its name, put right.")] | None = None


class Dismisses(_Settles):
    """Which message is laid aside."""

    reason: Annotated[str, Field(max_length=200, description="Why, for the case file.")] = ""


class LaidAside(BaseModel):
    """A message for a case that does not exist is laid aside; its bytes stay in the case file."""

    case: str
    id: str
    outcome: str = "done"


def quarantine_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["quarantine"])

    @router.get(
        "/quarantine",
        summary="Messages that could not be used",
        response_model=QuarantinePage,
        operation_id="list_quarantine",
    )
    async def many(request: Request, _: Annotated[Principal, wants(Role.READ)]) -> QuarantinePage:
        """Every message that nobody has dealt with, also those for cases that do not exist."""
        kept = await asyncio.to_thread(_unsettled, inside_of(request))
        return QuarantinePage(
            total=len(kept),
            messages=tuple(
                QuarantineRow(
                    case=each.case_id,
                    case_exists=each.known,
                    id=each.id,
                    name=each.name,
                    error=each.error,
                    sha256=each.sha256,
                    received_at=each.received_at,
                )
                for each in kept
            ),
        )

    example = {"case": "case:devaart:2026-F-1", "id": "quarantine:payment_received:tr_1:0011223344556677"}

    @router.post(
        "/quarantine/resubmit",
        summary="Try a message again",
        response_model=Told,
        operation_id="resubmit",
        responses={
            202: {"model": Told, "description": "Written down: it takes effect when a worker takes it."},
            404: {"description": "There is no such case: its message waits until the invoice is imported."},
            409: {"description": "A rule refuses it."},
        },
        openapi_extra=asked_with(Resubmits, {**example, "payload": {"amount": "100.00"}}),
    )
    async def resubmitted(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Try a message again, as it was or put right; the same as `resubmit_quarantined` of its case."""
        read = await json_object(request)
        asked = as_model(Resubmits, read)
        content: dict[str, Any] = {"of": asked.id, "actor": principal.actor(asked.actor)}
        content |= {field: read[field] for field in ("payload", "as_name") if field in read}
        return await _settled(request, principal, key, "resubmit_quarantined", asked.case, content)

    @router.post(
        "/quarantine/dismiss",
        summary="Lay a message aside",
        response_model=Told | LaidAside,
        operation_id="dismiss",
        responses={
            202: {"model": Told, "description": "Written down: it takes effect when a worker takes it."},
            404: {"description": "There is no such message in quarantine."},
            409: {"description": "A rule refuses it."},
        },
        openapi_extra=asked_with(Dismisses, {**example, "reason": "test message"}),
    )
    async def dismissed(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Lay a message aside for good, also one for a case that does not exist; its bytes stay in the case file."""
        inside = inside_of(request)
        asked = as_model(Dismisses, await json_object(request))
        actor = principal.actor(asked.actor)
        if await asyncio.to_thread(_exists, inside, asked.case):
            content = {"of": asked.id, "reason": asked.reason, "actor": actor}
            return await _settled(request, principal, key, "dismiss_quarantined", asked.case, content)

        async def lay_aside(_: str) -> Done:
            if not await asyncio.to_thread(_laid_aside, inside, asked.case, asked.id):
                raise Problem(404, "no_such_message", "no such message is in quarantine (GET /quarantine)")
            return Done(LaidAside(case=asked.case, id=asked.id).model_dump(), "done")

        return await acted(request, principal, key, ("dismiss_quarantined", asked.case), actor, lay_aside)

    return router


async def _settled(
    request: Request, principal: Principal, key: str | None, name: str, case_id: str, content: dict[str, Any]
) -> Response:
    """Tell the case of a message what becomes of it."""
    inside = inside_of(request)
    content = readable(name, content)
    if not await asyncio.to_thread(_exists, inside, case_id):
        raise Problem(404, "no_such_case", "there is no such case: its message waits until the invoice is imported")

    async def do(_: str) -> Done:
        answered = await tell_case(inside, case_id, name, content, message=message_id(principal, key, case_id))
        body = await told_body(inside, case_id, answered)
        return Done(body, answered.outcome, 202 if answered.outcome == "written" else 200)

    return await acted(request, principal, key, (name, case_id), content["actor"], do)


def _unsettled(inside: Inside) -> tuple[QuarantinedMessage, ...]:
    with inside.file.read() as transaction:
        return transaction.quarantine.unsettled()


def _exists(inside: Inside, case_id: str) -> bool:
    if "\0" in case_id:
        return False
    with inside.file.read() as transaction:
        return transaction.cases.closed(case_id) is not None


def _laid_aside(inside: Inside, case_id: str, of: str) -> bool:
    """Lay a message aside for a case that does not exist, or see that it is; False when there is none such."""
    if "\0" in case_id + of:
        return False
    with inside.file.write(case_id) as transaction:
        if transaction.quarantine.message(case_id, of) is None:
            return False
        transaction.quarantine.dismiss_stranger(case_id, of)
    return True
