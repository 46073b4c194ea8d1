"""Cases and their facts, and what is kept in step with the facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, text

from casefile import tables as t
from casefile.among import among
from casefile.case_rows import row_of_case, row_of_entry, row_of_fact
from casefile.deliveries import Deliveries
from casefile.event_writing import EventWriting, Step
from casefile.fact_numbers import next_numbers
from casefile.in_step import InStep, facts_of
from casefile.parties import Parties
from casefile.payment_references import keep_references
from casefile.quarantine import Quarantine
from casefile.session import Session, insertion, moment_text
from casefile.starts import Starts
from casefile.views import Views
from domain.case import Case, apply, fold
from domain.case_ids import is_case_of
from domain.facts import FACT, CaseOpened, Fact
from domain.policy import Policy
from domain.tasks import TaskKind

__all__ = ["Cases", "Loaded", "UnknownCase"]


class UnknownCase(LookupError):
    """There is no case with this id in the case file."""


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


# Building a statement takes longer than running it: those of every turn are built once.
_LAST_FACT = select(func.max(t.facts.c.seq)).where(t.facts.c.case_id == bindparam("of"))
_FACTS_AFTER = (
    select(t.facts.c.seq, t.facts.c.body)
    .where(t.facts.c.case_id == bindparam("of"), t.facts.c.seq > bindparam("after"))
    .order_by(t.facts.c.seq)
)
_LAST_FACTS = (
    select(t.facts.c.body)
    .where(t.facts.c.case_id == bindparam("of"))
    .order_by(t.facts.c.seq.desc())
    .limit(bindparam("most"))
)
_OF_DEBTOR = (t.cases.c.creditor == bindparam("creditor"), t.cases.c.debtor == bindparam("debtor"))
_IDS_OF_DEBTOR = select(t.cases.c.id).where(*_OF_DEBTOR).order_by(t.cases.c.id)
_LAST_OF_DEBTOR = (
    select(t.facts.c.case_id, func.max(t.facts.c.seq))
    .join(t.cases, t.cases.c.id == t.facts.c.case_id)
    .where(*_OF_DEBTOR)
    .group_by(t.facts.c.case_id)
)
_MEANT = (
    select(t.cases.c.id)
    .where((t.cases.c.id == bindparam("text")) | (t.cases.c.number == bindparam("text")))
    .order_by(t.cases.c.id)
)
_OVERPAID = (
    select(t.cases.c.id)
    .join(t.tasks, t.tasks.c.case_id == t.cases.c.id)
    .where(*_OF_DEBTOR, t.tasks.c.kind == TaskKind.OVERPAYMENT.value, t.tasks.c.done_on.is_(None))
    .distinct()
    .order_by(t.cases.c.id)
)


class Cases:
    """The cases: their facts, and the fold of them."""

    def __init__(
        self,
        session: Session,
        parties: Parties,
        quarantine: Quarantine,
        deliveries: Deliveries,
        views: Views,
        starts: Starts,
    ) -> None:
        """In a transaction, with what is kept in step with the facts."""
        self._session = session
        self._parties = parties
        self._quarantine = quarantine
        self._deliveries = deliveries
        self._views = views
        self._starts = starts
        self._events = EventWriting(session)
        self._in_step = InStep(session, quarantine, deliveries)

    def open(self, case_id: str, creditor: str, facts: Sequence[Fact], at: datetime) -> bool:
        """Store a new case with its first facts and ask for its workflow to be started.

        Returns:
            False when the case exists already; nothing is changed then.

        Raises:
            ValueError: the id names another creditor: by it is told whose all is that is kept of the case.
        """
        return bool(self.open_all(creditor, {case_id: facts}, at))

    def open_all(
        self, creditor: str, cases: Mapping[str, Sequence[Fact]], at: datetime, folds: Mapping[str, Case] | None = None
    ) -> frozenset[str]:
        """Store new cases, each with its first facts, and ask for their workflows to be started.

        What all of them need is written at once, for a statement takes longer to begin than a row to write.

        Args:
            creditor: Whose cases they are.
            cases: First facts by case id.
            at: Moment, aware.
            folds: The folds of these facts, of the cases whose fold is known beforehand.

        Returns:
            Ids of those that are new; of a case that exists already nothing is changed.

        Raises:
            ValueError: an id names another creditor: by it is told whose all is that is kept of the case.
        """
        for case_id in cases:
            if not is_case_of(case_id, creditor):
                raise ValueError(
                    f"the id of a case of {creditor} begins with case:{creditor}:, and not as {case_id!r} does"
                )
        self._session.covers_all()
        of_these = _ids_among(self._session.connection.dialect.name)
        there = frozenset(self._session.connection.scalars(of_these, {"ids": list(cases)}))
        early = self._quarantine.cases_told_too_early(list(cases))
        new: dict[str, tuple[Case, tuple[Fact, ...]]] = {}
        for case_id, facts in cases.items():
            opened = facts[0]
            if not isinstance(opened, CaseOpened):
                raise ValueError("a case starts with the fact case_opened")
            if case_id not in there:
                told = self._quarantine.came_too_early(case_id, opened) if case_id in early else ()
                known = None if told or folds is None else folds.get(case_id)
                new[case_id] = known or fold((*facts, *told)), (*facts, *told)
        if new:
            self._insert_new(creditor, new, at)
        return frozenset(new)

    def _insert_new(self, creditor: str, new: Mapping[str, tuple[Case, tuple[Fact, ...]]], at: datetime) -> None:
        session = self._session
        numbers = next_numbers(session, sum(len(facts) for _, facts in new.values()))
        rows: dict[Table, list[dict[str, object]]] = {t.cases: [], t.facts: [], t.entries: []}
        for case_id, (case, facts) in new.items():
            rows[t.facts] += [{"seq": next(numbers), **row_of_fact(case_id, fact)} for fact in facts]
            last = cast("int", rows[t.facts][-1]["seq"])
            rows[t.cases].append(row_of_case(case_id, creditor, case, last))
            rows[t.entries] += [row_of_entry(case_id, each) for each in case.ledger.entries]
            session.known.folded[case_id] = last, case
        for table, of_table in rows.items():
            session.insert_new(table, of_table)
        self._starts.ask_all(list(new), at)
        keep_references(session, {case_id: case.invoice.payment_reference for case_id, (case, _) in new.items()})
        for case_id, (case, facts) in new.items():
            debtor = creditor, case.invoice.debtor
            session.known.debtors[case_id] = debtor
            session.known.families.pop(debtor, None)
            if len(facts) > 1:
                self._in_step.write(case_id, case, facts, len(case.ledger.entries))
        if self._events.anybody_is_told:
            self._events.write((case_id, _steps_of(facts)) for case_id, (_, facts) in new.items())

    def load(self, case_id: str) -> Loaded:
        """A case as it stands, with what this transaction appended.

        Raises:
            UnknownCase: when there is none.
        """
        debtor = self._session.debtor_of(case_id)
        if debtor is None:
            raise UnknownCase(f"there is no case {case_id!r} in the case file")
        self._session.covered(case_id)
        last, case = self.fold_of(case_id)
        policy = self._parties.policy(case.policy, case.policy_version)
        if policy is None:
            raise LookupError(f"policy {case.policy!r} version {case.policy_version} is not in the case file")
        return Loaded(case_id, debtor[0], case, policy, last)

    def fold_of(self, case_id: str) -> tuple[int, Case]:
        """Sequence number of a case's last fact, and the fold of its facts.

        Raises:
            UnknownCase: when it has none.
        """
        folded = self._session.known.folded.get(case_id)
        if folded is not None:
            # Nobody else writes while this transaction has the lock, and what it appends it folds itself. One that
            # only reads sees the state at its first look, to its end.
            return folded
        known = self._known(case_id)
        after = known[0] if known else 0
        mark = self._session.known.marks.get(case_id)
        rows: Sequence[Any] = ()
        if known is None or mark is None or mark.last != after:
            rows = self._session.connection.execute(_FACTS_AFTER, {"of": case_id, "after": after}).all()
        if known is None and not rows:
            raise UnknownCase(f"the case {case_id!r} has no facts")
        case = known[1] if known else None
        for _, body in rows:
            fact = FACT.validate_json(body)
            case = fold((fact,)) if case is None else apply(case, fact)
        if case is None:
            raise UnknownCase(f"the case {case_id!r} has no facts")
        self._session.known.folded[case_id] = (rows[-1][0] if rows else after, case)
        return self._session.known.folded[case_id]

    def _known(self, case_id: str) -> tuple[int, Case] | None:
        """The fold so far, of this transaction or remembered by the file."""
        known = self._session.known.folded.get(case_id)
        if known is not None:
            return known
        known = self._session.memory.case(case_id)
        if known is None or self._session.locked:
            return known
        # A reader sees the state at its first look; what is remembered may be newer.
        last = self._session.connection.scalar(_LAST_FACT, {"of": case_id})
        return known if last is not None and known[0] <= last else None

    def forget_after(self, case_id: str, last: int) -> None:
        """Forget everything when more is remembered of a case than there is: its last fact has this number."""
        known = self._session.memory.case(case_id)
        if known is not None and known[0] > last:
            self._session.memory.forget()

    def append(self, case_id: str, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Append facts; those known already are left out.

        Returns:
            The facts that were new.
        """
        self._session.covered(case_id)
        before, case = self._fold_if_any(case_id)
        numbered: list[tuple[int, Fact]] = []
        seen = frozenset[str]() if case is None else case.seen
        for fact in _unknown(facts, seen):
            seq = self._insert_fact(case_id, fact)
            if seq is not None:
                numbered.append((seq, fact))
        if numbered:
            self._events.write([self._appended(case_id, before, case, numbered)])
        return tuple(fact for _, fact in numbered)

    def append_each(self, facts: Mapping[str, Sequence[Fact]]) -> None:
        """Append facts to several cases of a debtor; those known already are left out.

        They are written at once, for a statement takes longer to begin than a row to write.

        Args:
            facts: Facts by case id.

        Raises:
            UnknownCase: when there is no such case.
        """
        fresh: dict[str, tuple[Fact, ...]] = {}
        for case_id, told in facts.items():
            self._session.covered(case_id)
            # Whoever has the lock and the fold knows of each fact whether it is there.
            if new := _unknown(told, self.fold_of(case_id)[1].seen):
                fresh[case_id] = new
        rows = [row_of_fact(case_id, fact) for case_id, new in fresh.items() for fact in new]
        if len(rows) < 2:
            for case_id, new in fresh.items():
                self.append(case_id, new)
            return
        inserted = self._session.connection.execute(_insert_facts(self._session.connection.dialect.name), rows)
        numbers = {(case_id, fact_id): seq for case_id, fact_id, seq in inserted}
        self._events.write(
            [
                self._appended(case_id, *self.fold_of(case_id), [(numbers[case_id, fact.id], fact) for fact in new])
                for case_id, new in fresh.items()
            ]
        )

    def _appended(
        self, case_id: str, before_all: int, case: Case | None, facts: Sequence[tuple[int, Fact]]
    ) -> tuple[str, Sequence[Step]]:
        """Take over the facts that were inserted into a case, each with its number; what others may hear of it."""
        known = self._session.known
        entries_before = len(case.ledger.entries) if case else 0
        steps: list[Step] = []
        for _, fact in facts:
            after = fold((fact,)) if case is None else apply(case, fact)
            steps.append((fact, case, after))
            case = after
        last, after = facts[-1][0], steps[-1][2]
        known.before.setdefault(case_id, before_all)
        known.appended[case_id] = (*known.appended.get(case_id, ()), *facts)
        known.folded[case_id] = (last, after)
        known.changed(case_id)
        known.marks.update((own, mark.further(own == case_id, len(facts), last)) for own, mark in known.marks.items())
        self._in_step.write(case_id, after, [fact for _, fact in facts], entries_before)
        return case_id, steps

    def _fold_if_any(self, case_id: str) -> tuple[int, Case | None]:
        try:
            return self.fold_of(case_id)
        except UnknownCase:
            return 0, None

    def _insert_fact(self, case_id: str, fact: Fact) -> int | None:
        """Insert a fact; returns its number, None when it was there."""
        row = row_of_fact(case_id, fact)
        statement = _insert_fact_once(self._session.connection.dialect.name)
        return cast("int | None", self._session.connection.scalar(statement, row))

    def facts(self, case_id: str) -> tuple[Fact, ...]:
        """All facts of a case in the order in which they were recorded."""
        return facts_of(self._session, case_id)

    def facts_after(self, case_id: str, last: int) -> tuple[Fact, ...]:
        """The facts recorded after a sequence number."""
        known = self._session.known
        if self._session.locked and last >= known.before.get(case_id, known.folded.get(case_id, (last + 1,))[0]):
            # What this transaction appended itself it need not read.
            return tuple(fact for seq, fact in known.appended.get(case_id, ()) if seq > last)
        rows = self._session.connection.execute(_FACTS_AFTER, {"of": case_id, "after": last})
        return tuple(FACT.validate_json(row.body) for row in rows)

    def wrote(self, case_id: str) -> tuple[tuple[int, Fact], ...]:
        """What this transaction appended to a case, each with its number."""
        return self._session.known.appended.get(case_id, ())

    def wrote_before(self, case_id: str, first: int, facts: tuple[tuple[int, Fact], ...]) -> None:
        """Know what an earlier transaction appended to a case, where nobody appended to it since: it is not read again.

        Args:
            case_id: The case.
            first: Number of its last fact before that transaction.
            facts: What that appended, each with its number.
        """
        known = self._session.known
        if facts and self._session.locked and case_id not in known.before and self.fold_of(case_id)[0] == facts[-1][0]:
            known.before[case_id] = first
            known.appended[case_id] = facts

    def last_facts(self, case_id: str, most: int) -> tuple[Fact, ...]:
        """The last facts of a case, the oldest first."""
        bodies = self._session.connection.scalars(_LAST_FACTS, {"of": case_id, "most": most}).all()
        return tuple(FACT.validate_json(body) for body in reversed(bodies))

    def siblings(self, creditor: str, debtor: str, case_id: str) -> tuple[str, ...]:
        """Ids of the debtor's other cases."""
        return tuple(other for other in self.of_debtor(creditor, debtor) if other != case_id)

    def of_debtor(self, creditor: str, debtor: str) -> tuple[str, ...]:
        """Ids of all cases of a debtor."""
        own = {"creditor": creditor, "debtor": debtor}

        def ask() -> tuple[str, ...]:
            found = tuple(self._session.connection.scalars(_IDS_OF_DEBTOR, own))
            self._session.known.debtors.update(dict.fromkeys(found, (creditor, debtor)))
            return found

        return self._session.asked(t.cases, ("of debtor", creditor, debtor), ask)

    def fold_unchanged(self, creditor: str, debtor: str) -> None:
        """Look once which cases of a debtor are as they are remembered, so that each of them need not be asked for."""
        if all(own in self._session.known.folded for own in self.of_debtor(creditor, debtor)):
            return
        for case_id, last in self._session.connection.execute(
            _LAST_OF_DEBTOR, {"creditor": creditor, "debtor": debtor}
        ):
            known = self._session.memory.case(case_id)
            if known is not None and known[0] == last:
                self._session.known.folded.setdefault(case_id, known)

    def overpaid(self, creditor: str, debtor: str, case_id: str) -> tuple[str, ...]:
        """Ids of the debtor's other cases on which a person still has to return money, or to set it off."""
        own = {"creditor": creditor, "debtor": debtor}
        found = self._session.asked(
            t.tasks,
            ("overpaid", creditor, debtor),
            lambda: tuple(self._session.connection.scalars(_OVERPAID, own)),
        )
        return tuple(other for other in found if other != case_id)

    def ids(self, creditor: str | None = None) -> tuple[str, ...]:
        """Ids of all cases, or of one creditor's."""
        query = select(t.cases.c.id).order_by(t.cases.c.id)
        if creditor is not None:
            query = query.where(t.cases.c.creditor == creditor)
        return tuple(self._session.connection.scalars(query))

    def open_ids(self) -> tuple[str, ...]:
        """Ids of the cases that are not closed."""
        return tuple(
            self._session.connection.scalars(
                select(t.cases.c.id).where(t.cases.c.closed.is_(None)).order_by(t.cases.c.id)
            )
        )

    def late(self, before: datetime, most: int) -> tuple[str, ...]:
        """Ids of some cases that should have recorded a message, or decided something, before a moment.

        Args:
            before: Aware.
            most: How many are wanted; those that are late longest come first.
        """
        moment = moment_text(before)
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
            for row in self._session.connection.execute(query.order_by(text("2")).limit(most))
        ]
        return tuple(dict.fromkeys(case_id for case_id, _ in sorted(rows, key=lambda row: row[1])))[:most]

    def closed(self, case_id: str) -> bool | None:
        """Whether a case is closed; None when there is no such case."""
        row = self._session.connection.execute(select(t.cases.c.closed).where(t.cases.c.id == case_id)).first()
        return None if row is None else row.closed is not None

    def goes_on(self, case_id: str) -> bool | None:
        """Whether a case has a run: it is not closed, or waits for its partner; None when there is no such case."""
        c = t.cases.c
        row = self._session.connection.execute(select(c.closed, c.next_action).where(c.id == case_id)).first()
        return None if row is None else row.closed is None or row.next_action == "wait"

    def find(self, text: str) -> tuple[str, ...]:
        """Ids of the cases that a person means by an id or an invoice number."""
        return tuple(self._session.connection.scalars(_MEANT, {"text": text}))


def _steps_of(facts: Sequence[Fact]) -> list[Step]:
    """The facts of a new case, each with the case before and after it."""
    steps: list[Step] = []
    case: Case | None = None
    for fact in facts:
        before, case = case, fold((fact,)) if case is None else apply(case, fact)
        steps.append((fact, before, case))
    return steps


def _unknown(facts: Sequence[Fact], seen: Collection[str]) -> tuple[Fact, ...]:
    """Those of the facts that a case has not seen, each once."""
    fresh: dict[str, Fact] = {}
    for fact in facts:
        if fact.id not in seen:
            fresh.setdefault(fact.id, fact)
    return tuple(fresh.values())


@cache
def _ids_among(dialect: str) -> Any:
    """The statement that tells which of some ids are those of cases."""
    return select(t.cases.c.id).where(among(dialect, t.cases.c.id))


@cache
def _insert_fact_once(dialect: str) -> Any:
    """The statement that inserts a fact unless it is there, and gives its number."""
    return insertion(dialect, t.facts, ("case_id", "id"), ()).returning(t.facts.c.seq)


@cache
def _insert_facts(dialect: str) -> Any:
    """The statement that inserts new facts, and gives their numbers, which follow each other as the facts do."""
    # SQLite numbers the rows of a statement in their order, and SQLAlchemy would begin one for each to be sure of it.
    ordered = dialect == "postgresql"
    f = t.facts.c
    return insert(t.facts).returning(f.case_id, f.id, f.seq, sort_by_parameter_order=ordered)
