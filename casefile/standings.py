"""Where the money stood, by stage and by hold: kept once a day, so that it can be told by week."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, insert, select

from casefile import intake_tables as t
from casefile.case_file import CaseFile
from casefile.figures import amounts_by_stage
from casefile.morning import holds_of
from casefile.session import Session

__all__ = ["Standing", "keep_standing", "standings_since"]

_KEPT_FOR = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Standing:
    """On a day so many cases were at a stage, or under a hold, with so much open.

    Attributes:
        of: `stage` or `hold`, and `kind` which.
        minor: Open, in minor units.
    """

    day: date
    of: str
    kind: str
    currency: str
    number: int
    minor: int


def keep_standing(file: CaseFile, today: date) -> bool:
    """Keep where the money stands, once a day.

    Returns:
        Whether it was kept; not when that of this day is there already.
    """
    c = t.standings.c
    with file.database.read() as connection:
        if connection.scalar(select(c.day).where(c.day == today).limit(1)) is not None:
            return False
    with file.write() as transaction:
        session = transaction.session
        session.connection.execute(delete(t.standings).where(c.day < today - _KEPT_FOR))
        if session.connection.scalar(select(c.day).where(c.day == today).limit(1)) is not None:
            return False
        rows = [
            {
                "day": today,
                "of": of,
                "kind": kind,
                "currency": currency,
                "number": number,
                "open_minor": minor,
            }
            for (of, kind, currency), (number, minor) in _now(session).items()
        ]
        if rows:
            session.connection.execute(insert(t.standings), rows)
    return bool(rows)


def standings_since(session: Session, first: date) -> Sequence[Standing]:
    """All that was kept since a day, in order of day."""
    c = t.standings.c
    rows = session.connection.execute(
        select(c.day, c.of, c.kind, c.currency, c.number, c.open_minor).where(c.day >= first).order_by(c.day, c.of)
    )
    return tuple(Standing(*row) for row in rows)


def _now(session: Session) -> dict[tuple[str, str, str], tuple[int, int]]:
    found: dict[tuple[str, str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    told = [("stage", row.stage, row.currency, row.number, row.minor) for row in amounts_by_stage(session)]
    told += [
        ("hold", kind, row.currency, row.number, row.minor)
        for row in holds_of(session)
        for kind in dict.fromkeys(json.loads(row.holds))
    ]
    for of, kind, currency, number, minor in told:
        cases, before = found[of, kind, currency]
        found[of, kind, currency] = (cases + number, before + int(minor))
    return found
