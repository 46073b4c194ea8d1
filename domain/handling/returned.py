"""Handling a payment that comes back: what is open again, and what the bank's reason asks of whom."""

from __future__ import annotations

from datetime import date, datetime

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.correspondence import letter_dropped, letter_owed, still_owed
from domain.handling.duplicates import given_back_twice, no_longer_twice
from domain.handling.money import own_currency, tell_agency
from domain.handling.refusal import Refused
from domain.handling.tasks import task_raised
from domain.ledger import Entry, EntryKind
from domain.money import Money
from domain.notices import TRIFLE
from domain.policy import Policy
from domain.provider_money import source_of
from domain.tasks import TaskKind

_ASKS: dict[f.ReturnReason, TaskKind] = {
    "no_funds": TaskKind.RETRY_DEBIT,
    "refused": TaskKind.CALL_ABOUT_REFUSAL,
}
"""What a reason asks of a person (practice.md, "Reversal"): collect it again on the pay day, or call him first."""


def payment_reversed(
    case: Case, policy: Policy, message: m.PaymentReversed, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """A payment or credit is taken back, wholly or in part; a person hears what the bank's reason asks of him.

    Raises:
        Refused: when what it names is neither, or its own id is taken.
    """
    part = None if message.amount is None else own_currency(case, message.amount, message.currency)
    if case.ledger.knows(own):
        return ()
    if own in case.seen:
        raise Refused(f"id {own} is already used in this case for something else; give it an id of its own")
    entry = case.ledger.entry(message.payment)
    if entry is not None and not entry.lowers:
        raise Refused(f"{message.payment!r} is no payment or credit ({entry.kind.value}); name one of those")
    if entry is not None and not message.reason and _given_back_as(case, message.id or "", entry, part):
        return ()
    taken_back = f.PaymentReversed(
        id=own,
        at=at,
        on=on,
        of=message.payment,
        amount=part,
        credited_on=message.credited_on or on,
        reason=message.reason,
    )
    return (
        taken_back,
        *_came_back(case, policy, taken_back),
        *no_longer_twice(case, message.payment, own, at, on),
        *given_back_twice(case, taken_back),
        *tell_agency(case, own, at, on),
    )


def _given_back_as(case: Case, own: str, payment: Entry, part: Money | None) -> bool:
    """Whether a person booked this refund under the provider's own id: `re_1` or `mollie:re_1`."""
    names = {f"refund:{own}", f"refund:{own.partition(':')[2]}"} if source_of(own) else set()
    minor = case.ledger.left_of(payment.id) if part is None else part.minor
    booked = (case.ledger.entry(name) for name in names)
    return any(each is not None and each.amount.minor == minor for each in booked)


def _came_back(case: Case, policy: Policy, fact: f.PaymentReversed) -> tuple[f.Fact, ...]:
    """What follows when a payment that we know comes back; its first message to the debtor says why, if the bank did.

    Without a reason it may be a booking of ours that was wrong, of which he need not hear.
    """
    entry = case.ledger.entry(fact.of)
    left = case.ledger.left_of(fact.of)
    if entry is None or entry.kind is not EntryKind.PAYMENT or not left:
        return ()
    whole = fact.amount is None or fact.amount.minor >= left
    dropped = _receipts_dropped(case, fact) if whole else ()
    back = left if fact.amount is None else min(left, fact.amount.minor)
    if (
        not fact.reason
        or case.handed_off
        or Money.from_minor(back, entry.amount.currency).amount <= max(policy.tolerance, TRIFLE)
    ):
        return dropped
    task = _ASKS.get(fact.reason)
    asked = () if task is None else task_raised(case, task, None, fact.at, fact.on)
    return (*dropped, *letter_owed(case, "debit_returned", fact.id, fact.at, fact.on), *asked)


def _receipts_dropped(case: Case, fact: f.PaymentReversed) -> tuple[f.Fact, ...]:
    """A receipt that has not left says what is no longer so; one on its way can't be stopped."""
    attempt = case.attempt
    return tuple(
        letter_dropped(owed.letter, owed.issue, "the payment came back", fact.at, fact.on)
        for owed in still_owed(case)
        if owed.letter == "receipt"
        and owed.of == fact.of
        and not (
            attempt is not None
            and (attempt.step, attempt.issue) == (owed.letter, owed.issue)
            and attempt.may_have_reached_debtor
        )
    )
