"""Whether a policy makes sense as a whole: what no single field can show.

Each finding names the place inside the policy, so that the reader of the file can point at line and column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from domain.invoice import Kind
from domain.policy import Policy, Step

CONSUMER_NOTICE_DAYS = 14
"""Least term of a consumer notice (BW 6:96 lid 6)."""

OWN_TASKS = frozenset(
    (
        "approve_handoff",
        "clarify_status",
        "complaint_rights_in_21_days",
        "complaint_rights_in_7_days",
        "complaint_rights_passed",
        "confirm_cumulation",
        "credit_insurer_in_21_days",
        "credit_insurer_in_7_days",
        "credit_insurer_passed",
        "decide_next",
        "fix_contact",
        "imported_hold",
        "limitation_in_21_days",
        "limitation_in_7_days",
        "limitation_passed",
        "missing_from_list",
        "onboarding_review",
        "overpayment",
        "review_pause",
        "review_terms",
        "sending_fails",
        "settle_send",
        "tell_agency",
        "vat_reclaim_in_21_days",
        "vat_reclaim_in_7_days",
        "vat_reclaim_passed",
    )
)
"""Tasks that a case raises by itself and that mean something to it; a policy needs other names for its own."""


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """Something wrong (`error`) or doubtful (`warning`) in a policy.

    Attributes:
        loc: Path inside the policy, such as `("steps", 2, "term")`.
        message: What is wrong and what to do.
    """

    severity: Literal["error", "warning"]
    loc: tuple[str | int, ...]
    message: str


def check_policy(policy: Policy, letters: Collection[str]) -> tuple[PolicyFinding, ...]:
    """Judge a policy as a whole.

    Args:
        policy: The policy, valid field by field.
        letters: Names of the letters that can be rendered.

    Returns:
        All findings, in the order of the steps; empty when there is nothing to say.
    """
    return tuple(_findings(policy, letters))


def _error(*loc: str | int, message: str) -> PolicyFinding:
    return PolicyFinding("error", loc, message)


def _findings(policy: Policy, letters: Collection[str]) -> Iterator[PolicyFinding]:
    seen: set[str] = set()
    for index, step in enumerate(policy.steps):
        if step.id in seen:
            yield _error("steps", index, "id", message=f"{step.id!r} is used twice; every step needs its own id")
        seen.add(step.id)
        yield from _step_findings(policy, index, step, letters)
    yield from _order_findings(policy)


def _step_findings(policy: Policy, index: int, step: Step, letters: Collection[str]) -> Iterator[PolicyFinding]:
    if step.send and step.letter_name not in letters:
        known = ", ".join(sorted(letters))
        if step.letter is None:
            yield PolicyFinding(
                "warning",
                ("steps", index),
                f"step {step.id!r} names no letter and none is called like it; the letter 'generic' is used "
                f"(known: {known})",
            )
        else:
            yield _error("steps", index, "letter", message=f"unknown letter {step.letter!r}; known: {known}")
    needed = step.when.term_expired
    if needed is not None:
        position = policy.positions.get(needed)
        where = ("steps", index, "when", "term_expired")
        if position is None:
            yield _error(*where, message=f"there is no step {needed!r}; known: {', '.join(policy.positions)}")
        elif position >= index:
            yield _error(*where, message=f"step {needed!r} comes after this one, so its term can never have run out")
        elif policy.steps[position].term is None:
            yield _error(*where, message=f"step {needed!r} sets no term; give it `term: 14d` or use after_previous")
    if step.term is not None and policy.kind is Kind.CONSUMER and step.term < CONSUMER_NOTICE_DAYS:
        yield _error(
            "steps",
            index,
            "term",
            message=f"a consumer has at least {CONSUMER_NOTICE_DAYS} days (BW 6:96 lid 6); this says {step.term}d",
        )
    if step.task in OWN_TASKS:
        yield _error(
            "steps", index, "task", message=f"{step.task!r} is a task of the case itself; give it another name"
        )
    if step.hand_off and policy.law is not None and needed is None:
        yield _error(
            "steps",
            index,
            "when",
            message="hand-off without a notice whose term ran out; add `term_expired: <the notice step>`",
        )
    if step.hand_off and index + 1 < len(policy.steps):
        yield _error(
            "steps",
            index + 1,
            message=f"can't be reached: the ladder ends at the hand-off {step.id!r} before it",
        )
    if step.repeat is not None and step.repeat.at_most is None and index + 1 < len(policy.steps):
        yield _error(
            "steps",
            index,
            "repeat",
            message="repeats without end, so the steps after it can't be reached; give at_most",
        )
    bounds = step.condition
    if bounds.open_at_least is not None and bounds.open_below is not None and bounds.open_at_least >= bounds.open_below:
        yield _error("steps", index, "if", message="open_at_least is not below open_below, so it is never met")


def _order_findings(policy: Policy) -> Iterator[PolicyFinding]:
    dated = [(index, day) for index, step in enumerate(policy.steps) if (day := _day_after_due(step)) is not None]
    for (_, earlier), (index, later) in pairwise(dated):
        if later < earlier:
            yield _error(
                "steps",
                index,
                "when",
                message=f"comes on day {later:+d} from due, before the step above it on day {earlier:+d}; "
                "put the steps in the order of their days",
            )


def _day_after_due(step: Step) -> int | None:
    if step.when.after_due is not None:
        return step.when.after_due
    if step.when.before_due is not None:
        return -step.when.before_due
    return None
