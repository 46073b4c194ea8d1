"""Reviews: a hold without an end, and what the debtor is in, ask a person to look at them on a day of their own."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.blockers import HoldKind
from domain.case import Case
from domain.case_parts import CASE_CLOSED
from domain.planning.decision import Blocker, Decision
from domain.planning.status_reviews import status_reviews
from domain.policy import Policy

_REVIEWED = tuple(kind for kind in HoldKind if kind.rule.task is not None and kind.rule.task_after is not None)
"""Holds that ask for a review; of a case with one, all would be looked through each time that it is planned."""


def hold_reviews(case: Case, policy: Policy) -> list[tuple[datetime, Decision]]:
    """The reviews that are to come, each with its moment: once a hold, and as often as a status says."""
    if not case.holds and not case.statuses:
        return []
    found = (
        [review for kind in _REVIEWED if (review := _review_of(case, policy, kind)) is not None] if case.holds else []
    )
    return [*found, *status_reviews(case, policy)]


def next_review(case: Case, policy: Policy) -> Decision | None:
    """The earliest of them."""
    reviews = hold_reviews(case, policy)
    return min(reviews, key=lambda review: review[0])[1] if reviews else None


def _review_of(case: Case, policy: Policy, kind: HoldKind) -> tuple[datetime, Decision] | None:
    task, after = kind.rule.task, kind.rule.task_after
    if task is None or after is None:
        return None
    hold = next((h for h in case.holds if h.kind is kind and h.until is None and h.lifted is None), None)
    if hold is None or any(
        t.kind == task and t.outcome != CASE_CLOSED and t.raised_on >= hold.since for t in case.tasks
    ):
        return None
    at = policy.sending_calendar.first_opening(hold.since + timedelta(days=after))
    return at, Decision(action="task", task=task, at=at, blockers=(Blocker(code=kind),))
