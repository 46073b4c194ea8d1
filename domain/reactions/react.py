"""React: all consequences that stay inside a case, drawn until something else is to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain import facts as f
from domain.case import Case, apply
from domain.case_parts import CASE_CLOSED
from domain.finality import ends_supply_stop, is_supply_stop
from domain.handoffs.with_partner import lives_on
from domain.planning.decision import Decision
from domain.planning.noted import once_noted
from domain.planning.planner import plan
from domain.planning.settlement import close_reason, waived
from domain.policy import Policy
from domain.quick_records import quick
from domain.reactions.arrangement_parts import part_facts
from domain.reactions.arrangements import arrangement_facts
from domain.reactions.came_back import came_back_facts
from domain.reactions.deadlines import is_deadline_task
from domain.reactions.disputes import dispute_facts
from domain.reactions.habits import habit_facts
from domain.reactions.held_money import held_money_facts
from domain.reactions.holds import paid_holds
from domain.reactions.legal import legal_facts
from domain.reactions.overpayments import overpayment_facts, told_of_overpayment
from domain.reactions.partner_stops import partner_stop_facts
from domain.reactions.partners import partner_facts
from domain.reactions.payment_runs import payment_run_facts
from domain.reactions.promises import promise_facts
from domain.reactions.reservations import reserved_in_dispute
from domain.reactions.reviews import review_facts
from domain.reactions.sending import sending_finished, step_taken
from domain.reactions.settlements import settlement_facts
from domain.reactions.signatures import signature_facts
from domain.reactions.statuses import status_facts
from domain.reactions.timely import Timely, together
from domain.surroundings import Surroundings
from domain.tasks import OUTLIVE_CLOSING, TaskKind

_LOOKED_AT_ANEW = (f.CaseClosed, f.CaseReopened, f.TaskRaised)
"""What else the ladder does by itself changes nothing for what follows from time; a task may be late at once."""

SUPPLIED = "supply may go on"
"""Outcome of a stop of supply when the payment is final."""


@quick
@dataclass(frozen=True, slots=True)
class Reaction:
    """A case after all its inner consequences were drawn.

    Attributes:
        case: The case with `facts` applied.
        facts: New facts, in order.
        decision: What remains: a wait, something to be done outside, or the end.
        wake_at: When the case is to be looked at again, by the decision or for a deadline that comes before it; None
            when only a message changes anything.
    """

    case: Case
    facts: tuple[f.Fact, ...]
    decision: Decision
    wake_at: datetime | None


def react(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Reaction:
    """Draw all consequences that stay inside the case at this moment."""
    today = policy.sending_calendar.local_date(now)
    facts: list[f.Fact] = []
    seen = _timely(case, policy, surroundings, now)
    decision: Decision | None = None
    while True:
        fresh: list[f.Fact] = list(seen.facts)
        known: Decision | None = None
        if not fresh:
            if decision is None:
                decision = plan(case, policy, surroundings, now)
            consequences = _consequences(case, policy, surroundings, decision, now, today)
            fresh = [fact for fact in consequences if fact.id not in case.seen]
            if not fresh:
                return Reaction(case, tuple(facts), decision, _sooner(decision.at, seen.next_at))
            known = once_noted(decision, case, policy, fresh)
        decision = known
        for fact in fresh:
            case = apply(case, fact)
        facts.extend(fresh)
        if seen.facts or any(isinstance(fact, _LOOKED_AT_ANEW) for fact in fresh):
            seen = _timely(case, policy, surroundings, now)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _timely(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """What follows now from the law, and from what was agreed or is disputed, whatever the ladder does."""
    return together(
        (
            status_facts(case, policy, surroundings, now),
            legal_facts(case, policy, surroundings, now),
            came_back_facts(case, policy, now),
            dispute_facts(case, policy, now),
            reserved_in_dispute(case, policy, surroundings, now),
            promise_facts(case, policy, surroundings, now),
            settlement_facts(case, policy, surroundings, now),
            review_facts(case, policy, now),
            paid_holds(case, policy, now),
            arrangement_facts(case, policy, surroundings, now),
            part_facts(case, policy, surroundings, now),
            held_money_facts(case, policy, surroundings, now),
            habit_facts(case, policy, surroundings, now),
            payment_run_facts(case, policy, surroundings, now),
            overpayment_facts(case, policy, now),
            signature_facts(case, policy, now),
            partner_facts(case, policy, surroundings, now),
            partner_stop_facts(case, policy, surroundings, now),
        )
    )


def _consequences(
    case: Case, policy: Policy, surroundings: Surroundings, decision: Decision, now: datetime, today: date
) -> Sequence[f.Fact]:
    """Facts that follow from a decision at once; the planner is asked again after each batch."""
    if case.closed is not None and close_reason(case, policy, surroundings) is None:
        return (f.CaseReopened(id=f"reopened:{len(case.idle)}", at=now, on=today),)
    if decision.passed_over:
        return tuple(
            f.StepPassedOver(id=f"passed:{step}:{issue}", at=now, on=today, step=step, issue=issue, reason=reason)
            for step, issue, reason in decision.passed_over
        )
    due = decision.at is not None and decision.at <= now
    if decision.action == "close" and decision.close is not None:
        return _closing(case, policy, surroundings, decision.close, now, today)
    if decision.action == "task" and due and decision.task is not None:
        return _task_raised(case, policy, surroundings, decision, decision.task, now, today)
    if decision.action == "wait" and decision.step and any(blocker.code.rule.noted for blocker in decision.blockers):
        codes = tuple(blocker.code.value for blocker in decision.blockers)
        return (
            f.StepHeldBack(
                id=f"held:{decision.step}:{decision.issue}:{'+'.join(codes)}",
                at=now,
                on=today,
                step=decision.step,
                issue=decision.issue,
                blockers=codes,
            ),
        )
    return ()


def _closing(
    case: Case, policy: Policy, surroundings: Surroundings, reason: f.CloseReason, now: datetime, today: date
) -> Sequence[f.Fact]:
    if case.closed is reason:
        return ()
    ending = f"closed:{reason.value}:{len(case.idle)}:{len(case.ledger.entries)}"
    kept = ends_supply_stop(reason)
    tasks = {
        t.kind
        for t in case.tasks
        if t.done_on is None and t.kind not in OUTLIVE_CLOSING and not (kept and is_supply_stop(t))
    }
    if reason is f.CloseReason.HANDED_OFF and lives_on(case):
        # What is lost when nobody acts in time is lost as well while a partner has it.
        tasks = {kind for kind in tasks if not is_deadline_task(kind)}
    done = [
        f.TaskDone(id=f"done:{kind}:{ending}", at=now, on=today, task=kind, outcome=CASE_CLOSED)
        for kind in sorted(tasks)
    ]
    given_up = _given_up(case, policy, ending, now, today)
    rest = None
    if policy.law is not None and reason is not f.CloseReason.HANDED_OFF:
        rest = waived(case, policy, surroundings) or None
    return (*done, *given_up, f.CaseClosed(id=ending, at=now, on=today, reason=reason, waived=rest))


def _stops_done(case: Case, outcome: str, own: str, now: datetime, today: date) -> Sequence[f.Fact]:
    """The stops of supply are over, each once."""
    kinds = sorted({task.kind for task in case.tasks if task.done_on is None and is_supply_stop(task)})
    return tuple(f.TaskDone(id=f"done:{kind}:{own}", at=now, on=today, task=kind, outcome=outcome) for kind in kinds)


def _given_up(case: Case, policy: Policy, ending: str, now: datetime, today: date) -> list[f.Fact]:
    """Deliveries that were certainly not sent are dropped; what went over other channels was a step all the same."""
    if case.attempt is None:
        return []
    facts: list[f.Fact] = [
        f.DeliveryConcluded(
            id=f"dropped:{d.key}:{ending}", at=now, on=today, key=d.key, status=f.DeliveryStatus.DROPPED
        )
        for d in case.attempt.deliveries
        if d.status is f.DeliveryStatus.NOT_SENT
    ]
    for fact in facts:
        case = apply(case, fact)
    left = case.attempt.deliveries if case.attempt else ()
    if any(d.status in (f.DeliveryStatus.SENT, f.DeliveryStatus.UNPROVEN) for d in left):
        facts.extend(sending_finished(case, policy, now, today))
    return facts


def _task_raised(
    case: Case, policy: Policy, surroundings: Surroundings, decision: Decision, kind: str, now: datetime, today: date
) -> Sequence[f.Fact]:
    number = 1 + sum(1 for task in case.tasks if task.kind == kind)
    raised = f.TaskRaised(id=f"task:{kind}:{number}", at=now, on=today, task=kind, step=decision.step)
    if kind == TaskKind.LIFT_SUPPLY_STOP:
        return (*_stops_done(case, SUPPLIED, raised.id, now, today), *(() if case.open_task(kind) else (raised,)))
    if kind == TaskKind.OVERPAYMENT:
        return (raised, *told_of_overpayment(case, policy, raised))
    step = policy.step(decision.step) if decision.step else None
    if step is None or step.task != kind:
        return (raised,)
    message = f"{kind}:{step.id}:{decision.issue}"
    taken = step_taken(
        case, policy, step, decision.issue, now, channels=("task",), message=message, surroundings=surroundings
    )
    return (raised, taken)
