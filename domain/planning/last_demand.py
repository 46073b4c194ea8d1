"""The last demand: no consumer is handed off who did not get one, and seven days after it.

It claims all that the agency will, and names the partner and the day (practice.md, Hand-off).
"""

from __future__ import annotations

from datetime import date, timedelta

from domain.case import Case
from domain.invoice import YesNoUnknown
from domain.notices import LEAST_LAST_TERM, is_protected
from domain.policy import Policy, Step
from domain.sent import TakenStep


def needs_last_demand(case: Case, policy: Policy) -> bool:
    """Whether the debtor must have had a final demand: a consumer, and under a policy with law whoever may be one."""
    status = case.invoice.legal_status
    known = status.natural_person is YesNoUnknown.YES and status.in_business is YesNoUnknown.NO
    return known or (policy.law is not None and is_protected(case, policy))


def follows_last_demand(case: Case, policy: Policy, step: Step) -> date | None:
    """First day on which a hand-off may follow the last demand that was sent; None when none was."""
    sent = next((taken for taken in reversed(case.taken) if _is_last_demand(taken, policy, step)), None)
    if sent is None:
        return None
    if step.when.term_expired == sent.step and (sent.term_days or 0) >= LEAST_LAST_TERM:
        # The step waits for its term anyway.
        return sent.on
    return sent.on + timedelta(days=LEAST_LAST_TERM)


def _is_last_demand(taken: TakenStep, policy: Policy, step: Step) -> bool:
    """Whether a message was the final demand, by its letter or its name, or claimed all that the hand-off does."""
    if taken.kind != "send" or taken.void or not taken.proven:
        return False
    rung = policy.step(taken.step)
    if rung is not None and (rung.letter_name.startswith("final") or rung.id.startswith("final")):
        return True
    # A notice of default is recorded without what its step announces: it announces no costs.
    announces = rung.announces if rung is not None and taken.legal == "default_notice" else taken.announces
    return taken.claims == step.claims and (taken.claims == "all" or "handoff" in announces)
