"""Who calls which debtor just now: whoever opens him first has him for a while, and nobody else is given him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from casefile import desk_tables as td
from casefile.case_file import CaseFile
from casefile.session import Session, insertion, moment_text, storable

__all__ = ["HELD_FOR", "Claim", "claim_call", "claims", "release_call"]

HELD_FOR: Final = timedelta(minutes=15)
"""A call with what is written down after it; who leaves it at that keeps the debtor from nobody."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That somebody calls a debtor just now."""

    creditor: str
    debtor: str
    user_id: str
    actor: str


def claim_call(file: CaseFile, debtor: tuple[str, str], user_id: str, actor: str, now: datetime) -> Claim:
    """Take a debtor to call, and leave any other that one had; whoever has him already keeps him.

    Args:
        file: The case file.
        debtor: Id of his creditor, and his number there.
        user_id: Who is about to call.
        actor: His name.
        now: Now, aware.

    Returns:
        Whose he is now: one's own, or another's who was first.
    """
    c = td.call_claims.c
    creditor, number = debtor
    row = {
        "creditor": creditor,
        "debtor": number,
        "user_id": user_id,
        "actor": storable(actor),
        "until": moment_text(now + HELD_FOR),
    }
    with file.database.write(whole=False) as connection:
        connection.execute(delete(td.call_claims).where((c.user_id == user_id) | (c.until <= moment_text(now))))
        connection.execute(insertion(connection.dialect.name, td.call_claims, ("creditor", "debtor"), ()), row)
        # Of two who come at once the key lets one in.
        found = connection.execute(
            select(c.creditor, c.debtor, c.user_id, c.actor).where(c.creditor == creditor, c.debtor == number)
        ).one()
    return Claim(*found)


def release_call(file: CaseFile, user_id: str) -> None:
    """Leave the debtor that one had."""
    with file.database.write(whole=False) as connection:
        connection.execute(delete(td.call_claims).where(td.call_claims.c.user_id == user_id))


def claims(session: Session, now: datetime) -> dict[tuple[str, str], Claim]:
    """Who calls whom at a moment."""
    c = td.call_claims.c
    query = select(c.creditor, c.debtor, c.user_id, c.actor).where(c.until > moment_text(now))
    return {(row.creditor, row.debtor): Claim(*row) for row in session.connection.execute(query)}
