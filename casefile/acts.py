"""What is done over HTTP: the audit log of it, and the answers to requests that may be brought again.

An act is written down before it is done, and its outcome behind it afterwards: one that a crash interrupts stands there
as `begun`. Whoever brings it again under its `Idempotency-Key` goes on with it, or gets the answer that it had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from casefile import api_tables as ta
from casefile.case_file import CaseFile
from casefile.session import moment_text, storable

__all__ = [
    "KEPT_FOR",
    "Act",
    "Begun",
    "KeptAnswer",
    "OtherRequest",
    "Recorded",
    "Repeat",
    "acts",
    "begin",
    "conclude",
    "record_act",
]

KEPT_FOR = timedelta(hours=48)
"""How long the answer to a request with an `Idempotency-Key` is kept, at least."""


class OtherRequest(ValueError):
    """The same `Idempotency-Key` came with another request before."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is about to be done.

    Attributes:
        key_id: The API key, or the user of the desk; of a command the user who is logged in on the machine, or empty.
        actor: Who decides.
        name: What is done: the name of a message, `bulk write_off`, `api-key create`.
        subject: On what: the id of a case; of a bulk act how many.
        detail: More of it, in codes: never what a debtor said.
    """

    key_id: str
    actor: str
    name: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """What tells a request that is brought again.

    Attributes:
        key: Its `Idempotency-Key`.
        fingerprint: Hash of all that it asks.
    """

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Begun:
    """An act that is written down, and not done yet."""

    seq: int
    act: Act
    repeat: Repeat | None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered to the same request before."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row of the audit log; `outcome` is `begun` until it is known."""

    seq: int
    at: str
    key_id: str
    actor: str
    act: str
    subject: str
    outcome: str
    detail: str


def begin(file: CaseFile, act: Act, at: datetime, repeat: Repeat | None = None) -> Begun | KeptAnswer:
    """Write an act down before it is done.

    Args:
        file: The case file.
        act: What is about to be done.
        at: Now, aware.
        repeat: What tells the request that asks for it, where it may be brought again.

    Returns:
        The act; where it was begun before and never answered, with the detail of then; or the answer of then.

    Raises:
        OtherRequest: another request came under this `Idempotency-Key`.
    """
    with file.database.write(whole=False) as connection:
        if repeat is not None:
            old = ta.idempotent_answers.c.begun_at < moment_text(at - KEPT_FOR)
            connection.execute(delete(ta.idempotent_answers).where(old))
            # Of two that come at once the other waits here, where the database lets several write.
            file.database.lock(connection, f"idempotency {act.key_id} {repeat.key}")
            row = connection.execute(_answer_of(act, repeat)).first()
            if row is not None:
                return _begun_before(connection, row, act, repeat)
        seq = _written(connection, act, at, "begun")
        if repeat is not None:
            connection.execute(
                insert(ta.idempotent_answers),
                {
                    "key_id": act.key_id,
                    "idempotency_key": repeat.key,
                    "fingerprint": repeat.fingerprint,
                    "begun_at": moment_text(at),
                    "audit_seq": seq,
                },
            )
    return Begun(seq, act, repeat)


def conclude(file: CaseFile, begun: Begun, outcome: str, detail: str, status: int, body: str) -> None:
    """Write down what became of an act, and what was answered.

    Args:
        file: The case file.
        begun: The act.
        outcome: A code: `accepted`, `refused`, `written`, `done`, …
        detail: More of it, in codes.
        status: Status of the answer.
        body: Body of the answer.
    """
    with file.database.write(whole=False) as connection:
        of_it = update(ta.audit).where(ta.audit.c.seq == begun.seq)
        connection.execute(of_it.values(outcome=outcome, detail=storable(detail)))
        if begun.repeat is not None:
            answers = ta.idempotent_answers
            found = (answers.c.key_id == begun.act.key_id, answers.c.idempotency_key == begun.repeat.key)
            connection.execute(update(answers).where(*found).values(status=status, body=storable(body)))


def record_act(file: CaseFile, act: Act, at: datetime, outcome: str) -> None:
    """Write down an act that is done already."""
    with file.database.write(whole=False) as connection:
        _written(connection, act, at, outcome)


def acts(
    file: CaseFile,
    *,
    before: int | None = None,
    most: int = 100,
    subject: str | None = None,
    name: str | None = None,
    key_id: str | None = None,
) -> tuple[Recorded, ...]:
    """Rows of the audit log, the newest first.

    Args:
        file: The case file.
        before: Only rows with a smaller number.
        most: How many.
        subject: Only of this subject.
        name: Only of this act.
        key_id: Only by this key.
    """
    c = ta.audit.c
    query = select(c.seq, c.at, c.key_id, c.actor, c.act, c.subject, c.outcome, c.detail)
    if before is not None:
        query = query.where(c.seq < before)
    for column, wanted in ((c.subject, subject), (c.act, name), (c.key_id, key_id)):
        if wanted is not None:
            query = query.where(column == wanted)
    with file.database.read() as connection:
        rows = connection.execute(query.order_by(c.seq.desc()).limit(most)).all()
    return tuple(Recorded(*row) for row in rows)


def _answer_of(act: Act, repeat: Repeat) -> Any:
    c = ta.idempotent_answers.c
    return select(c.fingerprint, c.status, c.body, c.audit_seq).where(
        c.key_id == act.key_id, c.idempotency_key == repeat.key
    )


def _begun_before(connection: Connection, row: Row[Any], act: Act, repeat: Repeat) -> Begun | KeptAnswer:
    if row.fingerprint != repeat.fingerprint:
        raise OtherRequest("another request came under this Idempotency-Key")
    if row.status is None:
        detail = connection.scalar(select(ta.audit.c.detail).where(ta.audit.c.seq == row.audit_seq))
        return Begun(row.audit_seq, replace(act, detail=str(detail)), repeat)
    return KeptAnswer(row.status, row.body)


def _written(connection: Connection, act: Act, at: datetime, outcome: str) -> int:
    row = {
        "at": moment_text(at),
        "key_id": act.key_id,
        "actor": storable(act.actor),
        "act": storable(act.name)[:100],
        "subject": storable(act.subject)[:700],
        "outcome": outcome,
        "detail": storable(act.detail),
    }
    found: int | None = connection.scalar(insert(ta.audit).values(**row).returning(ta.audit.c.seq))
    assert found is not None
    return found
