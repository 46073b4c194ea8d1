"""What the partner who has a case is told, or asked: money that moved with us, a dispute, a recall."""

from __future__ import annotations

import json
from datetime import date

from casefile.case_file import Transaction
from casefile.deliveries import Letter
from domain import facts as f
from domain.bundle import Member
from domain.claims.beside import letter_to_write
from domain.claims.claim import claim_of
from domain.handoffs.channels import NOTICE_TYPE
from domain.handoffs.with_partner import file_of, reference_of
from domain.money import Money
from domain.parties import Creditor
from services.correspondence.composing import Composed

__all__ = ["compose_notice"]


def compose_notice(transaction: Transaction, creditor: Creditor, member: Member) -> Composed:
    """The notice of one case to the partner who has it, under its send key.

    Args:
        transaction: On the case file.
        creditor: Who hands off.
        member: The case, with the notice as its step.

    Raises:
        LookupError: nobody has the case, or what the notice is about is not in it.
    """
    file = file_of(member.case)
    owed = letter_to_write(member.case, member.step, member.issue)
    if file is None or owed is None:
        raise LookupError(f"{member.key} has no {member.step.id} {member.issue} to tell a partner")
    about = next((fact for fact in transaction.cases.facts(member.key) if fact.id == owed.of), None)
    if about is None:
        raise LookupError(f"{member.key} has no fact {owed.of!r}, which {member.step.id} is about")
    partner = file.partner or creditor.agency
    key = f"{member.key}/{member.step.id}/{member.issue}/agency/{partner}"
    message = f"{member.case.invoice.number}/{member.step.id}/{member.issue}"
    on = member.policy.sending_calendar.local_date(about.at)
    claim = claim_of(member.case, member.policy, on, member.surroundings)
    content = {
        "notice": 1,
        "key": key,
        "partner": partner,
        "reference": reference_of(member.case),
        "handed_off_as": file.message,
        "case": member.key,
        "invoice": member.case.invoice.number,
        **_said(about),
        "open": {
            "principal": claim.open.text,
            "interest": claim.interest.text,
            "costs": claim.costs.text,
            "total": claim.total.text,
            "currency": claim.open.currency,
            "on": on.isoformat(),
        },
    }
    letter = Letter(
        key=key,
        message=message,
        step=member.step.id,
        issue=member.issue,
        letter=member.step.id,
        channel="agency",
        recipient=partner,
        subject=f"{creditor.name}: {member.case.invoice.number}",
        media_type=NOTICE_TYPE,
        content=json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8"),
        filename_hint=f"{on} {member.step.id} agency",
    )
    return Composed(message, (letter,), (("agency", key),), {})


def _said(fact: f.Fact) -> dict[str, object]:
    """What happened, in codes, days and amounts: nothing that anybody wrote."""
    match fact:
        case f.PaymentReceived():
            return {**_dated("payment", fact.id, fact.credited_on), **_amount(fact.amount)}
        case f.PaymentReversed():
            return {**_dated("payment_reversed", fact.id, fact.credited_on), **_amount(fact.amount), "payment": fact.of}
        case f.InvoiceCredited():
            return {**_dated("credit", fact.id, fact.on), **_amount(fact.amount), "reason": fact.credit_kind}
        case f.WrittenOff():
            return {**_dated("write_off", fact.id, fact.on), **_amount(fact.amount)}
        case f.DisputeRaised():
            return {**_dated("dispute", fact.dispute, fact.on), **_amount(fact.amount), "reason": fact.reason}
        case f.DisputeResolved():
            return {**_dated("dispute_resolved", fact.dispute, fact.on), **_amount(fact.upheld), "reason": fact.outcome}
        case f.DebtorStatusReported():
            return {**_dated("debtor_status", fact.report, fact.since), "reason": fact.status.value}
        case f.HoldPlaced():
            return {**_dated("hold", fact.id, fact.on), "reason": fact.hold.value}
        case f.RecallAsked():
            return {**_dated("recall", fact.id, fact.on), "reason": fact.reason}
        case _:
            return _dated(fact.kind, fact.id, fact.on)


def _dated(about: str, own: str, on: date) -> dict[str, object]:
    return {"about": about, "id": own, "on": on.isoformat()}


def _amount(money: Money | None) -> dict[str, object]:
    return {} if money is None else {"amount": money.text, "currency": money.currency}
