"""`/desk/geld`: payments of which nobody knows whose they are, until a person says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.acting import Outcome, acted
from api.desk.rendering import ROOT
from api.desk.visiting import Visit, form_of, needs
from api.operator.inside import found_case
from api.operator.problems import Problem
from api.operator.unmatched import CannotAssign, UnmatchedPayments
from casefile.acts import Recorded, acts
from casefile.people import DeskRole

__all__ = ["money_router"]


def money_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/geld")
    async def payments(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The payments, each with the cases that it may be of."""
        return await _shown(visit)

    @router.post("/geld/koppelen")
    async def assigned(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Give a payment to a case, or spread it over the invoices of a debtor."""
        form = await form_of(visit.request)
        payment, to = str(form.get("payment", ""))[:300], str(form.get("to", "")).strip()[:700]
        is_debtor = form.get("as") == "debtor"

        def assign(port: UnmatchedPayments) -> str:
            if form.get("as") == "remittance":
                port.assign_remittance(payment, to, visit.actor, visit.now)
                return ""
            case = None
            if not is_debtor:
                with visit.desk.inside.file.read() as transaction:
                    case = found_case(transaction, to)
            told = port.assign(payment, case, to if is_debtor else None, visit.actor, visit.now)
            return " ".join(told)

        return await _settled(visit, "assign_payment", payment, assign)

    @router.post("/geld/opzij")
    async def dismissed(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Say that a payment is none of ours."""
        form = await form_of(visit.request)
        payment, reason = str(form.get("payment", ""))[:300], str(form.get("reason", ""))[:200]

        def dismiss(port: UnmatchedPayments) -> str:
            port.dismiss(payment, reason, visit.actor, visit.now)
            return ""

        return await _settled(visit, "dismiss_payment", payment, dismiss)

    return router


async def _shown(visit: Visit, status: int = 200, problem: str = "", payment: str = "") -> Response:
    port = visit.desk.unmatched
    rows = () if port is None else await asyncio.to_thread(port.waiting)
    done = await asyncio.to_thread(_done, visit)
    return visit.page("money", status, rows=rows, problem=problem, payment=payment, done=done)


async def _settled(visit: Visit, name: str, payment: str, settle: Callable[[UnmatchedPayments], str]) -> Response:
    port = visit.desk.unmatched
    if port is None or "\0" in payment:
        raise Problem(404, "no_such_address", "no payment provider is told of here")
    if payment not in {each.id for each in await asyncio.to_thread(port.waiting)}:
        raise Problem(404, "no_such_payment", "no such payment waits here: it may have been dealt with already")

    async def do() -> Outcome:
        try:
            await asyncio.to_thread(settle, port)
        except (CannotAssign, Problem) as problem:
            return Outcome("refused", str(problem))
        return Outcome("done")

    outcome = await acted(visit, name, payment, do, "")
    if not outcome.is_done:
        return await _shown(visit, 409, outcome.says, payment)
    return visit.to(f"{ROOT}/geld?gedaan={outcome.seq}")


def _done(visit: Visit) -> Recorded | None:
    """What this user did just now, as the address names it; of others, or of something else, nothing."""
    asked = visit.request.query_params.get("gedaan", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        return None
    row = next(iter(acts(visit.desk.inside.file, before=int(asked) + 1, most=1)), None)
    known = row is not None and row.seq == int(asked) and row.act in ("assign_payment", "dismiss_payment")
    return row if row is not None and known and row.key_id == visit.user.id else None
