"""Decisions in plain words: why nothing is sent now, and what comes next.

Sentences are for a credit controller: they name the day, the reason and, where a person must act, the task.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.blockers import BlockerKind, counted
from domain.calendar import SendingCalendar, end_of_month
from domain.case import Case
from domain.case_parts import Hold
from domain.facts import CloseReason, HoldKind
from domain.finality import final_from
from domain.handoffs.with_partner import lives_on, stands_as
from domain.planning.decision import Blocker, Decision
from domain.policy import Policy, Step, When
from domain.tasks import task_text
from domain.views.agencies import STATES
from domain.views.step_names import named_step
from speech.sentences import say
from speech.words import tr, trn

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""The days of the week in English, Monday first; `tr` says them."""

_CLOSED: dict[CloseReason, str] = {
    CloseReason.PAID: "paid in full",
    CloseReason.CREDITED: "credited in full",
    CloseReason.WRITTEN_OFF: "written off",
    CloseReason.BELOW_TOLERANCE: "what is left is too little to chase",
    CloseReason.HANDED_OFF: "handed off; the ladder ends there",
}


def day_text(day: date) -> str:
    """A day with its weekday: `Tue 2026-03-10`."""
    return f"{tr(WEEKDAYS[day.weekday()])} {day.isoformat()}"


def named_once(holds: Iterable[Hold]) -> list[tuple[HoldKind, int, date | None]]:
    """The kinds of holds, each once: how many there are, and the first free day after all; None without an end."""
    ends: dict[HoldKind, list[date | None]] = {}
    for hold in holds:
        ends.setdefault(hold.kind, []).append(hold.end)
    return [(kind, len(of), None if None in of else max(day for day in of if day)) for kind, of in ends.items()]


def until_text(end: date | None) -> str:
    """Until when something holds; empty without an end."""
    return "" if end is None else tr(" until {day}", day=day_text(end))


def because(blocker: Blocker) -> str:
    """One blocker as a clause, with its first free day when it has one."""
    clause = tr(blocker.code.rule.words)
    if blocker.detail is not None:
        clause = f"{clause} ({say(blocker.detail)})"
    if blocker.until is None:
        return clause
    if blocker.code is BlockerKind.NOT_DUE_YET:
        return tr("its day comes on {day}", day=day_text(blocker.until))
    return tr("{clause} until {day}", clause=clause, day=day_text(blocker.until))


def why_not_now(decision: Decision) -> str:
    """Why nothing is done now, in one clause; empty when something is done now or nothing stands in the way."""
    return "; ".join(because(blocker) for blocker in decision.blockers)


def what_comes_next(decision: Decision, calendar: SendingCalendar) -> str:
    """What comes next and when, in one sentence without a full stop."""
    when = "" if decision.at is None else tr(" on {day}", day=day_text(calendar.local_date(decision.at)))
    step = decision.step or ""
    again = tr(" (issue {issue})", issue=decision.issue) if decision.issue > 1 else ""
    match decision.action:
        case "send":
            return tr("{step}{again} is sent{when}", step=named_step(step), again=again, when=when)
        case "hand_off":
            return tr("{step} hands the case off{when}", step=named_step(step), when=when)
        case "task":
            task = decision.task or step
            return tr("a person is asked to {task}{when}", task=task_text(task), when=when)
        case "reconcile":
            return tr("what became of {step} is found out{when}", step=named_step(step), when=when)
        case "close":
            reason = "" if decision.close is None else f": {tr(_CLOSED[decision.close])}"
            return tr("the case is closed{reason}", reason=reason)
        case "wait":
            if decision.at is not None:
                if not step:
                    return tr("the case is looked at again{when}", when=when)
                return tr("{step} is looked at again{when}", step=named_step(step), when=when)
            return (
                tr("{step} waits for a person or a message", step=named_step(step))
                if step
                else tr("nothing until a person decides or a message comes")
            )


def _ended(case: Case, closed: CloseReason) -> str:
    """Why a case is closed; of one that a partner has, how it stands with him."""
    state = stands_as(case) if closed is CloseReason.HANDED_OFF and lives_on(case) else None
    return tr(_CLOSED[closed]) if state is None else tr("handed off: {state}", state=tr(STATES[state]))


def state_of(case: Case, decision: Decision | None, policy: Policy, today: date) -> str:
    """Where a case stands on a day, why nothing is sent, and what comes next: one to three short sentences.

    Args:
        case: The case.
        decision: What was decided last; None when that is not known.
        policy: Its policy.
        today: Local day.
    """
    sentences: list[str] = []
    if case.closed is not None:
        sentences.append(_ended(case, case.closed))
        final = final_from(case, today)
        if final is not None:
            sentences.append(tr("the payment is final on {day}: until then it can be taken back", day=day_text(final)))
    else:
        holds = case.holds_on(today)
        sentences += [
            tr("on hold ({kind}){until}", kind=counted(kind, number), until=until_text(end))
            for kind, number, end in named_once(holds)
        ]
        if decision is not None:
            # A hold that decides the moment is already told.
            told = {hold.kind.value for hold in holds}
            others = [because(b) for b in decision.blockers if b.code not in told]
            acts = any(b.code.rule.needs_somebody for b in decision.blockers)
            nexts = what_comes_next(decision, policy.sending_calendar)
            if others and (acts or decision.action == "wait" or decision.at is None):
                sentences.append("; ".join(others))
            if not acts:
                sentences.append(nexts)
    tasks = [task_text(task.kind) for task in case.tasks if task.done_on is None]
    if tasks:
        sentences.append(tr("open task: {tasks}", tasks=", ".join(dict.fromkeys(tasks))))
    return ". ".join(_sentence(text) for text in sentences if text)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:1].islower() and "_" not in text.split(" ")[0] else text


# Why a step falls on its day -------------------------------------------------------------------------------


def why_this_day(step: Step, decision: Decision, case: Case, policy: Policy) -> str:
    """Why a step's planned moment is the day it is.

    Args:
        step: The step that is planned.
        decision: The decision that names its moment.
        case: The case as it stood then.
        policy: Its policy.
    """
    if decision.at is None:
        return why_not_now(decision)
    on = policy.sending_calendar.local_date(decision.at)
    code = decision.blockers[0].code if decision.blockers else None
    match code:
        case BlockerKind.SPACING:
            words = tr("at least {days} after the last message", days=_days(policy.spacing))
            wanted = _after_contact(case, policy)
        case BlockerKind.TERM_RUNNING:
            words, wanted = tr("the term of {step} has run out", step=named_step(step.when.term_expired or "")), None
        case BlockerKind.TASK_OPEN:
            last = case.taken[-1].step if case.taken else ""
            rung = policy.step(last)
            waits = rung.wait_for_task if rung is not None and rung.wait_for_task is not None else 0
            words = tr("{step} is waited for during {days}", step=named_step(last), days=_days(waits))
            wanted = None
        case None | BlockerKind.NOT_DUE_YET:
            words, wanted = _when_text(step, decision.issue), _wanted_day(step, decision.issue, case)
            if case.habit_days and step.when.after_due is not None:
                words += tr(" and {days} that he always is late", days=_days(case.habit_days))
        case _:
            words, wanted = because(decision.blockers[0]), None
    if wanted is not None and wanted < on:
        return tr("{words} is {day}; moved to the next day that fits", words=words, day=day_text(wanted))
    return words


def _days(count: int) -> str:
    return trn("1 day", "{number} days", count)


def _after_contact(case: Case, policy: Policy) -> date | None:
    contact = case.last_contact_on
    return None if contact is None else date.fromordinal(contact.toordinal() + policy.spacing)


def _when_text(step: Step, issue: int) -> str:
    if issue > 1 and step.repeat is not None:
        return tr("{days} after the issue before", days=_days(step.repeat.every))
    when: When = step.when
    parts = []
    if when.after_due is not None:
        rounded = tr(", at the end of that month") if when.round else ""
        parts.append(
            tr("on the due date") + rounded
            if when.after_due == 0
            else tr("{days} after the due date", days=_days(when.after_due)) + rounded
        )
    if when.before_due is not None:
        parts.append(tr("{days} before the due date", days=_days(when.before_due)))
    if when.after_invoice_date is not None:
        parts.append(tr("{days} after the invoice date", days=_days(when.after_invoice_date)))
    if when.after_previous is not None:
        parts.append(tr("{days} after the step before", days=_days(when.after_previous)))
    if when.term_expired is not None:
        parts.append(tr("after the term of {step}", step=named_step(when.term_expired)))
    return tr(" and ").join(parts)


def _wanted_day(step: Step, issue: int, case: Case) -> date | None:
    """The one day that the policy names, before the calendar; None when several dates take part."""
    when = step.when
    if issue > 1 or case.holds:
        return None
    given = [
        name
        for name in ("after_due", "before_due", "after_invoice_date", "after_previous", "term_expired")
        if getattr(when, name) is not None
    ]
    if len(given) != 1:
        return None
    if when.after_due is not None:
        day = date.fromordinal(case.due.toordinal() + when.after_due + case.habit_days)
        return end_of_month(day) if when.round else day
    if when.before_due is not None:
        return date.fromordinal(case.due.toordinal() - when.before_due)
    if when.after_invoice_date is not None:
        return date.fromordinal(case.invoice.invoice_date.toordinal() + when.after_invoice_date)
    return None
