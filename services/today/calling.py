"""Block 6: calls, as they are ranked for who makes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from casefile.morning import cases_of, last_words
from casefile.session import Session
from services.calling.queue import DebtorToCall, call_queue, chance_of
from services.figures.promises import Judged
from services.today.day import office_day
from services.today.page import CallRow, Calls, Reason
from services.today.rows import ROWS, case_fields, contact_of

__all__ = ["call_rows", "to_call"]

_NEVER = (0, 0)
_PERCENT = Decimal("0.01")


def to_call(session: Session, kinds: Iterable[str], promised: Sequence[Judged], now: datetime) -> Calls:
    """The calls that are asked for, the highest rank first; a debtor is called once, whatever invoices ask for it."""
    queue = call_queue(session, kinds, promised, now)
    return Calls(
        number=len(queue.now),
        later=len(queue.later),
        rows=call_rows(session, queue.now[:ROWS], office_day(now)),
    )


def call_rows(session: Session, chosen: Sequence[DebtorToCall], today: date) -> tuple[CallRow, ...]:
    """These debtors as rows, in the same order; read in two queries, however many there are."""
    every = {asked.case for each in chosen for asked in each.asked}
    cases = {row.id: row for row in cases_of(session, every)}
    words = last_words(session, every)
    return tuple(_call_row(each, cases[each.asked[0].case], words, today) for each in chosen)


def _call_row(each: DebtorToCall, case: Any, words: Mapping[str, str], today: date) -> CallRow:
    contact, phone = contact_of(case.body)
    said = max(
        (json.loads(words[asked.case]) for asked in each.asked if asked.case in words),
        key=lambda fact: str(fact["at"]),
        default=None,
    )
    note = None if said is None else said.get("note") or said.get("text") or said.get("outcome") or None
    oldest = min((asked.due for asked in each.asked if asked.due is not None), default=None)
    late = 0 if oldest is None else max(0, (today - oldest).days)
    return CallRow(
        **{**case_fields(case), "open": each.open},
        why=(
            Reason(code="days_late", number=late, day=oldest),
            Reason(code="promises_kept", number=each.kept, word=str(each.judged)),
        ),
        creditor=each.creditor,
        cases=tuple(asked.case for asked in each.asked),
        kind=each.asked[0].kind,
        phone=phone,
        contact=contact,
        days_late=late,
        kept=each.kept,
        judged=each.judged,
        chance=chance_of(each.kept, each.judged).quantize(_PERCENT, ROUND_HALF_UP),
        rank=each.rank,
        said=note,
        said_on=None if said is None else date.fromisoformat(said["on"]),
        again=None if each.again is None else " ".join((each.again[0].isoformat(), each.again[1])).strip(),
    )
