"""Lists as files: `/desk/zaken.xlsx` and `/desk/zaken.csv`, of all cases that the same address chooses as a page."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Annotated, Literal

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from api.desk.lists.list_query import ListQuery, read_query
from api.desk.naming import hold_name, stage_name, step_name
from api.desk.rendering import plain_headers
from api.desk.visiting import Visit, needs
from casefile.acts import Act, record_act
from casefile.assignments import assigned_of
from casefile.list_columns import lists_of
from casefile.people import DeskRole
from casefile.session import Session
from domain.tasks import task_text
from domain.views.agencies import STATES
from services.desk.case_lists import days_late
from services.desk.spreadsheets import Cell, Heading, write_csv, write_xlsx
from services.reports.case_list import ListRow, iterated_rows
from speech.words import spoken_language, tr

__all__ = ["exports_router"]

Form = Literal["xlsx", "csv"]
_TYPES: dict[Form, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_IN_MEMORY = 4_000_000
_PIECE = 256 * 1024


def exports_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/zaken.xlsx")
    async def as_xlsx(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """The cases of a list for a spreadsheet."""
        return await _exported(visit, "xlsx")

    @router.get("/zaken.csv")
    async def as_csv(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """The same, plainer."""
        return await _exported(visit, "csv")

    return router


async def _exported(visit: Visit, form: Form) -> Response:
    listed = read_query(visit.request.query_params, visit.today, visit.user)

    def write() -> IO[bytes]:
        # Closed when all of it was sent, or nobody takes it any more.
        to = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        with lists_of(visit.desk.inside.file.database) as session:
            number = _write(form)(to, _headings(), _rows(session, listed, visit.today))
        # Which fields chose them, never what was searched for: that may be a name.
        chosen = " ".join(f"{name}={value}" for name, value in listed.asked.items() if name not in ("zoek", "kolommen"))
        detail = f"{form} {chosen}{' zoek' if 'zoek' in listed.asked else ''}".strip()
        act = Act(visit.user.id, visit.actor, "export cases", f"{number} rows", detail)
        record_act(visit.desk.inside.file, act, visit.now, "done")
        to.seek(0)
        return to

    name = f"{tr('Cases').lower()}-{visit.today.isoformat()}.{form}"
    headers = {**plain_headers(), "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_pieces(await asyncio.to_thread(write)), media_type=_TYPES[form], headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _write(form: Form) -> Callable[[IO[bytes], Sequence[Heading], Iterator[Sequence[Cell]]], int]:
    if form == "xlsx":
        return lambda to, headings, rows: write_xlsx(to, tr("Cases"), headings, rows)
    return lambda to, headings, rows: write_csv(to, headings, rows, decimal="." if spoken_language() == "en" else ",")


def _headings() -> Sequence[Heading]:
    return (
        Heading(tr("Creditor")),
        Heading(tr("Invoice")),
        Heading(tr("Debtor number")),
        Heading(tr("Debtor"), 32),
        Heading(tr("Due date"), 12),
        Heading(tr("Days late"), 10),
        Heading(tr("Open")),
        Heading(tr("Currency"), 8),
        Heading(tr("Last step"), 20),
        Heading(tr("Closed"), 16),
        Heading(tr("On hold"), 24),
        Heading(tr("Tasks"), 24),
        Heading(tr("What comes next"), 20),
        Heading(tr("On"), 12),
        Heading(tr("Looked after by"), 20),
        Heading(tr("Partner"), 20),
        Heading(tr("With the partner"), 28),
    )


_AT_ONCE = 1000


def _rows(session: Session, listed: ListQuery, today: date) -> Iterator[Sequence[Cell]]:
    some: list[ListRow] = []
    for row in iterated_rows(session, listed.searched(session), listed.order):
        some.append(row)
        if len(some) == _AT_ONCE:
            yield from _cells(session, some, today)
            some = []
    yield from _cells(session, some, today)


def _cells(session: Session, rows: Sequence[ListRow], today: date) -> Iterator[Sequence[Cell]]:
    users = assigned_of(session, [(row.creditor, row.debtor_number) for row in rows])
    for row in rows:
        yield (
            row.creditor,
            row.number,
            row.debtor_number,
            row.debtor,
            date.fromisoformat(row.due),
            days_late(row, today),
            Decimal(row.open),
            row.currency,
            stage_name(row.stage),
            tr(row.closed) if row.closed else None,
            ", ".join(hold_name(kind) for kind in row.holds),
            ", ".join(task_text(kind) for kind in row.tasks),
            step_name(row.step),
            date.fromisoformat(row.next_at.split(" ")[1]) if row.next_at else None,
            users.get((row.creditor, row.debtor_number)),
            row.partner,
            tr(STATES.get(row.partner_state, row.partner_state)) if row.partner_state else None,
        )
