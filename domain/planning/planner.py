"""The planner: decides everything, and is pure.

`plan(case, policy, surroundings, now)` says what comes next, when, and why not now. It reads no clock and does
nothing. The rules are those of design §5 and `practice.md`; each rule stands in one function: what comes
next here, which steps are left in `ladder`, their days in `moments`, what money settles in `settlement`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal

from domain.blockers import BlockerKind
from domain.case import Case
from domain.case_parts import CASE_CLOSED, Task
from domain.claims.claim import open_on
from domain.contact_hours import calendar_of
from domain.correspondence import next_answer
from domain.facts import CloseReason, DeliveryStatus
from domain.finality import ends_supply_stop, final_from, supply_is_stopped
from domain.handoffs.approving import without_notice
from domain.handoffs.findings import Finding, Point
from domain.handoffs.follow import HEARS_FROM_PARTNER, goes_without
from domain.handoffs.joint import going, unmet_together
from domain.handoffs.whole_check import stopping_of
from domain.handoffs.with_partner import file_of, lives_on, recall_of
from domain.notices import is_protected, legal_role
from domain.planning.agreed import waits_for_bank
from domain.planning.arranged import under_arrangement
from domain.planning.checks import is_checked, register_unchecked
from domain.planning.conditions import coverage_needed, unmet_condition
from domain.planning.decision import Blocker, Decision, blocked_by
from domain.planning.held_money import held_back, waits_for_money, waits_on
from domain.planning.hold_reviews import next_review
from domain.planning.joint_letter import (
    belongs_in,
    can_join,
    cost_step,
    held_until,
    is_just_sending,
    left_out,
    long_paused,
)
from domain.planning.ladder import brought_forward, caught_up, gate_gone, steps_left
from domain.planning.moments import contact_failed, moment_of, next_try
from domain.planning.precedence import lets_another_go_first
from domain.planning.settlement import close_reason, overpaid, overpayment_is_news
from domain.planning.stopped import after_stops
from domain.policy import APOLOGY, CatchUp, Policy, Step
from domain.replacing import replace
from domain.sent import Attempt
from domain.surroundings import Sibling, Surroundings
from domain.tasks import TaskKind

INTENT_GRACE = timedelta(minutes=2)
"""An intent older than this without an outcome is an unknown outcome: longer than any send may take."""

_LEAVING_LASTS = timedelta(minutes=10)
"""After which a case looks again whether the file of another one has arrived; it is woken once that is known."""

DECIDE_AGAIN_AFTER = 30
"""Days after which a person is asked again what to do with a case whose ladder has no further step."""


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
    decided = _planned(case, policy, surroundings, now)
    return after_stops(decided, case, policy, surroundings.stops) if surroundings.stops else decided


def _planned(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Decision:
    under_way = None if case.attempt is None else _under_way(case.attempt)
    if under_way is not None:
        return under_way
    today = policy.sending_calendar.local_date(now)
    if case.overpaid_minor and overpayment_is_news(case) and overpaid(case, policy, today, surroundings):
        return Decision(action="task", task=TaskKind.OVERPAYMENT, at=now)
    apology = _apology(case, policy, now) if case.undone else None
    answer = apology or (next_answer(case, policy, surroundings, now) if case.owing else None)
    if answer is not None:
        return answer
    closing = close_reason(case, policy, surroundings)
    if closing is not None:
        supply = _supply_goes_on(case, policy, today, now) if case.closed is closing else None
        if supply is None and case.closed is closing and (waits := _with_partner(case)) is not None:
            return waits
        return supply or Decision(action="close", close=closing, at=now)
    return _ladder(case, policy, surroundings, now, today)


def _with_partner(case: Case) -> Decision | None:
    """A partner has the case: what he reports is waited for, until he has it no more; None where nothing is to come.

    Of a settled claim only that he gives the file back, where we asked for it.
    """
    file = file_of(case)
    if file is None or not lives_on(case) or (case.closed is not CloseReason.HANDED_OFF and recall_of(case) is None):
        return None
    return Decision(action="wait", step=file.step, issue=file.issue, blockers=(Blocker(code=BlockerKind.WITH_PARTNER),))


def _supply_goes_on(case: Case, policy: Policy, today: date, now: datetime) -> Decision | None:
    """A stop of supply stands until nobody can take the money back; on that day a person is to lift it."""
    if case.closed is None or not ends_supply_stop(case.closed) or not supply_is_stopped(case):
        return None
    final = final_from(case, today)
    at = now if final is None else policy.sending_calendar.early(final)
    return Decision(action="task", task=TaskKind.LIFT_SUPPLY_STOP, at=at)


# Sends under way ------------------------------------------------------------------------------------------


def _under_way(attempt: Attempt) -> Decision | None:
    """A message whose outcome is not known must be reconciled before anything else is done."""
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
        blockers=(Blocker(code=BlockerKind.OUTCOME_UNKNOWN),),
    )


# The ladder -----------------------------------------------------------------------------------------------


def _ladder(case: Case, policy: Policy, surroundings: Surroundings, now: datetime, today: date) -> Decision:
    calendar = policy.sending_calendar
    unknown = waits_for_bank(case, policy, now)
    if unknown is not None:
        return unknown
    passed: list[tuple[str, int, str]] = []
    review = next_review(case, policy)
    if review is not None and review.at is not None and review.at <= now:
        return review
    arranged = under_arrangement(case, policy, surroundings, now, review)
    if arranged is not None:
        return arranged
    early = without_notice(case, policy, today)
    if early is not None and not case.holds_on(today, "sends"):
        fitting = calendar_of(early, case, policy).fit(max(now, next_try(case, early, 1) or now))
        if fitting > now:
            hours = (blocked_by(BlockerKind.OUTSIDE_HOURS, calendar.local_date(fitting)),)
            return _upcoming(early, 1, fitting, hours, passed, review)
        if not contact_failed(case, early):
            stopping = stopping_of(case, policy, surroundings, early, today)
            return _due(case, policy, surroundings, early, 1, now, today, passed, stopping)
    remaining, skipped = brought_forward(case, policy, steps_left(case, policy))
    if policy.catch_up is not CatchUp.IN_ORDER and not skipped:
        remaining, omitted = caught_up(case, policy, surroundings, today, remaining)
        passed.extend(omitted)
    for step, issue in remaining:
        gone = gate_gone(case, policy, step, passed)
        if gone is not None:
            # Once says it all: a step that repeats without end has no last issue to pass over.
            if not any(of == step.id for of, _ in case.passed):
                passed.append((step.id, issue, gone))
            continue
        if goes_without(case, policy, surroundings, step, today):
            if not any(of == step.id for of, _ in case.passed):
                passed.append((step.id, issue, HEARS_FROM_PARTNER))
            continue
        if step.id not in policy.gate_steps and _comes_too_late(case, step, today):
            passed.append((step.id, issue, "it comes before the due date, which has passed"))
            continue
        moment, blockers = moment_of(case, policy, surroundings, step, issue, today)
        if moment is None:
            return _waiting(review, passed, step, issue, blockers)
        if waits_on(case, policy, surroundings, step, issue):
            waits = waits_for_money(case, policy, step, issue, today, passed)
            if waits.at is not None and waits.at >= moment:
                return waits
        if moment > now:
            return _upcoming(step, issue, moment, blockers, passed, review)
        stopping = stopping_of(case, policy, surroundings, step, today)
        asked_for = _waits_for_answer(case, policy, step, issue, now, passed, stopping)
        if asked_for is not None:
            return asked_for
        fitting = calendar_of(step, case, policy).fit(now)
        if fitting > now:
            stands = None if step.task else held_back(case, policy, surroundings)
            if stands is not None and stands.task is None:
                # Asked at night it waits as by day: no sooner for having been asked.
                return waits_for_money(case, policy, step, issue, today, passed)
            opens, code = calendar.local_date(fitting), BlockerKind.OUTSIDE_HOURS
            if legal_role(step, case, policy) == "cost_notice":
                free = calendar.first_opening(held_until(left_out(case, surroundings, opens), opens))
                if free > fitting:
                    fitting, code = free, BlockerKind.SIBLING_IN_DEFAULT
            late = (blocked_by(code, calendar.local_date(fitting)),)
            return _upcoming(step, issue, fitting, late, passed, review)
        if _goes_in_joint_letter(case, policy, surroundings, step, now, today):
            tomorrow = calendar_of(step, case, policy).first_opening(today + timedelta(days=1))
            joint = (blocked_by(BlockerKind.JOINT_LETTER_TODAY, calendar.local_date(tomorrow)),)
            return _upcoming(step, issue, tomorrow, joint, passed, review)
        if not step.task and case.contested_minor and _is_disputed(case, policy, surroundings, today):
            disputed = (Blocker(code=BlockerKind.DISPUTED),)
            return Decision(action="wait", step=step.id, issue=issue, blockers=disputed, passed_over=tuple(passed))
        later = lets_another_go_first(case, policy, surroundings, step, moment, now, plan)
        if later is not None:
            turn = (blocked_by(BlockerKind.OLDER_FIRST, calendar.local_date(later)),)
            return _upcoming(step, issue, later, turn, passed, review)
        unmet = _unmet(case, policy, surroundings, step, today)
        if unmet is not None:
            passed.append((step.id, issue, unmet))
            if skipped:
                # What was called for is left out, so that those before it come after all.
                return Decision(action="wait", step=step.id, issue=issue, passed_over=tuple(passed))
            continue
        passed.extend(skipped)
        return _due(case, policy, surroundings, step, issue, now, today, passed, stopping)
    asked = list(_raised(case, TaskKind.DECIDE_NEXT))
    if asked and asked[-1].done_on is None:
        return _waiting(review, passed, None, 1, (Blocker(code=BlockerKind.NO_NEXT_STEP),))
    at = now
    if asked and asked[-1].done_on is not None:
        # Whoever decided may have decided to wait: no case is left without a next date.
        at = max(now, calendar.first_opening(asked[-1].done_on + timedelta(days=DECIDE_AGAIN_AFTER)))
    blockers = (blocked_by(BlockerKind.NO_NEXT_STEP, calendar.local_date(at)),) if at > now else ()
    return Decision(action="task", task=TaskKind.DECIDE_NEXT, at=at, blockers=blockers, passed_over=tuple(passed))


def _waiting(
    review: Decision | None,
    passed: list[tuple[str, int, str]],
    step: Step | None,
    issue: int,
    blockers: tuple[Blocker, ...],
) -> Decision:
    """Nothing to do until a message comes; an open-ended hold is still looked at after a while."""
    if review is not None:
        return replace(review, blockers=blockers, passed_over=tuple(passed))
    return Decision(
        action="wait", step=step.id if step else None, issue=issue, blockers=blockers, passed_over=tuple(passed)
    )


def _upcoming(
    step: Step,
    issue: int,
    moment: datetime,
    blockers: tuple[Blocker, ...],
    passed: list[tuple[str, int, str]],
    review: Decision | None,
) -> Decision:
    if review is not None and review.at is not None and review.at < moment:
        return replace(review, blockers=blockers, passed_over=tuple(passed))
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
    stopping: Finding | None,
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

    partner = surroundings.with_partner
    if partner is not None and not partner.sure and not step.task:
        return decided("wait", now + _LEAVING_LASTS, None, Blocker(code=BlockerKind.BEING_HANDED_OFF))
    covered = surroundings.bank_covered_until
    calendar = calendar_of(step, case, policy)
    if (
        not step.task
        and covered is not None
        and covered < coverage_needed(case, policy, surroundings.terms, step, today)
    ):
        tomorrow = calendar.first_opening(today + timedelta(days=1))
        until = calendar.local_date(tomorrow)
        return decided("wait", tomorrow, None, blocked_by(BlockerKind.BANK_NOT_COVERING, until))
    if policy.check == "first" and not case.taken and not is_checked(case):
        blocker = Blocker(code=BlockerKind.INTERNAL_CHECK)
        if case.open_task(TaskKind.CHECK_INVOICE) is None:
            return decided("task", now, TaskKind.CHECK_INVOICE, blocker)
        return decided("wait", None, None, blocker)
    role = legal_role(step, case, policy)
    if role in ("cost_notice", "first_reminder") and surroundings.terms.at_risk:
        blocker = Blocker(code=BlockerKind.TERMS_AT_RISK)
        if case.open_task(TaskKind.REVIEW_TERMS) is None:
            return decided("task", now, TaskKind.REVIEW_TERMS, blocker)
        return decided("wait", None, None, blocker)
    # Before what waits for other invoices: a wait for money is no shorter because one of them is held back, too.
    if not step.task and (stands := held_back(case, policy, surroundings)) is not None:
        waits = waits_for_money(case, policy, step, issue, today, passed)
        return waits if stands.task is None else decided("task", now, stands.task, *waits.blockers)
    if role == "cost_notice":
        held = left_out(case, surroundings, today)
        if held and all(is_just_sending(sibling.case) for sibling in held):
            return decided("wait", now + INTENT_GRACE, None, blocked_by(BlockerKind.SIBLING_IN_DEFAULT, today))
        if held:
            tomorrow = calendar.first_opening(today + timedelta(days=1))
            at = max(tomorrow, calendar.first_opening(held_until(held, today)))
            return decided("wait", at, None, blocked_by(BlockerKind.SIBLING_IN_DEFAULT, calendar.local_date(at)))
        if long_paused(case, surroundings, today) and not any(_raised(case, TaskKind.SIBLING_PAUSED)):
            return decided("task", now, TaskKind.SIBLING_PAUSED)
    if step.hand_off:
        if stopping is not None:
            return _not_handed_off(case, policy, step, issue, now, passed, stopping)
    elif register_unchecked(case, policy, step, today):
        blocker = Blocker(code=BlockerKind.REGISTER_UNCHECKED)
        if case.open_task(TaskKind.CHECK_REGISTER) is None:
            return decided("task", now, TaskKind.CHECK_REGISTER, blocker)
        return decided("wait", None, None, blocker)
    return decided(_action(step), now, step.task)


def _unmet(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> str | None:
    """Why a step is not taken now; for a hand-off what goes along counts, too."""
    if step.hand_off is None or step.condition.open_at_least is None:
        return unmet_condition(case, policy, surroundings, step, today)
    others = going(case, policy, surroundings, step, today)
    return unmet_together(case, policy, surroundings, step, today, others)


def _is_disputed(case: Case, policy: Policy, surroundings: Surroundings, today: date) -> bool:
    """Whether nothing is left to ask for but what is disputed, or waits for a credit note."""
    return open_on(case, policy, today, surroundings).amount <= policy.tolerance


def _not_handed_off(
    case: Case,
    policy: Policy,
    step: Step,
    issue: int,
    now: datetime,
    passed: list[tuple[str, int, str]],
    found: Finding,
) -> Decision:
    """The check stops the hand-off: a person is asked to mend what can be mended, and nothing leaves meanwhile."""
    at = None if found.until is None else policy.sending_calendar.first_opening(found.until)
    task = found.task
    if found.point is Point.FINAL_DEMAND and task is not None:
        # A consumer never had a final demand: a person is asked, and asked again.
        asked = list(_raised(case, task))
        if asked:
            done_on = asked[-1].done_on
            again = None if done_on is None else done_on + timedelta(days=DECIDE_AGAIN_AFTER)
            at = None if again is None else max(now, policy.sending_calendar.first_opening(again))
            task = None if at is None else task
    elif task is not None and case.open_task(task) is not None:
        task = None
    until = None if at is None or found.until is None else policy.sending_calendar.local_date(at)
    return Decision(
        action="wait" if task is None else "task",
        at=at if task is None else at or now,
        step=step.id,
        issue=issue,
        task=task,
        blockers=() if found.code is None else (blocked_by(found.code, until),),
        passed_over=tuple(passed),
    )


def _waits_for_answer(
    case: Case,
    policy: Policy,
    step: Step,
    issue: int,
    now: datetime,
    passed: list[tuple[str, int, str]],
    stopping: Finding | None,
) -> Decision | None:
    """A hand-off that waits for a person who was asked: at night, and beside an older one, it does so as ever."""
    of_people = (BlockerKind.APPROVAL_REQUIRED, BlockerKind.REGISTER_UNCHECKED)
    if stopping is None or stopping.code not in of_people or stopping.task is None:
        return None
    if case.open_task(stopping.task) is None:
        return None
    waits = _not_handed_off(case, policy, step, issue, now, passed, stopping)
    return waits if waits.action == "wait" and waits.at is None else None


def _goes_in_joint_letter(
    case: Case, policy: Policy, surroundings: Surroundings, step: Step, now: datetime, today: date
) -> bool:
    """Whether another case of this consumer sends a 14-day letter today that takes this one along.

    Then its own reminder or call of that day is left, whichever of the two cases wakes first.
    """
    if not surroundings.siblings or not is_protected(case, policy):
        return False
    own = cost_step(case, policy)
    if own is None or policy.positions[step.id] >= policy.positions[own.id]:
        return False
    me = Sibling("", case, policy)
    if not belongs_in(me, case.ledger.currency, surroundings, today) or not can_join(me, surroundings, today):
        return False
    alone = replace(surroundings, siblings=(), debtor_contacted_on=None, debtor_reminded_on=None)
    for sibling in surroundings.siblings:
        if not belongs_in(sibling, case.ledger.currency, surroundings, today):
            continue
        decision = plan(sibling.case, sibling.policy, alone, now)
        rung = sibling.policy.step(decision.step or "")
        if decision.action != "send" or decision.at is None or rung is None:
            continue
        on = sibling.policy.sending_calendar.local_date(decision.at)
        role = legal_role(rung, sibling.case, sibling.policy)
        others = (me, *(other for other in surroundings.siblings if other is not sibling))
        if (
            on == today
            and role == "cost_notice"
            and not left_out(sibling.case, replace(surroundings, siblings=others), today)
        ):
            return True
    return False


def _comes_too_late(case: Case, step: Step, today: date) -> bool:
    """Whether a message that belongs before the due date has missed it: else it asks if a late invoice is right.

    An invoice may be imported late, or a hold last beyond the due date; no other step loses its sense by being late.
    """
    return step.when.before_due is not None and step.repeat is None and today > case.due


def _raised(case: Case, kind: str) -> Iterator[Task]:
    """Tasks of a kind that a person has, or finished; one that a closing did away with is raised anew."""
    return (task for task in case.tasks if task.kind == kind and task.outcome != CASE_CLOSED)


# Putting a wrong claim right ------------------------------------------------------------------------------


def _apology(case: Case, policy: Policy, now: datetime) -> Decision | None:
    """Costs were claimed that were not due: the debtor is told so before anything else is done."""
    if case.handed_off:
        # Of one that is handed off, a collection partner speaks with the debtor now.
        return None
    sent = sum(1 for taken in case.taken if taken.step == APOLOGY.id)
    if sent >= len(case.undone) or contact_failed(case, APOLOGY):
        return None
    calendar = calendar_of(APOLOGY, case, policy)
    at = max(now, next_try(case, APOLOGY, sent + 1) or now)
    hold = next(iter(case.holds_on(calendar.local_date(at), "apology")), None)
    if hold is not None:
        if hold.end is None:
            return Decision(action="wait", step=APOLOGY.id, issue=sent + 1, blockers=(Blocker(code=hold.kind),))
        at = max(at, calendar.first_opening(hold.end))
    return Decision(action="send", step=APOLOGY.id, issue=sent + 1, at=calendar.fit(at))
