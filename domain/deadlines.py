"""Deadlines of a claim: what is lost when nobody acts in time. They run through every hold.

Three weeks and one week before each, a person gets a task (practice.md, "Deadlines run through every hold").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from domain.calendar import SendingCalendar
from domain.case import Case
from domain.facts import TaskRaised
from domain.law import nl
from domain.notices import is_protected
from domain.policy import Policy
from domain.terms import CreditorTerms

DeadlineKind = Literal["limitation", "complaint_rights", "credit_insurer", "vat_reclaim"]

WARN_DAYS = (21, 7)
"""Days before a deadline on which a person is told."""

_TOLD_AT = time(8, 0)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day after which something is lost.

    Attributes:
        kind: `limitation` of the claim (BW 3:307, 7:28; moved by what interrupts it, 3:317, 3:319);
            `complaint_rights`, the seller's right to take goods back (7:44); `credit_insurer`, to be told by then;
            `vat_reclaim`, the year after which VAT on a bad debt is to be reclaimed (art. 29 Wet OB).
        day: The last day.
    """

    kind: DeadlineKind
    day: date


def deadlines(case: Case, policy: Policy, terms: CreditorTerms) -> tuple[Deadline, ...]:
    """The deadlines of an open case, the nearest first; none of a policy without law."""
    if policy.law is None or case.closed is not None:
        return ()
    return tuple(sorted(_found(case, policy, terms), key=lambda deadline: (deadline.day, deadline.kind)))


def _found(case: Case, policy: Policy, terms: CreditorTerms) -> Iterator[Deadline]:
    invoice = case.invoice
    if terms.insurer_notice_days is not None:
        yield Deadline("credit_insurer", case.due + timedelta(days=terms.insurer_notice_days))
    if policy.law != "NL":
        # Belgian limitation is not in our facts: nothing is guessed.
        return
    sale = invoice.goods and is_protected(case, policy)
    yield Deadline("limitation", nl.limitation_ends(case.due, _interrupted_on(case), consumer_sale=sale))
    if invoice.goods:
        yield Deadline("complaint_rights", nl.right_to_take_back_ends(case.due, invoice.delivered_on))
    yield Deadline("vat_reclaim", nl.vat_reclaim_ends(case.due))


def _interrupted_on(case: Case) -> date | None:
    """The last day on which a written demand is proven to have reached him (BW 3:317); presumed receipt is no proof."""
    days = [
        t.received_on
        for t in case.taken
        if t.kind == "send" and t.proven and t.received_on is not None and (t.legal is not None or t.term_days)
    ]
    return max(days, default=None)


def told(case: Case, policy: Policy, terms: CreditorTerms, now: datetime) -> tuple[TaskRaised, ...]:
    """The tasks about deadlines that are due now and were not raised before."""
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    facts = []
    for deadline in deadlines(case, policy, terms):
        task = _task(deadline, case, calendar, now, today)
        if task is not None:
            own = f"deadline:{task}:{deadline.day}"
            if own not in case.seen:
                facts.append(TaskRaised(id=own, at=now, on=today, task=task))
    return tuple(facts)


def _task(deadline: Deadline, case: Case, calendar: SendingCalendar, now: datetime, today: date) -> str | None:
    if deadline.day < today:
        watched = deadline.day >= case.opened_on or deadline.kind == "limitation"
        return f"{deadline.kind}_passed" if watched else None
    passed = [days for days in WARN_DAYS if _moment(deadline, days, calendar) <= now]
    return f"{deadline.kind}_in_{passed[-1]}_days" if passed else None


def next_moment(case: Case, policy: Policy, terms: CreditorTerms, now: datetime) -> datetime | None:
    """When the next task about a deadline falls due; None when there is none."""
    calendar = policy.sending_calendar
    moments = [
        moment
        for deadline in deadlines(case, policy, terms)
        for days in WARN_DAYS
        if (moment := _moment(deadline, days, calendar)) > now
    ]
    return min(moments, default=None)


def _moment(deadline: Deadline, days: int, calendar: SendingCalendar) -> datetime:
    return calendar.moment(deadline.day - timedelta(days=days), _TOLD_AT)
