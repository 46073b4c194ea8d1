"""The check before a hand-off as people and programs see it: each question, its answer, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from casefile.case_file import Transaction
from casefile.handed_off import partner_having
from casefile.surroundings import surroundings_of
from domain.handoffs.findings import Finding, Point
from domain.handoffs.joint import Beside, beside, together
from domain.handoffs.whole_check import check, hand_off_of
from domain.money import Money
from domain.reactions.react import react
from services.current_case import current_case
from services.handoffs.going_along import left_with
from services.handoffs.on_file import on_file_of

__all__ = ["HandoffCheck", "read_handoff_check"]


@dataclass(frozen=True, slots=True)
class HandoffCheck:
    """The check of a case on a day.

    Attributes:
        findings: Its points; none where the policy hands nothing off, or the case is with a partner already.
        handed_off_on: Day of the hand-off, if a partner has it.
        beside: The debtor's other open invoices: what would go along, and why the others would not.
        total: What is open of this one and of all that would go along.
        handed_with: Numbers of the invoices that left in the same file, if it was handed off.
        ready: Whether nothing stops it.
    """

    case_id: str
    number: str
    on: date
    findings: tuple[Finding, ...]
    handed_off_on: date | None
    beside: tuple[Beside, ...]
    total: Money
    handed_with: tuple[str, ...] = ()

    @property
    def goes_with(self) -> tuple[str, ...]:
        """Numbers of the invoices that would go along."""
        return tuple(each.sibling.case.invoice.number for each in self.beside if each.goes)

    @property
    def ready(self) -> bool:
        """Whether nothing stops the hand-off."""
        return bool(self.findings) and not any(each.stops for each in self.findings)

    @property
    def waits_for_notice(self) -> bool:
        """Whether it would wait for the term of the notice."""
        return any(each.point is Point.NOTICE and each.stops for each in self.findings)

    def as_json(self) -> dict[str, object]:
        """The check as JSON values."""
        return {
            "case": self.case_id,
            "number": self.number,
            "on": self.on.isoformat(),
            "ready": self.ready,
            "handed_off_on": None if self.handed_off_on is None else self.handed_off_on.isoformat(),
            "handed_with": list(self.handed_with),
            "beside": [
                {
                    "case": each.sibling.key,
                    "number": each.sibling.case.invoice.number,
                    "goes": each.goes,
                    "why": each.why,
                }
                for each in self.beside
            ],
            "total": {"amount": self.total.text, "currency": self.total.currency},
            "points": [
                {
                    "point": each.point.value,
                    "question": each.point.words,
                    "answer": each.answer,
                    "evidence": each.evidence,
                    "on": None if each.on is None else each.on.isoformat(),
                    "stops": each.stops,
                    "until": None if each.until is None else each.until.isoformat(),
                    "task": None if each.task is None else each.task.value,
                }
                for each in self.findings
            ],
        }


def read_handoff_check(transaction: Transaction, case_id: str, now: datetime) -> HandoffCheck:
    """The check of a case, by what is known now.

    Args:
        transaction: On the case file.
        case_id: The case.
        now: The present moment.

    Raises:
        UnknownCase: when there is none.
    """
    current = current_case(transaction, case_id, now)
    policy = current.policy
    surroundings = surroundings_of(transaction, current.as_loaded)
    case = react(current.case, policy, surroundings, now).case
    on = policy.sending_calendar.local_date(now)
    findings: tuple[Finding, ...] = ()
    others: tuple[Beside, ...] = ()
    step = hand_off_of(policy)
    if case.closed is None and not case.handed_off:
        creditor = transaction.parties.creditor(current.loaded.creditor)
        if step is not None:
            others = beside(case, policy, surroundings, step, on)
        whole = together(case, [each.sibling for each in others if each.goes])
        having = partner_having(transaction.session, creditor.id, case.invoice.debtor)
        on_file = on_file_of(transaction, case_id, creditor, case, policy, whole, having)
        findings = check(case, policy, surroundings, on, on_file)
    return HandoffCheck(
        case_id,
        case.invoice.number,
        on,
        findings,
        # What came back is on its way to the next one.
        case.handed_off_on if case.handed_off else None,
        others,
        together(case, [each.sibling for each in others if each.goes]),
        left_with(transaction, current.loaded) if case.handed_off else (),
    )
