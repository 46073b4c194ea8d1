"""Recording what a case was told: from rows of its inbox to facts, such that no message keeps the others waiting.

What raises while one message is kept or judged concerns that message: it goes to the quarantine with its error, and
the next one is heard. Only a failure of the database itself is raised, for then the same may succeed later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.database import is_database_failure
from casefile.inbox import InboxRow
from casefile.lookup import CaseLookup
from domain import handling
from domain.case import Case
from domain.facts import Fact, MessageQuarantined
from domain.messages import ignored_fields, inbox_id
from domain.policy import Policy

__all__ = ["judged", "kept", "record", "record_one_by_one"]

_LONGEST_ERROR = 500
"""Signs of an error that are kept: it may quote what was sent."""


class Delivered(Protocol):
    """A message as it arrived, unread; `activities.contracts.Delivered` says what each of it is."""

    @property
    def id(self) -> str:
        """Id of this delivery, unique in the case."""

    @property
    def name(self) -> str:
        """Name of the signal or update."""

    @property
    def raw(self) -> bytes | None:
        """Its payload's bytes."""

    @property
    def answered(self) -> bool:
        """Whether somebody waits for an answer."""

    @property
    def problem(self) -> str | None:
        """Set when it can't be used whatever it says."""

    @property
    def once(self) -> str | None:
        """Id under which it counts once where it brings none of its own."""


def kept(transaction: Transaction, case_id: str, message: Delivered, at: datetime) -> str:
    """Put a message into the inbox; one that the inbox can't take as it is goes there as its bytes and the reason.

    Returns:
        The id under which it is there.
    """
    message_id = inbox_id(message.name, message.raw, message.once or message.id)
    try:
        with transaction.savepoint():
            transaction.inbox.accept(
                case_id,
                message_id,
                message.name,
                message.raw,
                at,
                answered=message.answered,
                problem=message.problem,
            )
    except Exception as error:
        if is_database_failure(error):
            raise
        why = _why(message.name, error)
        message_id = sha256(message_id.encode("utf-8", "backslashreplace")).hexdigest()
        transaction.inbox.accept(
            case_id, message_id, "unstorable", message.raw, at, answered=message.answered, problem=why
        )
    return message_id


def record(transaction: Transaction, loaded: Loaded, at: datetime) -> Loaded:
    """Record everything that waits in the inbox of a case, in order of arrival; returns the case as it stands then."""
    for row in transaction.inbox.waiting(loaded.id):
        loaded = _heard(transaction, loaded, row, at)
    return loaded


def record_one_by_one(
    transaction: Transaction, loaded: Loaded, at: datetime, decide: Callable[[Loaded], object]
) -> Loaded:
    """The same, and each message has to let a decision be taken; one after which that fails is put aside."""
    # Where it fails without any of them, none of them is to blame.
    decide(loaded)
    for row in transaction.inbox.waiting(loaded.id):
        loaded = before = transaction.cases.load(loaded.id)
        try:
            with transaction.savepoint():
                loaded = _heard(transaction, loaded, row, at)
                decide(loaded)
        except Exception as error:
            if is_database_failure(error):
                raise
            _unusable(transaction, before, row, at, error)
    return transaction.cases.load(loaded.id)


def _heard(transaction: Transaction, loaded: Loaded, row: InboxRow, at: datetime) -> Loaded:
    """Record what follows from a message; returns the case as it stands then."""
    try:
        with transaction.savepoint():
            facts, refusal = judged(
                loaded.case, loaded.policy, row, at, CaseLookup(transaction, loaded.id), answered=row.answered
            )
            transaction.cases.append(loaded.id, facts)
            transaction.inbox.recorded(row.seq, at, refusal)
            if refusal is None and (ignored := ignored_fields(row.name, row.raw)):
                transaction.inbox.remark_ignored(loaded.id, row.id, row.name, ignored)
            return transaction.cases.load(loaded.id)
    except Exception as error:
        if is_database_failure(error):
            raise
        return _unusable(transaction, loaded, row, at, error)


def _unusable(transaction: Transaction, loaded: Loaded, row: InboxRow, at: datetime, error: Exception) -> Loaded:
    """Put aside a message that raised; returns the case as it stands then."""
    why = _why(row.name, error)
    # Somebody who waits hears it as an answer; anything else would be seen by nobody but for the quarantine.
    if not row.answered:
        transaction.cases.append(loaded.id, (_quarantined(loaded.policy, row, at, why),))
    transaction.inbox.recorded(row.seq, at, why)
    return transaction.cases.load(loaded.id)


def judged(
    case: Case, policy: Policy, row: InboxRow, at: datetime, lookup: handling.Lookup, *, answered: bool
) -> tuple[Sequence[Fact], str | None]:
    """The facts that follow from a message, and why it was refused, if it was."""
    if row.problem is not None:
        return (_quarantined(policy, row, at, row.problem),), row.problem
    envelope = handling.Envelope(row.id, at, policy.sending_calendar.local_date(at))
    handled = handling.handle(case, policy, row.name, row.raw, envelope, lookup, answered=answered)
    return handled.facts, handled.refusal


def _quarantined(policy: Policy, row: InboxRow, at: datetime, why: str) -> MessageQuarantined:
    return MessageQuarantined(
        id=f"quarantine:{row.id}",
        at=at,
        on=policy.sending_calendar.local_date(at),
        name=row.name,
        sha256=sha256(row.raw or b"").hexdigest(),
        error=why,
    )


def _why(name: str, error: Exception) -> str:
    """What went wrong, in a line; a database's error does not quote the values (`hide_parameters`)."""
    text = str(getattr(error, "orig", None) or error).splitlines()
    cause = f"{type(error).__name__}: {text[0] if text else 'no reason given'}"
    shown = "".join(sign if sign.isprintable() else "?" for sign in f"{name[:80]} can't be used: {cause}")
    return shown[:_LONGEST_ERROR]
