"""The forms of a debtor's page: I have paid, I disagree, I can't pay at once, my data have changed.

Each is shown, taken, and answered by the page that says what follows; what can't be used is shown again with what was
typed. What a debtor does goes to his cases as messages with the actor `debtor`: their rules decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import structlog
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.debtor.fields import Filled, Said
from api.debtor.uploads import MOST, Upload
from api.debtor.visit import Visit
from domain.facts.disputes import DisputeReason
from domain.messages import Unreadable
from domain.messages.holds import Changed
from domain.money import Money
from services.debtor_page.offers import Offers, offers_for
from services.debtor_page.standing import PageInvoice
from services.debtor_page.telling import ACTOR, Told, arranges, changes_contact, claims_payment, disputes

__all__ = ["FORMS", "Form", "filled_in"]

_AT_ONCE = 8
"""Cases that are told something under way at once: where no worker runs, each is waited for some seconds."""
_MOST_FIELDS = 300
_PART_BYTES = 64 * 1024
_REASONS: tuple[DisputeReason, ...] = get_args(DisputeReason)
_CHANGES: tuple[Changed, ...] = ("email", "phone", "address")
"""Data that a debtor may have changed here; his account we don't keep."""


async def filled_in(request: Request) -> Filled | None:
    """The form of a request; None where it is none."""
    try:
        return Filled(await request.form(max_files=2, max_fields=_MOST_FIELDS, max_part_size=_PART_BYTES))
    except HTTPException:
        return None


@dataclass(frozen=True)
class Form:
    """One form.

    Attributes:
        name: Name of its page.
        offered: The invoices for which it may be filled in; without any the page says so.
        read: Reads it into messages; notes what can't be used.
        more: What its page shows besides.
        upload: The field for a file; empty: none.
    """

    name: str
    offered: Callable[[Visit], Sequence[PageInvoice]]
    read: Callable[[Visit, Filled, str], Awaitable[tuple[Told, ...]]]
    more: Callable[[Visit, Filled], Awaitable[dict[str, Any]]]
    upload: str = ""

    async def show(self, visit: Visit, request: Request) -> Response:
        """The page with the form, empty but for the day that schedules are asked for."""
        asked: list[tuple[str, str | UploadFile]] = [
            (name, value) for name, value in request.query_params.multi_items() if name == "pay_day"
        ]
        return await self._page(visit, Filled(FormData(asked)))

    async def take(self, visit: Visit, request: Request) -> Response:
        """Take what was sent."""
        filled = await filled_in(request)
        if filled is None:
            filled = Filled(FormData())
            return await self._page(visit, filled, 400, Said("not_read"))
        own = visit.sealing.opened(self.name, filled.raw("seal"))
        if own is None:
            return await self._page(visit, filled, 403, Said("form_too_old"))
        told = await self.read(visit, filled, own)
        paper = await filled.upload(self.upload) if self.upload else None
        if paper is not None and await asyncio.to_thread(_too_many, visit, told):
            filled.wrong(self.upload, "file_too_many", most=MOST)
        if filled.problems:
            return await self._page(visit, filled, 422)
        refused = await _tell(visit, told, paper)
        if refused:
            return await self._page(visit, filled, 409, Said("refused_by_rule"))
        return RedirectResponse(visit.look.to(f"done/{self.name}"), 303, headers={"Cache-Control": "no-store"})

    async def _page(self, visit: Visit, filled: Filled, status: int = 200, problem: Said | None = None) -> Response:
        offered = self.offered(visit)
        more = await self.more(visit, filled)
        return visit.page(
            self.name,
            status,
            offered=offered,
            filled=filled,
            problem=problem,
            seal=visit.sealing.seal(self.name),
            form=self.name,
            here=self.name,
            **more,
        )


async def _tell(visit: Visit, told: Sequence[Told], paper: Upload | None) -> bool:
    """Tell the cases, and keep the paper with those that took it; whether each refused."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def takes(each: Told) -> bool:
        try:
            async with places:
                answered = await visit.pages.ask(each.case_id, each.name, each.content)
        except (Unreadable, ValueError) as problem:
            structlog.get_logger("maanwerk.api").warning(
                "debtor_message_unreadable", message=each.name, problem=type(problem).__name__
            )
            return False
        return answered.outcome != "refused"

    answers = await asyncio.gather(*map(takes, told))
    took = [each for each, taken in zip(told, answers, strict=True) if taken]
    if paper is not None and took:
        await asyncio.to_thread(_keep, visit, took, paper)
    return not took


def _keep(visit: Visit, told: Sequence[Told], paper: Upload) -> None:
    for each in told:
        with visit.pages.file.write(each.case_id) as transaction:
            transaction.papers.keep(
                each.case_id,
                paper.name,
                paper.media_type,
                paper.content,
                about=each.about,
                actor=ACTOR,
                at=visit.pages.now(),
            )


def _too_many(visit: Visit, told: Sequence[Told]) -> bool:
    with visit.pages.file.read() as transaction:
        return any(
            sum(paper.actor == ACTOR for paper in transaction.papers.of_case(each.case_id)) >= MOST for each in told
        )


def _chosen(filled: Filled, offered: Sequence[PageInvoice], *, one: bool = False) -> tuple[PageInvoice, ...]:
    """The invoices that were ticked, of those that are offered to this debtor; a single one needs no tick."""
    if len(offered) == 1:
        return tuple(offered)
    ticked = filled.all("invoice")
    found = tuple(each for each in offered if each.number in ticked)
    if not found or (one and len(found) > 1):
        filled.wrong("invoice", "needs_invoice")
    return found


async def _nothing(visit: Visit, filled: Filled) -> dict[str, Any]:
    return {}


# I have paid ----------------------------------------------------------------------------------------------------


async def _read_paid(visit: Visit, filled: Filled, own: str) -> tuple[Told, ...]:
    chosen = _chosen(filled, visit.standing.open)
    paid_on = filled.day("day", visit.standing.on)
    note = filled.text("note")
    return claims_payment(chosen, own, paid_on, note)


# I disagree -----------------------------------------------------------------------------------------------------


async def _read_disagree(visit: Visit, filled: Filled, own: str) -> tuple[Told, ...]:
    chosen = _chosen(filled, visit.standing.disputable, one=True)
    reason = filled.one_of("reason", _REASONS)
    note = filled.text("note", wanted=True)
    how_much = filled.one_of("how_much", ("all", "part"))
    amount: Money | None = None
    if how_much == "part":
        most = max((each.disputable for each in chosen or visit.standing.disputable), default=None, key=_minor)
        amount = None if most is None else filled.amount("amount", most)
    if not chosen or reason is None:
        return ()
    given: DisputeReason = next(each for each in _REASONS if each == reason)
    return disputes(chosen[0], own, given, note, amount)


def _minor(amount: Money) -> int:
    return amount.minor


async def _reasons(visit: Visit, filled: Filled) -> dict[str, Any]:
    return {"reasons": _REASONS}


# I can't pay at once --------------------------------------------------------------------------------------------


async def _offers(visit: Visit, filled: Filled) -> dict[str, Any]:
    return {"offers": await asyncio.to_thread(_offered, visit, filled)}


def _offered(visit: Visit, filled: Filled) -> Offers | None:
    day = filled.number("pay_day", 1, 31)
    with visit.pages.file.read() as transaction:
        return offers_for(transaction, visit.standing.arrangeable, visit.pages.now(), day)


async def _read_instalments(visit: Visit, filled: Filled, own: str) -> tuple[Told, ...]:
    offers = await asyncio.to_thread(_offered, visit, filled)
    numbers = [] if offers is None else [str(each.number) for each in offers.offers]
    number = filled.one_of("number", numbers, "needs_schedule")
    note = filled.text("note")
    offer = None if offers is None or number is None else offers.chosen(int(number))
    if offers is None or offer is None:
        return ()
    return arranges(offers, offer, own, note)


# My data have changed -------------------------------------------------------------------------------------------


def _waiting_for_contact(visit: Visit) -> Sequence[PageInvoice]:
    """The invoice that waits for the data: the oldest; none while it waits already."""
    found = visit.standing.open
    return () if any(each.contact_asked for each in found) else found[:1]


async def _read_contact(visit: Visit, filled: Filled, own: str) -> tuple[Told, ...]:
    offered = _waiting_for_contact(visit)
    about = filled.one_of("about", _CHANGES)
    value = filled.text("value", wanted=True, longest=300)
    if about == "email" and value and ("@" not in value or " " in value):
        filled.wrong("value", "no_email")
    if about == "phone" and value and sum(sign.isdigit() for sign in value) < 6:
        filled.wrong("value", "no_phone")
    if not offered or about is None:
        return ()
    given: Changed = next(each for each in _CHANGES if each == about)
    return changes_contact(offered[0], own, given, value)


async def _changes(visit: Visit, filled: Filled) -> dict[str, Any]:
    return {"changes": _CHANGES, "asked": any(each.contact_asked for each in visit.standing.open)}


FORMS = (
    Form("paid", lambda visit: visit.standing.open, _read_paid, _nothing, upload="proof"),
    Form("disagree", lambda visit: visit.standing.disputable, _read_disagree, _reasons, upload="proof"),
    Form("instalments", lambda visit: visit.standing.arrangeable, _read_instalments, _offers),
    Form("contact", _waiting_for_contact, _read_contact, _changes),
)
"""All of them."""
