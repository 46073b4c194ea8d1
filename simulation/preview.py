"""The calendar of one invoice that nobody pays: every step, its day, and why that day.

Approvals are given, and what must be checked before is checked, on the day that it is asked for; other tasks are never
done, so the ladder waits for them as long as the policy says.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.case import Case, apply, fold
from domain.handling import Envelope, handle
from domain.invoice import Invoice
from domain.opening import open_case
from domain.policy import Policy, Step
from domain.reactions.react import react
from domain.reactions.sending import step_taken
from domain.surroundings import NOTHING_SPECIAL, Surroundings
from domain.tasks import TaskKind
from domain.views.explain import why_this_day
from speech.words import tr

__all__ = ["PlannedStep", "preview"]

_LONGEST = timedelta(days=731)
_MOST = 60


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the calendar.

    Attributes:
        at: Moment, aware; `on` is its local day.
        channels: As the step has them; `("task",)` and `("agency",)` for the other kinds.
        why: Why it is that day.
        passed_over: Why it is left out, None when it is taken.
    """

    step: str
    issue: int
    on: date
    at: datetime
    channels: tuple[str, ...]
    why: str
    passed_over: str | None = None


class _NoLookup:
    def policy(self, name: str, version: int | None) -> Policy | None:
        return None

    def quarantined(self, quarantine_id: str) -> tuple[str, bytes] | None:
        return None

    def surroundings(self, case: Case, policy: Policy) -> Surroundings:
        return NOTHING_SPECIAL


def preview(invoice: Invoice, policy: Policy) -> tuple[PlannedStep, ...]:
    """Plan the whole ladder of an invoice that nobody pays.

    Args:
        invoice: The invoice; its case is opened on its invoice date.
        policy: The policy.

    Returns:
        The steps in the order they come; at most 60, over at most two years (for steps that repeat without end).
    """
    calendar = policy.sending_calendar
    now = calendar.day_start(invoice.invoice_date)
    last = now + (invoice.due - invoice.invoice_date) + _LONGEST
    case = fold(open_case(invoice, policy, now))
    found: list[PlannedStep] = []
    why = ""
    while len(found) < _MOST and now <= last:
        reaction = react(case, policy, NOTHING_SPECIAL, now)
        for fact in reaction.facts:
            today = calendar.local_date(now)
            if fact.kind == "step_taken":
                found.append(PlannedStep(fact.step, fact.issue, today, now, fact.channels, why))
            elif fact.kind == "step_passed_over":
                rung = policy.step(fact.step)
                channels = rung.channels if rung is not None else ()
                found.append(PlannedStep(fact.step, fact.issue, today, now, channels, why, fact.reason))
        case, decision = reaction.case, reaction.decision
        step = policy.step(decision.step or "")
        if decision.action == "wait" and step is not None and (told := _done_at_once(case, step)) is not None:
            name, content = told
            envelope = Envelope(f"{name}-{len(case.seen)}", now, calendar.local_date(now))
            raw = json.dumps(content).encode()
            for fact in handle(case, policy, name, raw, envelope, _NoLookup(), answered=False).facts:
                case = apply(case, fact)
            continue
        if decision.at is None or decision.action == "close":
            break
        if decision.at > now:
            if step is not None:
                why = why_this_day(step, decision, case, policy)
            now = decision.at
            continue
        if step is None:
            break
        today = calendar.local_date(now)
        approved = tr("; approved the same day") if step.hand_off and step.approval == "required" else ""
        found.append(PlannedStep(step.id, decision.issue, today, now, step.channels, why + approved))
        taken = step_taken(
            case, policy, step, decision.issue, now, channels=step.channels, message=f"{step.id}/{decision.issue}"
        )
        case = apply(case, taken)
    return tuple(found)


def _done_at_once(case: Case, step: Step) -> tuple[str, dict[str, str]] | None:
    """The message by which a person does what the step waits for; None when it waits for nothing of the kind."""
    if case.open_task(TaskKind.APPROVE_HANDOFF) is not None:
        return "approve_handoff", {"step": step.id}
    checks = (TaskKind.CHECK_INVOICE, TaskKind.CHECK_REGISTER)
    check = next((task for task in checks if case.open_task(task) is not None), None)
    return None if check is None else ("complete_task", {"task": check.value})
