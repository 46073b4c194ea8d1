"""What a letter beside the ladder answers: the part of its content that says so, out of the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from domain.bundle import Member, leading
from domain.case import Case
from domain.facts import Asked
from domain.handling.by_hand import refundable
from domain.money import Money
from domain.owed_letters import OwedLetter
from domain.promises import paid_of
from letters.answers import (
    ContactChange,
    Dispute,
    DisputeDecision,
    Overpaid,
    PromisedPayment,
    ReceivedPayment,
    ReturnedDebit,
    SettlementOffer,
    Withdrawal,
)
from services.correspondence import arranging

Answer = Callable[[Case, OwedLetter, Asked, date], Mapping[str, object]]
"""The fields of a letter that say what it answers; what was asked for is still so, or the letter was dropped."""


def answer_of(members: Sequence[Member], asked: Asked, on: date) -> Mapping[str, object]:
    """The fields of `LetterContent` that say what a letter answers; none for a step of the ladder.

    Args:
        members: The case, with the letter as its step; of an arrangement over several invoices all of its cases.
        asked: What the letter says that is owed.
        on: Its day.
    """
    member = leading(members)
    if not member.step.answers:
        return {}
    owed = next(each for each in member.case.owing if (each.letter, each.issue) == (member.step.id, member.issue))
    of_arrangement = _OF_ARRANGEMENTS.get(member.step.id)
    if of_arrangement is not None:
        return of_arrangement(members, owed, on)
    if member.step.id == "overpayment":
        amount = refundable(member.case, member.policy, on, member.surroundings)
        return {"overpaid": Overpaid.model_validate({"amount": amount})}
    build = _ANSWERS.get(member.step.id)
    return {} if build is None else build(member.case, owed, asked, on)


def counted_until(member: Member, on: date) -> date:
    """Day until which a letter counts interest: its own, or the one on which what it confirms was agreed."""
    if not member.step.answers:
        return on
    owed = next(each for each in member.case.owing if (each.letter, each.issue) == (member.step.id, member.issue))
    return arranging.agreed_day(member, owed) or on


def _receipt(case: Case, owed: OwedLetter, asked: Asked, on: date) -> Mapping[str, object]:
    entry = next(each for each in case.ledger.entries if each.id == owed.of)
    received = ReceivedPayment(amount=abs(entry.amount), credited_on=entry.credited_on, rest=asked.claimed)
    return {"received": received}


def _dispute(case: Case, owed: OwedLetter, asked: Asked, on: date) -> Mapping[str, object]:
    dispute = next(each for each in case.disputes if each.id == owed.of)
    disputed = Money.from_minor(dispute.disputed_minor, case.ledger.currency)
    return {
        "dispute": Dispute(id=dispute.id, disputed=disputed, undisputed=asked.open, answer_by=dispute.answer_by),
    }


def _decision(case: Case, owed: OwedLetter, asked: Asked, on: date) -> Mapping[str, object]:
    dispute = next(each for each in case.disputes if each.id == owed.of)
    upheld = Money.from_minor(dispute.upheld_minor, case.ledger.currency)
    respite = None if dispute.respite_until is None else max(1, (dispute.respite_until - on).days)
    disputed = Money.from_minor(dispute.disputed_minor, case.ledger.currency)
    if dispute.outcome == "upheld":
        # What was paid meanwhile he was right about, too.
        disputed = upheld = upheld or disputed
    return {
        "decision": DisputeDecision(
            id=dispute.id,
            outcome=dispute.outcome or "withdrawn",
            disputed=max(disputed, upheld),
            upheld=upheld,
            decided_on=dispute.resolved_on or on,
            new_term=any(taken.void_for in ("disputed", "dispute_upheld") for taken in case.taken),
        ),
        "term_days": respite if asked.open.is_positive else None,
    }


def _withdrawn(case: Case, owed: OwedLetter, asked: Asked, on: date) -> Mapping[str, object]:
    notice = next((t for t in reversed(case.taken) if t.kind == "send" and t.term_days is not None), None)
    upheld = any(each.id == owed.of for each in case.disputes)
    since = on if notice is None else notice.on
    return {"withdrawn": Withdrawal(since=since, reason="dispute_upheld" if upheld else "credited")}


def _promise(case: Case, owed: OwedLetter, asked: Asked, on: date) -> Mapping[str, object]:
    promise = next(each for each in case.promises if each.id == owed.of)
    broken = promise.outcome == "broken"
    paid = paid_of(case.promises, case.ledger, late=broken).get(promise.id, 0)
    # Where something was credited since, no more is missing of it than is owed.
    amount = min(promise.minor, paid + asked.total.minor)
    money = partial(Money.from_minor, currency=case.ledger.currency)
    return {
        "promise": PromisedPayment(
            amount=money(amount), by=promise.by, extends_term=promise.extends_term, broken=broken, paid=money(paid)
        )
    }


def _settlement(case: Case, owed: OwedLetter, asked: Asked, on: date) -> Mapping[str, object]:
    settlement = next(each for each in case.settlements if each.id == owed.of)
    # As it stands on the day of the letter: part of it may have come in, and interest ran.
    left = Money.from_minor(settlement.minor - settlement.paid_minor(case.ledger), case.ledger.currency)
    return {"settlement": SettlementOffer(amount=left, by=settlement.by, released=asked.total - left)}


def _contact_change(case: Case, owed: OwedLetter, asked: Asked, on: date) -> Mapping[str, object]:
    hold = next((each for each in case.holds if each.id == owed.of), None)
    return {"contact_change": ContactChange.model_validate({"what": (hold and hold.about) or "email"})}


def _returned(case: Case, owed: OwedLetter, asked: Asked, on: date) -> Mapping[str, object]:
    entry = next(each for each in case.ledger.entries if each.id == owed.of)
    reason = {"no_funds": "no_funds", "refused": "refused"}.get(entry.reason, "other")
    returned = {"amount": entry.amount, "on": entry.credited_on, "reason": reason}
    return {"returned": ReturnedDebit.model_validate(returned)}


_ANSWERS: Mapping[str, Answer] = {
    "receipt": _receipt,
    "dispute_confirmation": _dispute,
    "dispute_decision": _decision,
    "claim_withdrawn": _withdrawn,
    "promise_confirmation": _promise,
    "promise_broken": _promise,
    "settlement_confirmation": _settlement,
    "contact_change": _contact_change,
    "debit_returned": _returned,
}
"""How each letter is filled; those that answer nothing of their own stand not here."""

_OF_ARRANGEMENTS: Mapping[str, Callable[[Sequence[Member], OwedLetter, date], Mapping[str, object]]] = {
    "arrangement_confirmation": arranging.schedule,
    "arrangement_ended": arranging.schedule,
    "instalment_reminder": arranging.instalment,
    "instalment_missed": arranging.instalment,
    "arrangement_default": arranging.default,
}
"""The same, of what was agreed."""
