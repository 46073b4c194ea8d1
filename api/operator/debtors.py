"""`/debtors`: all that is known of a debtor over all his invoices, and his account."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from api.operator.access import Principal, wants
from api.operator.inside import Inside, inside_of
from api.operator.problems import Problem
from casefile.api_keys import Role
from services.debtors.account import DebtorAccount, account_of
from services.debtors.record import DebtorRecord, debtor_record

__all__ = ["debtors_router"]

_Creditor = Annotated[str, Path(description="Id of the creditor.", examples=["papierhuis"], max_length=64)]
_Number = Annotated[str, Path(description="Number of the debtor there.", examples=["1002"], max_length=200)]


def debtors_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["debtors"])

    @router.get(
        "/debtors/{creditor}/{number}",
        summary="A debtor over all his invoices",
        response_model=DebtorRecord,
        operation_id="show_debtor",
        responses={404: {"description": "This creditor has no such debtor."}},
    )
    async def one(
        request: Request, _: Annotated[Principal, wants(Role.READ)], creditor: _Creditor, number: _Number
    ) -> DebtorRecord:
        """Invoices, contacts and what of them reaches nobody, promises, how late he pays, statuses, credit."""
        inside = inside_of(request)
        found = await asyncio.to_thread(_record, inside, creditor, number, inside.now())
        if found is None:
            raise _nobody()
        return found

    @router.get(
        "/debtors/{creditor}/{number}/account",
        summary="A debtor's statement of account",
        response_model=DebtorAccount,
        operation_id="show_debtor_account",
        responses={404: {"description": "This creditor has no such debtor."}},
    )
    async def account(
        request: Request,
        _: Annotated[Principal, wants(Role.READ)],
        creditor: _Creditor,
        number: _Number,
        since: Annotated[
            date | None, Query(description="First day; else that of his oldest invoice that is open.")
        ] = None,
        until: Annotated[date | None, Query(description="Last day that counts; else today.")] = None,
    ) -> DebtorAccount:
        """What stood open, what came and went, what stands open; what letters asked beside it; by currency."""
        inside = inside_of(request)
        found = await asyncio.to_thread(_account, inside, creditor, number, since, until)
        if found is None:
            raise _nobody()
        return found

    return router


def _record(inside: Inside, creditor: str, number: str, now: datetime) -> DebtorRecord | None:
    if "\0" in creditor + number:
        return None
    with inside.file.read() as transaction:
        return debtor_record(transaction, creditor, number, now)


def _account(
    inside: Inside, creditor: str, number: str, since: date | None, until: date | None
) -> DebtorAccount | None:
    if "\0" in creditor + number:
        return None
    with inside.file.read() as transaction:
        return account_of(transaction, creditor, number, inside.now(), since=since, until=until)


def _nobody() -> Problem:
    return Problem(404, "no_such_debtor", "this creditor has no such debtor: `debtor_number` of GET /cases names them")
