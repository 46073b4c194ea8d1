"""A debtor at `/desk/debiteuren/{creditor}/{number}`: his invoices, how he is reached, what he is in."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.visiting import Visit, needs
from api.operator.problems import Problem
from casefile.people import DeskRole
from services.desk.debtor_page import DebtorPage, read_debtor

__all__ = ["debtors_router"]


def debtors_router() -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/debiteuren/{creditor}/{number}")
    async def debtor(creditor: str, number: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The debtor, as one creditor knows him."""

        def look() -> DebtorPage | None:
            if "\0" in creditor + number:
                return None
            with visit.desk.inside.file.read() as transaction:
                return read_debtor(transaction, creditor, number, visit.today)

        found = await asyncio.to_thread(look)
        if found is None:
            raise Problem(404, "no_such_debtor", "this creditor has no debtor with this number")
        return visit.page("debtor", it=found)

    return router
