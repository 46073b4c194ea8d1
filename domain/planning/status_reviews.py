"""What a debtor's status asks of people while it lasts: no case under one waits without a day or an open task."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.calendar import months_after
from domain.case import Case
from domain.case_parts import CASE_CLOSED
from domain.debtor_status import DebtorStatus
from domain.planning.decision import Blocker, Decision
from domain.policy import Policy


def status_reviews(case: Case, policy: Policy) -> list[tuple[datetime, Decision]]:
    """The next task of each status that lasts and has no open one, and when it is raised."""
    found = []
    for each in case.statuses:
        if not each.lasts:
            continue
        asked = _asked_next(case, each)
        if asked is None:
            continue
        day, task = asked
        at = policy.sending_calendar.first_opening(day)
        found.append((at, Decision(action="task", task=task, at=at, blockers=(Blocker(code=each.status.hold),))))
    return found


def _asked_next(case: Case, own: DebtorStatus) -> tuple[date, str] | None:
    """The day of its next task, and which; None while one is open."""
    rule = own.status.rule
    kinds = (rule.task, rule.review)
    if any(case.open_task(kind) is not None for kind in kinds):
        return None
    told = [t for t in case.tasks if t.kind in kinds and t.raised_on >= own.reported_on and t.outcome != CASE_CLOSED]
    if not told:
        return (months_after(own.since, rule.task_after) if rule.task_after else own.reported_on), rule.task
    last = told[-1]
    # The next day of the grid: a week stays a week, however long somebody took.
    passed = ((last.done_on or last.raised_on) - last.raised_on).days // rule.review_every
    return last.raised_on + timedelta(days=(passed + 1) * rule.review_every), rule.review
