"""Block 6: calls, ranked by open × chance × days late."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from heapq import nsmallest
from typing import Any

from casefile.morning import call_tasks, cases_of, last_words
from casefile.session import Session
from domain.money import Money
from services.figures.promises import Judged
from services.today.page import CallRow, Calls, Reason
from services.today.rows import ROWS, case_fields, contact_of
from services.today.waiting import is_call

__all__ = ["chance_of", "to_call"]

_NEVER = (0, 0)
_PERCENT = Decimal("0.01")


def chance_of(kept: int, judged: int) -> Decimal:
    """The chance that the next promise is kept, by Laplace's rule of succession: (kept + 1) / (judged + 2)."""
    return Decimal(kept + 1) / Decimal(judged + 2)


def to_call(session: Session, kinds: Iterable[str], promised: Sequence[Judged], today: date) -> Calls:
    """The calls that are asked for, the highest rank first; a case is called once, whatever tasks ask for it."""
    asked = [kind for kind in kinds if is_call(kind)]
    tasks: dict[str, Any] = {}
    for row in call_tasks(session, asked):
        tasks.setdefault(row[0], row)
    record: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for each in promised:
        counts = record[each.creditor, each.debtor]
        counts[0] += each.kept
        counts[1] += 1
    # Thousands share some hundred due days.
    late = {due: _days_late(due, today) for due in {row[5] for row in tasks.values()}}
    ordered = nsmallest(ROWS, (_order(row, record, late) for row in tasks.values()))
    chosen = {case: tasks[case] for *_, case in ordered}
    cases = {row.id: row for row in cases_of(session, chosen)}
    words = last_words(session, chosen)
    rows = [_call_row(cases[of], task, record, words.get(of), today) for of, task in chosen.items()]
    return Calls(number=len(tasks), rows=tuple(rows))


def _order(
    row: Any, record: Mapping[tuple[str, str], Sequence[int]], late: Mapping[date | None, int]
) -> tuple[int, date, str, str]:
    """What puts a case in order, in whole numbers, for there may be thousands: the highest rank comes first."""
    case, creditor, debtor, minor, _, due, number, *_ = row
    kept, judged = record.get((creditor, debtor), _NEVER)
    return (
        -(int(minor) * (kept + 1) * late[due] * 1_000_000 // (judged + 2)),
        due or date.max,
        number,
        case,
    )


def _rank(row: Any, record: Mapping[tuple[str, str], Sequence[int]], today: date) -> Decimal:
    kept, judged = record[row.creditor, row.debtor]
    return (
        Money.from_minor(int(row.open_minor), row.currency).amount
        * chance_of(kept, judged)
        * _days_late(row.due, today)
    )


def _days_late(due: date | None, today: date) -> int:
    return 0 if due is None else max(0, (today - due).days)


def _call_row(
    case: Any, task: Any, record: Mapping[tuple[str, str], Sequence[int]], words: str | None, today: date
) -> CallRow:
    kept, judged = record[case.creditor, case.debtor]
    contact, phone = contact_of(case.body)
    said = None if words is None else json.loads(words)
    note = None if said is None else said.get("note") or said.get("text") or said.get("outcome") or None
    return CallRow(
        **case_fields(case),
        why=(
            Reason(code="days_late", number=_days_late(case.due, today), day=case.due),
            Reason(code="promises_kept", number=kept, word=str(judged)),
        ),
        kind=task.kind,
        phone=phone,
        contact=contact,
        days_late=_days_late(case.due, today),
        kept=kept,
        judged=judged,
        chance=chance_of(kept, judged).quantize(_PERCENT, ROUND_HALF_UP),
        rank=_rank(task, record, today).quantize(_PERCENT, ROUND_HALF_UP),
        said=note,
        said_on=None if said is None else date.fromisoformat(said["on"]),
    )
