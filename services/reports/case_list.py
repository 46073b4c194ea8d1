"""Many cases at a glance, from columns of their own.

It answers at once also where there are 20,000: nothing that it does not need is imported, and no view is taken apart.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from casefile.listing import all_listed, listed_cases, listed_cases_one_by_one
from casefile.session import Session
from casefile.which_cases import Order, Which
from domain.money import Money
from speech.words import spoken_language, tr

__all__ = ["ListRow", "is_collected_now", "iterated_rows", "list_rows"]


class ListRow(NamedTuple):
    """One case in a list, as its last decision left it; `trouble` is what is wrong with its run in Temporal.

    `partner` is the collection partner who has it, and `partner_state` how its file stands with him.
    """

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
    creditor: str = ""
    partner: str | None = None
    partner_state: str | None = None


def list_rows(
    session: Session, which: Which, by: Order = "invoice", *, offset: int = 0, limit: int | None = None
) -> list[ListRow]:
    """The cases of a list; those that no worker has seen yet as they were opened.

    Args:
        session: A transaction that `casefile.list_columns.lists_of` opened.
        which: Which cases.
        by: Their order.
        offset: How many stand before the first.
        limit: How many at most; None for all.
    """
    if limit is None and not offset:
        return list(map(_row, all_listed(session, which, by)))
    return [_row(tuple(row)) for row in listed_cases(session, which, by, offset=offset, limit=limit)]


def iterated_rows(session: Session, which: Which, by: Order = "invoice") -> Iterator[ListRow]:
    """The same, all of them, one after the other: a file of them is written, however many there are."""
    return (_row(tuple(row)) for row in listed_cases_one_by_one(session, which, by))


def is_collected_now(row: ListRow, today: str) -> bool:
    """Whether a case is not closed, and was due before a day (as ISO 8601 writes it) or needs a person."""
    return not row.closed and (row.attention or row.due < today)


def _row(row: tuple[Any, ...]) -> ListRow:
    """A row of columns that tell of the last view."""
    (
        case_id, number, creditor, debtor, stage, closed, open_minor, currency, due, holds, step, next_action_at, zone,
        open_tasks, quarantined, attention, partner, partner_state, name, waiting,
    ) = row  # fmt: skip
    # In the order of the fields: by their names it takes half as long again.
    return ListRow._make(
        (
            case_id,
            number,
            debtor if name is None else name,
            stage,
            closed,
            _amount(open_minor, currency),
            currency,
            due if type(due) is str else _day(due),
            () if holds is None else _words(holds),
            step,
            None if next_action_at is None or zone is None else _moment(next_action_at, zone, spoken_language()),
            () if open_tasks is None else _words(open_tasks),
            quarantined,
            waiting == 1,
            attention == 1,
            False,
            None,
            debtor,
            creditor,
            partner,
            partner_state,
        )
    )


@cache
def _day(day: date) -> str:
    return day.isoformat()


@cache
def _amount(minor: int, currency: str) -> str:
    return Money.from_minor(minor, currency).text


@cache
def _words(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


@cache
def _moment(moment: str, zone: str, language: str) -> str:
    """A moment in the language that is spoken, which one process may change."""
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
    return f"{tr(local.strftime('%a'))} {local:%Y-%m-%d %H:%M}"
