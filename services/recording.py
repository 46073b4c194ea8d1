"""Recording what a case was told: from rows of its inbox to facts, such that no message keeps the others waiting.

What raises while one message is kept or judged concerns that message: it goes to the quarantine with its error, and
the next one is heard. Only a failure of the database itself is raised, for then the same may succeed later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

__all__ = ["Keeper", "judged", "kept", "record", "record_one_by_one", "walk"]

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


class Keeper(Protocol):
    """Where goes what follows from the messages of a case: into the case file, or only into an answer."""

    @property
    def lookup(self) -> handling.Lookup:
        """What judging a message needs from outside the case, with what was kept so far."""

    def keep(self, loaded: Loaded, row: InboxRow, facts: Sequence[Fact], refusal: str | None) -> Loaded:
        """Keep what follows from a message, all of it or nothing; returns the case as it stands then."""


def walk(transaction: Transaction, loaded: Loaded, rows: Sequence[InboxRow], at: datetime, keeper: Keeper) -> Loaded:
    """Judge the messages that wait in the inbox of a case, one after the other; returns the case as it stands then."""
    for row in rows:
        loaded = _heard(transaction, loaded, row, at, keeper)
    return loaded


def record(transaction: Transaction, loaded: Loaded, at: datetime) -> Loaded:
    """Record everything that waits in the inbox of a case, in order of arrival; returns the case as it stands then."""
    return walk(transaction, loaded, transaction.inbox.waiting(loaded.id), at, _Recorder(transaction, loaded.id, at))


def record_one_by_one(
    transaction: Transaction, loaded: Loaded, at: datetime, decide: Callable[[Loaded], object]
) -> Loaded:
    """The same, and each message has to let a decision be taken; one after which that fails is put aside."""
    # Where it fails without any of them, none of them is to blame.
    decide(loaded)
    recorder = _Recorder(transaction, loaded.id, at)
    for row in transaction.inbox.waiting(loaded.id):
        loaded = before = transaction.cases.load(loaded.id)
        try:
            with transaction.savepoint():
                loaded = _heard(transaction, loaded, row, at, recorder)
                decide(loaded)
        except Exception as error:
            if is_database_failure(error):
                raise
            _put_aside(before, row, at, recorder, error)
    return transaction.cases.load(loaded.id)


@dataclass(frozen=True, slots=True)
class _Recorder:
    """Keeps what follows from messages in the case file."""

    transaction: Transaction
    case_id: str
    at: datetime

    @property
    def lookup(self) -> CaseLookup:
        """See `Keeper`."""
        return CaseLookup(self.transaction, self.case_id)

    def keep(self, loaded: Loaded, row: InboxRow, facts: Sequence[Fact], refusal: str | None) -> Loaded:
        """See `Keeper`."""
        self.transaction.cases.append(loaded.id, facts)
        self.transaction.inbox.recorded(row.seq, self.at, refusal)
        if refusal is None and (ignored := ignored_fields(row.name, row.raw)):
            self.transaction.inbox.remark_ignored(loaded.id, row.id, row.name, ignored)
        return self.transaction.cases.load(loaded.id)


def _heard(transaction: Transaction, loaded: Loaded, row: InboxRow, at: datetime, keeper: Keeper) -> Loaded:
    """Judge a message and keep what follows; one that raises is put aside."""
    try:
        with transaction.savepoint():
            facts, refusal = judged(loaded.case, loaded.policy, row, at, keeper.lookup, answered=row.answered)
            return keeper.keep(loaded, row, facts, refusal)
    except Exception as error:
        if is_database_failure(error):
            raise
        return _put_aside(loaded, row, at, keeper, error)


def _put_aside(loaded: Loaded, row: InboxRow, at: datetime, keeper: Keeper, error: Exception) -> Loaded:
    """Put aside a message that raised."""
    why = _why(row.name, error)
    # Somebody who waits hears it as an answer; anything else would be seen by nobody but for the quarantine.
    facts = () if row.answered else (_quarantined(loaded.policy, row, at, why),)
    return keeper.keep(loaded, row, facts, why)


def judged(
    case: Case, policy: Policy, row: InboxRow, at: datetime, lookup: handling.Lookup, *, answered: bool
) -> tuple[Sequence[Fact], str | None]:
    """The facts that follow from a message, and why it was refused, if it was."""
    if row.problem is not None:
        return (_quarantined(policy, row, at, row.problem),), row.problem
    envelope = handling.Envelope(row.id, at, policy.sending_calendar.local_date(at), by=row.by)
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
