"""One readable line for each fact: the timeline of a case."""

from __future__ import annotations

from typing import assert_never

from domain import facts as f
from domain.blockers import HoldKind, blocker_text
from domain.tasks import task_text
from domain.views.agencies import agency_line
from domain.views.agreed import agreed_text
from domain.views.arrangement_lines import arrangement_line
from domain.views.said import said
from domain.views.signatures import signature_line
from speech.sentences import say
from speech.words import spoken_language, tr


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
            return f" ({_code(fact.outcome)})"
        case f.CallLogged():
            return f": {fact.outcome}"
        case f.PaymentReceived() | f.RefundMade() if fact.reference:
            return f", {fact.reference}"
        case f.AgencyReported() if fact.reason:
            return f": {fact.reason}"
        case f.MessageQuarantined():
            return f" {fact.name}: {say(fact.error)}"
        case _:
            return ""


def _text(fact: f.Fact) -> str:
    match fact:
        case f.CaseOpened():
            return tr(
                "case opened: {amount} {currency} open, policy {policy} v{version}",
                amount=fact.open.text,
                currency=fact.open.currency,
                policy=fact.policy,
                version=fact.policy_version,
            )
        case f.PaymentReceived():
            paid = tr(
                "payment {id}: {amount} credited {day}", id=fact.id, amount=fact.amount.text, day=fact.credited_on
            )
            if fact.final_on is None or fact.final_on <= fact.credited_on:
                return paid
            return paid + tr(", by {method}: final on {day}", method=_code(fact.method), day=fact.final_on)
        case f.PaymentReversed():
            amount = fact.amount.text if fact.amount else tr("all of it")
            back = tr("reversal of {payment}: {amount}", payment=fact.of, amount=amount)
            return back + f" ({fact.reason.replace('_', ' ')})" if fact.reason else back
        case f.RefundMade():
            if fact.set_off:
                return tr("set off against {invoice}: {amount}", invoice=fact.set_off, amount=fact.amount.text)
            return tr("given back on {day}: {amount}", day=fact.refunded_on, amount=fact.amount.text)
        case f.InvoiceCredited():
            return tr(
                "credit {id}: {amount} ({kind})", id=fact.id, amount=fact.amount.text, kind=_code(fact.credit_kind)
            )
        case f.WrittenOff():
            return _written_off(fact)
        case f.DueDateChanged():
            return tr("due date moved to {day}", day=fact.due)
        case f.PolicyChanged():
            return tr("policy changed to {policy} v{version}", policy=fact.policy, version=fact.policy_version)
        case f.HabitNoted():
            return tr(
                "he usually pays late: {days} days of grace (median of {invoices} invoices)",
                days=fact.days,
                invoices=fact.invoices,
            )
        case f.HoldPlaced():
            if fact.noted:
                return tr("noted, and holds nothing any more: {hold}", hold=fact.hold.value)
            until = tr(" until {day}", day=fact.until) if fact.until else ""
            # Of this kind the engine itself says why; of the others people do, and that stays out of it.
            why = f" ({say(fact.note)})" if fact.hold is HoldKind.SIBLING_WITH_PARTNER and fact.note else ""
            return tr("on hold: {hold}", hold=_code(fact.hold.value)) + why + until
        case f.HoldLifted():
            return tr("hold ended: {hold}", hold=_code(fact.hold.value))
        case f.StepIntended():
            return tr("{step}: about to send", step=fact.step)
        case f.DeliveryConcluded():
            return tr("delivery {status}", status=_code(fact.status.value)) + (
                f": {say(fact.reason)}" if fact.reason else ""
            )
        case f.StepTaken():
            sent = tr(
                "{step}: {channels}, claimed {amount}",
                step=fact.step,
                channels=", ".join(fact.channels),
                amount=fact.claimed.text,
            )
            return sent if fact.proven else sent + tr(" (unproven)")
        case f.SendSettled():
            return tr("{step}: settled as {outcome}", step=fact.step, outcome=_code(fact.outcome))
        case f.StepPassedOver():
            return tr("{step}: passed over, {why}", step=fact.step, why=say(fact.reason))
        case f.StepHeldBack():
            return tr("{step}: held back, {codes}", step=fact.step, codes=_held_by(fact.blockers))
        case f.TaskRaised():
            return tr("task raised: {task}", task=_task(fact.task))
        case f.TaskDone():
            return tr("task done: {task}", task=_task(fact.task))
        case f.CallLogged() if fact.again_on is not None:
            return tr("call noted: he is called again on {day}", day=f"{fact.again_on} {fact.again_at}".strip())
        case f.CallLogged():
            return tr("call noted")
        case f.HandoffApproved():
            if not fact.others:
                return tr("hand-off approved at {amount} open", amount=fact.open.text)
            return tr(
                "hand-off approved at {amount} open, with {numbers}",
                amount=fact.open.text,
                numbers=", ".join(each.number for each in fact.others),
            )
        case f.SignatureAsked() | f.SignatureSettled():
            return signature_line(fact)
        case f.DeliveryReported():
            if fact.reason:
                return tr("delivery reported: {status} ({reason})", status=_code(fact.status), reason=say(fact.reason))
            return tr("delivery reported: {status}", status=_code(fact.status))
        case f.MessageQuarantined():
            return tr("message kept in quarantine")
        case f.QuarantineSettled():
            return tr("quarantine {outcome}", outcome=fact.outcome)
        case f.MessageCrossed():
            return tr("payment {payment} crossed message {message}", payment=fact.payment, message=fact.message)
        case f.LetterVoided():
            return tr(
                "{step}: void for costs ({why}), a new one with a full term",
                step=fact.steps[0][0],
                why=fact.reason.replace("_", " "),
            )
        case f.GateUndone():
            return tr(
                "{step}: claimed costs of {claimed}, due were {due}",
                step=fact.step,
                claimed=fact.claimed.text,
                due=fact.due.text,
            )
        case f.LetterOwed():
            return tr("letter to be written: {letter}", letter=_code(fact.letter))
        case f.LetterDropped():
            return tr("{letter}: leaves no more ({why})", letter=_code(fact.letter), why=say(fact.reason))
        case f.DisputeRaised():
            amount = fact.amount.text if fact.amount else tr("all of it")
            late = tr(", complained of late") if fact.late else ""
            disputed = tr(
                "dispute {id}: {amount} ({reason}), answer by {day}",
                id=fact.dispute,
                amount=amount,
                reason=tr(fact.reason.replace("_", " ")),
                day=fact.answer_by,
            )
            return disputed + late
        case f.DisputeAccepted():
            return tr("dispute {id}: holds until it is decided", id=fact.dispute)
        case f.DisputeLapsed():
            return tr("dispute {id}: nobody looked at it in its days, reminders go on", id=fact.dispute)
        case f.DisputeResolved():
            if fact.upheld is not None:
                return tr(
                    "dispute {id}: {outcome}, {amount} is not owed",
                    id=fact.dispute,
                    outcome=tr(fact.outcome),
                    amount=fact.upheld.text,
                )
            return tr("dispute {id}: {outcome}", id=fact.dispute, outcome=tr(fact.outcome))
        case f.PromiseMade() | f.PromiseJudged() | f.SettlementAgreed() | f.SettlementJudged():
            return agreed_text(fact)
        case f.DebtorStatusReported():
            return tr("debtor status: {status} since {day}", status=_code(fact.status.value), day=fact.since)
        case f.DebtorStatusProven():
            return tr("debtor status proven: {status}", status=_code(fact.status.value))
        case f.DebtorStatusEnded():
            why = tr(", nobody proved it") if fact.reason == "unproven" else ""
            return tr("debtor status ended: {status}", status=_code(fact.status.value)) + why
        case (
            f.ArrangementProposed()
            | f.ArrangementAgreed()
            | f.ArrangementWarned()
            | f.ArrangementBroken()
            | f.ArrangementKept()
            | f.ArrangementReopened()
            | f.ArrangementEnded()
        ):
            return arrangement_line(fact)
        case f.AgencyReported() | f.RecallAsked() | f.FileReturned():
            return agency_line(fact)
        case f.CaseClosed():
            closed = tr("closed: {reason}", reason=_code(fact.reason.value))
            if fact.waived is None:
                return closed
            return closed + tr(", {amount} of interest and costs not pursued", amount=fact.waived.text)
        case f.CaseReopened():
            return tr("reopened")
        case _:
            assert_never(fact)


def _code(code: str) -> str:
    """A code in the language that is spoken; as it is written where there is no word for it."""
    words = code.replace("_", " ")
    said = tr(words)
    return code if said == words else said


def _held_by(codes: tuple[str, ...]) -> str:
    """What keeps a step back, in the language that is spoken; in English the codes, by which programs know it."""
    return ", ".join(codes) if spoken_language() == "en" else "; ".join(map(blocker_text, codes))


def _task(task: str) -> str:
    """What a task asks, in the language that is spoken; in English its code, by which programs know it."""
    return task if spoken_language() == "en" else task_text(task)


def _written_off(fact: f.WrittenOff) -> str:
    text = tr("written off: {amount}", amount=fact.amount.text)
    if fact.reason is not None:
        text += f" ({tr(fact.reason)})"
    if fact.vat_reclaim_by is not None:
        text += tr(", VAT in it to be reclaimed by {day}", day=fact.vat_reclaim_by)
    return text
