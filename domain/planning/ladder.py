"""The ladder: which steps are left, in which order, and which are left out for good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.case import Case
from domain.notices import counts_as_taken, in_force, is_protected
from domain.planning.agreed import called_for
from domain.planning.moments import moment_of
from domain.planning.sending_again import sent_again
from domain.policy import CatchUp, Policy, Step
from domain.sending_stops import free_from
from domain.surroundings import Surroundings


def steps_left(case: Case, policy: Policy) -> Iterator[tuple[Step, int]]:
    """Steps not taken and not passed over, in ladder order, each with its next issue.

    A step earlier on the ladder than one already taken is never gone back to, also after a change of policy;
    but for one that a gate needs and that has no term yet: without it the ladder would stand still for ever; and for
    a reminder that came back and goes again.
    """
    last = -1
    positions, gates = policy.positions, policy.gate_steps
    back = sent_again(case, policy)
    counts: dict[str, int] = {}
    again: dict[str, int] = {}
    for taken in case.taken:
        if taken.returned_on is not None:
            # The file came back: the next hand-off has the next number.
            again[taken.step] = again.get(taken.step, 0) + 1
            continue
        plain = not taken.void and taken.legal != "default_notice"
        if back is not None and back.replaces(taken):
            again[taken.step] = again.get(taken.step, 0) + 1
        elif plain or counts_as_taken(taken, policy.step(taken.step), case, policy):
            counts[taken.step] = counts.get(taken.step, 0) + 1
            place = positions.get(taken.step, -1)
            if place > last:
                last = place
        else:
            # A void letter, or the notice of default before it: the next one has the next number.
            again[taken.step] = again.get(taken.step, 0) + 1
    for passed, _ in case.passed:
        counts[passed] = counts.get(passed, 0) + 1
    # After an arrangement it goes on at one step, and at nothing before.
    if case.arrangements:
        last = max(last, *(positions.get(each.goes_on_at or "", -1) for each in case.arrangements))
    steps = policy.steps
    for own, index in positions.items():
        if index < last and (own not in gates or own in counts) and (back is None or own != back.taken.step):
            continue
        step, done = steps[index], counts.get(own, 0)
        # What was never taken has an issue left, however many it has.
        if not done or (at_most := _issues(step)) is None or done < at_most:
            yield step, done + again.get(own, 0) + 1


def _issues(step: Step) -> int | None:
    """How many issues a step has; None when it repeats without end."""
    return 1 if step.repeat is None else step.repeat.at_most


def brought_forward(
    case: Case, policy: Policy, remaining: Iterator[tuple[Step, int]]
) -> tuple[Iterator[tuple[Step, int]], list[tuple[str, int, str]]]:
    """The steps that are left, where a broken promise calls for one without those before it that may be left out.

    Returns:
        The steps, and those that are left out once the one called for comes.
    """
    called = called_for(case, policy)
    if called is None:
        return remaining, []
    place = policy.positions[called.step]
    left: list[tuple[Step, int]] = []
    skipped: list[tuple[str, int, str]] = []
    for step, issue in remaining:
        if policy.positions[step.id] < place and not is_never_left_out(case, policy, step):
            skipped.append((step.id, issue, f"a promise was broken, which calls for {called.step}"))
        else:
            left.append((step, issue))
    return iter(left), skipped


def caught_up(
    case: Case, policy: Policy, surroundings: Surroundings, today: date, remaining: Iterator[tuple[Step, int]]
) -> tuple[Iterator[tuple[Step, int]], list[tuple[str, int, str]]]:
    """Leave out steps whose moment passed unseen, as `catch_up` says; never one that must not be left out."""
    steps = list(_expanded(remaining))
    missed: list[tuple[Step, int]] = []
    for step, issue in steps:
        if _was_seen(case, step, issue):
            break
        moment, _ = moment_of(case, policy, surroundings, step, issue, None)
        # What a stop of all sending kept back, and the tasks behind it, nobody missed.
        if moment is None or free_from(surroundings.stops, policy.sending_calendar.local_date(moment)) >= today:
            break
        missed.append((step, issue))
        if is_never_left_out(case, policy, step):
            break
    kept = 0
    if missed:
        keeps_last = policy.catch_up is CatchUp.LATEST or is_never_left_out(case, policy, missed[-1][0])
        kept = len(missed) - 1 if keeps_last else len(missed)
    left_out = [
        (step.id, issue, f"its moment passed unseen; catch_up is {policy.catch_up.value}")
        for step, issue in steps[:kept]
    ]
    return iter(steps[kept:]), left_out


def is_never_left_out(case: Case, policy: Policy, step: Step) -> bool:
    """Whether a later step needs this one: for its term, or since a consumer hears of a hand-off before it comes.

    Source: practice.md, hand-off: before it, a consumer gets a final demand.
    """
    if step.id in policy.gate_steps:
        return True
    return policy.law is not None and step.letter_name == "final_demand" and is_protected(case, policy)


def _expanded(remaining: Iterator[tuple[Step, int]]) -> Iterator[tuple[Step, int]]:
    """Every further issue of a repeated step on its own, up to a year's worth for endless ones."""
    for step, issue in remaining:
        at_most = _issues(step)
        last = max(at_most, issue) if at_most is not None else issue + 366
        for number in range(issue, last + 1):
            yield step, number


def _was_seen(case: Case, step: Step, issue: int) -> bool:
    """Whether the planner stood before this step when its moment came, so that it can't be missed."""
    if case.attempt is not None and case.attempt.step == step.id:
        return True
    return any(held == step.id and of == issue for held, of, _ in case.held_back) or any(
        task.step == step.id and task.done_on is None for task in case.tasks
    )


def gate_gone(case: Case, policy: Policy, step: Step, passed: list[tuple[str, int, str]]) -> str | None:
    """Why the term that the step waits for can never start: its notice was passed over, or is no step."""
    gate = step.when.term_expired
    if gate is None or in_force(case, policy, gate) is not None:
        return None
    if gate in policy.positions and not any(of == gate for of, *_ in (*case.passed, *passed)):
        return None
    return f"the term of step {gate} can never run out: that step was left out"
