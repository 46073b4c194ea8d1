"""Lists of what was said and agreed: promises, disputes and arrangements that stand, each with its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from casefile.case_folds import folds_of
from casefile.session import Session
from casefile.which_cases import Order, Which
from domain.blockers import HoldKind
from domain.case import Case
from services.desk.case_lists import CaseListing, DeskRow, case_listing
from services.reports.talk_lines import (
    AgreedLine,
    ArrangementLine,
    DisputeLine,
    agreed_with,
    arrangements_of,
    disputes_of,
)

__all__ = ["MARKS", "AgreedRow", "Kind", "agreed_listing"]

Kind = Literal["promises", "disputes", "arrangements"]
MARKS: dict[Kind, tuple[str, ...]] = {
    "promises": ("promise",),
    # A dispute of a part holds nothing, and still waits for an answer.
    "disputes": ("dispute", "answer_dispute", "dispute_late"),
    "arrangements": ("arrangement",),
}
"""The holds and tasks by which a case shows that it has one that stands."""


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """A case, and what of it stands.

    Attributes:
        imported_by: Last day of a promise that an import told of, which has a day alone; None where there is none.
    """

    row: DeskRow
    promises: tuple[AgreedLine, ...] = ()
    disputes: tuple[DisputeLine, ...] = ()
    arrangements: tuple[ArrangementLine, ...] = ()
    imported_by: date | None = None


def agreed_listing(
    session: Session, kind: Kind, which: Which, order: Order, today: date, *, offset: int, limit: int
) -> tuple[CaseListing, Sequence[AgreedRow]]:
    """A list of cases for which something stands, with what that is; read in a few queries, as a list of cases.

    Args:
        session: A transaction that `casefile.list_columns.lists_of` opened.
        kind: Of what.
        which: Which cases, of those with a mark of that kind.
        order: In which order.
        today: The local day.
        offset: How many stand before the first.
        limit: How many at most.
    """
    listing = case_listing(session, which, order, today, offset=offset, limit=limit)
    folded = folds_of(session, [each.case.case_id for each in listing.rows])
    rows = []
    for each in listing.rows:
        case = folded[each.case.case_id]
        rows.append(
            AgreedRow(
                each,
                tuple(line for line in agreed_with(case) if line.kind == "promise" and line.outcome is None)
                if kind == "promises"
                else (),
                tuple(line for line in disputes_of(case) if line.outcome is None) if kind == "disputes" else (),
                tuple(line for line in arrangements_of(case) if line.outcome is None) if kind == "arrangements" else (),
                _imported_by(case, today) if kind == "promises" else None,
            )
        )
    return listing, tuple(rows)


def _imported_by(case: Case, today: date) -> date | None:
    """Until when a promise holds the case that is none of ours: the day before its first free one."""
    own = {promise.id for promise in case.promises}
    free = [
        hold.until
        for hold in case.holds_on(today)
        if hold.kind is HoldKind.PROMISE and hold.of not in own and hold.until is not None
    ]
    return max(free) - timedelta(days=1) if free else None
