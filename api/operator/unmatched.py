"""`/unmatched`: payments of which nobody knows whose they are, until a person says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.operator.access import Principal, wants
from api.operator.acting import Done, IdempotencyKey, acted
from api.operator.bodies import as_model, asked_with, json_object
from api.operator.inside import creditors_of, inside_of
from api.operator.problems import Problem
from casefile.api_keys import Role

__all__ = ["CannotAssign", "UnmatchedPayment", "UnmatchedPayments", "unmatched_router"]


class CannotAssign(ValueError):
    """A payment can't be given away so; the text says why and what would be accepted."""


@dataclass(frozen=True, slots=True)
class UnmatchedPayment:
    """A payment of which nobody knows whose it is.

    Attributes:
        id: Its id, as `mollie:tr_1`.
        received: What came in, as `100.00`.
        left: What of it stands with us.
        currency: Of both.
        received_on: Day on which it came.
        says: Texts that came along with it.
        payer: Name of the payer, empty where nobody told it.
        why: Why it is unmatched.
        guesses: Ids of cases that it may be of.
    """

    id: str
    received: str
    left: str
    currency: str
    received_on: date | None
    says: tuple[str, ...] = ()
    payer: str = ""
    why: str = ""
    guesses: tuple[str, ...] = ()


class UnmatchedPayments(Protocol):
    """Lists and settles them; the process that serves fills it."""

    def seen_by(self, creditors: frozenset[str]) -> UnmatchedPayments:
        """The same as somebody sees it who sees these creditors."""
        ...

    def waiting(self) -> tuple[UnmatchedPayment, ...]:
        """All of them, the first first."""
        ...

    def assign(self, payment: str, case: str | None, debtor: str | None, actor: str, at: datetime) -> tuple[str, ...]:
        """Give a payment to a case, or to a debtor by his number; returns the ids of the cases that were told.

        Raises:
            CannotAssign: it is not unmatched, or can't be booked there.
        """
        ...

    def assign_remittance(self, payment: str, remittance: str, actor: str, at: datetime) -> None:
        """Say that a payment is a remittance of a collection partner, `PARTNER/NUMBER`; no case is told.

        Raises:
            CannotAssign: it is not unmatched, or there is no such remittance that did not come in yet.
        """
        ...

    def dismiss(self, payment: str, reason: str, actor: str, at: datetime) -> None:
        """Say that a payment is none of ours.

        Raises:
            CannotAssign: it is not unmatched.
        """
        ...


class UnmatchedRow(BaseModel):
    """A payment of which nobody knows whose it is: `guesses` are cases that it may be of."""

    id: str
    received: str
    left: str
    currency: str
    received_on: date | None
    says: tuple[str, ...]
    payer: str
    why: str
    guesses: tuple[str, ...]


class UnmatchedPage(BaseModel):
    """All of them, the first first."""

    total: int
    payments: tuple[UnmatchedRow, ...]


class Assigned(BaseModel):
    """Where a payment went: the cases that were told; none where it was dismissed."""

    payment: str
    outcome: str
    cases: tuple[str, ...]


class _Settles(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    payment: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]*$")]
    actor: Annotated[str, Field(max_length=200, description="Who decides.")] = ""


class AssignsPayment(_Settles):
    """Whose a payment is.

    Attributes:
        case: The id of its case, which gets all of it; or
        debtor: the number of the debtor, over whose invoices it is spread; or
        remittance: `PARTNER/NUMBER` of the remittance of a collection partner that it is.
    """

    case: Annotated[str, Field(min_length=1, max_length=700, pattern=r"^[^\x00-\x1f]*$")] | None = None
    debtor: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")] | None = None
    remittance: Annotated[str, Field(max_length=165, pattern=r"^[a-z0-9_-]+/[^\x00-\x1f]+$")] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> AssignsPayment:
        if sum(each is not None for each in (self.case, self.debtor, self.remittance)) != 1:
            raise ValueError("name a case, a debtor or a remittance, one of them")
        return self


class DismissesPayment(_Settles):
    """Which payment is none of ours."""

    reason: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$", description="Why, for the case file.")] = ""


def unmatched_router() -> APIRouter:
    """The routes, for an application whose `Inside` has unmatched payments."""
    router = APIRouter(tags=["unmatched"])

    @router.get("/unmatched", summary="Payments of nobody", response_model=UnmatchedPage, operation_id="list_unmatched")
    async def many(request: Request, _: Annotated[Principal, wants(Role.READ)]) -> UnmatchedPage:
        """Payments of which nobody knows whose they are, with the cases that they may be of."""
        found = await asyncio.to_thread(_port(request).waiting)
        rows = tuple(UnmatchedRow.model_validate(each, from_attributes=True) for each in found)
        return UnmatchedPage(total=len(rows), payments=rows)

    @router.post(
        "/unmatched/assign",
        summary="Say whose a payment is",
        response_model=Assigned,
        operation_id="assign_payment",
        responses={409: {"description": "It is not unmatched, or can't be booked there."}},
        openapi_extra=asked_with(AssignsPayment, {"payment": "mollie:tr_1", "case": "case:devaart:2026-F-1"}),
    )
    async def assigned(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Give a payment to a case or a debtor, or say which remittance it is; what comes of it goes there too."""
        asked = as_model(AssignsPayment, await json_object(request))
        actor, port, at = principal.actor(asked.actor), _port(request), inside_of(request).now()

        async def do(_: str) -> Done:
            try:
                told: tuple[str, ...] = ()
                if asked.remittance is not None:
                    await asyncio.to_thread(port.assign_remittance, asked.payment, asked.remittance, actor, at)
                else:
                    told = await asyncio.to_thread(port.assign, asked.payment, asked.case, asked.debtor, actor, at)
            except CannotAssign as problem:
                raise Problem(409, "can_not_assign", str(problem)) from None
            body = Assigned(payment=asked.payment, outcome="assigned", cases=told)
            return Done(body.model_dump(), "assigned", detail=" ".join(told))

        act = ("assign_payment", asked.payment)
        return await acted(request, principal, key, act, actor, do)

    @router.post(
        "/unmatched/dismiss",
        summary="Say that a payment is none of ours",
        response_model=Assigned,
        operation_id="dismiss_payment",
        responses={409: {"description": "It is not unmatched."}},
        openapi_extra=asked_with(DismissesPayment, {"payment": "mollie:tr_1", "reason": "a deposit of our own"}),
    )
    async def dismissed(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Leave a payment: what comes of it later is kept, and told to nobody."""
        asked = as_model(DismissesPayment, await json_object(request))
        actor, port, at = principal.actor(asked.actor), _port(request), inside_of(request).now()

        async def do(_: str) -> Done:
            try:
                await asyncio.to_thread(port.dismiss, asked.payment, asked.reason, actor, at)
            except CannotAssign as problem:
                raise Problem(409, "can_not_assign", str(problem)) from None
            return Done(Assigned(payment=asked.payment, outcome="dismissed", cases=()).model_dump(), "dismissed")

        return await acted(request, principal, key, ("dismiss_payment", asked.payment), actor, do)

    return router


def _port(request: Request) -> UnmatchedPayments:
    port: UnmatchedPayments | None = request.app.state.unmatched
    if port is None:
        raise Problem(404, "no_such_address", "no payment provider is told of here")
    seen = creditors_of(request)
    return port if seen is None else port.seen_by(seen)
