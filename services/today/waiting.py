"""Blocks 4 and 5: what waits for a person, the oldest first, and what is dated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from pydantic_core import from_json

from casefile.agency_reports import count_unmatched
from casefile.morning import (
    cases_of,
    dated_cases,
    needing_tasks,
    not_looked_at,
    quarantined_number,
    replies_number,
)
from casefile.session import Session
from domain.money import Money
from domain.tasks import TaskKind, is_call_task
from domain.views.ahead import SHOWN_BEFORE
from services.today.page import DateRow, Dates, NeedsMe, Reason, WaitRow
from services.today.rows import ROWS, case_fields

__all__ = ["DatedCase", "dated_of", "needs_me", "on_dates"]

_OF_DEADLINES = frozenset(kind.value for kind in TaskKind if kind.value.endswith(("_in_21_days", "_in_7_days")))
"""Tasks that a deadline raised: block 5 shows it itself."""

_LATE_TASKS = frozenset(
    (
        TaskKind.DISPUTE_LATE.value,
        TaskKind.MONEY_LATE.value,
        TaskKind.ANSWER_DISCHARGE.value,
        TaskKind.SETTLE_SEND.value,
        *(kind.value for kind in TaskKind if kind.value.endswith("_passed")),
    )
)
"""Tasks whose day has passed when they are raised."""


class DatedCase(NamedTuple):
    """What of a case is dated; `minor` is its amount in minor units, where it has one."""

    day: date
    kind: str
    number: str
    case: str
    currency: str
    minor: int | None


def dated_of(session: Session, today: date) -> Sequence[DatedCase]:
    """Everything dated that is to be shown today, in order of day."""
    # Thousands are looked through: days are compared as they are stored.
    last = {kind: (today + timedelta(days=days)).isoformat() for kind, days in SHOWN_BEFORE.items()}
    return sorted(
        DatedCase(date.fromisoformat(day), kind, number, case, currency, minor)
        for case, number, currency, dates in dated_cases(session, today)
        for kind, day, minor in from_json(dates)
        if day <= last[kind]
    )


def needs_me(session: Session, kinds: Mapping[str, int], dated: Sequence[DatedCase], today: date) -> NeedsMe:
    """Block 4: tasks but for calls and deadlines, promises and instalments whose day has come; the oldest first."""
    elsewhere = [kind for kind in kinds if is_call_task(kind) or kind in _OF_DEADLINES]
    rows = [_task_row(row) for row in needing_tasks(session, elsewhere, ROWS)]
    due = [each for each in dated if each.kind in ("promise", "instalment") and each.day <= today]
    cases = {row.id: row for row in cases_of(session, {each.case for each in due[:ROWS]})}
    rows += [_due_row(each, cases[each.case], today) for each in due[:ROWS]]
    shown = sorted(rows, key=lambda row: (row.since, row.number, row.kind))[:ROWS]
    counted = {kind: number for kind, number in sorted(kinds.items()) if kind not in elsewhere}
    for kind in ("promise", "instalment"):
        number = sum(each.kind == kind for each in due)
        if number:
            counted[f"{kind}_due"] = number
    late = sum(number for kind, number in kinds.items() if kind in _LATE_TASKS) + sum(each.day < today for each in due)
    return NeedsMe(
        number=sum(counted.values()),
        late=late,
        kinds=counted,
        rows=tuple(shown),
        quarantined=quarantined_number(session),
        replies=replies_number(session),
        reports=count_unmatched(session),
    )


def _task_row(row: Any) -> WaitRow:
    return WaitRow(
        **case_fields(row),
        why=(Reason(code="task", word=row.kind, day=row.raised_on),),
        kind=row.kind,
        since=row.raised_on,
        late=row.kind in _LATE_TASKS,
    )


def _due_row(dated: DatedCase, row: Any, today: date) -> WaitRow:
    amount = None if dated.minor is None else Money.from_minor(dated.minor, dated.currency)
    return WaitRow(
        **case_fields(row),
        why=(Reason(code=f"{dated.kind}_due", day=dated.day, amount=amount),),
        kind=f"{dated.kind}_due",
        since=dated.day,
        late=dated.day < today,
    )


def on_dates(session: Session, dated: Sequence[DatedCase], today: date) -> Dates:
    """Block 5: the last days that lie ahead, the nearest first."""
    ahead = [each for each in dated if each.day >= today and each.kind not in ("promise", "instalment")]
    cases = {row.id: row for row in cases_of(session, {each.case for each in ahead[:ROWS]})}
    rows = tuple(
        DateRow(
            **case_fields(cases[each.case]),
            why=(Reason(code=each.kind, day=each.day),),
            kind=each.kind,
            day=each.day,
            days_left=(each.day - today).days,
        )
        for each in ahead[:ROWS]
    )
    kinds = dict(sorted(Counter(each.kind for each in ahead).items()))
    return Dates(kinds=kinds, rows=rows, number=len(ahead), unknown=not_looked_at(session))
