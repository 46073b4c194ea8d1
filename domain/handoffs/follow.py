"""Following to a partner: what of a ladder is still taken while a partner speaks with the debtor on another invoice.

A person decided that the invoice follows (task `let_follow`). Then only what the hand-off needs leaves: the letter
whose term it waits for, and a consumer's final demand. No reminder, and no call (practice.md, Hand-off).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.blockers import HoldKind
from domain.case import Case
from domain.planning.last_demand import needs_last_demand
from domain.policy import Policy, Step
from domain.surroundings import Surroundings
from domain.tasks import is_call_task

__all__ = ["HEARS_FROM_PARTNER", "goes_without"]

HEARS_FROM_PARTNER: Final = "the debtor hears from the partner who has another invoice of his"
"""Why a step is left out, then."""


def goes_without(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> bool:
    """Whether a step is left out, since the case follows to the partner who has another invoice of the debtor.

    Args:
        case: The case.
        policy: Its policy.
        surroundings: Its surroundings.
        step: The step.
        today: The day.
    """
    if surroundings.with_partner is None or not _follows(case, today):
        return False
    if step.task is not None:
        return is_call_task(step.task)
    return not (step.hand_off or step.id in policy.gate_steps or _is_final_demand(case, policy, step))


def _follows(case: Case, today: date) -> bool:
    """Whether a person ended the hold that stopped it."""
    held = [hold for hold in case.holds if hold.kind is HoldKind.SIBLING_WITH_PARTNER]
    return bool(held) and not any(hold.covers(today) for hold in held)


def _is_final_demand(case: Case, policy: Policy, step: Step) -> bool:
    named = step.letter_name.startswith("final") or step.id.startswith("final") or step.claims == "all"
    return named and needs_last_demand(case, policy)
