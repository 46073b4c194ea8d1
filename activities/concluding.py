"""Concluding: what became of a message, for every case in it, and what each of them is done with thereby."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from activities.calling import Outcome
from casefile.case_file import Transaction
from domain.case import Case, apply
from domain.facts import DeliveryStatus, Fact
from domain.reactions.sending import concluded, sending_finished

__all__ = ["Concluding"]


class Concluding:
    """Gathers what the cases of a message hear, and writes it at once: it takes longer to begin than to write."""

    def __init__(self, transaction: Transaction, now: datetime) -> None:
        """In a transaction that locks their debtor.

        Args:
            transaction: On the case file.
            now: Moment of the step.
        """
        self._transaction = transaction
        self._now = now
        self._cases: dict[str, Case] = {}
        self._facts: dict[str, list[Fact]] = {}

    def hear(self, outcome: Outcome) -> tuple[str, ...]:
        """Take in what became of a delivery, unless more is known already; returns the ids of all its cases."""
        deliveries = self._transaction.deliveries
        served = deliveries.served_by(outcome.key)
        if served is None:
            return ()
        if len(served.cases) > 1:
            loaded = self._transaction.cases.load(served.cases[0])
            self._transaction.cases.fold_unchanged(loaded.creditor, loaded.case.invoice.debtor)
        # Each of them hears it, the last as the first.
        if not any([self._is_news(case_id, served.intended_real, outcome) for case_id in served.cases]):
            return served.cases
        for channel in outcome.blocks:
            self._transaction.blocked.block(channel, served.recipient, outcome.reason, self._now, outcome.key)
        if outcome.reference is not None:
            deliveries.concluded_as(outcome.key, outcome.reference)
        return served.cases

    def write(self, case_ids: Iterable[str]) -> None:
        """Append what cases heard, and that their message came to its end, where it did."""
        for case_id in case_ids:
            policy = self._transaction.cases.load(case_id).policy
            on = policy.sending_calendar.local_date(self._now)
            self._take(case_id, sending_finished(self._case(case_id), policy, self._now, on))
        self._transaction.cases.append_each(self._facts)
        self._transaction.deliveries.write_names()
        self._cases, self._facts = {}, {}

    def _case(self, case_id: str) -> Case:
        """A case with what it heard."""
        known = self._cases.get(case_id)
        return self._transaction.cases.load(case_id).case if known is None else known

    def _take(self, case_id: str, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        case = self._case(case_id)
        for fact in facts:
            case = apply(case, fact)
        self._cases[case_id] = case
        self._facts.setdefault(case_id, []).extend(facts)

    def _is_news(self, case_id: str, intended: datetime, outcome: Outcome) -> bool:
        """Whether a case had not heard yet what became of a delivery, intended at a real moment; it has now."""
        case = self._case(case_id)
        statuses = {d.key: d.status for d in (case.attempt.deliveries if case.attempt else ())}
        this_try = outcome.intended is None or intended == outcome.intended
        unsettled: tuple[DeliveryStatus, ...] = (DeliveryStatus.INTENDED, DeliveryStatus.UNKNOWN)
        if outcome.status is DeliveryStatus.SENT:
            # Whoever heard that it was sent is right, however late, and whatever was believed meanwhile.
            unsettled = (*unsettled, DeliveryStatus.NOT_SENT, DeliveryStatus.UNPROVEN)
        elif not this_try:
            return False
        if statuses.get(outcome.key) not in unsettled:
            # Somebody else (a companion's activity, a person) settled it in the meantime.
            return False
        policy = self._transaction.cases.load(case_id).policy
        on = policy.sending_calendar.local_date(self._now)
        reason, wait = outcome.reason, outcome.wait
        self._take(case_id, [concluded(case, outcome.key, outcome.status, self._now, on, reason=reason, wait=wait)])
        return True
