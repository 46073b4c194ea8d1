"""The inbox: messages that are durable before they are acknowledged, and until their case has recorded them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from casefile import tables as t
from casefile.deliveries import Deliveries
from casefile.session import Session, moment_text, storable

__all__ = ["Inbox", "InboxRow"]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message in the inbox that the case has not recorded yet."""

    seq: int
    id: str
    name: str
    raw: bytes | None
    problem: str | None
    answered: bool
    by: str = ""


# Building a statement takes longer than running it: those of every turn are built once.
_WAITING = (
    select(
        t.inbox.c.seq, t.inbox.c.id, t.inbox.c.name, t.inbox.c.body, t.inbox.c.problem, t.inbox.c.answered, t.inbox.c.by
    )
    .where(t.inbox.c.case_id == bindparam("of"), t.inbox.c.recorded_at.is_(None))
    .order_by(t.inbox.c.seq)
)
_TOLD = (
    select(t.inbox.c.case_id)
    .join(t.cases, t.cases.c.id == t.inbox.c.case_id)
    .where(
        t.cases.c.creditor == bindparam("creditor"),
        t.cases.c.debtor == bindparam("debtor"),
        t.inbox.c.recorded_at.is_(None),
    )
    .distinct()
)
_REFUSAL = select(t.inbox.c.refusal).where(t.inbox.c.case_id == bindparam("of"), t.inbox.c.id == bindparam("own"))
_RECORD = update(t.inbox).where(t.inbox.c.seq == bindparam("of"))


class Inbox:
    """The inbox of all cases."""

    def __init__(self, session: Session, deliveries: Deliveries) -> None:
        """In a transaction."""
        self._session = session
        self._deliveries = deliveries

    def accept(
        self,
        case_id: str,
        message_id: str,
        name: str,
        raw: bytes | None,
        at: datetime,
        *,
        answered: bool = False,
        problem: str | None = None,
        by: str = "",
    ) -> bool:
        """Make a message durable; once this is committed it may be acknowledged to its sender.

        Args:
            case_id: The case.
            message_id: Under which it counts once.
            name: Its name.
            raw: Its JSON.
            at: Now, aware.
            answered: Whether its sender waits for an answer.
            problem: Why it can't be used, whatever it says.
            by: Who is known to bring it (`domain.handling.Envelope.by`): told by the door, never by the message.

        Returns:
            False when it was known already.
        """
        self._session.covered(case_id)
        row = {
            "case_id": case_id,
            "id": message_id,
            "name": storable(name)[:200],
            "body": raw,
            "problem": None if problem is None else storable(problem),
            "answered": answered,
            "received_at": moment_text(at),
            "by": storable(by),
        }
        new = self._session.insert_once(t.inbox, row, ["case_id", "id"])
        if new and name == "payment_received":
            self._deliveries.mark_crossed(case_id)
        return new

    def waiting(self, case_id: str) -> tuple[InboxRow, ...]:
        """Messages that the case has not recorded yet, in order of arrival."""
        self._session.covered(case_id)

        def ask() -> tuple[InboxRow, ...]:
            rows = self._session.connection.execute(_WAITING, {"of": case_id})
            return tuple(InboxRow(*row[:-1], row.by or "") for row in rows)

        return self._session.asked(t.inbox, ("waiting", case_id), ask)

    def told(self, creditor: str, debtor: str) -> frozenset[str]:
        """Ids of the cases of a debtor that were told something which they have not recorded yet."""
        own = {"creditor": creditor, "debtor": debtor}
        return frozenset(self._session.connection.scalars(_TOLD, own))

    def recorded(self, seq: int, at: datetime, refusal: str | None) -> None:
        """Mark an inbox row as recorded by its case."""
        refused = None if refusal is None else storable(refusal)
        self._session.written(t.inbox)
        self._session.connection.execute(_RECORD, {"of": seq, "recorded_at": moment_text(at), "refusal": refused})

    def refusal(self, case_id: str, message_id: str) -> str | None:
        """Why a recorded message was refused, None when it was accepted."""
        return self._session.connection.scalar(_REFUSAL, {"of": case_id, "own": message_id})

    def answer(self, case_id: str, message_id: str) -> tuple[bool, str | None]:
        """Whether a message was recorded, and why it was refused, if it was."""
        row = self._session.connection.execute(
            select(t.inbox.c.recorded_at, t.inbox.c.refusal).where(
                t.inbox.c.case_id == case_id, t.inbox.c.id == message_id
            )
        ).first()
        return (False, None) if row is None else (row.recorded_at is not None, row.refusal)

    def body(self, case_id: str, message_id: str) -> tuple[str, bytes | None] | None:
        """Name and bytes of a message, whether or not it was recorded; None when there is none of this id."""
        row = self._session.connection.execute(
            select(t.inbox.c.name, t.inbox.c.body).where(t.inbox.c.case_id == case_id, t.inbox.c.id == message_id)
        ).first()
        return None if row is None else (row.name, row.body)

    def refuse(self, case_id: str, message_id: str, at: datetime, reason: str) -> None:
        """Mark a message as refused before its case was asked; its sender was told."""
        self._session.written(t.inbox)
        self._session.connection.execute(
            update(t.inbox)
            .where(t.inbox.c.case_id == case_id, t.inbox.c.id == message_id)
            .values(recorded_at=moment_text(at), refusal=storable(reason))
        )

    def nobody_waits(self, case_id: str, message_id: str) -> bool:
        """Say that the sender no longer waits for an answer: a refusal then goes to the quarantine, not to nobody.

        Returns:
            False when the message was recorded already, so that there is an answer.
        """
        self._session.written(t.inbox)
        statement = update(t.inbox).where(
            t.inbox.c.case_id == case_id, t.inbox.c.id == message_id, t.inbox.c.recorded_at.is_(None)
        )
        return self._session.connection.execute(statement.values(answered=False)).rowcount == 1

    def remark_ignored(self, case_id: str, message_id: str, name: str, fields: Sequence[str]) -> None:
        """Tell people that a message had fields that mean nothing to it, and that it was used without them."""
        self._session.covered(case_id)
        document = storable(f"message {name} {message_id}")[:400]
        for position, field in enumerate(fields):
            row = {
                "case_id": case_id,
                "document": document,
                "position": position,
                "place": storable(field),
                "reason": "unknown field; the message was used without it",
            }
            self._session.insert_once(t.remarks, row, ["case_id", "document", "position"])

    def undelivered(self) -> tuple[str, ...]:
        """Ids of the cases that have messages waiting in the inbox."""
        return tuple(
            self._session.connection.scalars(
                select(t.inbox.c.case_id).where(t.inbox.c.recorded_at.is_(None)).distinct().order_by(t.inbox.c.case_id)
            )
        )
