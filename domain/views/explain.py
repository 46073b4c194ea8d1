"""Decisions in plain English: why nothing is sent now, and what comes next.

Sentences are for a credit controller: they name the day, the reason and, where a person must act, the task.
"""

from __future__ import annotations

from datetime import date

from domain.calendar import SendingCalendar, end_of_month
from domain.case import Case
from domain.facts import CloseReason
from domain.planning.decision import Blocker, BlockerCode, Decision
from domain.policy import Policy, Step, When

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_BECAUSE: dict[BlockerCode, str] = {
    "not_due_yet": "its day has not come",
    "spacing": "the last message was too short ago",
    "debtor_spacing": "another message to this debtor was too short ago",
    "debtor_contacted_today": "this debtor was reminded today already",
    "outside_hours": "it is outside the sending hours",
    "term_running": "the term of the notice is still running",
    "term_unproven": "nobody knows yet whether the notice was sent",
    "term_not_started": "the notice that starts its term has not been sent",
    "pause": "the case is paused",
    "onboarding_review": "a person must first look at this old invoice",
    "missing_from_list": "the invoice was missing from the last list of open items",
    "promise": "the debtor promised to pay",
    "imported": "the case was on hold when it was imported",
    "not_in_default": "the debtor is not in default before",
    "sibling_in_default": "another invoice of this debtor belongs in the same letter but is held back",
    "joint_letter_today": "it goes in the letter on all invoices of this debtor that leaves today",
    "terms_at_risk": "a person must first review the clauses on interest and costs",
    "bank_not_covering": "the bank statements do not cover the days before",
    "approval_required": "a person must approve the hand-off",
    "task_open": "the task before it is not done",
    "retry_later": "sending failed and is tried again",
    "contact_failed": "no channel reaches the debtor; the contact must be mended",
    "outcome_unknown": "it is not known whether the last message went out",
    "no_next_step": "the ladder has no further step",
    "catch_up": "the case was closed until then",
}

_UNTIL_SOMEONE_ACTS: frozenset[BlockerCode] = frozenset(
    ("approval_required", "contact_failed", "term_unproven", "no_next_step", "terms_at_risk")
)

_CLOSED: dict[CloseReason, str] = {
    CloseReason.PAID: "paid in full",
    CloseReason.CREDITED: "credited in full",
    CloseReason.WRITTEN_OFF: "written off",
    CloseReason.BELOW_TOLERANCE: "what is left is too little to chase",
    CloseReason.HANDED_OFF: "handed off; the ladder ends there",
}

_TASKS = {
    "approve_handoff": "approve the hand-off",
    "check_email_domain": "check that the e-mail address is the debtor's own: its domain looks like another one",
    "clarify_status": "find out whether the debtor is a consumer",
    "complaint_rights_in_21_days": "decide about taking the goods back: the right ends in three weeks",
    "complaint_rights_in_7_days": "decide about taking the goods back: the right ends in a week",
    "complaint_rights_passed": "note that the right to take the goods back has ended",
    "confirm_cumulation": "check the costs of this small instalment (BIK art. 2a)",
    "credit_insurer_in_21_days": "tell the credit insurer within three weeks",
    "credit_insurer_in_7_days": "tell the credit insurer within a week",
    "credit_insurer_passed": "see whether the credit insurer still covers this invoice",
    "decide_next": "decide what to do next",
    "fix_contact": "mend the contact",
    "imported_hold": "end the hold it was imported with",
    "limitation_in_21_days": "interrupt the limitation: the claim is barred in three weeks",
    "limitation_in_7_days": "interrupt the limitation: the claim is barred in a week",
    "limitation_passed": "see whether the claim is barred",
    "missing_from_list": "find out why it was missing from the list",
    "onboarding_review": "review the invoice",
    "overpayment": "return or set off what was paid too much",
    "review_pause": "review the pause",
    "review_terms": "review the clauses on interest and costs",
    "settle_send": "say whether the message was sent",
    "tell_agency": "tell the agency",
    "vat_reclaim_in_21_days": "reclaim the VAT within three weeks",
    "vat_reclaim_in_7_days": "reclaim the VAT within a week",
    "vat_reclaim_passed": "see whether the VAT can still be reclaimed",
}


_SAID_BY_THEIR_NAME = frozenset(("amount_raised", "call", "sending_fails"))
"""Tasks whose name says what they ask."""


def day_text(day: date) -> str:
    """A day with its weekday: `Tue 2026-03-10`."""
    return f"{_WEEKDAYS[day.weekday()]} {day.isoformat()}"


def task_text(task: str) -> str:
    """What a task asks a person to do."""
    return _TASKS.get(task, task.replace("_", " "))


def is_known_task(task: str) -> bool:
    """Whether the engine itself raises tasks of this kind; another name is a policy's, or somebody's own."""
    return task in _TASKS or task in _SAID_BY_THEIR_NAME


def because(blocker: Blocker) -> str:
    """One blocker as a clause, with its first free day when it has one."""
    clause = _BECAUSE[blocker.code]
    if blocker.until is None:
        return clause
    if blocker.code == "not_due_yet":
        return f"its day comes on {day_text(blocker.until)}"
    return f"{clause} until {day_text(blocker.until)}"


def why_not_now(decision: Decision) -> str:
    """Why nothing is done now, in one clause; empty when something is done now or nothing stands in the way."""
    return "; ".join(because(blocker) for blocker in decision.blockers)


def what_comes_next(decision: Decision, calendar: SendingCalendar) -> str:
    """What comes next and when, in one sentence without a full stop."""
    when = "" if decision.at is None else f" on {day_text(calendar.local_date(decision.at))}"
    step = decision.step or ""
    again = f" (issue {decision.issue})" if decision.issue > 1 else ""
    match decision.action:
        case "send":
            return f"{step}{again} is sent{when}"
        case "hand_off":
            return f"{step} hands the case off{when}"
        case "task":
            task = decision.task or step
            return f"a person is asked to {task_text(task)}{when}"
        case "reconcile":
            return f"what became of {step} is found out{when}"
        case "close":
            reason = "" if decision.close is None else f": {_CLOSED[decision.close]}"
            return f"the case is closed{reason}"
        case "wait":
            if decision.at is not None:
                return f"{step} is looked at again{when}"
            return (
                f"{step} waits for a person or a message"
                if step
                else "nothing until a person decides or a message comes"
            )


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
        sentences.append(_CLOSED[case.closed])
    else:
        holds = case.holds_on(today)
        for hold in holds:
            until = f" until {day_text(hold.end)}" if hold.end else ""
            sentences.append(f"on hold ({hold.kind.value.replace('_', ' ')}){until}")
        if decision is not None:
            # A hold that decides the moment is already told.
            told = {hold.kind.value for hold in holds}
            others = [because(b) for b in decision.blockers if b.code not in told]
            acts = any(b.code in _UNTIL_SOMEONE_ACTS for b in decision.blockers)
            nexts = what_comes_next(decision, policy.sending_calendar)
            if others and (acts or decision.action == "wait" or decision.at is None):
                sentences.append("; ".join(others))
            if not acts:
                sentences.append(nexts)
    tasks = [task_text(task.kind) for task in case.tasks if task.done_on is None]
    if tasks:
        sentences.append(f"open task: {', '.join(dict.fromkeys(tasks))}")
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
        case "spacing":
            words, wanted = f"at least {_days(policy.spacing)} after the last message", _after_contact(case, policy)
        case "term_running":
            words, wanted = f"the term of {step.when.term_expired} has run out", None
        case "task_open":
            last = case.taken[-1].step if case.taken else ""
            rung = policy.step(last)
            waits = rung.wait_for_task if rung is not None and rung.wait_for_task is not None else 0
            words = f"{last} is waited for during {_days(waits)}"
            wanted = None
        case None | "not_due_yet":
            words, wanted = _when_text(step, decision.issue), _wanted_day(step, decision.issue, case)
        case _:
            words, wanted = because(decision.blockers[0]), None
    if wanted is not None and wanted < on:
        return f"{words} is {day_text(wanted)}; moved to the next day that fits"
    return words


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _after_contact(case: Case, policy: Policy) -> date | None:
    contact = case.last_contact_on
    return None if contact is None else date.fromordinal(contact.toordinal() + policy.spacing)


def _when_text(step: Step, issue: int) -> str:
    if issue > 1 and step.repeat is not None:
        return f"{_days(step.repeat.every)} after the issue before"
    when: When = step.when
    parts = []
    if when.after_due is not None:
        rounded = ", at the end of that month" if when.round else ""
        parts.append(
            "on the due date" + rounded
            if when.after_due == 0
            else f"{_days(when.after_due)} after the due date{rounded}"
        )
    if when.before_due is not None:
        parts.append(f"{_days(when.before_due)} before the due date")
    if when.after_invoice_date is not None:
        parts.append(f"{_days(when.after_invoice_date)} after the invoice date")
    if when.after_previous is not None:
        parts.append(f"{_days(when.after_previous)} after the step before")
    if when.term_expired is not None:
        parts.append(f"after the term of {when.term_expired}")
    return " and ".join(parts)


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
        day = date.fromordinal(case.due.toordinal() + when.after_due)
        return end_of_month(day) if when.round else day
    if when.before_due is not None:
        return date.fromordinal(case.due.toordinal() - when.before_due)
    if when.after_invoice_date is not None:
        return date.fromordinal(case.invoice.invoice_date.toordinal() + when.after_invoice_date)
    return None
