"""Handling messages about the work of people; raising a task and settling one, whatever asks for it."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from domain import facts as f
from domain import messages as m
from domain.blockers import HOLD_ENDED_BY_TASK
from domain.case import Case
from domain.contact_hours import CONTACT_FROM, CONTACT_UNTIL, may_be_reached
from domain.finality import final_from, is_supply_stop
from domain.handling.envelope import Lookup
from domain.handling.money import own_currency
from domain.handling.refusal import Refused
from domain.handoffs.joint import going, named_with, together
from domain.planning.last_demand import follows_last_demand, needs_last_demand
from domain.policy import Policy, Step
from domain.reactions.deadlines import deadlines
from domain.tasks import TaskKind, is_call_task, tasks_ended_by
from domain.terms import PLAIN_TERMS

BARRED_WITHIN = 30
"""Days before a claim is barred in which it may be handed off without waiting for a term (practice.md, Hand-off)."""


def open_call_task(case: Case, policy: Policy) -> str | None:
    """The kind of the open call that was asked for last; of a ladder that names its calls otherwise, its last task."""
    rungs = {step.task for step in policy.steps if step.task}
    last = [t.kind for t in reversed(case.tasks) if t.done_on is None]
    return next((kind for kind in last if is_call_task(kind)), next((kind for kind in last if kind in rungs), None))


def called(case: Case, policy: Policy, message: m.LogCall, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A call was made: what it was for is done, or to be done again when the debtor is called again.

    Raises:
        Refused: when that moment has passed, or a debtor who may be a consumer is not called at it.
    """
    logged = f.CallLogged(
        id=f"call:{own}",
        at=at,
        on=on,
        outcome=message.outcome,
        actor=message.actor,
        note=message.note,
        again_on=message.again_on,
        again_at=message.again_at or "",
    )
    if message.again_on is not None:
        if logged.id in case.seen:
            return ()
        _may_call_then(case, policy, message.again_on, message.again_at, at)
        asked = any(task.done_on is None and is_call_task(task.kind) for task in case.tasks)
        return (*(() if asked else task_raised(case, TaskKind.CALL_AGAIN.value, None, at, on)), logged)
    kind = message.task or open_call_task(case, policy)
    done = task_done(case, kind, message.outcome, f"call:{own}", at, on) if kind else ()
    return (logged, *done, *tasks_done(case, "log_call", message.outcome, f"call:{own}", at, on))


def _may_call_then(case: Case, policy: Policy, day: date, hour: str | None, now: datetime) -> None:
    zone = ZoneInfo(policy.sending_calendar.zone)
    # Of a day without an hour it is asked whether he may be called on it at all.
    then = datetime.combine(day, time.fromisoformat(hour or "12:00"), zone)
    said = f"{day} {hour or ''}".strip()
    if (then <= now) if hour else (day < now.astimezone(zone).date()):
        raise Refused(f"{said} has passed: say when he is called again")
    if not may_be_reached(case, policy, then):
        raise Refused(
            f"{said} is no time to call him: who may be a consumer is called between {CONTACT_FROM:%H:%M} and "
            f"{CONTACT_UNTIL:%H:%M}, not on a Sunday or holiday"
        )


def task_done(case: Case, kind: str, outcome: str, own: str, at: datetime, on: date) -> tuple[f.TaskDone, ...]:
    """The open task of a kind is settled; nothing when there is none."""
    if case.open_task(kind) is None:
        return ()
    return (f.TaskDone(id=f"done:{kind}:{own}", at=at, on=on, task=kind, outcome=outcome),)


def tasks_done(case: Case, ended_by: str, outcome: str, own: str, at: datetime, on: date) -> tuple[f.TaskDone, ...]:
    """The open tasks that a message, or an event of the case, settles (`domain/tasks.py`)."""
    return tuple(done for kind in tasks_ended_by(ended_by) for done in task_done(case, kind, outcome, own, at, on))


def completed(case: Case, message: m.CompleteTask, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A person finished a task; the hold that it was about ends with it.

    Raises:
        Refused: when there is no such open task, or it is not for him to finish it.
    """
    if f"done:{own}" in case.seen:
        return ()
    task = case.open_task(message.task) or next(
        (t for t in case.tasks if t.step == message.task and t.done_on is None), None
    )
    if task is None:
        open_tasks = ", ".join(t.kind for t in case.tasks if t.done_on is None) or "none"
        raise Refused(f"there is no open task {message.task!r}; open: {open_tasks}")
    if task.kind == TaskKind.CONFIRM_CONTACT_CHANGE and message.actor == "debtor":
        raise Refused("new contact data are confirmed by a person of ours, over the old channel: it may be fraud")
    if task.kind == TaskKind.SIGN_REQUEST:
        raise Refused("sign for it or refuse it, with sign_request: finishing the task decides nothing")
    final = final_from(case, on) if case.closed is not None and is_supply_stop(task) else None
    if final is not None:
        raise Refused(
            f"the payment is final on {final}: until then it can be taken back, and the supply stop stays; "
            "finish it on that day"
        )
    done = f.TaskDone(id=f"done:{own}", at=at, on=on, task=task.kind, outcome=message.outcome, actor=message.actor)
    held = HOLD_ENDED_BY_TASK.get(task.kind)
    if held is None or not any(hold.kind is held and hold.covers(on) for hold in case.holds):
        return (done,)
    return (done, f.HoldLifted(id=f"lift:{own}", at=at, on=on, hold=held, actor=message.actor))


def approved(
    case: Case, policy: Policy, message: m.ApproveHandoff, own: str, at: datetime, on: date, lookup: Lookup
) -> tuple[f.Fact, ...]:
    """A person approves the hand-off of the balance as it stands, and of all that goes along.

    Raises:
        Refused: when there is no hand-off to approve, a hold, or another balance than the one approved.
    """
    step = next((s for s in policy.steps if s.hand_off and message.step in (None, s.id)), None)
    if step is None:
        raise Refused(f"policy {policy.policy} has no hand-off to approve")
    if case.handed_off:
        raise Refused("the case is handed off already")
    if case.closed is not None:
        raise Refused(f"the case is closed ({case.closed.value})")
    holds = case.holds_on(on)
    if holds:
        raise Refused(f"the case is on hold ({holds[0].kind.value}); end the hold first")
    if message.open is not None and own_currency(case, message.open, None) != case.open:
        raise Refused(f"approved {message.open}, but open is {case.open.text}; look again and approve that")
    if message.without_notice is not None:
        _may_leave_early(case, policy, step, message, on)
    others = going(case, policy, lookup.surroundings(case, policy), step, on)
    whole = together(case, others)
    if message.total is not None and own_currency(case, message.total, None) != whole:
        numbers = ", ".join(each.case.invoice.number for each in others) or "nothing else"
        raise Refused(
            f"approved {message.total} in all, but it is {whole.text}: with this one goes {numbers}; look again and "
            "approve that"
        )
    approval = f.HandoffApproved(
        id=f"approval:{own}",
        at=at,
        on=on,
        step=step.id,
        open=case.open,
        actor=message.actor,
        others=named_with(others),
        without_notice=message.without_notice,
    )
    return (approval, *tasks_done(case, "approve_handoff", "approved", own, at, on))


def _may_leave_early(case: Case, policy: Policy, step: Step, message: m.ApproveHandoff, on: date) -> None:
    """Whether a person may hand off before the term of the notice has run out (practice.md, Hand-off).

    Raises:
        Refused: nobody is named who decides it, the debtor is a consumer without a final demand, or the claim is not
            about to be barred.
    """
    if not message.actor:
        raise Refused("say who hands it off before the term of the notice has run out; give the actor")
    if needs_last_demand(case, policy) and follows_last_demand(case, policy, step) is None:
        raise Refused("a consumer is not handed off without a final demand, whatever the reason; send that first")
    if message.without_notice != "limitation_near":
        return
    day = next((each.day for each in deadlines(case, policy, PLAIN_TERMS) if each.kind == "limitation"), None)
    if day is None or (day - on).days >= BARRED_WITHIN:
        known = "no law says when" if day is None else f"that is after {day}"
        raise Refused(f"the claim is not barred within {BARRED_WITHIN} days: {known}; give the reason that holds")


def task_raised(case: Case, kind: str, step: str | None, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A task for a person; nothing when one of the kind is open."""
    if case.open_task(kind) is not None:
        return ()
    number = 1 + sum(1 for task in case.tasks if task.kind == kind)
    return (f.TaskRaised(id=f"task:{kind}:{number}", at=at, on=on, task=kind, step=step),)
