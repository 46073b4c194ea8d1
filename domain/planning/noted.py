"""What is decided once it is noted what a decision passed over, or why it holds a step back: mostly the same.

The planner asks no more of such notes than which steps are left, so it need not go through all of them again.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.blockers import BlockerKind
from domain.case import Case
from domain.facts import Fact, StepHeldBack, StepPassedOver
from domain.planning.decision import Decision
from domain.policy import CatchUp, Policy
from domain.replacing import replace

__all__ = ["once_noted"]


def once_noted(decision: Decision, case: Case, policy: Policy, notes: Sequence[Fact]) -> Decision | None:
    """What `plan` decides of the case with these notes; None where only it can tell.

    Args:
        decision: What it decided without them.
        case: The case without them.
        policy: Its policy.
        notes: The facts that follow from the decision.
    """
    if policy.catch_up is not CatchUp.IN_ORDER or case.promises or case.arrangements:
        # Whether a step was seen before, or is the one that a promise names, decides which ones are left out.
        return None
    if decision.passed_over:
        if len(notes) != len(decision.passed_over) or not all(_is_left_for_good(each, policy) for each in notes):
            return None
        return replace(decision, passed_over=())
    held = all(isinstance(each, StepHeldBack) and _MONEY not in each.blockers for each in notes)
    return decision if held and decision.action == "wait" else None


_MONEY = BlockerKind.MONEY_UNALLOCATED.value
"""What waits for money that is on no invoice was waiting for it before, or not."""


def _is_left_for_good(note: Fact, policy: Policy) -> bool:
    """Whether a step is passed over that has no further issue."""
    step = policy.step(note.step) if isinstance(note, StepPassedOver) else None
    return step is not None and step.repeat is None
