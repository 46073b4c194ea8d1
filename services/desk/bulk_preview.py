"""What would come of doing the same to many cases: judged one by one as a worker would, and counted by kind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casefile.case_file import Transaction
from casefile.listing import listed_cases
from casefile.session import Session
from casefile.which_cases import Which
from domain.money import Money
from domain.tasks import task_text
from services.desk.trying import Stand, stand_after

__all__ = ["MOST_TRIED", "BulkPreview", "Told", "preview_of"]

MOST_TRIED = 500
"""Cases that are tried before they are told: more would take longer than anybody waits for a page."""
_CHUNK = 5000

Told = tuple[str, Mapping[str, object]] | str | None
"""What a case is told: name of the message and its fields; or why it has no part in it; None: it is told nothing."""


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What would come of it.

    Attributes:
        seen: What a page shows, as JSON values: `number` and `debtors`, `open` by currency, what comes `next` and how
            often, how many stand so `before` and `after`, who is `left_out` and why, the `biggest` debtors, how many
            were `tried`.
        left_out: The cases without part in it, and why in English.
    """

    seen: dict[str, Any]
    left_out: dict[str, str]


def preview_of(
    transaction: Transaction,
    cases: Sequence[str],
    told: Callable[[str], Told] | None,
    without: Sequence[str],
    now: datetime,
    by: str,
) -> BulkPreview:
    """What would come of telling these cases something.

    Args:
        transaction: A reading transaction on the case file.
        cases: Their ids.
        told: Says what a case is told; None where nobody is told anything.
        without: Debtors that are to have no part in it, as `creditor` and number with a line break between.
        now: The present moment.
        by: Who is known to tell them.
    """
    rows = _rows(transaction.session, cases)
    left_out = {
        case_id: "its debtor was left out" for case_id in cases if _debtor_key(rows.get(case_id)) in set(without)
    }
    tried = [case_id for case_id in cases if case_id in rows and case_id not in left_out]
    stands: dict[str, Stand] = {}
    silent = told is None
    for case_id in tried[:MOST_TRIED]:
        if told is None:
            break
        what = told(case_id)
        if what is None:
            silent = True
            continue
        stand = what if isinstance(what, str) else stand_after(transaction, case_id, *what, now, by)
        if isinstance(stand, str):
            left_out[case_id] = stand
        else:
            stands[case_id] = stand
    taken = [rows[case_id] for case_id in tried if case_id not in left_out]
    seen = {
        "number": len(taken),
        "debtors": len({(row.creditor, row.debtor) for row in taken}),
        "open": _sums(taken),
        "next": _next(stands.values()),
        "before": _standing_now([rows[case_id] for case_id in stands]),
        "after": _standing(stands.values()),
        "left_out": [[*_named(rows.get(case_id), case_id), why] for case_id, why in left_out.items()],
        "biggest": _biggest([rows[case_id] for case_id in cases if case_id in rows]),
        "without": list(without),
        "tried": 0 if told is None else min(len(tried), MOST_TRIED),
        "told": bool(stands) or not silent,
    }
    return BulkPreview(seen, left_out)


def _rows(session: Session, cases: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for begin in range(0, len(cases), _CHUNK):
        some = listed_cases(session, Which(cases=cases[begin : begin + _CHUNK]))
        found |= {row.id: row for row in some}
    return found


def _debtor_key(row: Any) -> str:
    return "" if row is None else f"{row.creditor}\n{row.debtor}"


def _sums(rows: Sequence[Any]) -> list[list[str]]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.currency] += row.open_minor
    return [[Money.from_minor(minor, currency).text, currency] for currency, minor in sums.most_common()]


def _next(stands: Iterable[Stand]) -> list[list[Any]]:
    """What comes next afterwards, and how often: action, step and day, the first day first."""
    counted = Counter(
        (each.next, each.step or "", each.on.isoformat() if each.on else "")
        for each in stands
        if each.next in ("send", "hand_off", "task")
    )
    return [[*what, number] for what, number in sorted(counted.items(), key=lambda each: (each[0][2] or "~", each[0]))]


def _standing_now(rows: Sequence[Any]) -> dict[str, Any]:
    """How many stand under which hold, with which task, closed: as their last decisions left them."""
    holds = Counter(kind for row in rows if row.holds for kind in json.loads(row.holds))
    tasks = Counter(task_text(kind) for row in rows if row.open_tasks for kind in json.loads(row.open_tasks))
    return {
        "holds": dict(holds.most_common()),
        "tasks": dict(tasks.most_common(8)),
        "closed": sum(row.closed is not None for row in rows),
    }


def _standing(stands: Iterable[Stand]) -> dict[str, Any]:
    """The same as they would stand."""
    found = list(stands)
    return {
        "holds": dict(Counter(kind for each in found for kind, _ in each.holds).most_common()),
        "tasks": dict(Counter(task for each in found for task in each.tasks).most_common(8)),
        "closed": sum(each.closed is not None for each in found),
    }


def _named(row: Any, case_id: str) -> list[str]:
    if row is None:
        return [case_id, case_id, "", "0.00", "EUR"]
    amount = Money.from_minor(row.open_minor, row.currency)
    return [case_id, row.number, row.name or row.debtor, amount.text, row.currency]


def _biggest(rows: Sequence[Any]) -> list[list[Any]]:
    """The debtors of whom most is open: key, name, how many cases, amount and currency."""
    by_debtor: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        by_debtor.setdefault((_debtor_key(row), row.currency), []).append(row)
    sums = sorted(
        (
            [key, of[0].name or of[0].debtor, len(of), sum(row.open_minor for row in of), currency]
            for (key, currency), of in by_debtor.items()
        ),
        key=lambda each: (-each[3], each[1], each[0]),
    )
    return [[key, name, number, Money.from_minor(minor, cur).text, cur] for key, name, number, minor, cur in sums[:200]]
