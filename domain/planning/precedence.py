"""Precedence: of two invoices of a debtor that are due at one moment and must keep days apart, the older goes first.

Else it would hang on which of the two cases woke first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from domain.case import Case
from domain.claims.costs import age_of
from domain.notices import legal_role
from domain.planning.decision import Decision
from domain.planning.joint_letter import belongs_in, left_out
from domain.policy import Policy, Step
from domain.surroundings import Sibling, Surroundings

_TAKEN = ("send", "task", "hand_off")


def goes_first(
    case: Case,
    policy: Policy,
    surroundings: Surroundings,
    step: Step,
    now: datetime,
    plan: Callable[[Case, Policy, Surroundings, datetime], Decision],
) -> bool:
    """Whether an older invoice of the debtor takes a step now that this one must keep its distance from.

    Only messages are counted: a call and a call may fall on one day, a call and a letter may not.
    """
    today = policy.sending_calendar.local_date(now)
    role = legal_role(step, case, policy, surroundings.terms, today)
    for older in surroundings.siblings:
        if older.case.closed is not None or age_of(older.case) >= age_of(case):
            continue
        alone = _as_it_stands(older, Sibling("", case, policy), surroundings)
        decision = plan(older.case, older.policy, replace(alone, siblings=()), now)
        rung = older.policy.step(decision.step or "")
        if rung is None or decision.action not in _TAKEN or decision.at is None or decision.at > now:
            continue
        if not (step.send or rung.send) or _travel_together(step, policy, rung, older.policy):
            continue
        if role == "cost_notice" and belongs_in(older, case.ledger.currency, surroundings, today):
            continue  # It comes along in this one's letter.
        its_role = legal_role(rung, older.case, older.policy, surroundings.terms, today)
        if its_role == "cost_notice" and left_out(older.case, alone, today):
            continue
        return True
    return False


def _as_it_stands(older: Sibling, younger: Sibling, surroundings: Surroundings) -> Surroundings:
    """What surrounds an older case, seen from a younger one."""
    others = [younger, *(s for s in surroundings.siblings if s.key != older.key)]
    days = [day for s in others if (day := s.case.last_contact_on) is not None]
    return replace(
        surroundings, siblings=tuple(others), debtor_contacted_on=max(days, default=None), debtor_reminded_on=None
    )


def _travel_together(step: Step, policy: Policy, rung: Step, other: Policy) -> bool:
    """Whether reminders of one day go in one message anyway."""
    return step.reminds and rung.reminds and policy.bundle == "debtor" and other.bundle == "debtor"
