"""What follows from a payment run of the debtor: each of his invoices waits for the first one after its due date."""

from __future__ import annotations

from datetime import datetime

from domain import facts as f
from domain.blockers import HoldKind
from domain.case import Case
from domain.handling.holds import runs_granted
from domain.notices import is_protected
from domain.payment_runs import free_after_run
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.surroundings import Surroundings

_OWN = "run-of-grace"
"""Id of the fact: an invoice has one run of grace."""


def payment_run_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """The grace of one run, from the due date until the day after the first run on or after it.

    Not when that run has passed, a notice is out (its last day was told him), or a person granted one for this invoice.
    Consumers have none by themselves: while an invoice waits, the one letter on all of them would (BW 6:96 lid 7).
    """
    run = surroundings.payment_run
    if run is None or run.day is None or case.closed is not None or _OWN in case.seen or runs_granted(case):
        return NOTHING_FOLLOWS
    if case.open.amount <= policy.tolerance or is_protected(case, policy) or _has_a_term(case):
        return NOTHING_FOLLOWS
    free = free_after_run(run.day, case.due)
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    if today >= free:
        return NOTHING_FOLLOWS
    at = calendar.early(case.due)
    if now < at:
        return Timely(next_at=at)
    hold = f.HoldPlaced(id=_OWN, at=now, on=today, hold=HoldKind.PAYMENT_RUN, until=free, about=str(run.day))
    return Timely((hold,))


def _has_a_term(case: Case) -> bool:
    return any(t.kind == "send" and not t.void and (t.term_days is not None or t.legal is not None) for t in case.taken)
