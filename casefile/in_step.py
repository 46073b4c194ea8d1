"""What is kept in step with the facts of a case, and which people and reports read: ledger, tasks, quarantine."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from casefile import tables as t
from casefile.case_rows import row_of_entry
from casefile.debtor_statuses import tell_status
from casefile.deliveries import Deliveries
from casefile.payment_runs import tell_payment_run
from casefile.quarantine import Quarantine
from casefile.session import Session
from domain.case import Case
from domain.facts import (
    FACT,
    DebtorStatusEnded,
    DebtorStatusProven,
    DebtorStatusReported,
    DeliveryConcluded,
    DeliveryStatus,
    Fact,
    MessageCrossed,
    MessageQuarantined,
    QuarantineSettled,
    SendSettled,
    StepTaken,
)
from domain.payment_runs import told_of_run

__all__ = ["InStep", "facts_of"]

# Building a statement takes longer than running it: those of every turn are built once.
_FACTS = select(t.facts.c.body).where(t.facts.c.case_id == bindparam("of")).order_by(t.facts.c.seq)


def facts_of(session: Session, case_id: str) -> tuple[Fact, ...]:
    """All facts of a case in the order in which they were recorded."""

    def ask() -> tuple[Fact, ...]:
        return tuple(FACT.validate_json(body) for body in session.connection.scalars(_FACTS, {"of": case_id}))

    if not session.locked:
        # Who only reads sees the state at his first look, to the end.
        return session.asked(t.facts, ("all of", case_id), ask)
    # Who has the lock and the fold knows the number of its last fact, also of those that he appended.
    folded = session.known.folded.get(case_id)
    return ask() if folded is None else session.asked(t.facts, ("all of", case_id, folded[0]), ask)


class InStep:
    """Writes what follows for the other tables."""

    def __init__(self, session: Session, quarantine: Quarantine, deliveries: Deliveries) -> None:
        """In a transaction."""
        self._session = session
        self._quarantine = quarantine
        self._deliveries = deliveries

    def write(self, case_id: str, case: Case, fresh: Sequence[Fact], entries_before: int) -> None:
        """Keep them in step with facts that were appended.

        Args:
            case_id: The case.
            case: As it stands with them.
            fresh: The facts.
            entries_before: How many entries its ledger had before them.
        """
        for entry in case.ledger.entries[entries_before:]:
            self._session.insert_once(t.entries, row_of_entry(case_id, entry), ["case_id", "id"])
        if any(fact.kind in ("task_raised", "task_done", "call_logged") for fact in fresh):
            for task in case.tasks:
                row = {
                    "case_id": case_id,
                    "id": task.id,
                    "kind": task.kind,
                    "step": task.step,
                    "raised_on": task.raised_on,
                    "done_on": task.done_on,
                    "outcome": task.outcome or None,
                    "again_on": task.again_on,
                    "again_at": task.again_at or None,
                }
                changing = ["done_on", "outcome", "again_on", "again_at"]
                self._session.upsert(t.tasks, row, ["case_id", "id"], changing)
        told = [f for f in fresh if isinstance(f, DebtorStatusReported | DebtorStatusProven | DebtorStatusEnded)]
        if told:
            debtor = self._session.debtor_of(case_id)
            if debtor is not None:
                tell_status(self._session, *debtor, told)
        habits = [f for f in fresh if told_of_run(None, (f,)) is not None]
        if habits and (debtor := self._session.debtor_of(case_id)) is not None:
            tell_payment_run(self._session, debtor, habits)
        for fact in fresh:
            if isinstance(fact, MessageQuarantined):
                self._quarantine.keep_of_fact(case_id, fact)
            elif isinstance(fact, MessageCrossed):
                self._deliveries.mark_message_crossed(case_id, fact.message)
            elif isinstance(fact, DeliveryConcluded):
                if case_id in self._deliveries.cases_of(fact.key):
                    self._deliveries.conclude(fact.key, fact.status.value, fact.at, fact.reason)
            elif isinstance(fact, SendSettled):
                self._settle_deliveries(case_id, fact)
            elif isinstance(fact, QuarantineSettled):
                self._quarantine.settle(case_id, fact.of, fact.outcome)

    def _settle_deliveries(self, case_id: str, fact: SendSettled) -> None:
        """A person said what became of a step: so of its deliveries that nobody could prove."""
        messages = {
            taken.message
            for taken in facts_of(self._session, case_id)
            if isinstance(taken, StepTaken) and (taken.step, taken.issue) == (fact.step, fact.issue)
        }
        for delivery in self._deliveries.of_case(case_id):
            if delivery.message in messages and delivery.status == DeliveryStatus.UNPROVEN.value:
                self._deliveries.conclude(delivery.key, fact.outcome, fact.at, "settled by a person")
