"""What is sent: each message with its exact bytes under its send key, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Update, bindparam, delete, select, update

from casefile import tables as t
from casefile.proof import Proof, enclosed_from_json, enclosed_to_json
from casefile.session import Session, moment_text, storable
from domain.send_key import opaque_key

__all__ = ["Deliveries", "Letter", "StoredDelivery"]

_MAY_GO_AGAIN = ("not_sent", "refused", "dropped")
"""Outcomes after which nothing went out under a send key."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message over one channel, complete, before it is sent; `proof` says how it came about.

    `partner` is the id of the partner that a hand-off is for, and `way` how it reaches him; None: into the outbox.
    """

    key: str
    message: str
    step: str
    issue: int
    letter: str
    channel: str
    recipient: str
    subject: str
    media_type: str
    content: bytes
    filename_hint: str
    proof: Proof | None = None
    partner: str | None = None
    way: str | None = None


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery as it stands: what was sent, how it came about, and what became of it.

    Attributes:
        proof: None of what was sent before it was kept.
        concluded_at: When it was known what became of it.
        reason: Why it was refused or not sent.
        partner: Id of the partner that it is for; None: of none.
        way: How it was to reach him, whatever the profile says by now.
    """

    key: str
    message: str
    step: str
    issue: int
    letter: str
    channel: str
    recipient: str
    subject: str
    media_type: str
    content: bytes
    sha256: str
    filename_hint: str
    status: str
    intended_at: datetime
    intended_real: datetime
    reference: str | None
    crossed: bool
    concluded_at: datetime | None = None
    reason: str | None = None
    proof: Proof | None = None
    partner: str | None = None
    way: str | None = None


# Building a statement takes longer than running it: those of every turn are built once.
_DELIVERY = select(t.deliveries).where(t.deliveries.c.key == bindparam("of"))
_DELIVERY_STATUS = select(t.deliveries.c.status).where(t.deliveries.c.key == bindparam("of"))
_OF_CASE = (
    select(t.deliveries)
    .join(t.delivery_cases, t.delivery_cases.c.key == t.deliveries.c.key)
    .where(t.delivery_cases.c.case_id == bindparam("of"))
    .order_by(t.deliveries.c.intended_at, t.deliveries.c.key)
)
_CONCLUDE = update(t.deliveries).where(t.deliveries.c.key == bindparam("of"))
_MARK_CROSSED = (
    update(t.deliveries)
    .where(
        t.deliveries.c.key.in_(
            select(t.delivery_cases.c.key)
            .join(t.deliveries, t.deliveries.c.key == t.delivery_cases.c.key)
            .where(
                t.delivery_cases.c.case_id == bindparam("of"),
                t.deliveries.c.channel != "agency",
                t.deliveries.c.status.in_(("intended", "unknown")),
            )
        )
    )
    .values(crossed=True)
)
_CASES_OF_DELIVERY = (
    select(t.delivery_cases.c.case_id)
    .where(t.delivery_cases.c.key == bindparam("of"))
    .order_by(t.delivery_cases.c.case_id)
)

_SERVED = (
    select(t.deliveries.c.recipient, t.deliveries.c.intended_real, t.delivery_cases.c.case_id)
    .outerjoin(t.delivery_cases, t.delivery_cases.c.key == t.deliveries.c.key)
    .where(t.deliveries.c.key == bindparam("of"))
    .order_by(t.delivery_cases.c.case_id)
)


@dataclass(frozen=True, slots=True)
class ServedBy:
    """What a delivery is for.

    Attributes:
        recipient: Its address.
        intended_real: Real moment of its intent.
        cases: Ids of the cases that it serves.
    """

    recipient: str
    intended_real: datetime
    cases: tuple[str, ...]


class Deliveries:
    """What was sent, may have been sent, or is about to be."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session
        self._named: dict[str, str] = {}

    def intend(self, letter: Letter, case_ids: Sequence[str], at: datetime, real: datetime) -> None:
        """Write down that a message is about to be sent, with its exact bytes, under its send key.

        Raises:
            ValueError: when a message with this key was sent or may have been sent: it is never sent twice.
        """
        for case_id in case_ids:
            self._session.covered(case_id)
        digest = hashlib.sha256(letter.content).hexdigest()
        self._session.known.concluded.pop(letter.key, None)
        values = {
            "message": letter.message,
            "step": letter.step,
            "issue": letter.issue,
            "letter": letter.letter,
            "channel": letter.channel,
            "recipient": letter.recipient,
            "subject": letter.subject,
            "media_type": letter.media_type,
            "content": letter.content,
            "sha256": digest,
            "filename_hint": letter.filename_hint,
            "partner": letter.partner,
            "way": letter.way,
            "status": "intended",
            "intended_at": moment_text(at),
            "intended_real": moment_text(real),
            "concluded_at": None,
            "reason": None,
            **_proof_columns(letter.proof),
        }
        row = {"key": letter.key, "hashed_key": opaque_key(letter.key), **values}
        known: str | None = None
        if not self._session.insert_once(t.deliveries, row, ["key"]):
            known = self._session.connection.scalar(_DELIVERY_STATUS, {"of": letter.key})
        if known in _MAY_GO_AGAIN:
            # This try serves these cases only: those of an earlier one that did not go out are no part of it.
            self._session.connection.execute(
                delete(t.delivery_cases).where(
                    t.delivery_cases.c.key == letter.key, t.delivery_cases.c.case_id.not_in(case_ids)
                )
            )
            self._change(
                update(t.deliveries)
                .where(t.deliveries.c.key == letter.key)
                .values(**values, tries=t.deliveries.c.tries + 1)
            )
        elif known is not None:
            raise ValueError(f"message {letter.key!r} is {known}; it is never sent twice")
        served = [{"key": letter.key, "case_id": case_id} for case_id in case_ids]
        self._session.written(t.deliveries)
        self._session.insert_all(t.delivery_cases, served, ["key", "case_id"])

    def may_intend(self, key: str) -> bool:
        """Whether nothing was, or may have been, sent under a send key."""
        status = self._session.connection.scalar(_DELIVERY_STATUS, {"of": key})
        return status is None or status in _MAY_GO_AGAIN

    def taken_as(self, key: str, reference: str) -> None:
        """Write down the provider's own name for a delivery."""
        self._change(_CONCLUDE, {"of": key, "reference": storable(reference)})

    def concluded_as(self, key: str, reference: str) -> None:
        """The same, written with what becomes of the delivery; `write_names` writes what nothing became of."""
        self._named[key] = reference

    def write_names(self) -> None:
        """Write down the providers' names that were given to `concluded_as` and not written yet."""
        for key, reference in self._named.items():
            self.taken_as(key, reference)
        self._named.clear()

    def conclude(self, key: str, status: str, at: datetime, reason: str) -> None:
        """Keep a delivery in step with the facts; one that was never made has no row."""
        values = {"status": status, "concluded_at": moment_text(at), "reason": storable(reason) or None}
        if self._session.known.concluded.get(key) == tuple(values.values()):
            return  # Each of the cases in a message says it.
        self._session.known.concluded[key] = tuple(values.values())
        named = self._named.pop(key, None)
        if named is not None:
            values["reference"] = storable(named)
        self._change(_CONCLUDE, {"of": key, **values})

    def delivery(self, key: str) -> StoredDelivery | None:
        """A delivery by its send key."""
        row = self._session.connection.execute(_DELIVERY, {"of": key}).first()
        return None if row is None else _stored(row)

    def of_case(self, case_id: str) -> tuple[StoredDelivery, ...]:
        """All deliveries that served a case, in the order in which they were intended."""
        # A file that is handed over asks for them again and again.
        return self._session.asked(
            t.deliveries,
            ("of case", case_id),
            lambda: tuple(map(_stored, self._session.connection.execute(_OF_CASE, {"of": case_id}))),
        )

    def references_of_others(self, delivery: StoredDelivery) -> frozenset[str]:
        """The provider's own names for what else was handed over to the same recipient over the same channel."""
        return frozenset(
            self._session.connection.scalars(
                select(t.deliveries.c.reference).where(
                    t.deliveries.c.recipient == delivery.recipient,
                    t.deliveries.c.channel == delivery.channel,
                    t.deliveries.c.key != delivery.key,
                    t.deliveries.c.reference.is_not(None),
                )
            )
        )

    def cases_of(self, key: str) -> tuple[str, ...]:
        """Ids of the cases that a delivery serves."""
        return self._session.asked(
            t.delivery_cases,
            ("cases of", key),
            lambda: tuple(self._session.connection.scalars(_CASES_OF_DELIVERY, {"of": key})),
        )

    def served_by(self, key: str) -> ServedBy | None:
        """What a delivery is for; None where there is none of this key."""
        rows = self._session.connection.execute(_SERVED, {"of": key}).all()
        if not rows:
            return None
        cases = tuple(row.case_id for row in rows if row.case_id is not None)
        self._session.answered(t.delivery_cases, ("cases of", key), cases)
        return ServedBy(rows[0].recipient, datetime.fromisoformat(rows[0].intended_real), cases)

    def mark_crossed(self, case_id: str) -> None:
        """A payment was acknowledged while a message was under way: the two crossed."""
        self._change(_MARK_CROSSED, {"of": case_id})

    def mark_message_crossed(self, case_id: str, message: str) -> None:
        """A payment turned out to be older than a message that was sent: the two crossed."""
        keys = select(t.delivery_cases.c.key).where(t.delivery_cases.c.case_id == case_id)
        self._change(
            update(t.deliveries)
            .where(t.deliveries.c.key.in_(keys), t.deliveries.c.message == message)
            .values(crossed=True)
        )

    def _change(self, statement: Update, values: dict[str, object] | None = None) -> None:
        self._session.written(t.deliveries)
        self._session.connection.execute(statement, values)


def _stored(row: Row[Any]) -> StoredDelivery:
    return StoredDelivery(
        key=row.key,
        message=row.message,
        step=row.step,
        issue=row.issue,
        letter=row.letter,
        channel=row.channel,
        recipient=row.recipient,
        subject=row.subject,
        media_type=row.media_type,
        content=row.content,
        sha256=row.sha256,
        filename_hint=row.filename_hint,
        status=row.status,
        intended_at=datetime.fromisoformat(row.intended_at),
        intended_real=datetime.fromisoformat(row.intended_real),
        reference=row.reference,
        crossed=row.crossed,
        concluded_at=None if row.concluded_at is None else datetime.fromisoformat(row.concluded_at),
        reason=row.reason,
        proof=None if row.calculation is None else _proof(row),
        partner=row.partner,
        way=row.way,
    )


def _proof(row: Row[Any]) -> Proof:
    return Proof(row.calculation, row.letter_content, row.template_version, enclosed_from_json(row.enclosed))


def _proof_columns(proof: Proof | None) -> dict[str, str | None]:
    """What is stored of a proof; of an earlier try under the same key nothing may stay."""
    if proof is None:
        return dict.fromkeys(("letter_content", "calculation", "template_version", "enclosed"))
    return {
        "letter_content": proof.content,
        "calculation": proof.calculation,
        "template_version": proof.template_version,
        "enclosed": enclosed_to_json(proof.enclosed),
    }
