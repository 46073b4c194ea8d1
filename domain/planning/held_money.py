"""Money of the debtor that stands elsewhere: it keeps the letters on his other invoices back (decision 23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.blockers import BlockerKind
from domain.case import Case
from domain.case_parts import CASE_CLOSED
from domain.contact_hours import calendar_of
from domain.money import Money
from domain.notices import TRIFLE
from domain.planning.decision import Blocker, Decision
from domain.policy import Policy, Step
from domain.surroundings import Surroundings
from domain.tasks import TaskKind

LATE_AFTER = 30
"""Days after which a person is told again of money that stands on no invoice (practice.md, "What money does")."""

LOOK_AT_HELD_AFTER = 7
"""Days after which a case is looked at again that money of the debtor with us keeps back."""

SETTLED = "allocated or given back"
"""Outcome of a task about money that stands nowhere any more: nobody left it where it was."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why nothing is sent on a case: money of its debtor stands with us.

    Attributes:
        task: What a person is to be told now; None when he knows.
    """

    task: TaskKind | None = None


def held_back(case: Case, policy: Policy, surroundings: Surroundings) -> HeldBack | None:
    """Whether money of the debtor keeps a case back: paid too much on another one, or on no invoice at all.

    A trifle does not; nor does money that a person looked at and left where it is, until more of it comes in. For what
    was paid too much he says so with the task `overpayment` of the case on which it stands.
    """
    if not case.open_minor or (surroundings.held is None and surroundings.unallocated is None):
        return None
    currency, loose = case.ledger.currency, surroundings.unallocated
    held = surroundings.held
    minor = covering = 0
    if held is not None and held.amount.currency == currency:
        minor, covering = held.paid.minor, held.amount.minor
    counts = loose is not None and not _was_judged(case, loose.since)
    if loose is not None and counts:
        minor, covering = minor + loose.amount.minor, covering + loose.amount.minor
    foreign = loose is not None and counts and loose.foreign
    if not foreign and _is_trifle(case, policy, minor, covering):
        return None
    if loose is None or not counts:
        return HeldBack()
    return HeldBack(TaskKind.ALLOCATE_MONEY if case.open_task(TaskKind.ALLOCATE_MONEY) is None else None)


def waits_on(case: Case, policy: Policy, surroundings: Surroundings, step: Step, issue: int) -> bool:
    """Whether a step that such money kept back waits for it still: nothing else makes that any shorter."""
    if (
        not case.held_back
        or step.task
        or (step.id, issue, (BlockerKind.MONEY_UNALLOCATED.value,)) not in case.held_back
    ):
        return False
    stands = held_back(case, policy, surroundings)
    return stands is not None and stands.task is None


def waits_for_money(
    case: Case, policy: Policy, step: Step, issue: int, today: date, passed: list[tuple[str, int, str]]
) -> Decision:
    """Money of the debtor stands with us: whoever settles that wakes the case, and else it looks again."""
    calendar = calendar_of(step, case, policy)
    at = calendar.first_opening(today + timedelta(days=LOOK_AT_HELD_AFTER))
    unallocated = (Blocker(code=BlockerKind.MONEY_UNALLOCATED, until=calendar.local_date(at)),)
    return Decision(action="wait", step=step.id, issue=issue, at=at, blockers=unallocated, passed_over=tuple(passed))


def _is_trifle(case: Case, policy: Policy, minor: int, covering: int) -> bool:
    """Whether so much keeps nothing back; what covers all that is asked always does: he may set it off (BW 6:127).

    Args:
        case: The case.
        policy: Its policy.
        minor: What he paid that stands elsewhere.
        covering: The same with what we credited after he had paid.
    """
    currency = case.ledger.currency
    if covering and Money.from_minor(covering, currency).amount >= case.undisputed.amount - policy.tolerance:
        return False
    return Money.from_minor(minor, currency).amount <= max(policy.tolerance, TRIFLE)


def _was_judged(case: Case, since: date) -> bool:
    """Whether a person finished the task about it after the last of it came in."""
    return any(
        task.kind == TaskKind.ALLOCATE_MONEY
        and task.done_on is not None
        and task.done_on >= since
        and task.outcome not in (CASE_CLOSED, SETTLED)
        for task in case.tasks
    )


def late_money_at(case: Case, policy: Policy, surroundings: Surroundings) -> datetime | None:
    """When a person is told again that money on no invoice keeps the case back; None where he was, or none does."""
    loose = surroundings.unallocated
    if loose is None or case.closed is not None or case.open_task(TaskKind.ALLOCATE_MONEY) is None:
        return None
    if any(task.kind == TaskKind.MONEY_LATE and task.raised_on >= loose.first for task in case.tasks):
        return None
    return policy.sending_calendar.first_opening(loose.first + timedelta(days=LATE_AFTER))
