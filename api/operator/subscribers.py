"""`/subscribers`: other systems that are told what happens to cases, and the events that they did not take."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.operator.access import Principal, wants
from api.operator.acting import Done, IdempotencyKey, acted
from api.operator.bodies import as_model, asked_with, json_object
from api.operator.inside import inside_of
from api.operator.problems import Problem
from casefile.api_keys import Role
from casefile.outgoing_events import dismiss_events, send_again
from casefile.subscribers import resume_subscriber
from domain.case_event_kinds import CaseEventKind
from services.reports.subscriber_list import subscriber_list

__all__ = ["subscribers_router"]


class SubscriberRow(BaseModel):
    """A system that is told; `host` without the rest of its address, which may be a secret."""

    name: str
    host: str
    events: tuple[CaseEventKind, ...]
    state: Annotated[
        Literal["told", "stopped", "ended"],
        Field(description="`stopped`: it wants no more (410); `ended`: the settings of the worker name it no more."),
    ]
    reason: Annotated[str | None, Field(description="Why it is stopped.")]
    waiting: Annotated[int, Field(description="Events that are to be sent yet.")]
    waits_since: Annotated[str | None, Field(description="When the oldest of them happened.")]
    set_aside: Annotated[int, Field(description="Events that were given up.")]


class GivenUp(BaseModel):
    """An event that a subscriber did not take, after all tries."""

    id: str
    subscriber: str
    event: CaseEventKind
    case: str
    happened_at: str
    tries: int
    reason: str


class SubscriberPage(BaseModel):
    """All subscribers by name, and up to 1,000 events that were given up, the oldest first."""

    subscribers: tuple[SubscriberRow, ...]
    set_aside: tuple[GivenUp, ...]


_Name = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$", description="Its name, as the list shows it.")
]
_Actor = Annotated[str, Field(max_length=200, description="Who decides.")]


class Resumes(BaseModel):
    """Which subscriber is told again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subscriber: _Name
    actor: _Actor = ""


class OfGivenUp(BaseModel):
    """One event, or all that a subscriber did not take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: (
        Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[!-~]+$", description="Its id: evt_….")] | None
    ) = None
    subscriber: _Name | None = None
    actor: _Actor = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.event is None) == (self.subscriber is None):
            raise ValueError("give either event or subscriber")
        return self


class Counted(BaseModel):
    """Of how many events it was done."""

    events: int


class Resumed(BaseModel):
    """It is told again, also what happened meanwhile."""

    subscriber: str


def subscribers_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["subscribers"])

    @router.get("/subscribers", summary="Who is told", response_model=SubscriberPage, operation_id="list_subscribers")
    async def many(request: Request, _: Annotated[Principal, wants(Role.READ)]) -> SubscriberPage:
        """Other systems that are told what happens to cases, and what they did not take."""
        found = await asyncio.to_thread(subscriber_list, inside_of(request).file)
        return SubscriberPage.model_validate(found)

    @router.post(
        "/subscribers/resume",
        summary="Tell a subscriber again",
        response_model=Resumed,
        operation_id="resume_subscriber",
        responses={404: {"description": "No such subscriber was stopped."}},
        openapi_extra=asked_with(Resumes, {"subscriber": "erp"}),
    )
    async def resumed(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Send to a subscriber again that said it wants no more events; what happened meanwhile is sent, too."""
        inside = inside_of(request)
        asked = as_model(Resumes, await json_object(request))

        async def do(_: str) -> Done:
            if not await asyncio.to_thread(resume_subscriber, inside.file, asked.subscriber):
                raise Problem(404, "no_such_subscriber", "no such subscriber was stopped (GET /subscribers)")
            return Done(Resumed(subscriber=asked.subscriber).model_dump(), "done")

        act = ("subscriber resume", asked.subscriber)
        return await acted(request, principal, key, act, principal.actor(asked.actor), do)

    @router.post(
        "/subscribers/resend",
        summary="Send what was given up again",
        response_model=Counted,
        operation_id="resend_events",
        responses={404: {"description": "Nothing of it was given up."}},
        openapi_extra=asked_with(OfGivenUp, {"subscriber": "erp"}),
    )
    async def resent(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Send events again under the same ids; the worker does so at once."""
        return await _dealt_with(request, principal, key, "subscriber resend")

    @router.post(
        "/subscribers/dismiss",
        summary="Leave what was given up",
        response_model=Counted,
        operation_id="dismiss_events",
        responses={404: {"description": "Nothing of it was given up."}},
        openapi_extra=asked_with(OfGivenUp, {"event": "evt_0f8c2d5e"}),
    )
    async def left(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Tell nobody of these events."""
        return await _dealt_with(request, principal, key, "subscriber dismiss")

    return router


async def _dealt_with(request: Request, principal: Principal, key: str | None, act: str) -> Response:
    inside = inside_of(request)
    asked = as_model(OfGivenUp, await json_object(request))
    if act == "subscriber resend":
        deal = partial(send_again, inside.file, event=asked.event, subscriber=asked.subscriber)
    else:
        deal = partial(dismiss_events, inside.file, inside.now(), event=asked.event, subscriber=asked.subscriber)

    async def do(_: str) -> Done:
        number = await asyncio.to_thread(deal)
        if not number:
            raise Problem(404, "nothing_given_up", "no such event was given up (GET /subscribers)")
        return Done(Counted(events=number).model_dump(), "done", detail=str(number))

    what = asked.event or f"all of {asked.subscriber}"
    return await acted(request, principal, key, (act, what), principal.actor(asked.actor), do)
