"""Writing down what other systems hear of a case, in the transaction of the facts that it tells of.

So nothing is told that did not happen, and nothing that happened is left untold: also where a command, an import or
another worker writes the facts, for who is told stands in the case file. Where nobody is, that costs one look.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import insert, select

from casefile import outgoing_tables as t
from casefile.session import Session, moment_text
from domain.case import Case
from domain.case_events import CaseEvent, events_of
from domain.facts import Fact

__all__ = ["EventWriting", "Step"]

Step = tuple[Fact, Case | None, Case]
"""A fact with the case before it, if there was one, and after it."""

# Building a statement takes longer than running it: those of every turn are built once.
_TOLD = select(t.subscribers.c.name, t.subscribers.c.kinds).where(t.subscribers.c.ended_at.is_(None))
_WRITE = insert(t.outgoing_events)


class EventWriting:
    """Writes events for the subscribers that there are."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session

    @property
    def anybody_is_told(self) -> bool:
        """Whether there are subscribers at all."""
        return bool(self._subscribers())

    def write(self, told: Iterable[tuple[str, Sequence[Step]]]) -> None:
        """Write the events that facts make, in their order, once for each subscriber that wants them.

        Args:
            told: Cases with their facts.
        """
        if not self.anybody_is_told:
            return
        rows = []
        for case_id, fact, before, after in ((case_id, *step) for case_id, steps in told for step in steps):
            for event in events_of(fact, before, after):
                body = _body(case_id, event, after)
                rows += [
                    {
                        "subscriber": name,
                        "id": f"evt_{secrets.token_hex(16)}",
                        "case_id": case_id,
                        "kind": event.kind.value,
                        "body": body,
                        "happened_at": moment_text(event.at),
                    }
                    for name, kinds in self._subscribers()
                    if event.kind.value in kinds
                ]
        if rows:
            self._session.connection.execute(_WRITE, rows)

    def _subscribers(self) -> tuple[tuple[str, frozenset[str]], ...]:

        def ask() -> tuple[tuple[str, frozenset[str]], ...]:
            rows = self._session.connection.execute(_TOLD)
            return tuple((row.name, frozenset(json.loads(row.kinds))) for row in rows)

        return self._session.asked(t.subscribers, "told", ask)


def _body(case_id: str, event: CaseEvent, after: Case) -> str:
    said = {"case": case_id, "invoice": after.invoice.number, "stage": after.stage, **event.says}
    told = {"type": event.kind.value, "timestamp": _moment(event.at), "data": said}
    return json.dumps(told, separators=(",", ":"))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
