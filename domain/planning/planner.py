"""The planner: decides everything, and is pure.

`plan(case, policy, surroundings, now)` says what comes next, when, and why not now. It reads no clock and does
nothing. The rules are those of design §5 and `practice.md`; each rule stands in one function below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from domain.calendar import end_of_month, last_banking_day_before
from domain.case import CASE_CLOSED, Attempt, Case, TakenStep, Task
from domain.claims.claim import claim_of, open_on
from domain.facts import CloseReason, DeliveryStatus, HoldKind
from domain.ledger import EntryKind
from domain.money import Money, minor_digits
from domain.notices import (
    Term,
    as_taken,
    counts_as_taken,
    default_from,
    default_notice,
    is_protected,
    legal_role,
    needs_default_notice,
    sets_costs,
    standing,
    term_of,
)
from domain.planning.decision import Blocker, BlockerCode, Decision
from domain.planning.joint_letter import belongs_in, can_join, cost_step, is_just_sending, left_out
from domain.policy import APOLOGY, AfterHold, CatchUp, Condition, Policy, Step
from domain.surroundings import Sibling, Surroundings
from domain.terms import CreditorTerms

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
    today = policy.sending_calendar.local_date(now)
    if case.overpaid_minor and _overpayment_is_news(case) and overpaid(case, policy, today, surroundings):
        return Decision(action="task", task="overpayment", at=now)
    apology = _apology(case, policy, now)
    if apology is not None:
        return apology
    closing = close_reason(case, policy, surroundings)
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


def close_reason(case: Case, policy: Policy, around: Surroundings) -> CloseReason | None:
    """Why the case is to be closed as its money stands; None when there is something to collect."""
    collecting = CloseReason.HANDED_OFF if case.handed_off else None
    open_minor = case.open_minor
    tolerance = _in_minor(policy.tolerance, case.ledger.currency)
    if open_minor > tolerance or not remainder_is_waived(case, policy, around):
        return collecting
    if open_minor:
        return CloseReason.BELOW_TOLERANCE
    if case.settled_by is EntryKind.CREDIT:
        return CloseReason.CREDITED
    if case.settled_by is EntryKind.WRITE_OFF:
        return CloseReason.WRITTEN_OFF
    return CloseReason.PAID


def remainder_is_waived(case: Case, policy: Policy, around: Surroundings) -> bool:
    """Whether what is left of interest and costs is not pursued, now that the invoice itself is paid.

    Judged as of the day on which money last moved, so that a closed case stays closed whatever day it is.
    """
    if policy.law is None:
        return True
    claim = claim_of(case, policy, _money_moved_on(case), around)
    small = claim.open.minor <= _in_minor(policy.tolerance, case.ledger.currency)
    if small and claim.costs.is_zero and (policy.remainder.interest_only == "waive" or claim.interest.is_zero):
        return True
    return claim.total.amount < policy.remainder.extras_below


def waived(case: Case, policy: Policy, around: Surroundings) -> Money:
    """Interest and costs (and a rest too small to chase) that closing the case gives up."""
    return claim_of(case, policy, _money_moved_on(case), around).total


def _money_moved_on(case: Case) -> date:
    return max(max(entry.known_on, entry.credited_on) for entry in case.ledger.entries)


def overpaid(case: Case, policy: Policy, today: date, around: Surroundings) -> Money:
    """What was paid beyond everything that is owed; it is held and shown until a person returns it or sets it off."""
    if policy.law is None or not case.overpaid_minor:
        return case.overpaid
    return claim_of(case, policy, today, around).overpaid


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
        if step.id not in policy.gate_steps and _comes_too_late(case, step, today):
            passed.append((step.id, issue, "it comes before the due date, which has passed"))
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
        if _goes_in_joint_letter(case, policy, surroundings, step, now, today):
            tomorrow = calendar.first_opening(today + timedelta(days=1))
            joint = (Blocker(code="joint_letter_today", until=calendar.local_date(tomorrow)),)
            return _upcoming(step, issue, tomorrow, joint, passed, review)
        unmet = _unmet_condition(case, policy, surroundings, step, today)
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
    calendar = policy.sending_calendar
    tomorrow = calendar.first_opening(today + timedelta(days=1))
    if (
        not step.task
        and covered is not None
        and covered < _coverage_needed(case, policy, surroundings.terms, step, today)
    ):
        until = calendar.local_date(tomorrow)
        return decided("wait", tomorrow, None, Blocker(code="bank_not_covering", until=until))
    role = legal_role(step, case, policy, surroundings.terms, today)
    if role in ("cost_notice", "first_reminder") and surroundings.terms.at_risk:
        blocker = Blocker(code="terms_at_risk")
        if case.open_task("review_terms") is None:
            return decided("task", now, "review_terms", blocker)
        return decided("wait", None, None, blocker)
    if role == "cost_notice":
        held = left_out(case, surroundings, today)
        if held and all(is_just_sending(sibling.case) for sibling in held):
            return decided("wait", now + INTENT_GRACE, None, Blocker(code="sibling_in_default", until=today))
        if held:
            ends = [hold.end for sibling in held for hold in sibling.case.holds_on(today)]
            known = [end for end in ends if end is not None]
            free = max(known) if known and len(known) == len(ends) else today
            at = max(tomorrow, calendar.first_opening(free))
            return decided("wait", at, None, Blocker(code="sibling_in_default", until=calendar.local_date(at)))
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


def _coverage_needed(case: Case, policy: Policy, terms: CreditorTerms, step: Step, today: date) -> date:
    """Last day whose payments must be known before this step may be taken."""
    needed = last_banking_day_before(today)
    if step.when.term_expired is not None:
        ends = _term_end(case, policy, terms, step)
        if ends is not None:
            return max(needed, ends.last_day)
    return needed


def _goes_in_joint_letter(
    case: Case, policy: Policy, around: Surroundings, step: Step, now: datetime, today: date
) -> bool:
    """Whether another case of this consumer sends a 14-day letter today that takes this one along.

    Then its own reminder or call of that day is left, whichever of the two cases wakes first.
    """
    if not around.siblings or not is_protected(case, policy):
        return False
    own = cost_step(case, policy)
    if own is None or policy.positions[step.id] >= policy.positions[own.id]:
        return False
    me = Sibling("", case, policy)
    if not belongs_in(me, case.ledger.currency, around, today) or not can_join(me, around, today):
        return False
    alone = replace(around, siblings=(), debtor_contacted_on=None, debtor_reminded_on=None)
    for sibling in around.siblings:
        if not belongs_in(sibling, case.ledger.currency, around, today):
            continue
        decision = plan(sibling.case, sibling.policy, alone, now)
        rung = sibling.policy.step(decision.step or "")
        if decision.action != "send" or decision.at is None or rung is None:
            continue
        on = sibling.policy.sending_calendar.local_date(decision.at)
        role = legal_role(rung, sibling.case, sibling.policy, around.terms, today)
        others = (me, *(other for other in around.siblings if other is not sibling))
        if (
            on == today
            and role == "cost_notice"
            and not left_out(sibling.case, replace(around, siblings=others), today)
        ):
            return True
    return False


def _comes_too_late(case: Case, step: Step, today: date) -> bool:
    """Whether a message that belongs before the due date has missed it: else it asks if a late invoice is right.

    An invoice may be imported late, or a hold last beyond the due date; no other step loses its sense by being late.
    """
    return step.when.before_due is not None and step.repeat is None and today > case.due


def _unmet_condition(case: Case, policy: Policy, around: Surroundings, step: Step, today: date) -> str | None:
    """Why a step is not taken now: its `if` is not met, or it asks for what is paid; None when it is taken."""
    if (
        step.send
        and policy.law is not None
        and not case.open_minor
        and as_taken(step, case, policy, around.terms, today).claims == "principal"
        and open_on(case, policy, today, around).is_zero
    ):
        # Only interest or costs are left: a letter that asks for 0.00, or announces a fee on it, says nothing.
        return "it asks for the invoice, and that is paid"
    condition = step.condition
    least, below = condition.open_at_least, condition.open_below
    if least is None and below is None:
        return None
    owed = open_on(case, policy, today, around)
    if least is not None and owed.amount < least and not _enough_invoices(condition, around, today):
        return f"open {owed.text} is below {least}"
    if below is not None and owed.amount >= below:
        return f"open {owed.text} is not below {below}"
    return None


def _enough_invoices(condition: Condition, around: Surroundings, today: date) -> bool:
    """Whether so many invoices of the debtor are overdue that a small one counts, too."""
    if condition.or_invoices is None:
        return False
    others = [s for s in around.siblings if s.case.closed is None and s.case.open_minor and s.case.due < today]
    return 1 + len(others) >= condition.or_invoices


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
    again: dict[str, int] = {}
    for taken in case.taken:
        plain = not taken.void and taken.legal != "default_notice"
        if plain or counts_as_taken(taken, policy.step(taken.step), case, policy):
            counts[taken.step] = counts.get(taken.step, 0) + 1
            last = max(last, policy.positions.get(taken.step, -1))
        else:
            # A void letter, or the notice of default before it: the next one has the next number.
            again[taken.step] = again.get(taken.step, 0) + 1
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
            yield step, done + again.get(step.id, 0) + 1


def _issues(step: Step) -> int | None:
    """How many issues a step has; None when it repeats without end."""
    return 1 if step.repeat is None else step.repeat.at_most


def _caught_up(
    case: Case, policy: Policy, surroundings: Surroundings, today: date, remaining: Iterator[tuple[Step, int]]
) -> tuple[Iterator[tuple[Step, int]], list[tuple[str, int, str]]]:
    """Leave out steps whose moment passed unseen, as `catch_up` says; never one that must not be left out."""
    steps = list(_expanded(remaining))
    missed: list[tuple[Step, int]] = []
    for step, issue in steps:
        if _was_seen(case, step, issue):
            break
        moment, _ = _moment(case, policy, surroundings, step, issue, None)
        if moment is None or policy.sending_calendar.local_date(moment) >= today:
            break
        missed.append((step, issue))
        if _is_never_left_out(case, policy, step):
            break
    kept = 0
    if missed:
        keeps_last = policy.catch_up is CatchUp.LATEST or _is_never_left_out(case, policy, missed[-1][0])
        kept = len(missed) - 1 if keeps_last else len(missed)
    left_out = [
        (step.id, issue, f"its moment passed unseen; catch_up is {policy.catch_up.value}")
        for step, issue in steps[:kept]
    ]
    return iter(steps[kept:]), left_out


def _is_never_left_out(case: Case, policy: Policy, step: Step) -> bool:
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
    for day, code in _dates(case, policy, surroundings.terms, step, issue):
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


def _dates(
    case: Case, policy: Policy, terms: CreditorTerms, step: Step, issue: int
) -> Iterator[tuple[date | None, BlockerCode]]:
    """The dates that `when` gives, and the law; None for one that can't be known yet."""
    if issue > 1 and step.repeat is not None:
        yield _repeated_day(case, policy, terms, step, issue), "not_due_yet"
        return
    void = [taken.on for taken in case.taken if taken.void and taken.step == step.id]
    if void:
        # Never two on one day, whatever made the former void.
        yield max(void) + timedelta(days=1), "not_due_yet"
    if sets_costs(step, case, policy):
        yield from _default_dates(case, policy, terms)
    elif step.term is not None and policy.law is not None:
        # A notice before the day on which payment is late would be void at once.
        yield case.due + timedelta(days=1), "not_in_default"
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
        yield from _term_dates(case, policy, terms, step)


def _default_dates(case: Case, policy: Policy, terms: CreditorTerms) -> Iterator[tuple[date | None, BlockerCode]]:
    """A 14-day letter counts only after the debtor is in default (BW 6:96 lid 6)."""
    if not needs_default_notice(case, policy):
        since = default_from(case, policy, terms)
        if since is not None:
            yield since, "not_in_default"
        return
    notice = default_notice(case)
    ends = None if notice is None else term_of(notice, case, policy, terms)
    if ends is not None:
        yield ends.act_on, "not_in_default"
    elif any(t.legal == "default_notice" and not t.void for t in case.taken):
        yield None, "term_unproven"


def _repeated_day(case: Case, policy: Policy, terms: CreditorTerms, step: Step, issue: int) -> date | None:
    """Day of a further issue: counted from the last issue taken, or from the first one's planned day."""
    every = step.repeat.every if step.repeat else 0
    last = _last_taken(case, step.id)
    if last is not None:
        return _shifted(case, policy, last.on, every * (issue - last.issue))
    first = [day for day, _ in _dates(case, policy, terms, step, 1)]
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


def earliest_day(case: Case, policy: Policy, around: Surroundings, step: Step) -> date | None:
    """First day on which a step could be taken as things stand now; None while nobody can say."""
    moment, _ = _moment(case, policy, around, step, 1, None)
    return None if moment is None else policy.sending_calendar.local_date(moment)


# Terms -----------------------------------------------------------------------------------------------------


def _term_dates(
    case: Case, policy: Policy, terms: CreditorTerms, step: Step
) -> Iterator[tuple[date | None, BlockerCode]]:
    taken = standing(case, policy, step.when.term_expired or "")
    if taken is None:
        yield None, "term_not_started"
    elif not taken.proven:
        yield None, "term_unproven"
    else:
        ends = _term_end(case, policy, terms, step)
        yield (None if ends is None else ends.act_on), "term_running"


def _gate_gone(case: Case, policy: Policy, step: Step, passed: list[tuple[str, int, str]]) -> str | None:
    """Why the term that the step waits for can never start: its notice was passed over, or is no step."""
    gate = step.when.term_expired
    if gate is None or standing(case, policy, gate) is not None:
        return None
    if gate in policy.positions and not any(of == gate for of, *_ in (*case.passed, *passed)):
        return None
    return f"the term of step {gate} can never run out: that step was left out"


def _last_taken(case: Case, step_id: str) -> TakenStep | None:
    return next((taken for taken in reversed(case.taken) if taken.step == step_id), None)


def _term_end(case: Case, policy: Policy, terms: CreditorTerms, step: Step) -> Term | None:
    """The term that the step waits for."""
    gate = step.when.term_expired or ""
    taken = standing(case, policy, gate)
    if taken is None:
        return None
    rung = policy.step(gate)
    if taken.term_days is None and rung is not None:
        taken = replace(taken, term_days=rung.term)
    return term_of(taken, case, policy, terms, step.when.margin)


# Putting a wrong claim right ------------------------------------------------------------------------------


def _apology(case: Case, policy: Policy, now: datetime) -> Decision | None:
    """Costs were claimed that were not due: the debtor is told so before anything else is done."""
    sent = sum(1 for taken in case.taken if taken.step == APOLOGY.id)
    if sent >= len(case.undone) or _contact_failed(case, APOLOGY):
        return None
    calendar = policy.sending_calendar
    at = max(now, _retry_at(case, APOLOGY, sent + 1) or now)
    pause = next((hold for hold in case.holds_on(calendar.local_date(at)) if hold.kind is HoldKind.PAUSE), None)
    if pause is not None:
        if pause.end is None:
            return Decision(action="wait", step=APOLOGY.id, issue=sent + 1, blockers=(Blocker(code="pause"),))
        at = max(at, calendar.first_opening(pause.end))
    return Decision(action="send", step=APOLOGY.id, issue=sent + 1, at=calendar.fit(at))


# Pauses ----------------------------------------------------------------------------------------------------


def _pause_review(case: Case, policy: Policy) -> Decision | None:
    """An open-ended pause raises a review task after 14 days, once a pause."""
    pause = next((h for h in case.holds if h.kind is HoldKind.PAUSE and h.until is None and h.lifted is None), None)
    if pause is None or any(t.raised_on >= pause.since for t in _raised(case, "review_pause")):
        return None
    day = pause.since + timedelta(days=REVIEW_PAUSE_AFTER)
    at = policy.sending_calendar.first_opening(day)
    return Decision(action="task", task="review_pause", at=at, blockers=(Blocker(code="pause"),))
