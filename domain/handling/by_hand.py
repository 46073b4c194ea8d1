"""Handling money that a person books: a payment he knows of, and what was given back of an overpayment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from domain import facts as f
from domain import messages as m
from domain.case import Case, apply
from domain.claims.claim import claim_of
from domain.correspondence import letter_owed
from domain.handling.duplicates import told_refund, told_twice
from domain.handling.envelope import Envelope, Lookup
from domain.handling.money import booked_payment, final_by, is_booked, own_currency
from domain.handling.refusal import Refused
from domain.handling.tasks import task_done
from domain.ledger import Entry, EntryKind
from domain.money import Money
from domain.planning.settlement import remainder_is_waived
from domain.policy import Policy
from domain.surroundings import Surroundings
from domain.tasks import TaskKind

OVERPAYMENT = "overpayment"
"""What a refund comes out of when it names no payment."""


def payment_recorded(
    case: Case, policy: Policy, message: m.RecordPayment, envelope: Envelope, lookup: Lookup
) -> tuple[f.Fact, ...]:
    """A person books a payment that he sees on the account.

    With an id of its own it counts once. Without one, an equal payment credited on the same day is taken for the same:
    typed twice it must not count twice.

    Raises:
        Refused: in another currency, of a day to come, or taken for one that is booked already.
    """
    amount = own_currency(case, message.amount, message.currency)
    credited_on = _not_to_come(message.credited_on, envelope.on)
    own = message.id or _own_id(EntryKind.PAYMENT, credited_on, amount, envelope)
    if is_booked(case, own, EntryKind.PAYMENT, amount):
        return ()
    twins = () if message.id or message.again else _equal(case, EntryKind.PAYMENT, -amount, credited_on)
    if twins:
        raise Refused(
            f"{amount.text} credited on {credited_on} is booked already, as {_named(twins)}; "
            "say `again` when this is a second payment of that day"
        )
    paid = f.PaymentReceived(
        id=own,
        at=envelope.at,
        on=envelope.on,
        amount=amount,
        credited_on=credited_on,
        reference=message.reference,
        actor=message.actor,
        method=message.method,
        final_on=final_by(case, policy, message.method, credited_on, lookup) if message.method else None,
    )
    # Who says that it is a second one, or sets off what he has, is not asked.
    twice = () if message.again or message.set_off else told_twice(case, paid)
    told = booked_payment(case, policy, paid, twice)
    if not message.set_off or case.handed_off:
        return told
    # Set-off works by telling it (BW 6:127 lid 1): he hears of it, also where it pays all.
    notice = letter_owed(case, "receipt", paid.id, paid.at, paid.on)
    return (*told, *(fact for fact in notice if fact.id not in {each.id for each in told}))


def refund_recorded(
    case: Case, policy: Policy, message: m.RecordRefund, envelope: Envelope, lookup: Lookup
) -> tuple[f.Fact, ...]:
    """A person books what was given back of what was paid too much, or set off against another invoice.

    Raises:
        Refused: in another currency, of a day to come, more than was paid too much, out of a payment that is none, or
            taken for one that is booked already.
    """
    amount = own_currency(case, message.amount, message.currency)
    refunded_on = _not_to_come(message.refunded_on, envelope.on, back=True)
    own = f"refund:{message.id}" if message.id else _own_id(EntryKind.REFUND, refunded_on, amount, envelope)
    if is_booked(case, own, EntryKind.REFUND, -amount):
        return ()
    twins = () if message.id or message.again else _equal(case, EntryKind.REFUND, amount, refunded_on)
    if twins:
        raise Refused(
            f"{amount.text} given back on {refunded_on} is booked already, as {_named(twins)}; "
            "say `again` when this is a second one of that day"
        )
    told = None if message.again or message.set_off else told_refund(case, amount.minor, refunded_on)
    if told is not None:
        raise Refused(
            f"{amount.text} given back on {told.credited_on} was told by the provider already, as "
            f"{told.id.removeprefix('reversal:')}; say `again` when this is a second one"
        )
    refund = f.RefundMade(
        id=own,
        at=envelope.at,
        on=envelope.on,
        amount=amount,
        of=None if message.of == OVERPAYMENT else _payment(case, message.of, amount),
        refunded_on=refunded_on,
        set_off=message.set_off,
        reference=message.reference,
        actor=message.actor,
    )
    surroundings = lookup.surroundings(case, policy)
    most = refundable(case, policy, envelope.on, surroundings)
    _must_be_too_much(case, policy, refund, most, surroundings)
    settled: tuple[f.Fact, ...] = ()
    if most <= amount:
        outcome = "set off" if message.set_off else "refunded"
        settled = task_done(case, TaskKind.OVERPAYMENT, outcome, own, envelope.at, envelope.on)
    return (refund, *settled)


def refundable(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> Money:
    """What was paid on a case beyond all that is owed on it, interest and costs included.

    The claim is the one that its letters ask: with the creditor's terms, and costs counted once over the debtor's
    invoices. So no more can leave than stands with us on this case and pays nothing of what we ask.
    """
    if policy.law is None or not case.overpaid_minor:
        return case.overpaid
    return min(case.overpaid, claim_of(case, policy, on, surroundings).overpaid)


def _must_be_too_much(
    case: Case, policy: Policy, refund: f.RefundMade, most: Money, surroundings: Surroundings
) -> None:
    """Nothing may come open by it; but some cents of interest that would not be pursued may be given back with it."""
    if refund.amount <= most:
        return
    if refund.amount <= case.overpaid and remainder_is_waived(apply(case, refund), policy, surroundings):
        return
    if most.is_positive:
        raise Refused(f"only {most.text} was paid too much: give back at most that; more would open the invoice again")
    if case.overpaid_minor:
        raise Refused(f"what was paid beyond the invoice ({case.overpaid.text}) pays interest and costs that are due")
    raise Refused(
        "nothing was paid too much; a payment that the bank took back is told with payment_reversed, "
        "which opens the invoice again"
    )


def _payment(case: Case, named: str, amount: Money) -> str:
    entry = case.ledger.entry(named)
    if entry is None or entry.kind is not EntryKind.PAYMENT:
        known = ", ".join(e.id for e in case.ledger.entries if e.kind is EntryKind.PAYMENT) or "none"
        raise Refused(f"{named!r} is no payment of this case; its payments: {known}; or say {OVERPAYMENT}")
    given_back = sum(e.amount.minor for e in case.ledger.entries if e.kind is EntryKind.REFUND and e.of == named)
    left = Money.from_minor(max(0, case.ledger.left_of(named) - given_back), case.ledger.currency)
    if amount > left:
        raise Refused(f"of payment {named} only {left.text} is left to give back")
    return named


def _not_to_come(day: date | None, today: date, *, back: bool = False) -> date:
    if day is not None and day > today:
        raise Refused(
            f"{'given back' if back else 'credited'} on {day}, which is still to come: book it when it stands on the "
            "account"
        )
    return day or today


def _own_id(kind: EntryKind, day: date, amount: Money, envelope: Envelope) -> str:
    """An id that a person can read, the same for one delivery; nothing that he wrote goes into it."""
    delivery = hashlib.sha256(envelope.id.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{kind.value}:{day}:{amount.text}:{delivery}"


def _equal(case: Case, kind: EntryKind, signed: Money, day: date) -> tuple[Entry, ...]:
    """Entries of the same kind, amount and day that were not taken back."""
    return tuple(
        e
        for e in case.ledger.entries
        if e.kind is kind
        and e.amount == signed
        and e.credited_on == day
        and (kind is EntryKind.REFUND or case.ledger.left_of(e.id))
    )


def _named(entries: Iterable[Entry]) -> str:
    return ", ".join(f"{e.id} (known since {e.known_on})" for e in entries)
