"""One readable line for each fact: the timeline of a case."""

from __future__ import annotations

from typing import assert_never

from domain import facts as f
from domain.views.said import said


def line(fact: f.Fact) -> str:
    """What happened, in one line beginning with the local day, with the words that people wrote.

    For readers of the case file only: it may hold personal data.
    """
    return f"{fact.on} {_text(fact)}{_words(fact)}"


def told_line(fact: f.Fact) -> str:
    """The line, with who did it and what he wrote: for the desk, never for others."""
    told = said(fact)
    return line(fact) if told is None else f"{line(fact)} ({told.text})"


def bare_line(fact: f.Fact) -> str:
    """What happened, in one line without anything that a person wrote: for the workflow and its histories."""
    return f"{fact.on} {_text(fact)}"


def _words(fact: f.Fact) -> str:
    """What people wrote, or sent."""
    match fact:
        case f.TaskDone() if fact.outcome:
            return f" ({fact.outcome})"
        case f.CallLogged():
            return f": {fact.outcome}"
        case f.MessageQuarantined():
            return f" {fact.name}: {fact.error}"
        case _:
            return ""


def _text(fact: f.Fact) -> str:
    match fact:
        case f.CaseOpened():
            return (
                f"case opened: {fact.open.text} {fact.open.currency} open, policy {fact.policy} v{fact.policy_version}"
            )
        case f.PaymentReceived():
            return f"payment {fact.id}: {fact.amount.text} credited {fact.credited_on}"
        case f.PaymentReversed():
            return f"reversal of {fact.of}: {fact.amount.text if fact.amount else 'all of it'}"
        case f.InvoiceCredited():
            return f"credit {fact.id}: {fact.amount.text} ({fact.credit_kind})"
        case f.WrittenOff():
            return f"written off: {fact.amount.text}"
        case f.DueDateChanged():
            return f"due date moved to {fact.due}"
        case f.PolicyChanged():
            return f"policy changed to {fact.policy} v{fact.policy_version}"
        case f.HoldPlaced():
            return f"on hold: {fact.hold.value}" + (f" until {fact.until}" if fact.until else "")
        case f.HoldLifted():
            return f"hold ended: {fact.hold.value}"
        case f.StepIntended():
            return f"{fact.step}: about to send"
        case f.DeliveryConcluded():
            return f"delivery {fact.status.value}" + (f": {fact.reason}" if fact.reason else "")
        case f.StepTaken():
            return f"{fact.step}: {', '.join(fact.channels)}, claimed {fact.claimed.text}" + (
                "" if fact.proven else " (unproven)"
            )
        case f.SendSettled():
            return f"{fact.step}: settled as {fact.outcome}"
        case f.StepPassedOver():
            return f"{fact.step}: passed over, {fact.reason}"
        case f.StepHeldBack():
            return f"{fact.step}: held back, {', '.join(fact.blockers)}"
        case f.TaskRaised():
            return f"task raised: {fact.task}"
        case f.TaskDone():
            return f"task done: {fact.task}"
        case f.CallLogged():
            return "call noted"
        case f.HandoffApproved():
            return f"hand-off approved at {fact.open.text} open"
        case f.DeliveryReported():
            return f"delivery reported: {fact.status}"
        case f.MessageQuarantined():
            return "message kept in quarantine"
        case f.QuarantineSettled():
            return f"quarantine {fact.outcome}"
        case f.MessageCrossed():
            return f"payment {fact.payment} crossed message {fact.message}"
        case f.LetterVoided():
            return f"{fact.steps[0][0]}: void for costs ({fact.reason.replace('_', ' ')}), a new one with a full term"
        case f.GateUndone():
            return f"{fact.step}: claimed costs of {fact.claimed.text}, due were {fact.due.text}"
        case f.CaseClosed():
            waived = "" if fact.waived is None else f", {fact.waived.text} of interest and costs not pursued"
            return f"closed: {fact.reason.value}{waived}"
        case f.CaseReopened():
            return "reopened"
        case _:
            assert_never(fact)
