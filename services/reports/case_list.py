"""Many cases at a glance, from columns of their own.

It answers at once also where there are 20,000: nothing that it does not need is imported, and no view is taken apart.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from casefile.listing import Which, listed_cases
from casefile.session import Session
from domain.money import Money
from speech.words import spoken_language, tr

__all__ = ["ListRow", "is_collected_now", "list_rows", "sorted_rows"]


class ListRow(NamedTuple):
    """One case in a list, as its last decision left it; `trouble` is what is wrong with its run in Temporal."""

    case_id: str
    number: str
    debtor: str
    stage: str
    closed: str | None
    open: str
    currency: str
    due: str
    holds: tuple[str, ...]
    step: str | None
    next_at: str | None
    tasks: tuple[str, ...]
    quarantined: int
    waiting: bool
    attention: bool
    paused_in_temporal: bool = False
    trouble: str | None = None
    debtor_number: str = ""


def list_rows(session: Session, which: Which) -> list[ListRow]:
    """The cases of a list, by invoice number; those that no worker has seen yet as they were opened.

    Args:
        session: A reading transaction on the case file.
        which: Which cases.
    """
    rows = []
    chosen = which.debtor is not None or which.search is not None
    for row in listed_cases(session, which):
        if chosen and not _is_meant(which, row.id, row.number, row.debtor, _name(row.body, row.debtor)):
            continue
        if row.fresh:
            rows.append(_row(tuple(row)))
            continue
        made = _row_of_view(session, row)
        attended = made.attention or row.id in which.attended
        if which.stage in (None, made.stage) and (attended or not which.attention):
            rows.append(made)
    return rows


def is_collected_now(row: ListRow, today: str) -> bool:
    """Whether a case is not closed, and was due before a day (as ISO 8601 writes it) or needs a person."""
    return not row.closed and (row.attention or row.due < today)


def sorted_rows(rows: Sequence[ListRow], by: str) -> list[ListRow]:
    """Rows in an order: `late` (the latest first), `owed` (the most first), `next`, `debtor` or `invoice`."""
    # Days late fall where due dates rise; what is closed comes last.
    orders: dict[str, Callable[[ListRow], Any]] = {
        "late": lambda row: (row.closed is not None, row.due, -Decimal(row.open), row.number),
        "owed": lambda row: (row.closed is not None, -Decimal(row.open), row.due, row.number),
        "next": lambda row: (row.closed is not None, not row.next_at, (row.next_at or "")[4:], row.number),
        "debtor": lambda row: (row.debtor.casefold(), row.due, row.number),
        "invoice": lambda row: (row.number, row.case_id),
    }
    return sorted(rows, key=orders[by])


def _is_meant(which: Which, case_id: str, number: str, debtor: str, name: str) -> bool:
    """Whether a case is one of the debtor, or has what is searched for, in small letters or large."""
    if which.debtor is not None:
        wanted = which.debtor.strip().casefold()
        if wanted != debtor.casefold() and wanted not in name.casefold():
            return False
    searched = (which.search or "").strip().casefold()
    return any(searched in text.casefold() for text in (number, case_id, debtor, name))


def _row(row: tuple[Any, ...]) -> ListRow:
    """A row of columns that tell of the last view."""
    (
        case_id, number, _, debtor, stage, closed, open_minor, currency, due, holds, step, next_action_at, zone,
        open_tasks, quarantined, attention, body, waiting, _,
    ) = row  # fmt: skip
    return ListRow(
        case_id,
        number,
        _name(body, debtor),
        stage,
        closed,
        _amount(open_minor, currency),
        currency,
        due.isoformat(),
        _words(holds),
        step,
        None if next_action_at is None or zone is None else _moment(next_action_at, zone, spoken_language()),
        _words(open_tasks),
        quarantined,
        waiting,
        attention,
        debtor_number=debtor,
    )


def _row_of_view(session: Session, row: Any) -> ListRow:
    """A row of a case that a worker of a version before wrote since: of its view, or of its facts without one."""
    # Rules and views are imported for such cases only.
    from casefile.case_file import Transaction

    transaction = Transaction(session)
    view = transaction.views.of_case(row.id)
    next_at = None
    if view is None:
        case = transaction.cases.load(row.id).case
        stage, closed, owed, due, step = case.stage, case.closed, case.open, case.due, None
        tasks = tuple(task.kind for task in case.tasks if task.done_on is None)
        holds = tuple(hold.kind.value for hold in case.holds if hold.lifted is None)
        quarantined, attention = len(case.quarantined), bool(tasks)
    else:
        stage, closed, owed, due, step = view.stage, view.closed, view.open, view.due, view.step
        tasks, holds = view.tasks, tuple(hold.kind for hold in view.holds)
        quarantined, attention = len(view.quarantined), view.needs_attention
        if view.at is not None:
            next_at = _moment(view.at.isoformat(), view.zone, spoken_language())
    return ListRow(
        case_id=row.id,
        number=row.number,
        debtor=_name(row.body, row.debtor),
        stage=stage,
        closed=closed.value if closed else None,
        open=owed.text,
        currency=owed.currency,
        due=due.isoformat(),
        holds=holds,
        step=step,
        next_at=next_at,
        tasks=tasks,
        quarantined=quarantined,
        waiting=row.waiting,
        attention=attention,
        debtor_number=row.debtor,
    )


@cache
def _name(body: str | None, debtor: str) -> str:
    """The name of a debtor as stored; his id where nothing is known of him."""
    return debtor if body is None else str(json.loads(body)["name"])


@cache
def _amount(minor: int, currency: str) -> str:
    return Money.from_minor(minor, currency).text


@cache
def _words(stored: str | None) -> tuple[str, ...]:
    return () if stored is None else tuple(json.loads(stored))


@cache
def _moment(moment: str, zone: str, language: str) -> str:
    """A moment in the language that is spoken, which one process may change."""
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
    return f"{tr(local.strftime('%a'))} {local:%Y-%m-%d %H:%M}"
