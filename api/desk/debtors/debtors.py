"""A debtor at `/desk/debiteuren/{creditor}/{number}`: with his invoices, what was said, how he pays, his account."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.acting import Outcome, acted
from api.desk.debtors.credit_form import CREDIT, begun_credit, read_credit
from api.desk.fields import Typed
from api.desk.rendering import SHOWN, debtor_url, plain_headers
from api.desk.visiting import Visit, form_of, needs
from api.operator.problems import Problem
from casefile.assignments import looked_after
from casefile.debtor_credit import credit_of, keep_credit
from casefile.people import DeskRole
from casefile.session import reading
from letters.account_statement import Statement, render_statement
from letters.errors import Unprintable
from services.debtors.account import DebtorAccount
from services.debtors.record import DebtorRecord, debtor_record
from services.debtors.statements import worded_statement
from services.debtors.story import DebtorEvent, debtor_story

__all__ = ["debtors_router"]

TRENDS = {"later": "he pays later than before", "earlier": "he pays earlier than before", "same": "as before"}
"""Which way it goes with how a debtor pays, in English."""

_EVENTS = 40
"""What happened lately; the rest behind a link."""


def debtors_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/debiteuren/{creditor}/{number}")
    async def debtor(creditor: str, number: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The debtor, as one creditor knows him."""
        return await _shown(visit, creditor, number)

    @router.post("/debiteuren/{creditor}/{number}/krediet")
    async def credit(creditor: str, number: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Keep what is known of his credit."""
        sent = {name: str(value) for name, value in (await form_of(visit.request)).items()}
        record = await asyncio.to_thread(_record, visit, creditor, number)
        typed, found = read_credit(sent)
        if found is None:
            return await _shown(visit, creditor, number, typed=typed, status=422)
        file = visit.desk.inside.file

        def keep() -> bool:
            with file.write(next((each.case for each in record.invoices), None)) as transaction:
                known = credit_of(transaction.session, creditor, number)
                if sent.get("stand", "") != ("" if known is None else known.at.isoformat()):
                    return False
                keep_credit(transaction.session, creditor, number, found, visit.actor, visit.now)
                return True

        async def do() -> Outcome:
            return Outcome("done" if await asyncio.to_thread(keep) else "changed")

        outcome = await acted(visit, "debtor_credit", f"{creditor}/{number}", do, "")
        if outcome.code == "changed":
            return await _shown(visit, creditor, number, typed=typed, changed=True, status=409)
        return visit.to(f"{debtor_url(creditor, number)}?gedaan=krediet#krediet")

    @router.get("/debiteuren/{creditor}/{number}/overzicht")
    async def statement(creditor: str, number: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """His statement of account, made for A4."""
        worded, account = await asyncio.to_thread(_statement, visit, creditor, number)
        return visit.page("statement", it=worded, account=account)

    @router.get("/debiteuren/{creditor}/{number}/overzicht.pdf")
    async def printed(creditor: str, number: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The same as a PDF."""
        worded, account = await asyncio.to_thread(_statement, visit, creditor, number)
        try:
            content = await asyncio.to_thread(render_statement, worded, account.until)
        except Unprintable as problem:
            raise Problem(409, "unprintable", str(problem)) from None
        name = quote(f"{worded.title} {number} {account.until}.pdf", safe="")
        headers = {
            **plain_headers(),
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": SHOWN,
        }
        return Response(content, media_type="application/pdf", headers=headers)

    return router


async def _shown(
    visit: Visit,
    creditor: str,
    number: str,
    *,
    typed: Typed | None = None,
    changed: bool = False,
    status: int = 200,
) -> Response:
    every = visit.request.query_params.get("alles") == "ja"

    def look() -> tuple[DebtorRecord, tuple[DebtorEvent, ...], tuple[str, Mapping[str, str]]]:
        record = _record(visit, creditor, number)
        with reading(visit.desk.inside.file.database) as session:
            story = debtor_story(session, creditor, number, most=5000 if every else 400)
            return record, story, looked_after(session, creditor, number)

    record, story, keepers = await asyncio.to_thread(look)
    return visit.page(
        "debtor",
        status,
        it=record,
        keepers=keepers,
        story=story if every else story[:_EVENTS],
        has_more=not every and len(story) > _EVENTS,
        fields=CREDIT,
        typed=typed or begun_credit(record.credit),
        opened=typed is not None or visit.request.query_params.get("doe") == "krediet",
        changed=changed,
        spark=_spark(record.habit.days),
        trends=TRENDS,
        kept=visit.request.query_params.get("gedaan") == "krediet",
    )


def _spark(days: tuple[int, ...]) -> str:
    """The days late of his last invoices as a line, the later the higher; nothing where they are too few."""
    last = days[-12:]
    if len(last) < 2:
        return ""
    low, high = min(last), max(last)
    return " ".join(
        f"{2 + 108 * place / (len(last) - 1):.1f},{23 - 20 * (each - low) / ((high - low) or 1):.1f}"
        for place, each in enumerate(last)
    )


def _record(visit: Visit, creditor: str, number: str) -> DebtorRecord:
    if "\0" not in creditor + number:
        with visit.desk.inside.file.read() as transaction:
            found = debtor_record(transaction, creditor, number, visit.now)
        if found is not None:
            return found
    raise Problem(404, "no_such_debtor", "this creditor has no debtor with this number")


def _statement(visit: Visit, creditor: str, number: str) -> tuple[Statement, DebtorAccount]:
    _record(visit, creditor, number)
    with visit.desk.inside.file.read() as transaction:
        found = worded_statement(
            transaction, creditor, number, visit.now, since=_day(visit, "van"), until=_day(visit, "tot")
        )
    if found is None:
        raise Problem(404, "no_account", "this debtor has no invoices: there is no account of him")
    return found


def _day(visit: Visit, name: str) -> date | None:
    """A day of the address; none where it is no day."""
    try:
        return date.fromisoformat(visit.request.query_params.get(name, ""))
    except ValueError:
        return None
