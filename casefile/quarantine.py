"""Messages that could not be used: kept with their bytes until a person deals with them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update

from casefile import tables as t
from casefile.among import among
from casefile.session import Session, moment_text, storable
from domain.facts import CaseOpened, MessageQuarantined

__all__ = ["Quarantine", "QuarantinedMessage"]


# Building a statement takes longer than running it.
_BODY = select(t.inbox.c.body).where(t.inbox.c.case_id == bindparam("of"), t.inbox.c.id == bindparam("own"))


@cache
def _waiting(dialect: str) -> Any:
    of_these = among(dialect, t.quarantine.c.case_id)
    return select(t.quarantine.c.case_id).where(of_these, t.quarantine.c.settled.is_(None))


@dataclass(frozen=True, slots=True)
class QuarantinedMessage:
    """A message that could not be used; `known` says whether there is a case of this id."""

    case_id: str
    id: str
    name: str
    error: str
    sha256: str
    received_at: str
    known: bool


class Quarantine:
    """The messages in quarantine."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session

    def keep(self, case_id: str, quarantine_id: str, name: str, raw: bytes | None, error: str, at: datetime) -> None:
        """Keep the bytes of a message that can't be used."""
        row = {
            "case_id": case_id,
            "id": quarantine_id,
            "name": storable(name)[:200],
            "body": raw,
            "sha256": hashlib.sha256(raw or b"").hexdigest(),
            "error": storable(error),
            "received_at": moment_text(at),
        }
        self._session.insert_once(t.quarantine, row, ["case_id", "id"])

    def keep_of_fact(self, case_id: str, fact: MessageQuarantined) -> None:
        """Keep the message that a fact of its case puts into quarantine, with its bytes from the inbox."""
        source = fact.id.removeprefix("quarantine:")
        body = self._session.connection.scalar(_BODY, {"of": case_id, "own": source})
        self.keep(case_id, fact.id, fact.name, body, fact.error, fact.at)

    def came_too_early(self, case_id: str, opened: CaseOpened) -> tuple[MessageQuarantined, ...]:
        """Messages that came before there was a case: from now on they are the case's to show and resubmit."""
        rows = self._session.connection.execute(
            select(t.quarantine).where(t.quarantine.c.case_id == case_id, t.quarantine.c.settled.is_(None))
        )
        return tuple(
            MessageQuarantined(id=row.id, at=opened.at, on=opened.on, name=row.name, sha256=row.sha256, error=row.error)
            for row in rows
        )

    def cases_told_too_early(self, case_ids: Sequence[str]) -> frozenset[str]:
        """Of these cases, the ids of those for which messages wait here."""
        waiting = _waiting(self._session.connection.dialect.name)
        return frozenset(self._session.connection.scalars(waiting, {"ids": case_ids}))

    def message(self, case_id: str, quarantine_id: str) -> tuple[str, bytes] | None:
        """Name and bytes of a message in quarantine."""
        row = self._session.connection.execute(
            select(t.quarantine.c.name, t.quarantine.c.body).where(
                t.quarantine.c.case_id == case_id, t.quarantine.c.id == quarantine_id
            )
        ).first()
        return None if row is None else (row.name, row.body or b"")

    def unsettled(self) -> tuple[QuarantinedMessage, ...]:
        """All messages in quarantine that nobody has dealt with, also those for cases that do not exist."""
        rows = self._session.connection.execute(
            select(t.quarantine, t.cases.c.id.is_not(None).label("known"))
            .outerjoin(t.cases, t.cases.c.id == t.quarantine.c.case_id)
            .where(t.quarantine.c.settled.is_(None))
            .order_by(t.quarantine.c.received_at, t.quarantine.c.case_id, t.quarantine.c.id)
        )
        return tuple(
            QuarantinedMessage(row.case_id, row.id, row.name, row.error, row.sha256, row.received_at, bool(row.known))
            for row in rows
        )

    def settle(self, case_id: str, quarantine_id: str, outcome: str) -> None:
        """Write down what became of a message, as a fact of its case says."""
        self._session.connection.execute(
            update(t.quarantine)
            .where(t.quarantine.c.case_id == case_id, t.quarantine.c.id == quarantine_id)
            .values(settled=outcome)
        )

    def dismiss_stranger(self, case_id: str, quarantine_id: str) -> None:
        """Lay aside a message for a case that does not exist."""
        self._session.covered(case_id)
        self.settle(case_id, quarantine_id, "dismissed")
