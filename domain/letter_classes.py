"""Classes of letters: what a message is whatever its step is called, so that no policy sends one a second time.

Source: practice.md, send key: a policy change never repeats a class already sent; only `reissue_notice` does.
"""

from __future__ import annotations

from domain.case import Case
from domain.notices import is_protected, sets_costs
from domain.policy import Policy, Step
from domain.sent import TakenStep


def class_of(step: Step, case: Case, policy: Policy) -> str | None:
    """The class of the message that a step sends; None for a step that sends none."""
    if not step.send:
        return None
    if step.term is None or step.letter_name == "final_demand":
        return step.letter_name
    if sets_costs(step, case, policy):
        return "cost_notice"
    first = next(rung for rung in policy.steps if rung.send and rung.term is not None)
    if policy.law == "BE" and is_protected(case, policy) and step is first:
        return "first_reminder"
    return "notice"


def standing_for(case: Case, policy: Policy, target: Policy) -> tuple[tuple[str, str], ...]:
    """Which step of another policy each message already sent stands for, where that has another id.

    Args:
        case: The case.
        policy: Its policy until now.
        target: The policy that it moves to.
    """
    free = {step.id: class_of(step, case, target) for step in target.steps}
    found: list[tuple[str, str]] = []
    for old in dict.fromkeys([t.step for t in case.taken if t.kind == "send"] + _under_way(case)):
        kind = _class_sent(old, case, policy)
        alike = [step_id for step_id, other in free.items() if other == kind]
        if kind is None or not alike:
            continue
        new = old if old in alike else alike[0]
        del free[new]
        if new != old:
            found.append((old, new))
    return tuple(found)


def _under_way(case: Case) -> list[str]:
    attempt = case.attempt
    return [] if attempt is None or not attempt.may_have_reached_debtor else [attempt.step]


def _class_sent(step_id: str, case: Case, policy: Policy) -> str | None:
    """The class of a step that was taken: what its message did in law, and else what the policy made of it."""
    step = policy.step(step_id)
    kind = None if step is None else class_of(step, case, policy)
    sent: TakenStep | None = next((t for t in reversed(case.taken) if t.step == step_id), None)
    if sent is None:
        return kind
    if sent.legal in ("cost_notice", "first_reminder"):
        return sent.legal
    return "notice" if sent.legal == "notice" and kind in ("cost_notice", "first_reminder") else kind
