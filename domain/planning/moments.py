"""Moments: when a step may be taken at the earliest, and what decides that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain.blockers import BlockerCode, BlockerKind, Stop
from domain.calendar import end_of_month
from domain.case import Case
from domain.case_parts import Hold
from domain.contact_hours import calendar_of
from domain.facts import DeliveryStatus
from domain.notices import Term, default_from, default_notice, in_force, needs_default_notice, sets_costs, term_of
from domain.planning.agreed import called_for
from domain.planning.decision import Blocker, blocked_by
from domain.planning.respite import asked_again_from
from domain.planning.sending_again import sent_again
from domain.policy import AfterHold, Policy, Step
from domain.replacing import replace
from domain.sending_stops import free_from
from domain.sent import TakenStep
from domain.surroundings import Surroundings
from domain.tasks import TO_MEND, TaskKind
from domain.terms import CreditorTerms

_DAY = timedelta(days=1)
_FINAL = (
    DeliveryStatus.SENT,
    DeliveryStatus.REFUSED,
    DeliveryStatus.UNPROVEN,
    DeliveryStatus.DROPPED,
)


def moment_of(
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
    calendar = calendar_of(step, case, policy)
    dates: list[tuple[date, BlockerCode]] = []
    for day, code in _dates(case, policy, surroundings.terms, step, issue):
        if day is None:
            return None, (Blocker(code=code),)
        dates.append((day, code))
    contact = spaced_from(case, policy)
    back = sent_again(case, policy) if case.bounced else None
    called = called_for(case, policy) if case.promises else None
    goes_again = (back is not None and step.id == back.taken.step) or (called is not None and step.id == called.step)
    told = _told_that_broken(case) if case.owing else None
    if told is not None and step.reminds:
        # One message a debtor and day; the next reminder keeps its distance from what he was just told. A letter with a
        # term goes the day after the promise, as the policy names it; and so does what follows one.
        after = any(t.kind == "send" and t.term_days is not None and not t.void for t in case.taken)
        dates.append((told + timedelta(days=1 if after else max(1, policy.spacing)), BlockerKind.SPACING))
    if contact is not None and policy.spacing and not goes_again:
        dates.append((contact + timedelta(days=policy.spacing), BlockerKind.SPACING))
    # Most cases have none of these: each is asked only where there is one, for this is asked of every case all day.
    if case.disputes and not step.task:
        dates.extend((d.respite_until, BlockerKind.RESPITE) for d in case.disputes if d.respite_until is not None)
    if case.arrangements:
        dates.extend((day, BlockerKind.RESPITE) for day in asked_again_from(case, policy))
    if surroundings.debtor_contacted_on is not None or surroundings.debtor_reminded_on is not None:
        dates.extend(_debtor_dates(policy, surroundings, step))
    if case.tasks and case.taken and case.taken[-1].kind == "task":
        dates.extend(_task_dates(case, policy, step))
    if case.idle:
        dates.extend((start, BlockerKind.CATCH_UP) for start in _idle_ends(case, dates))
    day, code = dates[0]
    for other in dates:
        if other[0] > day:
            day, code = other
    retry_at = next_try(case, step, issue)
    while True:
        moment = calendar.first_opening(day)
        if retry_at is not None and moment < retry_at:
            moment, code = calendar.fit(retry_at), BlockerKind.RETRY_LATER
        on = calendar.local_date(moment)
        reached = on if today is None else max(on, today)
        hold = _hold_on(case, reached) if case.holds else None
        if hold is None:
            free = reached if step.task or not surroundings.stops else free_from(surroundings.stops, reached)
            if free == reached:
                break
            day, code = free, BlockerKind.SENDING_STOPPED
            continue
        code = hold.kind
        end = hold.end
        if end is None:
            return None, (Blocker(code=code),)
        day = end
    if contact_failed(case, step):
        return None, (stuck_on(case, step),)
    return moment, (blocked_by(code, on),)


def _hold_on(case: Case, day: date) -> Hold | None:
    return next((hold for hold in case.holds if hold.covers(day) and hold.stops("sends")), None)


_COUNTED = ("receipt", "debit_returned")
"""Letters beside the ladder that count for spacing: what he paid, or what came back, was just told him."""


def spaced_from(case: Case, policy: Policy) -> date | None:
    """Day of the last message that the next one is spaced from.

    Under a law a receipt counts, too, until a notice has left: who just paid a part is not reminded of the rest a day
    later (practice.md, part payment before any notice). After that the terms of the law go on, whatever he pays.
    """
    contact = case.last_contact_on
    if (
        not case.owing
        or policy.law is None
        or any(t.kind == "send" and t.term_days is not None and not t.void for t in case.taken)
    ):
        return contact
    told = [owed.sent_on for owed in case.owing if owed.sent_on is not None and owed.letter in _COUNTED]
    return max([*told, *(() if contact is None else (contact,))], default=None)


def _told_that_broken(case: Case) -> date | None:
    """Day of the last letter that told him that his promise is broken."""
    if not case.owing:
        return None
    return max((o.sent_on for o in case.owing if o.letter == "promise_broken" and o.sent_on is not None), default=None)


def _dates(
    case: Case, policy: Policy, terms: CreditorTerms, step: Step, issue: int
) -> Iterator[tuple[date | None, BlockerCode]]:
    """The dates that `when` gives, and the law; None for one that can't be known yet."""
    back = sent_again(case, policy) if case.bounced else None
    if back is not None and back.taken.step == step.id:
        # Its moment had come before; it waits for nothing but the contact.
        yield back.on, BlockerKind.NOT_DUE_YET
        return
    called = called_for(case, policy) if case.promises else None
    if called is not None and called.step == step.id:
        yield called.on, BlockerKind.NOT_DUE_YET
        yield from _legal_dates(case, policy, terms, step)
        if step.when.term_expired is not None:
            yield from _term_dates(case, policy, terms, step)
        return
    if issue > 1 and step.repeat is not None:
        yield _repeated_day(case, policy, terms, step, issue), BlockerKind.NOT_DUE_YET
        return
    void = [taken.on for taken in case.taken if taken.void and taken.step == step.id]
    if void:
        # Never two on one day, whatever made the former void.
        yield max(void) + timedelta(days=1), BlockerKind.NOT_DUE_YET
    yield from _legal_dates(case, policy, terms, step)
    when = step.when
    if when.after_due is not None:
        day = _shifted(case, policy, case.due, when.after_due + case.habit_days)
        yield (end_of_month(day) if when.round else day), BlockerKind.NOT_DUE_YET
    if when.before_due is not None:
        yield case.due - timedelta(days=when.before_due), BlockerKind.NOT_DUE_YET
    if when.after_invoice_date is not None:
        yield _shifted(case, policy, case.invoice.invoice_date, when.after_invoice_date), BlockerKind.NOT_DUE_YET
    if when.after_previous is not None:
        if case.taken:
            yield _shifted(case, policy, case.taken[-1].on, when.after_previous), BlockerKind.NOT_DUE_YET
        else:
            yield case.opened_on, BlockerKind.NOT_DUE_YET
    if when.term_expired is not None:
        yield from _term_dates(case, policy, terms, step)


def _legal_dates(
    case: Case, policy: Policy, terms: CreditorTerms, step: Step
) -> Iterator[tuple[date | None, BlockerCode]]:
    """The dates that no policy brings forward: of default, and of being late at all."""
    if sets_costs(step, case, policy):
        yield from _default_dates(case, policy, terms)
    elif step.term is not None and policy.law is not None:
        # A notice before the day on which payment is late would be void at once.
        yield case.due + _DAY, BlockerKind.NOT_IN_DEFAULT
    if step.when.after_due is not None and step.send:
        # Who pays on the due date itself is in time: he is reminded on the day after at the earliest.
        yield case.due + _DAY, BlockerKind.NOT_DUE_YET


def _default_dates(case: Case, policy: Policy, terms: CreditorTerms) -> Iterator[tuple[date | None, BlockerCode]]:
    """A 14-day letter counts only after the debtor is in default (BW 6:96 lid 6)."""
    if not needs_default_notice(case, policy):
        since = default_from(case, policy, terms)
        if since is not None:
            yield since, BlockerKind.NOT_IN_DEFAULT
        return
    notice = default_notice(case)
    ends = None if notice is None else term_of(notice, case, policy, terms)
    if ends is not None:
        yield ends.act_on, BlockerKind.NOT_IN_DEFAULT
    elif any(t.legal == "default_notice" and not t.void for t in case.taken):
        yield None, BlockerKind.TERM_UNPROVEN


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
    """The day `days` after `anchor`, not counting days under a hold when the policy says `shift`, or that freeze."""
    day = anchor + timedelta(days=days)
    if not case.holds:
        return day
    stops: Stop = "frozen" if policy.after_hold is AfterHold.RESUME else "clock"
    for start, end in _merged_holds(case, stops):
        if start >= day:
            break
        counted_from = max(start, anchor)
        if end > counted_from:
            day += end - counted_from
    return day


def _merged_holds(case: Case, stops: Stop) -> list[tuple[date, date]]:
    """Periods under a hold that stops the clock, without overlaps, in order; open-ended ones count for nothing yet."""
    stopping = [hold for hold in case.holds if hold.stops(stops)]
    periods = sorted((hold.since, end) for hold in stopping if (end := hold.end) is not None and end > hold.since)
    merged: list[tuple[date, date]] = []
    for start, end in periods:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _idle_ends(case: Case, dates: list[tuple[date, BlockerCode]]) -> Iterator[date]:
    """A moment that fell while the case was closed comes when it was reopened: nobody missed it."""
    day = max(day for day, _ in dates)
    for start, end in case.idle:
        if end is not None and start <= day < end:
            day = end
            yield end


def _debtor_dates(policy: Policy, surroundings: Surroundings, step: Step) -> Iterator[tuple[date, BlockerCode]]:
    contacted = surroundings.debtor_contacted_on
    if contacted is not None and policy.debtor_spacing:
        yield contacted + timedelta(days=policy.debtor_spacing), BlockerKind.DEBTOR_SPACING
    reminded = surroundings.debtor_reminded_on
    if reminded is not None and policy.bundle == "debtor" and step.reminds:
        yield reminded + timedelta(days=1), BlockerKind.DEBTOR_CONTACTED_TODAY


def _task_dates(case: Case, policy: Policy, step: Step) -> Iterator[tuple[date, BlockerCode]]:
    """A last step that is a task with `wait_for_task` keeps the next one back until it is done, or that long."""
    last = case.taken[-1]
    rung = policy.step(last.step)
    if rung is None or rung.wait_for_task is None or rung.id == step.id:
        return
    task = next((task for task in reversed(case.tasks) if task.step == last.step), None)
    if task is not None and task.done_on is None:
        yield last.on + timedelta(days=rung.wait_for_task), BlockerKind.TASK_OPEN


def next_try(case: Case, step: Step, issue: int) -> datetime | None:
    """When a step that did not go out may be tried again; None when nothing keeps it."""
    attempt = case.attempt
    if attempt is None or (attempt.step, attempt.issue) != (step.id, issue):
        return None
    moments = [d.retry_at for d in attempt.deliveries if d.status not in _FINAL and d.retry_at is not None]
    return max(moments) if moments else None


def contact_failed(case: Case, step: Step) -> bool:
    """Every channel refused the message: a person must mend the contact, or the letter, first."""
    own = step.id
    for each in case.tasks:
        if each.step == own and each.done_on is None:
            return any(task is not None and task.step == own for task in map(case.open_task, TO_MEND))
    return False


def stuck_on(case: Case, step: Step) -> Blocker:
    """Why a message that every channel refused waits for a person."""
    attempt = case.attempt
    if case.open_task(TaskKind.FIX_CONTACT) is not None or attempt is None or attempt.step != step.id:
        return Blocker(code=BlockerKind.CONTACT_FAILED)
    reasons = [d.reason for d in attempt.deliveries if d.unmade]
    if not reasons:
        return Blocker(code=BlockerKind.LETTER_REFUSED)
    return Blocker(code=BlockerKind.LETTER_REFUSED, detail=reasons[0])


def earliest_day(case: Case, policy: Policy, surroundings: Surroundings, step: Step) -> date | None:
    """First day on which a step could be taken as things stand now; None while nobody can say."""
    moment, _ = moment_of(case, policy, surroundings, step, 1, None)
    return None if moment is None else policy.sending_calendar.local_date(moment)


# Terms -----------------------------------------------------------------------------------------------------


def _term_dates(
    case: Case, policy: Policy, terms: CreditorTerms, step: Step
) -> Iterator[tuple[date | None, BlockerCode]]:
    taken = in_force(case, policy, step.when.term_expired or "")
    if taken is None:
        yield None, BlockerKind.TERM_NOT_STARTED
    elif not taken.proven:
        yield None, BlockerKind.TERM_UNPROVEN
    else:
        ends = _end_of(taken, case, policy, terms, step)
        yield (None if ends is None else ends.act_on), BlockerKind.TERM_RUNNING


def _last_taken(case: Case, step_id: str) -> TakenStep | None:
    return next((taken for taken in reversed(case.taken) if taken.step == step_id), None)


def term_end(case: Case, policy: Policy, terms: CreditorTerms, step: Step) -> Term | None:
    """The term that the step waits for."""
    taken = in_force(case, policy, step.when.term_expired or "")
    return None if taken is None else _end_of(taken, case, policy, terms, step)


def _end_of(taken: TakenStep, case: Case, policy: Policy, terms: CreditorTerms, step: Step) -> Term | None:
    """When the term of a message is over for the step that waits for it."""
    rung = policy.step(step.when.term_expired or "") if taken.term_days is None else None
    if rung is not None:
        taken = replace(taken, term_days=rung.term)
    return term_of(taken, case, policy, terms, step.when.margin)
