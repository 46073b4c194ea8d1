"""What was agreed, and the ladder: nothing is done before it is known whether it was kept, and what comes if not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.blockers import BlockerKind, HoldKind
from domain.case import Case
from domain.planning.decision import Blocker, Decision
from domain.policy import Policy


def waits_for_bank(case: Case, policy: Policy, now: datetime) -> Decision | None:
    """A promise or settlement whose days have passed, and nobody knows yet whether it was paid; None without one."""
    if not case.promises and not case.settlements:
        return None
    today = policy.sending_calendar.local_date(now)
    unknown = any(
        each.stands and each.holds and _ran_out(case, HoldKind.PROMISE, each.id, today) for each in case.promises
    )
    unknown = unknown or any(
        each.stands and _ran_out(case, HoldKind.SETTLEMENT, each.id, today) for each in case.settlements
    )
    if not unknown:
        return None
    at = policy.sending_calendar.early(today + timedelta(days=1))
    blocker = Blocker(code=BlockerKind.BANK_NOT_COVERING, until=today + timedelta(days=1))
    return Decision(action="wait", at=at, blockers=(blocker,))


def _ran_out(case: Case, kind: HoldKind, of: str, today: date) -> bool:
    """Whether a hold came to the end of its own days; one that a person lifted stops nothing any more."""
    return any(
        hold.kind is kind and hold.of == of and hold.lifted is None and hold.until is not None and hold.until <= today
        for hold in case.holds
    )


@dataclass(frozen=True, slots=True)
class CalledFor:
    """A step that comes next because a promise was broken, and the first day on which it may."""

    step: str
    on: date


def called_for(case: Case, policy: Policy) -> CalledFor | None:
    """The step that the last broken promise calls for; None when it was taken, or nothing calls for one."""
    if not case.promises:
        return None
    broken = [each for each in case.promises if each.outcome == "broken" and each.then in policy.positions]
    if not broken:
        return None
    last = max(broken, key=lambda each: each.judged_on or each.by)
    place = policy.positions[last.then]
    taken = any(not taken.void and policy.positions.get(taken.step, -1) >= place for taken in case.taken)
    if taken or any(step == last.then for step, _ in case.passed):
        return None
    return CalledFor(last.then, last.judged_on or last.by)
