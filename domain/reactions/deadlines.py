"""Deadlines of a claim: what is lost when nobody acts in time. They run through every hold.

Three weeks and one week before each, a person gets a task (practice.md, "Deadlines run through every hold").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias, get_args

from domain.calendar import SendingCalendar
from domain.case import Case
from domain.facts import CloseReason, TaskRaised
from domain.handoffs.with_partner import lives_on
from domain.law import nl
from domain.notices import is_protected
from domain.policy import Policy
from domain.tasks import TaskKind
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
    """The deadlines of a case, the nearest first; none of a policy without law, nor of a claim that is settled.

    Those of a case with whose hand-off it ended are told here and raise no tasks: the agency has the file.
    """
    if policy.law is None or case.closed not in (None, CloseReason.HANDED_OFF):
        return ()
    return _deadlines(*_basis(case, policy, terms))


def deadline_tasks(
    case: Case, policy: Policy, terms: CreditorTerms, now: datetime
) -> tuple[tuple[TaskRaised, ...], datetime | None]:
    """The tasks about deadlines that are due now and were not raised before, and when the next one falls due."""
    if policy.law is None or not (case.closed is None or (case.closed is CloseReason.HANDED_OFF and lives_on(case))):
        return (), None
    warnings = _warnings(policy.sending_calendar, *_basis(case, policy, terms))
    if not warnings or warnings[0].at > now:
        return (), warnings[0].at if warnings else None
    today = policy.sending_calendar.local_date(now)
    latest: dict[DeadlineKind, _Warning] = {warning.of.kind: warning for warning in warnings if warning.at <= now}
    facts = []
    for kind, warning in latest.items():
        task = TaskKind(f"{kind}_in_{warning.days}_days")
        if warning.of.day < today:
            if warning.of.day < case.opened_on and kind != "limitation":
                continue
            task = TaskKind(f"{kind}_passed")
        own = f"deadline:{task}:{warning.of.day}"
        if own not in case.seen:
            facts.append(TaskRaised(id=own, at=now, on=today, task=task))
    return tuple(facts), next((warning.at for warning in warnings if warning.at > now), None)


def is_deadline_task(kind: str) -> bool:
    """Whether a task tells of a deadline."""
    return any(kind.startswith(f"{each}_") for each in get_args(DeadlineKind))


# Deadlines follow from few facts, and are asked at every turn of every case: they are worked out once.


class _Basis(NamedTuple):
    """All that the deadlines of a case depend on."""

    law: str
    due: date
    interrupted_on: date | None
    consumer: bool
    goods: bool
    delivered_on: date | None
    insurer_days: int | None


_Values: TypeAlias = tuple[str, date, date | None, bool, bool, date | None, int | None]
"""The same, as it is looked up: a plain tuple is made in a quarter of the time."""


class _Warning(NamedTuple):
    at: datetime
    days: int
    of: Deadline


def _basis(case: Case, policy: Policy, terms: CreditorTerms) -> _Values:
    invoice = case.invoice
    return (
        policy.law or "",
        case.due,
        _interrupted_on(case),
        is_protected(case, policy),
        invoice.goods,
        invoice.delivered_on,
        terms.insurer_notice_days,
    )


def _interrupted_on(case: Case) -> date | None:
    """The last day on which a written demand is proven to have reached him (BW 3:317), or he acknowledged the debt.

    Presumed receipt is no proof. Who promises to pay, or agrees on a settlement, acknowledges it (3:318).
    """
    days = [
        t.received_on
        for t in case.taken
        if t.received_on is not None and t.kind == "send" and t.proven and (t.legal is not None or t.term_days)
    ]
    if case.promises or case.settlements or case.arrangements:
        days.extend(each.since for each in case.promises if each.was_made)
        days.extend(each.since for each in case.settlements)
        days.extend(each.interrupts_until for each in case.arrangements if each.acknowledges)
    return max(days) if days else None


@lru_cache(maxsize=65536)
def _warnings(calendar: SendingCalendar, *basis: *_Values) -> tuple[_Warning, ...]:
    found = [
        _Warning(calendar.moment(deadline.day - timedelta(days=days), _TOLD_AT), days, deadline)
        for deadline in _deadlines(*basis)
        for days in WARN_DAYS
    ]
    return tuple(sorted(found, key=lambda warning: (warning.at, warning.of.kind)))


@lru_cache(maxsize=65536)
def _deadlines(*basis: *_Values) -> tuple[Deadline, ...]:
    return tuple(sorted(_found(_Basis(*basis)), key=lambda deadline: (deadline.day, deadline.kind)))


def _found(basis: _Basis) -> Iterator[Deadline]:
    if basis.insurer_days is not None:
        yield Deadline("credit_insurer", basis.due + timedelta(days=basis.insurer_days))
    if basis.law != "NL":
        # Belgian limitation is not in our facts: nothing is guessed.
        return
    sale = basis.goods and basis.consumer
    yield Deadline("limitation", nl.limitation_ends(basis.due, basis.interrupted_on, consumer_sale=sale))
    if basis.goods:
        yield Deadline("complaint_rights", nl.right_to_take_back_ends(basis.due, basis.delivered_on))
    yield Deadline("vat_reclaim", nl.vat_reclaim_ends(basis.due))
