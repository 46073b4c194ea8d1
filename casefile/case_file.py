"""The case file: the truth of what happened, of people, and of what was sent.

Everything is read and written inside a transaction, opened by `CaseFile.write()` (which locks) or
`CaseFile.read()`. Writing anything twice stores it once. What a lock covers, and why it is enough, stands in
docs/decisions/0005-locks-on-postgresql.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from threading import Lock
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, and_, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from casefile import listing
from casefile import tables as t
from casefile.database import Database
from casefile.proof import Proof, enclosed_from_json, enclosed_to_json
from domain.case import Case, apply, fold
from domain.facts import (
    FACT,
    CaseOpened,
    DeliveryConcluded,
    DeliveryStatus,
    Fact,
    MessageCrossed,
    MessageQuarantined,
    QuarantineSettled,
    SendSettled,
    StepTaken,
)
from domain.parties import Creditor, Debtor
from domain.policy import Policy
from domain.send_key import opaque_key
from domain.surroundings import Sibling, Surroundings, looks_at_siblings
from domain.terms import PLAIN_TERMS, CreditorTerms
from domain.views.case_view import CaseView

_CACHED_CASES = 5000
_MAY_GO_AGAIN = ("not_sent", "refused", "dropped")
"""Outcomes after which nothing went out under a send key."""


class UnknownCase(LookupError):
    """There is no case with this id in the case file."""


class NotLocked(RuntimeError):
    """A transaction touches what its lock does not cover: a mistake in the code that opened it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case as it stands in the file.

    Attributes:
        id: Its id.
        creditor: Id of its creditor.
        case: The fold of its facts.
        policy: The policy and version it is pinned to.
        facts: Number of facts.
    """

    id: str
    creditor: str
    case: Case
    policy: Policy
    facts: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One message over one channel, complete, before it is sent; `proof` says how it came about."""

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


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message in the inbox that the case has not recorded yet."""

    seq: int
    id: str
    name: str
    raw: bytes | None
    problem: str | None
    answered: bool


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


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery as it stands: what was sent, how it came about, and what became of it.

    Attributes:
        proof: None of what was sent before it was kept.
        concluded_at: When it was known what became of it.
        reason: Why it was refused or not sent.
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


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _storable(text: str) -> str:
    """The text without what no database keeps, and a signal or a provider may bring: NUL, half a character."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


class CaseFile:
    """The case file in one database. Threads may share it."""

    def __init__(self, database: Database) -> None:
        """Use a database whose migrations have run."""
        self.database = database
        self._lock = Lock()
        self._cases: OrderedDict[str, tuple[int, Case]] = OrderedDict()
        self._policies: dict[tuple[str, int], Policy] = {}
        self._debtor_secret: bytes | None = None

    @contextmanager
    def write(self, of: str | None = None) -> Iterator[Transaction]:
        """A transaction that locks: what it reads stays true until it ends.

        Args:
            of: A case: all cases of its debtor are locked, and nothing else may be touched. None locks the whole file.
        """
        with self.database.write(whole=of is None) as connection:
            transaction = Transaction(self, connection, locked=True, of=of)
            if of is not None:
                debtor = None if self.database.locks_all else transaction.debtor_of(of)
                self.database.lock(connection, of if debtor is None else "\n".join(debtor))
            yield transaction
        self._remember(transaction.folded, transaction.read_policies)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction for reading one consistent state."""
        with self.database.read() as connection:
            yield Transaction(self, connection, locked=False)

    def _remember(self, folded: Mapping[str, tuple[int, Case]], policies: Mapping[tuple[str, int], Policy]) -> None:
        """Keep what was read and committed, so that the next reading folds only what is new."""
        with self._lock:
            self._policies.update(policies)
            for case_id, known in folded.items():
                self._cases[case_id] = known
                self._cases.move_to_end(case_id)
            while len(self._cases) > _CACHED_CASES:
                self._cases.popitem(last=False)

    def remembered(self, case_id: str) -> tuple[int, Case] | None:
        """The last committed fold of a case: sequence number of its last fact, and the case."""
        with self._lock:
            return self._cases.get(case_id)

    def forget(self) -> None:
        """Forget what was read: the database was put back to an earlier state behind our back."""
        with self._lock:
            self._cases.clear()
            self._policies.clear()

    def remembered_policy(self, name: str, version: int) -> Policy | None:
        """A committed version of a policy, which never changes."""
        with self._lock:
            return self._policies.get((name, version))

    def debtor_secret(self, connection: Connection) -> bytes:
        """The secret under which Temporal names debtors; it was made with the tables and never changes."""
        if self._debtor_secret is None:
            wanted = select(t.secrets.c.secret).where(t.secrets.c.name == "debtor_attribute")
            self._debtor_secret = bytes.fromhex(connection.execute(wanted).scalar_one())
        return self._debtor_secret


class Transaction:
    """All that can be read and written in one transaction."""

    def __init__(self, file: CaseFile, connection: Connection, *, locked: bool, of: str | None = None) -> None:
        """Made by `CaseFile.write` and `CaseFile.read` only."""
        self._file = file
        self._locked = locked
        self._of = of
        self.connection = connection
        self.folded: dict[str, tuple[int, Case]] = {}
        self._debtors: dict[str, tuple[str, str] | None] = {}
        self.read_policies: dict[tuple[str, int], Policy] = {}
        self._creditor_terms: dict[str, CreditorTerms] = {}

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone by itself, and wholly, when it raises."""
        # Only what this part adds is to be forgotten; the values are frozen.
        known = dict(self.folded), dict(self._debtors), dict(self.read_policies), dict(self._creditor_terms)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            self.folded, self._debtors, self.read_policies, self._creditor_terms = known
            raise

    # What is locked -----------------------------------------------------------------------------------

    def debtor_of(self, case_id: str) -> tuple[str, str] | None:
        """Creditor and debtor of a case, which never change; None when there is no such case."""
        known = self._debtors.get(case_id)
        if known is None:
            row = self.connection.execute(_DEBTOR_OF, {"of": case_id}).first()
            known = self._debtors[case_id] = None if row is None else (row.creditor, row.debtor)
        return known

    def _covered(self, case_id: str) -> None:
        if self._of is None or case_id == self._of:
            return
        debtor = self.debtor_of(case_id)
        if debtor is None or debtor != self.debtor_of(self._of):
            raise NotLocked(f"{case_id} is not of the debtor of {self._of}, whose cases are locked: use write() for it")

    def _covers_all(self) -> None:
        if self._of is not None:
            raise NotLocked(f"only the cases of the debtor of {self._of} are locked: use write() for this")

    # Creditors, debtors, policies ---------------------------------------------------------------------

    def save_creditor(self, creditor: Creditor) -> None:
        """Store a creditor's profile, replacing an older one."""
        self._covers_all()
        self._upsert(t.creditors, {"id": creditor.id, "body": creditor.model_dump_json()}, ["id"], ["body"])
        self._creditor_terms.pop(creditor.id, None)

    def creditor(self, creditor_id: str) -> Creditor:
        """The profile of a creditor.

        Raises:
            LookupError: when there is none.
        """
        body = self.connection.scalar(select(t.creditors.c.body).where(t.creditors.c.id == creditor_id))
        if body is None:
            raise LookupError(f"creditor {creditor_id!r} has no profile in the case file")
        return Creditor.model_validate_json(body)

    def save_debtor(self, creditor_id: str, debtor: Debtor) -> None:
        """Store a debtor, replacing what was known of it."""
        self._covers_all()
        row = {"creditor": creditor_id, "id": debtor.id, "body": debtor.model_dump_json()}
        self._upsert(t.debtors, row, ["creditor", "id"], ["body"])

    def debtor(self, creditor_id: str, debtor_id: str) -> Debtor | None:
        """A debtor, None when nothing is known but the id."""
        body = self.connection.scalar(
            select(t.debtors.c.body).where(t.debtors.c.creditor == creditor_id, t.debtors.c.id == debtor_id)
        )
        return None if body is None else Debtor.model_validate_json(body)

    def debtor_attribute(self, creditor_id: str, debtor_id: str) -> str:
        """How the search attribute `Debtor` names a debtor: a hash that says nothing to who has not this case file.

        Twenty hexadecimal digits of an HMAC with SHA-256: of a million debtors no two have the same.
        """
        named = json.dumps([creditor_id, debtor_id]).encode()
        return hmac.new(self._file.debtor_secret(self.connection), named, hashlib.sha256).hexdigest()[:20]

    def save_policy(self, policy: Policy) -> None:
        """Store a version of a policy; a version never changes.

        Raises:
            ValueError: when this version is stored with another content.
        """
        self._covers_all()
        body = policy.model_dump_json(by_alias=True, exclude_unset=True)
        digest = hashlib.sha256(body.encode()).hexdigest()
        known = self.connection.execute(
            select(t.policies.c.sha256).where(
                t.policies.c.name == policy.policy, t.policies.c.version == policy.version
            )
        ).scalar()
        if known is None:
            row = {"name": policy.policy, "version": policy.version, "sha256": digest, "body": body}
            self._insert_once(t.policies, row, ["name", "version"])
        elif known != digest:
            raise ValueError(
                f"policy {policy.policy!r} version {policy.version} is in use with another content; "
                "raise `version` when you change a policy"
            )

    def policy(self, name: str, version: int | None) -> Policy | None:
        """A version of a policy (None: the newest), None when there is none."""
        if version is None:
            version = self.connection.scalar(select(func.max(t.policies.c.version)).where(t.policies.c.name == name))
            if version is None:
                return None
        cached = self.read_policies.get((name, version)) or self._file.remembered_policy(name, version)
        if cached is not None:
            return cached
        body = self.connection.scalar(
            select(t.policies.c.body).where(t.policies.c.name == name, t.policies.c.version == version)
        )
        if body is None:
            return None
        policy = Policy.model_validate_json(body)
        # Only what is committed may be remembered beyond this transaction.
        self.read_policies[name, version] = policy
        return policy

    # Cases and facts ----------------------------------------------------------------------------------

    def open_case(self, case_id: str, creditor: str, facts: Sequence[Fact], at: datetime) -> bool:
        """Store a new case with its first facts and ask for its workflow to be started.

        Returns:
            False when the case exists already; nothing is changed then.
        """
        self._covers_all()
        opened = facts[0]
        if not isinstance(opened, CaseOpened):
            raise ValueError("a case starts with the fact case_opened")
        row = {
            "id": case_id,
            "creditor": creditor,
            "debtor": opened.invoice.debtor,
            "number": opened.invoice.number,
            "currency": opened.invoice.amount.currency,
            "open_minor": opened.open.minor,
        }
        if not self._insert_once(t.cases, row, ["id"]):
            return False
        self._debtors[case_id] = (creditor, opened.invoice.debtor)
        self.append(case_id, (*facts, *self._came_too_early(case_id, opened)))
        self._insert_once(t.starts, {"case_id": case_id, "created_at": _text(at)}, ["case_id"])
        last, case = self._fold(case_id)
        if case.closed is None:
            self.connection.execute(_SHOW, {"of": case_id, **listing.of_opened(case, last)})
        return True

    def _came_too_early(self, case_id: str, opened: CaseOpened) -> tuple[MessageQuarantined, ...]:
        """Messages that came before there was a case: from now on they are the case's to show and resubmit."""
        rows = self.connection.execute(
            select(t.quarantine).where(t.quarantine.c.case_id == case_id, t.quarantine.c.settled.is_(None))
        )
        return tuple(
            MessageQuarantined(id=row.id, at=opened.at, on=opened.on, name=row.name, sha256=row.sha256, error=row.error)
            for row in rows
        )

    def load(self, case_id: str) -> Loaded:
        """A case as it stands, with what this transaction appended.

        Raises:
            UnknownCase: when there is none.
        """
        debtor = self.debtor_of(case_id)
        if debtor is None:
            raise UnknownCase(f"there is no case {case_id!r} in the case file")
        self._covered(case_id)
        last, case = self._fold(case_id)
        policy = self.policy(case.policy, case.policy_version)
        if policy is None:
            raise LookupError(f"policy {case.policy!r} version {case.policy_version} is not in the case file")
        return Loaded(case_id, debtor[0], case, policy, last)

    def _fold(self, case_id: str) -> tuple[int, Case]:
        folded = self.folded.get(case_id)
        if folded is not None and self._locked:
            # Nobody else writes while this transaction has the lock, and what it appends it folds itself.
            return folded
        known = self._known(case_id)
        after = known[0] if known else 0
        rows = self.connection.execute(_FACTS_AFTER, {"of": case_id, "after": after}).all()
        if known is None and not rows:
            raise UnknownCase(f"the case {case_id!r} has no facts")
        case = known[1] if known else None
        for _, body in rows:
            fact = FACT.validate_json(body)
            case = fold((fact,)) if case is None else apply(case, fact)
        if case is None:
            raise UnknownCase(f"the case {case_id!r} has no facts")
        self.folded[case_id] = (rows[-1][0] if rows else after, case)
        return self.folded[case_id]

    def _known(self, case_id: str) -> tuple[int, Case] | None:
        """The fold so far, of this transaction or remembered by the file."""
        known = self.folded.get(case_id)
        if known is not None:
            return known
        known = self._file.remembered(case_id)
        if known is None or self._locked:
            return known
        # A reader sees the state at its first look; what is remembered may be newer.
        last = self.connection.scalar(select(func.max(t.facts.c.seq)).where(t.facts.c.case_id == case_id))
        return known if last is not None and known[0] <= last else None

    def forget_after(self, case_id: str, last: int) -> None:
        """Forget everything when more is remembered of a case than there is: its last fact has this number."""
        known = self._file.remembered(case_id)
        if known is not None and known[0] > last:
            self._file.forget()

    def append(self, case_id: str, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Append facts; those known already are left out.

        Returns:
            The facts that were new.
        """
        self._covered(case_id)
        last, case = self._fold_if_any(case_id)
        entries_before = len(case.ledger.entries) if case else 0
        fresh: list[Fact] = []
        for fact in facts:
            seq = None if case is not None and fact.id in case.seen else self._insert_fact(case_id, fact)
            if seq is not None:
                last, case = seq, fold((fact,)) if case is None else apply(case, fact)
                fresh.append(fact)
        if case is not None and fresh:
            self.folded[case_id] = (last, case)
            self._write_projections(case_id, case, fresh, entries_before)
        return tuple(fresh)

    def _fold_if_any(self, case_id: str) -> tuple[int, Case | None]:
        try:
            return self._fold(case_id)
        except UnknownCase:
            return 0, None

    def _insert_fact(self, case_id: str, fact: Fact) -> int | None:
        """Insert a fact; returns its number, None when it was there."""
        body = FACT.dump_json(fact, exclude_unset=False).decode()
        row = {"case_id": case_id, "id": fact.id, "kind": fact.kind, "body": body}
        statement = _insert_fact_once(self.connection.dialect.name)
        return cast("int | None", self.connection.scalar(statement, row))

    def _write_projections(self, case_id: str, case: Case, fresh: Sequence[Fact], entries_before: int) -> None:
        """Keep ledger, tasks and quarantine, which people and reports read, in step with the facts."""
        for entry in case.ledger.entries[entries_before:]:
            row = {
                "case_id": case_id,
                "id": entry.id,
                "of": entry.of,
                "kind": entry.kind.value,
                "amount_minor": entry.amount.minor,
                "currency": entry.amount.currency,
                "credited_on": entry.credited_on,
                "known_on": entry.known_on,
            }
            self._insert_once(t.entries, row, ["case_id", "id"])
        if any(fact.kind in ("task_raised", "task_done") for fact in fresh):
            for task in case.tasks:
                row = {
                    "case_id": case_id,
                    "id": task.id,
                    "kind": task.kind,
                    "step": task.step,
                    "raised_on": task.raised_on,
                    "done_on": task.done_on,
                    "outcome": task.outcome or None,
                }
                self._upsert(t.tasks, row, ["case_id", "id"], ["done_on", "outcome"])
        for fact in fresh:
            if isinstance(fact, MessageQuarantined):
                self._keep_quarantined(case_id, fact)
            elif isinstance(fact, MessageCrossed):
                self._mark_message_crossed(case_id, fact.message)
            elif isinstance(fact, DeliveryConcluded):
                if case_id in self.cases_of_delivery(fact.key):
                    self._set_delivery(fact.key, fact.status.value, fact.at, fact.reason)
            elif isinstance(fact, SendSettled):
                self._settle_deliveries(case_id, fact)
            elif isinstance(fact, QuarantineSettled):
                self.connection.execute(
                    update(t.quarantine)
                    .where(t.quarantine.c.case_id == case_id, t.quarantine.c.id == fact.of)
                    .values(settled=fact.outcome)
                )

    def _keep_quarantined(self, case_id: str, fact: MessageQuarantined) -> None:
        source = fact.id.removeprefix("quarantine:")
        body = self.connection.scalar(
            select(t.inbox.c.body).where(t.inbox.c.case_id == case_id, t.inbox.c.id == source)
        )
        self.quarantine(case_id, fact.id, fact.name, body, fact.error, fact.at)

    def facts(self, case_id: str) -> tuple[Fact, ...]:
        """All facts of a case in the order in which they were recorded."""
        bodies = self.connection.scalars(
            select(t.facts.c.body).where(t.facts.c.case_id == case_id).order_by(t.facts.c.seq)
        )
        return tuple(FACT.validate_json(body) for body in bodies)

    def facts_after(self, case_id: str, last: int) -> tuple[Fact, ...]:
        """The facts recorded after a sequence number."""
        rows = self.connection.execute(_FACTS_AFTER, {"of": case_id, "after": last})
        return tuple(FACT.validate_json(row.body) for row in rows)

    def last_facts(self, case_id: str, most: int) -> tuple[Fact, ...]:
        """The last facts of a case, the oldest first."""
        bodies = self.connection.scalars(
            select(t.facts.c.body).where(t.facts.c.case_id == case_id).order_by(t.facts.c.seq.desc()).limit(most)
        ).all()
        return tuple(FACT.validate_json(body) for body in reversed(bodies))

    def siblings(self, creditor: str, debtor: str, case_id: str) -> tuple[str, ...]:
        """Ids of the debtor's other cases."""
        return tuple(
            self.connection.scalars(
                select(t.cases.c.id)
                .where(t.cases.c.creditor == creditor, t.cases.c.debtor == debtor, t.cases.c.id != case_id)
                .order_by(t.cases.c.id)
            )
        )

    def cases(self, creditor: str | None = None) -> tuple[str, ...]:
        """Ids of all cases, or of one creditor's."""
        query = select(t.cases.c.id).order_by(t.cases.c.id)
        if creditor is not None:
            query = query.where(t.cases.c.creditor == creditor)
        return tuple(self.connection.scalars(query))

    def open_cases(self) -> tuple[str, ...]:
        """Ids of the cases that are not closed."""
        return tuple(
            self.connection.scalars(select(t.cases.c.id).where(t.cases.c.closed.is_(None)).order_by(t.cases.c.id))
        )

    def late(self, before: datetime, most: int) -> tuple[str, ...]:
        """Ids of some cases that should have recorded a message, or decided something, before a moment.

        Args:
            before: Aware.
            most: How many are wanted; those that are late longest come first.
        """
        moment = _text(before)
        untold = (
            select(t.inbox.c.case_id, func.min(t.inbox.c.received_at).label("since"))
            .where(t.inbox.c.recorded_at.is_(None), t.inbox.c.received_at < moment)
            .group_by(t.inbox.c.case_id)
        )
        undecided = select(t.cases.c.id, t.cases.c.next_action_at).where(
            t.cases.c.closed.is_(None), t.cases.c.next_action_at < moment
        )
        rows = [
            row
            for query in (untold, undecided)
            for row in self.connection.execute(query.order_by(text("2")).limit(most))
        ]
        return tuple(dict.fromkeys(case_id for case_id, _ in sorted(rows, key=lambda row: row[1])))[:most]

    def closed(self, case_id: str) -> bool | None:
        """Whether a case is closed; None when there is no such case."""
        row = self.connection.execute(select(t.cases.c.closed).where(t.cases.c.id == case_id)).first()
        return None if row is None else row.closed is not None

    def find_cases(self, text: str) -> tuple[str, ...]:
        """Ids of the cases that a person means by an id or an invoice number."""
        return tuple(
            self.connection.scalars(
                select(t.cases.c.id).where((t.cases.c.id == text) | (t.cases.c.number == text)).order_by(t.cases.c.id)
            )
        )

    # Surroundings -------------------------------------------------------------------------------------

    def surroundings(self, loaded: Loaded) -> Surroundings:
        """What a decision about the case must know outside it."""
        covered = self.connection.scalar(_COVERED, {"of": loaded.creditor})
        policy = loaded.policy
        terms = PLAIN_TERMS if policy.law is None else self._terms(loaded.creditor)
        looks = looks_at_siblings(loaded.case, policy)
        if policy.bundle != "debtor" and not policy.debtor_spacing and not looks:
            return Surroundings(bank_covered_until=covered, terms=terms)
        contacted: date | None = None
        reminded: date | None = None
        siblings: list[Sibling] = []
        for sibling in self.siblings(loaded.creditor, loaded.case.invoice.debtor, loaded.id):
            case = self._fold(sibling)[1]
            if looks and (pinned := self.policy(case.policy, case.policy_version)) is not None:
                siblings.append(Sibling(sibling, case, pinned))
            contacts = [(step.on, step.reminds) for step in case.taken if step.kind == "send"]
            if case.attempt is not None and case.attempt.may_have_reached_debtor:
                contacts.append((case.attempt.on, case.attempt.reminds))
            own = self.policy(case.policy, case.policy_version)
            bundles = own is not None and own.bundle == "debtor"
            for on, reminds in contacts:
                contacted = max(contacted or on, on)
                if reminds and bundles:
                    reminded = max(reminded or on, on)
        return Surroundings(covered, contacted, reminded, terms, tuple(siblings))

    def _terms(self, creditor: str) -> CreditorTerms:
        """What the law must know of a creditor; plain terms while he has no profile."""
        known = self._creditor_terms.get(creditor)
        if known is None:
            body = self.connection.scalar(_CREDITOR, {"of": creditor})
            known = PLAIN_TERMS if body is None else Creditor.model_validate_json(body).terms
            self._creditor_terms[creditor] = known
        return known

    def set_bank_coverage(self, creditor: str, until: date) -> None:
        """Record the last day that the bank statements of a creditor cover."""
        self._covers_all()
        self.connection.execute(update(t.creditors).where(t.creditors.c.id == creditor).values(covered_until=until))

    # Inbox --------------------------------------------------------------------------------------------

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
    ) -> bool:
        """Make a message durable; once this is committed it may be acknowledged to its sender.

        Returns:
            False when it was known already.
        """
        self._covered(case_id)
        row = {
            "case_id": case_id,
            "id": message_id,
            "name": _storable(name)[:200],
            "body": raw,
            "problem": None if problem is None else _storable(problem),
            "answered": answered,
            "received_at": _text(at),
        }
        new = self._insert_once(t.inbox, row, ["case_id", "id"])
        if new and name == "payment_received":
            self._mark_crossed(case_id)
        return new

    def waiting(self, case_id: str) -> tuple[InboxRow, ...]:
        """Messages that the case has not recorded yet, in order of arrival."""
        self._covered(case_id)
        rows = self.connection.execute(_WAITING, {"of": case_id})
        return tuple(InboxRow(*row) for row in rows)

    def recorded(self, seq: int, at: datetime, refusal: str | None) -> None:
        """Mark an inbox row as recorded by its case."""
        refused = None if refusal is None else _storable(refusal)
        self.connection.execute(_RECORD, {"of": seq, "recorded_at": _text(at), "refusal": refused})

    def refusal(self, case_id: str, message_id: str) -> str | None:
        """Why a recorded message was refused, None when it was accepted."""
        return self.connection.scalar(
            select(t.inbox.c.refusal).where(t.inbox.c.case_id == case_id, t.inbox.c.id == message_id)
        )

    def answer(self, case_id: str, message_id: str) -> tuple[bool, str | None]:
        """Whether a message was recorded, and why it was refused, if it was."""
        row = self.connection.execute(
            select(t.inbox.c.recorded_at, t.inbox.c.refusal).where(
                t.inbox.c.case_id == case_id, t.inbox.c.id == message_id
            )
        ).first()
        return (False, None) if row is None else (row.recorded_at is not None, row.refusal)

    def refuse(self, case_id: str, message_id: str, at: datetime, reason: str) -> None:
        """Mark a message as refused before its case was asked; its sender was told."""
        self.connection.execute(
            update(t.inbox)
            .where(t.inbox.c.case_id == case_id, t.inbox.c.id == message_id)
            .values(recorded_at=_text(at), refusal=_storable(reason))
        )

    def nobody_waits(self, case_id: str, message_id: str) -> bool:
        """Say that the sender no longer waits for an answer: a refusal then goes to the quarantine, not to nobody.

        Returns:
            False when the message was recorded already, so that there is an answer.
        """
        statement = update(t.inbox).where(
            t.inbox.c.case_id == case_id, t.inbox.c.id == message_id, t.inbox.c.recorded_at.is_(None)
        )
        return self.connection.execute(statement.values(answered=False)).rowcount == 1

    def remark_ignored(self, case_id: str, message_id: str, name: str, fields: Sequence[str]) -> None:
        """Tell people that a message had fields that mean nothing to it, and that it was used without them."""
        self._covered(case_id)
        document = _storable(f"message {name} {message_id}")[:400]
        for position, field in enumerate(fields):
            row = {
                "case_id": case_id,
                "document": document,
                "position": position,
                "place": _storable(field),
                "reason": "unknown field; the message was used without it",
            }
            self._insert_once(t.remarks, row, ["case_id", "document", "position"])

    def undelivered(self) -> tuple[str, ...]:
        """Ids of the cases that have messages waiting in the inbox."""
        return tuple(
            self.connection.scalars(
                select(t.inbox.c.case_id).where(t.inbox.c.recorded_at.is_(None)).distinct().order_by(t.inbox.c.case_id)
            )
        )

    # Quarantine ---------------------------------------------------------------------------------------

    def quarantine(
        self, case_id: str, quarantine_id: str, name: str, raw: bytes | None, error: str, at: datetime
    ) -> None:
        """Keep the bytes of a message that can't be used."""
        row = {
            "case_id": case_id,
            "id": quarantine_id,
            "name": _storable(name)[:200],
            "body": raw,
            "sha256": hashlib.sha256(raw or b"").hexdigest(),
            "error": _storable(error),
            "received_at": _text(at),
        }
        self._insert_once(t.quarantine, row, ["case_id", "id"])

    def quarantined(self, case_id: str, quarantine_id: str) -> tuple[str, bytes] | None:
        """Name and bytes of a message in quarantine."""
        row = self.connection.execute(
            select(t.quarantine.c.name, t.quarantine.c.body).where(
                t.quarantine.c.case_id == case_id, t.quarantine.c.id == quarantine_id
            )
        ).first()
        return None if row is None else (row.name, row.body or b"")

    def unsettled(self) -> tuple[QuarantinedMessage, ...]:
        """All messages in quarantine that nobody has dealt with, also those for cases that do not exist."""
        rows = self.connection.execute(
            select(t.quarantine, t.cases.c.id.is_not(None).label("known"))
            .outerjoin(t.cases, t.cases.c.id == t.quarantine.c.case_id)
            .where(t.quarantine.c.settled.is_(None))
            .order_by(t.quarantine.c.received_at, t.quarantine.c.case_id, t.quarantine.c.id)
        )
        return tuple(
            QuarantinedMessage(row.case_id, row.id, row.name, row.error, row.sha256, row.received_at, bool(row.known))
            for row in rows
        )

    def dismiss_stranger(self, case_id: str, quarantine_id: str) -> None:
        """Lay aside a message for a case that does not exist."""
        self._covered(case_id)
        self.connection.execute(
            update(t.quarantine)
            .where(t.quarantine.c.case_id == case_id, t.quarantine.c.id == quarantine_id)
            .values(settled="dismissed")
        )

    # What is sent -------------------------------------------------------------------------------------

    def intend(self, letter: Letter, case_ids: Sequence[str], at: datetime, real: datetime) -> None:
        """Write down that a message is about to be sent, with its exact bytes, under its send key.

        Raises:
            ValueError: when a message with this key was sent or may have been sent: it is never sent twice.
        """
        for case_id in case_ids:
            self._covered(case_id)
        digest = hashlib.sha256(letter.content).hexdigest()
        known = self.connection.scalar(_DELIVERY_STATUS, {"of": letter.key})
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
            "status": "intended",
            "intended_at": _text(at),
            "intended_real": _text(real),
            "concluded_at": None,
            "reason": None,
            **_proof_columns(letter.proof),
        }
        if known is None:
            self.connection.execute(
                insert(t.deliveries).values(key=letter.key, hashed_key=opaque_key(letter.key), **values)
            )
        elif known in _MAY_GO_AGAIN:
            # This try serves these cases only: those of an earlier one that did not go out are no part of it.
            self.connection.execute(
                delete(t.delivery_cases).where(
                    t.delivery_cases.c.key == letter.key, t.delivery_cases.c.case_id.not_in(case_ids)
                )
            )
            self.connection.execute(
                update(t.deliveries)
                .where(t.deliveries.c.key == letter.key)
                .values(**values, tries=t.deliveries.c.tries + 1)
            )
        else:
            raise ValueError(f"message {letter.key!r} is {known}; it is never sent twice")
        for case_id in case_ids:
            self._insert_once(t.delivery_cases, {"key": letter.key, "case_id": case_id}, ["key", "case_id"])

    def may_intend(self, key: str) -> bool:
        """Whether nothing was, or may have been, sent under a send key."""
        status = self.connection.scalar(_DELIVERY_STATUS, {"of": key})
        return status is None or status in _MAY_GO_AGAIN

    def taken_as(self, key: str, reference: str) -> None:
        """Write down the provider's own name for a delivery."""
        self.connection.execute(
            update(t.deliveries).where(t.deliveries.c.key == key).values(reference=_storable(reference))
        )

    def _set_delivery(self, key: str, status: str, at: datetime, reason: str) -> None:
        """Keep a delivery in step with the facts; one that was never made has no row."""
        values = {"status": status, "concluded_at": _text(at), "reason": _storable(reason) or None}
        self.connection.execute(_CONCLUDE, {"of": key, **values})

    def _settle_deliveries(self, case_id: str, fact: SendSettled) -> None:
        """A person said what became of a step: so of its deliveries that nobody could prove."""
        messages = {
            taken.message
            for taken in self.facts(case_id)
            if isinstance(taken, StepTaken) and (taken.step, taken.issue) == (fact.step, fact.issue)
        }
        for delivery in self.deliveries(case_id):
            if delivery.message in messages and delivery.status == DeliveryStatus.UNPROVEN.value:
                self._set_delivery(delivery.key, fact.outcome, fact.at, "settled by a person")

    def delivery(self, key: str) -> StoredDelivery | None:
        """A delivery by its send key."""
        row = self.connection.execute(_DELIVERY, {"of": key}).first()
        return None if row is None else _stored(row)

    def deliveries(self, case_id: str) -> tuple[StoredDelivery, ...]:
        """All deliveries that served a case, in the order in which they were intended."""
        rows = self.connection.execute(
            select(t.deliveries)
            .join(t.delivery_cases, t.delivery_cases.c.key == t.deliveries.c.key)
            .where(t.delivery_cases.c.case_id == case_id)
            .order_by(t.deliveries.c.intended_at, t.deliveries.c.key)
        )
        return tuple(_stored(row) for row in rows)

    def cases_of_delivery(self, key: str) -> tuple[str, ...]:
        """Ids of the cases that a delivery serves."""
        return tuple(self.connection.scalars(_CASES_OF_DELIVERY, {"of": key}))

    def _mark_crossed(self, case_id: str) -> None:
        """A payment was acknowledged while a message was under way: the two crossed."""
        under_way = (
            select(t.delivery_cases.c.key)
            .join(t.deliveries, t.deliveries.c.key == t.delivery_cases.c.key)
            .where(
                and_(
                    t.delivery_cases.c.case_id == case_id,
                    t.deliveries.c.channel != "agency",
                    t.deliveries.c.status.in_(("intended", "unknown")),
                )
            )
        )
        self.connection.execute(update(t.deliveries).where(t.deliveries.c.key.in_(under_way)).values(crossed=True))

    def _mark_message_crossed(self, case_id: str, message: str) -> None:
        """A payment turned out to be older than a message that was sent: the two crossed."""
        keys = select(t.delivery_cases.c.key).where(t.delivery_cases.c.case_id == case_id)
        self.connection.execute(
            update(t.deliveries)
            .where(t.deliveries.c.key.in_(keys), t.deliveries.c.message == message)
            .values(crossed=True)
        )

    # Documents ----------------------------------------------------------------------------------------

    def save_document(self, case_id: str, name: str, media_type: str, content: bytes) -> None:
        """Keep a document of a case, once under its name."""
        row = {
            "case_id": case_id,
            "name": name,
            "media_type": media_type,
            "content": content,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        self._insert_once(t.documents, row, ["case_id", "name"])

    def documents(self, case_id: str) -> tuple[tuple[str, str, bytes], ...]:
        """Name, media type and bytes of every document of a case."""
        rows = self.connection.execute(
            select(t.documents.c.name, t.documents.c.media_type, t.documents.c.content)
            .where(t.documents.c.case_id == case_id)
            .order_by(t.documents.c.name)
        )
        return tuple((row.name, row.media_type, row.content) for row in rows)

    # Views --------------------------------------------------------------------------------------------

    def write_view(self, case_id: str, view: CaseView, at: datetime) -> None:
        """Write what lists and people read of a case."""
        shown = {
            "stage": view.stage,
            "closed": view.closed.value if view.closed else None,
            "open_minor": view.open.minor,
            "next_action_at": _text(view.at) if view.at else None,
            "needs_attention": view.needs_attention,
            "view": view.model_dump_json(exclude_unset=True),
            "viewed_at": _text(at),
            **listing.of_view(view, _text(at)),
        }
        self.connection.execute(_SHOW, {"of": case_id, **shown})

    def view(self, case_id: str) -> CaseView | None:
        """The last view of a case, None before its first decision."""
        body = self.connection.scalar(select(t.cases.c.view).where(t.cases.c.id == case_id))
        return None if body is None else CaseView.model_validate_json(body)

    def views(self, creditor: str | None = None) -> tuple[tuple[str, str, CaseView | None], ...]:
        """Id, invoice number and last view of every case."""
        query = select(t.cases.c.id, t.cases.c.number, t.cases.c.view).order_by(t.cases.c.number, t.cases.c.id)
        if creditor is not None:
            query = query.where(t.cases.c.creditor == creditor)
        return tuple(
            (row.id, row.number, None if row.view is None else CaseView.model_validate_json(row.view))
            for row in self.connection.execute(query)
        )

    # Outbox of starts ---------------------------------------------------------------------------------

    def unstarted(self) -> tuple[str, ...]:
        """Ids of the cases whose workflow was not started yet, as far as we know."""
        return tuple(
            self.connection.scalars(
                select(t.starts.c.case_id).where(t.starts.c.started_at.is_(None)).order_by(t.starts.c.case_id)
            )
        )

    def started(self, case_id: str, at: datetime) -> None:
        """Record that the workflow of a case was started."""
        self.connection.execute(update(t.starts).where(t.starts.c.case_id == case_id).values(started_at=_text(at)))

    # Ways of writing ----------------------------------------------------------------------------------

    def _insert_once(self, table: Table, row: Mapping[str, object], key: list[str]) -> bool:
        """Insert a row unless its key is there; True when it was new."""
        statement = _insertion(self.connection.dialect.name, table, tuple(key), ())
        return self.connection.execute(statement, dict(row)).rowcount == 1

    def _upsert(self, table: Table, row: Mapping[str, object], key: list[str], changed: list[str]) -> None:
        """Insert a row; where its key is there, replace the changed columns."""
        statement = _insertion(self.connection.dialect.name, table, tuple(key), tuple(changed))
        self.connection.execute(statement, dict(row))


# Building a statement takes longer than running it: those of every turn are built once.
_DEBTOR_OF = select(t.cases.c.creditor, t.cases.c.debtor).where(t.cases.c.id == bindparam("of"))
_CREDITOR = select(t.creditors.c.body).where(t.creditors.c.id == bindparam("of"))
_COVERED = select(t.creditors.c.covered_until).where(t.creditors.c.id == bindparam("of"))
_FACTS_AFTER = (
    select(t.facts.c.seq, t.facts.c.body)
    .where(t.facts.c.case_id == bindparam("of"), t.facts.c.seq > bindparam("after"))
    .order_by(t.facts.c.seq)
)
_WAITING = (
    select(t.inbox.c.seq, t.inbox.c.id, t.inbox.c.name, t.inbox.c.body, t.inbox.c.problem, t.inbox.c.answered)
    .where(t.inbox.c.case_id == bindparam("of"), t.inbox.c.recorded_at.is_(None))
    .order_by(t.inbox.c.seq)
)
_RECORD = update(t.inbox).where(t.inbox.c.seq == bindparam("of"))
_DELIVERY = select(t.deliveries).where(t.deliveries.c.key == bindparam("of"))
_DELIVERY_STATUS = select(t.deliveries.c.status).where(t.deliveries.c.key == bindparam("of"))
_CONCLUDE = update(t.deliveries).where(t.deliveries.c.key == bindparam("of"))
_CASES_OF_DELIVERY = (
    select(t.delivery_cases.c.case_id)
    .where(t.delivery_cases.c.key == bindparam("of"))
    .order_by(t.delivery_cases.c.case_id)
)
_SHOW = update(t.cases).where(t.cases.c.id == bindparam("of"))


@cache
def _insert_fact_once(dialect: str) -> Any:
    """The statement that inserts a fact unless it is there, and gives its number."""
    return _insertion(dialect, t.facts, ("case_id", "id"), ()).returning(t.facts.c.seq)


@cache
def _insertion(dialect: str, table: Table, key: tuple[str, ...], changed: tuple[str, ...]) -> Any:
    """The statement that inserts a row; where its key is there, it replaces the changed columns, or does nothing.

    Kept, because building it takes longer than running it, and an import of ten thousand invoices runs it often.
    """
    statement = postgresql_insert(table) if dialect == "postgresql" else sqlite_insert(table)
    # Without this word SQLAlchemy forgets how many rows an INSERT made.
    statement = statement.execution_options(preserve_rowcount=True)
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=list(key))
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={column: statement.excluded[column] for column in changed}
    )


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
