"""`/sending`: send nothing today, and end that."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.operator.access import Principal, wants
from api.operator.acting import Done, IdempotencyKey, acted, message_id
from api.operator.bodies import as_model, asked_with, json_object
from api.operator.inside import inside_of
from api.operator.problems import Problem
from casefile.api_keys import Role
from casefile.sending_stops import PlacedStop, standing_stop
from services.today.day import office_day
from services.today.stopping import CannotStop, resume, stop

__all__ = ["StopRow", "sending_router", "stop_row"]


class StopRow(BaseModel):
    """A stop of all sending: from `since` to the day before `until`, who placed it, when and why."""

    since: date
    until: date
    reason: str
    actor: str
    placed_at: datetime


class Sending(BaseModel):
    """Whether all sending is stopped, and by what."""

    stopped: StopRow | None


class StopsSending(BaseModel):
    """Why nothing is to be sent, and until when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Annotated[str, Field(min_length=1, max_length=500, description="Why.")]
    until: Annotated[date, Field(description="First free day; tomorrow when left out.")] | None = None
    actor: Annotated[str, Field(max_length=200, description="Who decides.")] = ""


class ResumesSending(BaseModel):
    """Who lets everything leave again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    actor: Annotated[str, Field(max_length=200, description="Who decides.")] = ""


def sending_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["today"])

    @router.get("/sending", summary="Whether sending is stopped", response_model=Sending, operation_id="show_sending")
    async def shown(request: Request, _: Annotated[Principal, wants(Role.READ)]) -> Sending:
        """Whether a person stopped all sending: who, when, why, and until when."""
        inside = inside_of(request)
        placed = await asyncio.to_thread(standing_stop, inside.file, office_day(inside.now()))
        return Sending(stopped=stop_row(placed))

    @router.post(
        "/sending/stop",
        summary="Send nothing today",
        response_model=Sending,
        operation_id="stop_sending",
        responses={409: {"description": "It can't end on that day."}},
        openapi_extra=asked_with(StopsSending, {"reason": "the price list is wrong, look first"}),
    )
    async def stopped(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Let nothing leave for any case, from now on until tomorrow or another day; terms that run go on."""
        inside = inside_of(request)
        asked = as_model(StopsSending, await json_object(request))
        actor, stop_id = principal.actor(asked.actor), message_id(principal, key, "sending")

        async def do(_: str) -> Done:
            try:
                placed, _new = await asyncio.to_thread(
                    stop, inside.file, asked.reason, asked.until, actor, inside.now(), stop_id[:64]
                )
            except CannotStop as problem:
                raise Problem(409, "cannot_stop", str(problem)) from None
            return Done(Sending(stopped=stop_row(placed)).model_dump(mode="json"), "done")

        return await acted(request, principal, key, ("stop_sending", "all"), actor, do)

    @router.post(
        "/sending/resume",
        summary="Let everything leave again",
        response_model=Sending,
        operation_id="resume_sending",
        responses={409: {"description": "Sending is not stopped."}},
        openapi_extra=asked_with(ResumesSending, {}),
    )
    async def resumed(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """End it; what was put off leaves within its hours, a minute after a worker looked."""
        inside = inside_of(request)
        asked = as_model(ResumesSending, await json_object(request))
        actor = principal.actor(asked.actor)

        async def do(_: str) -> Done:
            try:
                gone = await asyncio.to_thread(resume, inside.file, actor, inside.now())
            except CannotStop as problem:
                raise Problem(409, "cannot_stop", str(problem)) from None
            if not gone:
                raise Problem(409, "not_stopped", "sending is not stopped (GET /sending)")
            return Done(Sending(stopped=None).model_dump(mode="json"), "done")

        return await acted(request, principal, key, ("resume_sending", "all"), actor, do)

    return router


def stop_row(placed: PlacedStop | None) -> StopRow | None:
    """A stop as it is shown."""
    if placed is None:
        return None
    return StopRow(
        since=placed.since, until=placed.until, reason=placed.reason, actor=placed.actor, placed_at=placed.placed_at
    )
