"""The check before a hand-off: one list of findings, for the planner, for people and for the file that leaves.

The planner hands nothing off while one of them stops; what people see is the same list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.blockers import BlockerKind
from domain.case import Case
from domain.handoffs.approving import approved
from domain.handoffs.check import of_file, own_findings
from domain.handoffs.findings import Finding, Point
from domain.handoffs.joint import going, together, unmet_together
from domain.handoffs.on_file import OnFile
from domain.policy import Policy, Step
from domain.surroundings import Sibling, Surroundings
from domain.tasks import TaskKind

__all__ = ["check", "findings", "hand_off_of", "stopping_of"]


def hand_off_of(policy: Policy) -> Step | None:
    """The hand-off of a policy; None where it hands nothing off."""
    return next((each for each in policy.steps if each.hand_off), None)


def check(
    case: Case, policy: Policy, surroundings: Surroundings, today: date, on_file: OnFile | None = None
) -> tuple[Finding, ...]:
    """The whole check, in the order in which people read it; empty where the policy hands nothing off.

    Args:
        case: The case.
        policy: Its policy.
        surroundings: Its surroundings.
        today: The day.
        on_file: What the case file holds beside the case; None: those points are left out.
    """
    step = hand_off_of(policy)
    if step is None:
        return ()
    found = (*findings(case, policy, surroundings, step, today), *(() if on_file is None else of_file(case, on_file)))
    rank = {point: number for number, point in enumerate(Point)}
    return tuple(sorted(found, key=lambda each: rank[each.point]))


def stopping_of(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> Finding | None:
    """The first thing for which a hand-off must not happen; None where nothing is in its way, or the step is none.

    Args:
        case: The case.
        policy: Its policy.
        surroundings: Its surroundings.
        step: The step.
        today: The day.
    """
    if not step.hand_off:
        return None
    return next((found for found in findings(case, policy, surroundings, step, today) if found.stops), None)


def findings(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> Iterator[Finding]:
    """What the case and the debtor's others say, in the order in which it is asked before anything leaves.

    Args:
        case: The case.
        policy: Its policy.
        surroundings: Its surroundings.
        step: The hand-off.
        today: The day.
    """
    yield from own_findings(case, policy, surroundings, step, today)
    others = going(case, policy, surroundings, step, today)
    yield _amount(case, policy, surroundings, step, today, others)
    if step.approval == "required":
        yield _approval(case, surroundings, step, today, others)


def _amount(
    case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date, others: Sequence[Sibling]
) -> Finding:
    unmet = unmet_together(case, policy, surroundings, step, today, others)
    if unmet is not None:
        return Finding(Point.AMOUNT, "fails", unmet, stops=True)
    if not others:
        return Finding(Point.AMOUNT, "ok", f"what is open and undisputed: {case.undisputed.text}", today)
    said = f"what is open of {len(others) + 1} invoices in one file: {together(case, others).text}"
    return Finding(Point.AMOUNT, "ok", said, today)


def _approval(case: Case, surroundings: Surroundings, step: Step, today: date, others: Sequence[Sibling]) -> Finding:
    approval = case.approval
    if approval is not None and approved(case, step, today) and _names_all(case, surroundings, others):
        who = approval.actor or "a person"
        if not others:
            return Finding(Point.APPROVAL, "ok", f"approved by {who} for a balance of {case.open.text}", approval.on)
        said = f"approved by {who} for a balance of {together(case, others).text}, {len(others) + 1} invoices"
        return Finding(Point.APPROVAL, "ok", said, approval.on)
    lapsed = approval is not None and approval.step == step.id
    return Finding(
        Point.APPROVAL,
        "fails",
        "the approval has lapsed" if lapsed else "nobody has approved it",
        approval.on if lapsed and approval is not None else None,
        stops=True,
        code=BlockerKind.APPROVAL_REQUIRED,
        task=TaskKind.APPROVE_HANDOFF,
    )


def _names_all(case: Case, surroundings: Surroundings, others: Sequence[Sibling]) -> bool:
    """Whether the approval names all that goes along and no more; not asked where the others are not looked at."""
    if case.approval is None or not surroundings.siblings:
        return case.approval is not None
    return dict(case.approval.others) == {each.case.invoice.number: each.case.open_minor for each in others}
