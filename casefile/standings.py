"""Where the money stood, by stage and by hold, of each creditor: kept once a day, so that it can be told by week."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, func, insert, select

from casefile import intake_tables as ti
from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.session import Session

__all__ = ["NOTHING", "Standing", "keep_standing", "standings_since"]

NOTHING = ""
"""The kind of a row that says only that the day was kept."""
_KEPT_FOR = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Standing:
    """On a day so many cases of a creditor were at a stage, or under a hold, with so much open.

    Attributes:
        creditor: His id; empty in what was kept before it was told by creditor.
        of: `stage` or `hold`, and `kind` which.
        minor: Open, in minor units.
    """

    day: date
    of: str
    kind: str
    currency: str
    creditor: str
    number: int
    minor: int


def keep_standing(file: CaseFile, today: date) -> bool:
    """Keep where the money stands, once a day.

    Returns:
        Whether it was kept; not when that of this day is there already.
    """
    c = ti.standings.c
    with file.database.read() as connection:
        if connection.scalar(select(c.day).where(c.day == today).limit(1)) is not None:
            return False
    with file.write() as transaction:
        session = transaction.session
        session.connection.execute(delete(ti.standings).where(c.day < today - _KEPT_FOR))
        if session.connection.scalar(select(c.day).where(c.day == today).limit(1)) is not None:
            return False
        rows = [
            {
                "day": today,
                "of": of,
                "kind": kind,
                "currency": currency,
                "creditor": creditor,
                "number": number,
                "open_minor": minor,
            }
            for (of, kind, currency, creditor), (number, minor) in _now(session).items()
        ]
        if rows:
            session.connection.execute(insert(ti.standings), rows)
    return bool(rows)


def standings_since(session: Session, first: date) -> Sequence[Standing]:
    """All that was kept since a day, in order of day."""
    c = ti.standings.c
    rows = session.connection.execute(
        select(c.day, c.of, c.kind, c.currency, c.creditor, c.number, c.open_minor)
        .where(c.day >= first)
        .order_by(c.day, c.of)
    )
    return tuple(Standing(*row) for row in rows)


def _now(session: Session) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """Each stage and each hold with its money, by creditor; a case under two holds stands with both."""
    c = t.cases.c
    rows = session.connection.execute(
        select(c.creditor, c.currency, c.stage, c.holds, func.count(), func.sum(c.open_minor))
        .where(c.closed.is_(None))
        .group_by(c.creditor, c.currency, c.stage, c.holds)
    )
    found: dict[tuple[str, str, str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    # Of whom nothing is open that is told too: the day before must not stand for this one.
    for creditor in session.connection.scalars(select(t.creditors.c.id)):
        found["stage", NOTHING, "EUR", creditor] = (0, 0)
    for creditor, currency, stage, holds, number, minor in rows:
        kinds = () if holds is None else dict.fromkeys(json.loads(holds))
        for of, kind in (("stage", stage), *(("hold", kind) for kind in kinds)):
            cases, before = found[of, kind, currency, creditor]
            found[of, kind, currency, creditor] = (cases + number, before + int(minor))
    return found
