"""The planner: decides everything, and is pure.

`plan(case, policy, surroundings, now)` says what comes next, when, and why not now. It reads no clock and does
nothing. The rules are those of design §5 and `practice.md`; each rule stands in one function below.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from domain.calendar import end_of_month, last_banking_day_before
from domain.case import CASE_CLOSED, Attempt, Case, TakenStep, Task
from domain.decision import Blocker, BlockerCode, Decision
from domain.facts import CloseReason, DeliveryStatus, HoldKind
from domain.invoice import Kind
from domain.law import nl
from domain.ledger import EntryKind
from domain.money import minor_digits
from domain.policy import AfterHold, CatchUp, Policy, Step
from domain.surroundings import Surroundings

RECONCILE_AFTER = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=5),
)
"""Waits before each attempt to find out what became of a message; after the last one it stays unproven."""

INTENT_GRACE = timedelta(minutes=2)
"""An intent older than this without an outcome is an unknown outcome: longer than any send may take."""

APPROVAL_DAYS = 10
"""Days after which an approval of a hand-off lapses (practice.md, hand-off)."""

DECIDE_AGAIN_AFTER = 30
"""Days after which a person is asked again what to do with a case whose ladder has no further step."""

REVIEW_PAUSE_AFTER = 14
"""Days after which an open-ended pause raises a task to review it (design §4)."""

_FINAL = (
    DeliveryStatus.SENT,
    DeliveryStatus.REFUSED,
    DeliveryStatus.UNPROVEN,
    DeliveryStatus.DROPPED,
)


def plan(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Decision:
    """Decide what comes next for a case.

    Args:
        case: The fold of all facts known at `now`.
        policy: The policy and version that the case is pinned to.
        surroundings: What must be known outside the case.
        now: The moment of deciding, aware.

    Returns:
        The decision. It is to be acted on when `at` is not later than `now`.
    """
    under_way = _under_way(case.attempt)
    if under_way is not None:
        return under_way
    if case.overpaid_minor and _overpayment_is_news(case):
        return Decision(action="task", task="overpayment", at=now)
    closing = close_reason(case, policy)
    if closing is not None:
        return Decision(action="close", close=closing, at=now)
    return _ladder(case, policy, surroundings, now)


def _overpayment_is_news(case: Case) -> bool:
    """Whether no person was told of what was paid too much, or money moved since he dealt with it."""
    told = [task for task in case.tasks if task.kind == "overpayment"]
    if not told:
        return True
    done_on = told[-1].done_on
    return done_on is not None and case.ledger.entries[-1].known_on > done_on


# Sends under way ------------------------------------------------------------------------------------------


def _under_way(attempt: Attempt | None) -> Decision | None:
    """A message whose outcome is not known must be reconciled before anything else is done."""
    if attempt is None:
        return None
    moments = []
    for delivery in attempt.deliveries:
        if delivery.status is DeliveryStatus.INTENDED:
            moments.append(attempt.at + INTENT_GRACE)
        elif delivery.status is DeliveryStatus.UNKNOWN:
            moments.append(delivery.retry_at or attempt.at + INTENT_GRACE)
    if not moments:
        return None
    return Decision(
        action="reconcile",
        at=min(moments),
        step=attempt.step,
        issue=attempt.issue,
        blockers=(Blocker(code="outcome_unknown"),),
    )


# Money ----------------------------------------------------------------------------------------------------


def close_reason(case: Case, policy: Policy) -> CloseReason | None:
    """Why the case is to be closed as its money stands; None when there is something to collect."""
    open_minor = case.open_minor
    if open_minor == 0:
        if case.settled_by is EntryKind.CREDIT:
            return CloseReason.CREDITED
        if case.settled_by is EntryKind.WRITE_OFF:
            return CloseReason.WRITTEN_OFF
        return CloseReason.PAID
    if open_minor <= _in_minor(policy.tolerance, case.ledger.currency):
        return CloseReason.BELOW_TOLERANCE
    if case.handed_off:
        return CloseReason.HANDED_OFF
    return None


@lru_cache(maxsize=256)
def _in_minor(amount: Decimal, currency: str) -> int:
    """An amount of a policy in whole minor units, rounded down."""
    return int(amount.scaleb(minor_digits(currency)))


# The ladder -----------------------------------------------------------------------------------------------


def _ladder(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Decision:
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    passed: list[tuple[str, int, str]] = []
    review = _pause_review(case, policy)
    if review is not None and review.at is not None and review.at <= now:
        return review
    remaining = _remaining(case, policy)
    if policy.catch_up is not CatchUp.IN_ORDER:
        remaining, left_out = _caught_up(case, policy, surroundings, today, remaining)
        passed.extend(left_out)
    for step, issue in remaining:
        gone = _gate_gone(case, policy, step, passed)
        if gone is not None:
            # Once says it all: a step that repeats without end has no last issue to pass over.
            if not any(of == step.id for of, _ in case.passed):
                passed.append((step.id, issue, gone))
            continue
        moment, blockers = _moment(case, policy, surroundings, step, issue, today)
        if moment is None:
            return _waiting(review, passed, step, issue, blockers)
        if moment > now:
            return _upcoming(step, issue, moment, blockers, passed, review)
        fitting = calendar.fit(now)
        if fitting > now:
            late = (Blocker(code="outside_hours", until=calendar.local_date(fitting)),)
            return _upcoming(step, issue, fitting, late, passed, review)
        unmet = _unmet_condition(case, step)
        if unmet is not None:
            passed.append((step.id, issue, unmet))
            continue
        return _due(case, policy, surroundings, step, issue, now, today, passed)
    asked = list(_raised(case, "decide_next"))
    if asked and asked[-1].done_on is None:
        return Decision(action="wait", blockers=(Blocker(code="no_next_step"),), passed_over=tuple(passed))
    at = now
    if asked and asked[-1].done_on is not None:
        # Whoever decided may have decided to wait: no case is left without a next date.
        at = max(now, calendar.first_opening(asked[-1].done_on + timedelta(days=DECIDE_AGAIN_AFTER)))
    blockers = (Blocker(code="no_next_step", until=calendar.local_date(at)),) if at > now else ()
    return Decision(action="task", task="decide_next", at=at, blockers=blockers, passed_over=tuple(passed))


def _waiting(
    review: Decision | None,
    passed: list[tuple[str, int, str]],
    step: Step,
    issue: int,
    blockers: tuple[Blocker, ...],
) -> Decision:
    """Nothing to do until a message comes; an open-ended pause is still looked at after a while."""
    if review is not None:
        return review.model_copy(update={"blockers": blockers, "passed_over": tuple(passed)})
    return Decision(action="wait", step=step.id, issue=issue, blockers=blockers, passed_over=tuple(passed))


def _upcoming(
    step: Step,
    issue: int,
    moment: datetime,
    blockers: tuple[Blocker, ...],
    passed: list[tuple[str, int, str]],
    review: Decision | None,
) -> Decision:
    if review is not None and review.at is not None and review.at < moment:
        return review.model_copy(update={"blockers": blockers, "passed_over": tuple(passed)})
    return Decision(
        action=_action(step),
        at=moment,
        step=step.id,
        issue=issue,
        task=step.task,
        blockers=blockers,
        passed_over=tuple(passed),
    )


def _action(step: Step) -> Literal["send", "task", "hand_off"]:
    if step.task:
        return "task"
    return "hand_off" if step.hand_off else "send"


def _due(
    case: Case,
    policy: Policy,
    surroundings: Surroundings,
    step: Step,
    issue: int,
    now: datetime,
    today: date,
    passed: list[tuple[str, int, str]],
) -> Decision:
    """The step's moment has come: take it, unless something outside the ladder stands in the way."""

    def decided(
        action: Literal["send", "task", "hand_off", "wait"], at: datetime | None, task: str | None, *blockers: Blocker
    ) -> Decision:
        return Decision(
            action=action,
            at=at,
            step=step.id,
            issue=issue,
            task=task,
            blockers=blockers,
            passed_over=tuple(passed),
        )

    covered = surroundings.bank_covered_until
    if not step.task and covered is not None and covered < _coverage_needed(case, policy, step, today):
        calendar = policy.sending_calendar
        tomorrow = calendar.first_opening(today + timedelta(days=1))
        until = calendar.local_date(tomorrow)
        return decided("wait", tomorrow, None, Blocker(code="bank_not_covering", until=until))
    if step.hand_off and step.approval == "required" and not _approved(case, step, today):
        blocker = Blocker(code="approval_required")
        if case.open_task("approve_handoff") is None:
            return decided("task", now, "approve_handoff", blocker)
        return decided("wait", None, None, blocker)
    return decided(_action(step), now, step.task)


def _approved(case: Case, step: Step, today: date) -> bool:
    """An approval names the balance and lapses after ten days or when the balance changed."""
    approval = case.approval
    return (
        approval is not None
        and approval.step == step.id
        and approval.open_minor == case.open_minor
        and today <= approval.on + timedelta(days=APPROVAL_DAYS)
    )


def _coverage_needed(case: Case, policy: Policy, step: Step, today: date) -> date:
    """Last day whose payments must be known before this step may be taken."""
    needed = last_banking_day_before(today)
    gate = step.when.term_expired
    if gate is not None:
        ends = _term_end(case, policy, gate)
        if ends is not None:
            return max(needed, ends[0])
    return needed


def _unmet_condition(case: Case, step: Step) -> str | None:
    """Why the `if` of a step is not met now, None when it is."""
    condition = step.condition
    least, below = condition.open_at_least, condition.open_below
    if least is not None and case.open.amount < least:
        return f"open {case.open.text} is below {least}"
    if below is not None and case.open.amount >= below:
        return f"open {case.open.text} is not below {below}"
    return None


def _raised(case: Case, kind: str) -> Iterator[Task]:
    """Tasks of a kind that a person has, or finished; one that a closing did away with is raised anew."""
    return (task for task in case.tasks if task.kind == kind and task.outcome != CASE_CLOSED)


# Which steps are left --------------------------------------------------------------------------------------


def _remaining(case: Case, policy: Policy) -> Iterator[tuple[Step, int]]:
    """Steps not taken and not passed over, in ladder order, each with its next issue.

    A step earlier on the ladder than one already taken is never gone back to, also after a change of policy;
    but for one that a gate needs and that has no term yet: without it the ladder would stand still for ever.
    """
    last = -1
    counts: dict[str, int] = {}
    for taken in case.taken:
        counts[taken.step] = counts.get(taken.step, 0) + 1
        last = max(last, policy.positions.get(taken.step, -1))
    for passed, _ in case.passed:
        counts[passed] = counts.get(passed, 0) + 1
    for index, step in enumerate(policy.steps):
        if index < last and step.id not in policy.gate_steps:
            continue
        done = counts.get(step.id, 0)
        if index < last and done:
            continue
        at_most = _issues(step)
        if at_most is None or done < at_most:
            yield step, done + 1


def _issues(step: Step) -> int | None:
    """How many issues a step has; None when it repeats without end."""
    return 1 if step.repeat is None else step.repeat.at_most


def _caught_up(
    case: Case, policy: Policy, surroundings: Surroundings, today: date, remaining: Iterator[tuple[Step, int]]
) -> tuple[Iterator[tuple[Step, int]], list[tuple[str, int, str]]]:
    """Leave out steps whose moment passed unseen, as `catch_up` says; never one that a gate needs."""
    steps = list(_expanded(remaining))
    missed: list[tuple[Step, int]] = []
    for step, issue in steps:
        if _was_seen(case, step, issue):
            break
        moment, _ = _moment(case, policy, surroundings, step, issue, None)
        if moment is None or policy.sending_calendar.local_date(moment) >= today:
            break
        missed.append((step, issue))
        if step.id in policy.gate_steps:
            break
    kept = 0
    if missed:
        keeps_last = policy.catch_up is CatchUp.LATEST or missed[-1][0].id in policy.gate_steps
        kept = len(missed) - 1 if keeps_last else len(missed)
    left_out = [
        (step.id, issue, f"its moment passed unseen; catch_up is {policy.catch_up.value}")
        for step, issue in steps[:kept]
    ]
    return iter(steps[kept:]), left_out


def _expanded(remaining: Iterator[tuple[Step, int]]) -> Iterator[tuple[Step, int]]:
    """Every further issue of a repeated step on its own, up to a year's worth for endless ones."""
    for step, issue in remaining:
        at_most = _issues(step)
        last = at_most if at_most is not None else issue + 366
        for number in range(issue, last + 1):
            yield step, number


def _was_seen(case: Case, step: Step, issue: int) -> bool:
    """Whether the planner stood before this step when its moment came, so that it can't be missed."""
    if case.attempt is not None and case.attempt.step == step.id:
        return True
    return any(held == step.id and of == issue for held, of, _ in case.held_back) or any(
        task.step == step.id and task.done_on is None for task in case.tasks
    )


# When ------------------------------------------------------------------------------------------------------


def _moment(
    case: Case, policy: Policy, surroundings: Surroundings, step: Step, issue: int, today: date | None
) -> tuple[datetime | None, tuple[Blocker, ...]]:
    """First moment at which the step may be taken, and what decides it.

    Args:
        case: The case.
        policy: Its policy.
        surroundings: Its surroundings.
        step: The step.
        issue: Its issue.
        today: The local day of deciding; None to ask for the planned moment alone, as if asked long ago.

    Returns:
        The moment (None when nobody can say yet) and the blockers, the deciding one first.
    """
    calendar = policy.sending_calendar
    dates: list[tuple[date, BlockerCode]] = []
    for day, code in _dates(case, policy, step, issue):
        if day is None:
            return None, (Blocker(code=code),)
        dates.append((day, code))
    contact = case.last_contact_on
    if contact is not None and policy.spacing:
        dates.append((contact + timedelta(days=policy.spacing), "spacing"))
    dates.extend(_debtor_dates(policy, surroundings, step))
    dates.extend(_task_dates(case, policy, step))
    dates.extend((start, "catch_up") for start in _idle_ends(case, dates))
    day, code = max(dates, key=lambda dated: dated[0])
    retry_at = _retry_at(case, step, issue)
    while True:
        moment = calendar.first_opening(day)
        if retry_at is not None and moment < retry_at:
            moment, code = calendar.fit(retry_at), "retry_later"
        on = calendar.local_date(moment)
        reached = on if today is None else max(on, today)
        hold = next((hold for hold in case.holds if hold.covers(reached)), None)
        if hold is None:
            break
        code = hold.kind.value
        end = hold.end
        if end is None:
            return None, (Blocker(code=code),)
        day = end
    if _contact_failed(case, step):
        return None, (Blocker(code="contact_failed"),)
    return moment, (Blocker(code=code, until=on),)


def _dates(case: Case, policy: Policy, step: Step, issue: int) -> Iterator[tuple[date | None, BlockerCode]]:
    """The dates that `when` gives; None for one that can't be known yet."""
    if issue > 1 and step.repeat is not None:
        yield _repeated_day(case, policy, step, issue), "not_due_yet"
        return
    when = step.when
    if when.after_due is not None:
        day = _shifted(case, policy, case.due, when.after_due)
        yield (end_of_month(day) if when.round else day), "not_due_yet"
    if when.before_due is not None:
        yield case.due - timedelta(days=when.before_due), "not_due_yet"
    if when.after_invoice_date is not None:
        yield _shifted(case, policy, case.invoice.invoice_date, when.after_invoice_date), "not_due_yet"
    if when.after_previous is not None:
        if case.taken:
            yield _shifted(case, policy, case.taken[-1].on, when.after_previous), "not_due_yet"
        else:
            yield case.opened_on, "not_due_yet"
    if when.term_expired is not None:
        yield from _term_dates(case, policy, when.term_expired)


def _repeated_day(case: Case, policy: Policy, step: Step, issue: int) -> date | None:
    """Day of a further issue: counted from the last issue taken, or from the first one's planned day."""
    every = step.repeat.every if step.repeat else 0
    last = _last_taken(case, step.id)
    if last is not None:
        return _shifted(case, policy, last.on, every * (issue - last.issue))
    first = [day for day, _ in _dates(case, policy, step, 1)]
    known = [day for day in first if day is not None]
    return max(known) + timedelta(days=every * (issue - 1)) if known and len(known) == len(first) else None


def _shifted(case: Case, policy: Policy, anchor: date, days: int) -> date:
    """The day `days` after `anchor`, not counting days under a hold when the policy says `shift`."""
    day = anchor + timedelta(days=days)
    if policy.after_hold is AfterHold.RESUME or not case.holds:
        return day
    for start, end in _merged_holds(case):
        if start >= day:
            break
        counted_from = max(start, anchor)
        if end > counted_from:
            day += end - counted_from
    return day


def _merged_holds(case: Case) -> list[tuple[date, date]]:
    """Periods under a hold, without overlaps, in order; open-ended ones count for nothing yet."""
    periods = sorted((hold.since, end) for hold in case.holds if (end := hold.end) is not None and end > hold.since)
    merged: list[tuple[date, date]] = []
    for start, end in periods:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _idle_ends(case: Case, dates: list[tuple[date, BlockerCode]]) -> Iterator[date]:
    """A moment that fell while the case was closed comes when it was reopened: nobody missed it."""
    if not case.idle:
        return
    day = max(day for day, _ in dates)
    for start, end in case.idle:
        if end is not None and start <= day < end:
            day = end
            yield end


def _debtor_dates(policy: Policy, surroundings: Surroundings, step: Step) -> Iterator[tuple[date, BlockerCode]]:
    contacted = surroundings.debtor_contacted_on
    if contacted is not None and policy.debtor_spacing:
        yield contacted + timedelta(days=policy.debtor_spacing), "debtor_spacing"
    reminded = surroundings.debtor_reminded_on
    if reminded is not None and policy.bundle == "debtor" and step.reminds:
        yield reminded + timedelta(days=1), "debtor_contacted_today"


def _task_dates(case: Case, policy: Policy, step: Step) -> Iterator[tuple[date, BlockerCode]]:
    """A task with `wait_for_task` keeps the next step back until it is done, or that long."""
    if not case.taken or case.taken[-1].kind != "task":
        return
    last = case.taken[-1]
    rung = policy.step(last.step)
    if rung is None or rung.wait_for_task is None or rung.id == step.id:
        return
    task = next((task for task in reversed(case.tasks) if task.step == last.step), None)
    if task is not None and task.done_on is None:
        yield last.on + timedelta(days=rung.wait_for_task), "task_open"


def _retry_at(case: Case, step: Step, issue: int) -> datetime | None:
    attempt = case.attempt
    if attempt is None or (attempt.step, attempt.issue) != (step.id, issue):
        return None
    moments = [d.retry_at for d in attempt.deliveries if d.status not in _FINAL and d.retry_at is not None]
    return max(moments) if moments else None


def _contact_failed(case: Case, step: Step) -> bool:
    """Every channel refused the message: a person must mend the contact first."""
    task = case.open_task("fix_contact")
    return task is not None and task.step == step.id


# Terms -----------------------------------------------------------------------------------------------------


def _term_dates(case: Case, policy: Policy, gate: str) -> Iterator[tuple[date | None, BlockerCode]]:
    taken = _last_taken(case, gate)
    if taken is None:
        yield None, "term_not_started"
    elif not taken.proven:
        yield None, "term_unproven"
    else:
        ends = _term_end(case, policy, gate)
        yield (None if ends is None else ends[1]), "term_running"


def _gate_gone(case: Case, policy: Policy, step: Step, passed: list[tuple[str, int, str]]) -> str | None:
    """Why the term that the step waits for can never start: its notice was passed over, or is no step."""
    gate = step.when.term_expired
    if gate is None or _last_taken(case, gate) is not None:
        return None
    if gate in policy.positions and not any(of == gate for of, *_ in (*case.passed, *passed)):
        return None
    return f"the term of step {gate} can never run out: that step was left out"


def _last_taken(case: Case, step_id: str) -> TakenStep | None:
    return next((taken for taken in reversed(case.taken) if taken.step == step_id), None)


def _term_end(case: Case, policy: Policy, gate: str) -> tuple[date, date] | None:
    """Last day of the term that the step set, and the first day on which its end may be acted on."""
    taken = _last_taken(case, gate)
    rung = policy.step(gate)
    if taken is None or not taken.proven:
        return None
    days = taken.term_days if taken.term_days is not None else (rung.term if rung else None)
    if days is None:
        return None
    if policy.law == "NL":
        received = taken.received_on or nl.presumed_receipt(taken.on)
        consumer = policy.kind is Kind.CONSUMER or case.invoice.legal_status.protected_as_consumer
        last = nl.last_day_of_term(received, days, consumer=consumer)
        return last, nl.first_day_to_act(last)
    last = (taken.received_on or taken.on) + timedelta(days=days)
    return last, last + timedelta(days=1)


# Pauses ----------------------------------------------------------------------------------------------------


def _pause_review(case: Case, policy: Policy) -> Decision | None:
    """An open-ended pause raises a review task after 14 days, once a pause."""
    pause = next((h for h in case.holds if h.kind is HoldKind.PAUSE and h.until is None and h.lifted is None), None)
    if pause is None or any(t.raised_on >= pause.since for t in _raised(case, "review_pause")):
        return None
    day = pause.since + timedelta(days=REVIEW_PAUSE_AFTER)
    at = policy.sending_calendar.first_opening(day)
    return Decision(action="task", task="review_pause", at=at, blockers=(Blocker(code="pause"),))
