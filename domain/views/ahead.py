"""What lies ahead of a case, for lists that must not open every case: its dated things, and what leaves next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from domain.arrangements import schedule_of
from domain.case import Case
from domain.handoffs.approving import APPROVAL_DAYS
from domain.notices import legal_role, term_of
from domain.planning.decision import Decision
from domain.policy import Policy
from domain.reactions.deadlines import deadlines
from domain.terms import CreditorTerms

__all__ = ["SHOWN_BEFORE", "Ahead", "Dated", "DatedKind", "ahead_of"]

DatedKind = Literal[
    "limitation",
    "complaint_rights",
    "credit_insurer",
    "vat_reclaim",
    "term_end",
    "approval_lapses",
    "arrangement_end",
    "instalment",
    "promise",
]
"""What falls on a day: a deadline of the claim, the last day of a letter's term (E), of an approval of the hand-off, of
an arrangement; an instalment; a promise."""

SHOWN_BEFORE: dict[DatedKind, int] = {
    "limitation": 90,
    "complaint_rights": 21,
    "credit_insurer": 21,
    "vat_reclaim": 21,
    "term_end": 7,
    "approval_lapses": 10,
    "arrangement_end": 7,
    "instalment": 7,
    "promise": 7,
}
"""How many days before its day each is shown (practice.md, "The morning screen", block 5)."""


@dataclass(frozen=True, slots=True)
class Dated:
    """Something of a case that falls on a day; `minor` is the amount in minor units, where it has one."""

    kind: DatedKind
    day: date
    minor: int | None = None

    @property
    def shown_from(self) -> date:
        """First day on which it is shown."""
        return self.day - timedelta(days=SHOWN_BEFORE[self.kind])


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lies ahead of a case.

    Attributes:
        dates: The nearest first.
        formal: Whether what leaves next is its first letter that does something in law.
    """

    dates: tuple[Dated, ...] = ()
    formal: bool = False


def ahead_of(case: Case, policy: Policy, terms: CreditorTerms, decision: Decision, now: datetime) -> Ahead:
    """What lies ahead of a case after a decision taken at `now`."""
    today = policy.sending_calendar.local_date(now)
    # What was promised stays until it is judged; a deadline that has passed is no longer ahead.
    found = sorted(
        (each for each in _dates(case, policy, terms) if each.day >= today or each.minor is not None),
        key=lambda each: (each.day, each.kind),
    )
    return Ahead(tuple(found), _is_first_formal(case, policy, decision))


def _dates(case: Case, policy: Policy, terms: CreditorTerms) -> Iterator[Dated]:
    for each in deadlines(case, policy, terms):
        yield Dated(each.kind, each.day)
    if case.closed is not None:
        return
    letter = next((taken for taken in reversed(case.taken) if taken.term_days is not None and not taken.void), None)
    term = None if letter is None else term_of(letter, case, policy, terms)
    if term is not None:
        yield Dated("term_end", term.last_day)
    if case.approval is not None and not case.handed_off:
        yield Dated("approval_lapses", case.approval.on + timedelta(days=APPROVAL_DAYS))
    if case.arrangement is not None:
        for part in schedule_of(case.arrangement, case.ledger):
            if part.open.is_positive:
                yield Dated("instalment", part.due, part.open.minor)
        yield Dated("arrangement_end", case.arrangement.instalments[-1].due)
    for promise in case.promises:
        if promise.stands:
            yield Dated("promise", promise.by, promise.minor)


def _is_first_formal(case: Case, policy: Policy, decision: Decision) -> bool:
    step = policy.step(decision.step or "") if decision.action == "send" else None
    if step is None or step.answers or any(taken.legal or taken.term_days for taken in case.taken):
        return False
    return step.term is not None or legal_role(step, case, policy) is not None
