"""Payments of debtors: spread over their cases, kept where none takes them, put on a case or given back later.

All in one transaction under the lock of the whole file: what the cases are told goes into their inboxes, and what is on
no invoice into the case file, so that no cent is in two places or in none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from casefile.case_file import Transaction
from casefile.debtor_money import KnownDebtor, MoneyEntry, add_entry, entries_of, loose_money
from casefile.surroundings import surroundings_of
from domain.calendar import any_day
from domain.claims.claim import open_claim
from domain.debtor_money import LooseMoney, spread_payment
from domain.handling.by_hand import refundable
from domain.law.allocation import OpenClaim
from domain.ledger import EntryKind
from domain.messages import inbox_id
from domain.money import Money
from services.current_case import CurrentCase, current_case

__all__ = [
    "CannotBook",
    "GivenBack",
    "OnCase",
    "Paid",
    "Payment",
    "TakenBack",
    "book_payment",
    "currency_of",
    "give_back",
    "put_on_case",
    "set_off",
    "take_back",
    "tell_case",
    "today_of",
]


class CannotBook(ValueError):
    """Money that can't be booked so; the text says why, and what would be accepted."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of a debtor as a person knows it.

    Attributes:
        credited_on: Day on which our account was credited.
        id: Its own id, if it has one.
        again: Whether an equal one of that day may be booked already.
        message: What the cases are told: a provider books nothing as a person does. `method`: how he paid, if known.
    """

    amount: Money
    credited_on: date
    reference: str = ""
    actor: str = ""
    id: str | None = None
    again: bool = False
    message: str = "record_payment"
    method: str = ""


@dataclass(frozen=True, slots=True)
class OnCase:
    """What was put on one case."""

    case_id: str
    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of a payment of a debtor.

    Attributes:
        id: Its id.
        shares: What each case was told.
        left: What is on no invoice.
        named: Invoices that he named.
        known: Whether it was booked before, so that nothing was done now.
    """

    id: str
    shares: tuple[OnCase, ...]
    left: Money
    named: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What was given back of money on no invoice: payment and amount."""

    parts: tuple[tuple[str, Money], ...]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What the bank took back of a payment.

    Attributes:
        loose: What of it was on no invoice.
        on_cases: What had been put on invoices, and is open there again.
    """

    payment: str
    loose: Money
    on_cases: tuple[OnCase, ...]


def currency_of(transaction: Transaction, debtor: KnownDebtor) -> str:
    """The currency in which a debtor owes; EUR where he owes in several, or nothing."""
    found = {
        transaction.cases.load(case_id).case.ledger.currency
        for case_id in transaction.cases.siblings(debtor.creditor, debtor.id, "")
    }
    return found.pop() if len(found) == 1 else "EUR"


def book_payment(transaction: Transaction, debtor: KnownDebtor, payment: Payment, at: datetime) -> Paid:
    """Spread a payment over the open cases of its debtor (BW 6:43), and keep what none of them takes.

    Args:
        transaction: The case file, locked as a whole.
        debtor: Who paid.
        payment: What he paid.
        at: Moment of the booking, aware.

    Raises:
        CannotBook: its day is still to come, or it seems to be booked already.
    """
    cases = tuple(_cases(transaction, debtor, at))
    today = _today(cases, at)
    if payment.credited_on > today:
        raise CannotBook(
            f"credited on {payment.credited_on}, which is still to come: book it when it is on the account"
        )
    known = _known(transaction, debtor, payment, cases)
    if known is not None:
        return known
    before = entries_of(transaction, debtor.creditor, debtor.id)
    number = 1 + sum(1 for each in before if each.kind == "received")
    own = payment.id or f"payment:{payment.credited_on}:{payment.amount.text}:{number}"
    claims = [
        claim
        for each in cases
        if (claim := _claim(transaction, each, payment.credited_on)) is not None
        and claim.open.currency == payment.amount.currency
    ]
    numbers = [(each.loaded.id, each.case.invoice.number) for each in cases]
    found = spread_payment(payment.amount, payment.reference, claims, numbers, payment.credited_on)
    received = LooseMoney(own, payment.amount, payment.credited_on, today, payment.reference, payment.method)
    _keep(transaction, debtor, received, "received", payment.amount, own, at, actor=payment.actor, on=today)
    shares = []
    for case_id, share in found.shares:
        content = _content(own, share, received, payment.actor)
        tell_case(transaction, case_id, payment.message, content, at)
        _keep(
            transaction, debtor, received, "allocated", -share, f"{own}:{case_id}", at, actor=payment.actor, on=today,
            case_id=case_id,
        )  # fmt: skip
        shares.append(OnCase(case_id, dict(numbers)[case_id], share))
    return Paid(own, tuple(shares), found.left, found.named)


def put_on_case(
    transaction: Transaction,
    debtor: KnownDebtor,
    payment: str,
    case_id: str,
    amount: Money | None,
    actor: str,
    at: datetime,
) -> OnCase:
    """Put money that is on no invoice on a case of its debtor: so much, or what the case takes.

    Raises:
        CannotBook: there is no such money, or not so much, or it is in another currency, or the case takes nothing.
    """
    found = _loose(transaction, debtor, payment)
    current = current_case(transaction, case_id, at)
    _must_be_of(current, debtor)
    number = current.case.invoice.number
    if found.left.currency != current.case.ledger.currency:
        raise CannotBook(
            f"{found.left.text} {found.left.currency} for invoice {number} in {current.case.ledger.currency}: give it "
            "back, or exchange it and book what came of it"
        )
    if amount is None:
        claim = _claim(transaction, current, found.credited_on)
        if claim is None:
            raise CannotBook(f"nothing is open on {number}: name an amount to put it there all the same")
        amount = min(found.left, claim.open)
    if amount.currency != found.left.currency or amount > found.left:
        raise CannotBook(f"of {payment} {found.left.text} {found.left.currency} is on no invoice; name at most that")
    earlier = entries_of(transaction, debtor.creditor, debtor.id)
    before = sum(1 for each in earlier if each.of == payment and each.case_id == case_id)
    own = payment if not before else f"{payment}#{before + 1}"
    content = _content(own, amount, found, actor)
    tell_case(transaction, case_id, "record_payment", content, at)
    today = _today((current,), at)
    key = f"{own}:{case_id}"
    _keep(transaction, debtor, found, "allocated", -amount, key, at, actor=actor, on=today, case_id=case_id)
    return OnCase(case_id, number, amount)


def give_back(
    transaction: Transaction,
    debtor: KnownDebtor,
    payment: str | None,
    amount: Money | None,
    on: date,
    reference: str,
    actor: str,
    at: datetime,
) -> GivenBack:
    """Book that money on no invoice was given back: so much, or all of it; of one payment, or the oldest first.

    Raises:
        CannotBook: there is not so much, or the day is still to come.
    """
    today = _today(tuple(_cases(transaction, debtor, at)), at)
    if on > today:
        raise CannotBook(f"given back on {on}, which is still to come: book it when it has left the account")
    loose = loose_money(transaction, debtor.creditor, debtor.id)
    wanted = [_loose(transaction, debtor, payment)] if payment is not None else list(loose)
    if amount is not None:
        wanted = [each for each in wanted if each.left.currency == amount.currency]
    if not wanted or len({each.left.currency for each in wanted}) > 1:
        raise CannotBook("name the payment" if wanted else f"no such money of {debtor.name} is on no invoice")
    there = sum((each.left for each in wanted), Money.zero(wanted[0].left.currency))
    left = there if amount is None else amount
    if left > there:
        raise CannotBook(f"{left.text} given back, but only {there.text} of {debtor.name} is on no invoice")
    parts = []
    for each in wanted:
        part = min(left, each.left)
        if not part.is_positive:
            continue
        number = 1 + sum(1 for e in entries_of(transaction, debtor.creditor, debtor.id) if e.kind == "refunded")
        key = f"refund:{each.id}:{number}"
        _keep(transaction, debtor, each, "refunded", -part, key, at, actor=actor, on=today, left_on=on, told=reference)
        parts.append((each.id, part))
        left = left - part
    return GivenBack(tuple(parts))


def take_back(
    transaction: Transaction,
    debtor: KnownDebtor,
    payment: str,
    amount: Money | None,
    on: date,
    reason: str,
    actor: str,
    at: datetime,
) -> TakenBack:
    """Book that the bank took a payment back, on a day: so much of what is on no invoice, or (`amount` None) all of it.

    Then what had been put on invoices is open there again, as with any payment that comes back.

    Raises:
        CannotBook: there is no such payment, nothing or not so much of it is with us, or the day is still to come.
    """
    cases = {each.loaded.id: each for each in _cases(transaction, debtor, at)}
    today = _today(tuple(cases.values()), at)
    if on > today:
        raise CannotBook(f"taken back on {on}, which is still to come: book it when it has left the account")
    entries = entries_of(transaction, debtor.creditor, debtor.id)
    of = [each for each in entries if each.of == payment]
    received = next((each for each in of if each.kind == "received"), None)
    if received is None:
        known = ", ".join(each.id for each in entries if each.kind == "received") or "none"
        raise CannotBook(f"there is no payment {payment!r} of {debtor.name}; there: {known}")
    zero = Money.zero(received.amount.currency)
    there = sum((each.amount for each in of), zero)
    loose = there if amount is None else amount
    if loose.currency != there.currency or loose > there:
        raise CannotBook(
            f"of {payment} {there.text} {there.currency} is on no invoice: name at most that, or no amount to take "
            "back all of it, also what was put on invoices"
        )
    on_cases = []
    for each in of if amount is None else ():
        if each.kind != "allocated" or each.case_id is None:
            continue
        own = each.id.removesuffix(f":{each.case_id}")
        left = cases[each.case_id].case.ledger.left_of(own)
        if not left:
            continue
        content = {"id": f"{own}:taken-back", "payment": own, "credited_on": on.isoformat(), "reason": reason}
        tell_case(transaction, each.case_id, "payment_reversed", content, at)
        on_cases.append(
            OnCase(each.case_id, cases[each.case_id].case.invoice.number, Money.from_minor(left, zero.currency))
        )
    if not loose.is_positive and not on_cases:
        raise CannotBook(f"nothing of {payment} is with us any more: it was given back, or taken back before")
    if loose.is_positive:
        number = 1 + sum(1 for each in of if each.kind == "reversed")
        money = LooseMoney(payment, there, received.credited_on, received.known_on, received.reference)
        key = f"reversed:{payment}:{number}"
        _keep(transaction, debtor, money, "reversed", -loose, key, at, actor=actor, on=today, left_on=on, told=reason)
    return TakenBack(payment, loose, tuple(on_cases))


def set_off(
    transaction: Transaction, from_case: str, to_case: str, amount: Money | None, actor: str, at: datetime
) -> OnCase:
    """Set what was paid too much on one case off against another one of the same debtor, and have him told (BW 6:127).

    It works back to the day on which the money was credited (6:129).

    Raises:
        CannotBook: the cases are of two debtors or currencies, not so much was paid too much, or the other takes none.
    """
    source, target = current_case(transaction, from_case, at), current_case(transaction, to_case, at)
    a, b = source.case, target.case
    if (source.loaded.creditor, a.invoice.debtor) != (target.loaded.creditor, b.invoice.debtor):
        raise CannotBook(f"{a.invoice.number} and {b.invoice.number} are not of one debtor: nothing can be set off")
    if from_case == to_case or a.ledger.currency != b.ledger.currency:
        raise CannotBook(f"what was paid too much on {a.invoice.number} can't be set off against {b.invoice.number}")
    today = _today((source,), at)
    there = refundable(a, source.policy, today, surroundings_of(transaction, source.as_loaded))
    claim = _claim(transaction, target, today)
    if not there.is_positive or claim is None:
        what = f"nothing was paid too much on {a.invoice.number}" if claim else f"nothing is open on {b.invoice.number}"
        raise CannotBook(what)
    wanted = min(there, claim.open) if amount is None else amount
    if wanted.currency != there.currency or wanted > there:
        raise CannotBook(f"only {there.text} {there.currency} was paid too much on {a.invoice.number}")
    credited = [e.credited_on for e in a.ledger.entries if e.lowers]
    number = 1 + sum(1 for e in a.ledger.entries if e.kind is EntryKind.REFUND)
    own = f"set-off:{a.invoice.number}:{number}"[:200]
    shared = {"id": own, "amount": wanted.text, "currency": wanted.currency, "actor": actor}
    refund = {**shared, "refunded_on": today.isoformat(), "set_off": b.invoice.number}
    payment = {**shared, "credited_on": min(max(credited), today).isoformat(), "set_off": a.invoice.number}
    tell_case(transaction, from_case, "record_refund", refund, at)
    tell_case(transaction, to_case, "record_payment", payment, at)
    return OnCase(to_case, b.invoice.number, wanted)


# What it stands on -----------------------------------------------------------------------------------------


def _cases(transaction: Transaction, debtor: KnownDebtor, at: datetime) -> Iterator[CurrentCase]:
    """All cases of a debtor, with what waits in their inboxes."""
    for case_id in transaction.cases.siblings(debtor.creditor, debtor.id, ""):
        yield current_case(transaction, case_id, at)


def today_of(transaction: Transaction, debtor: KnownDebtor, at: datetime) -> date:
    """The local day at a moment, by the calendar of his cases."""
    return _today(tuple(_cases(transaction, debtor, at)), at)


def _today(cases: tuple[CurrentCase, ...], at: datetime) -> date:
    calendar = cases[0].policy.sending_calendar if cases else any_day("Europe/Amsterdam")
    return calendar.local_date(at)


def _claim(transaction: Transaction, current: CurrentCase, on: date) -> OpenClaim | None:
    surroundings = surroundings_of(transaction, current.as_loaded)
    return open_claim(current.loaded.id, current.case, current.policy, on, surroundings)


def _known(
    transaction: Transaction, debtor: KnownDebtor, payment: Payment, cases: tuple[CurrentCase, ...]
) -> Paid | None:
    """What was booked of the same payment before, None when it is new.

    Raises:
        CannotBook: its id was used for another one, or an equal one of that day is booked.
    """
    entries = entries_of(transaction, debtor.creditor, debtor.id)
    received = [each for each in entries if each.kind == "received"]
    numbers = {each.loaded.id: each.case.invoice.number for each in cases}

    def where(own: str) -> Paid:
        of = [each for each in entries if each.of == own]
        shares = tuple(
            OnCase(each.case_id, numbers.get(each.case_id, each.case_id), -each.amount)
            for each in of
            if each.case_id is not None
        )
        left = sum((each.amount for each in of), Money.zero(payment.amount.currency))
        return Paid(own, shares, left, known=True)

    if payment.id is not None:
        same = next((each for each in received if each.id == payment.id), None)
        if same is None:
            return None
        if (same.amount, same.credited_on) != (payment.amount, payment.credited_on):
            raise CannotBook(f"{payment.id} is booked already, with {same.amount.text} credited on {same.credited_on}")
        return where(payment.id)
    if payment.again:
        return None
    twin = next(
        (e for e in received if (e.amount, e.credited_on) == (payment.amount, payment.credited_on)),
        None,
    )
    paid, day = payment.amount.text, payment.credited_on
    if twin is not None:
        places = [f"{each.amount.text} on {each.number}" for each in where(twin.id).shares]
        if where(twin.id).left.is_positive:
            places.append(f"{where(twin.id).left.text} on no invoice")
        raise CannotBook(
            f"{paid} credited on {day} is booked already, as {twin.id}: {', '.join(places) or 'given back'}; "
            "say --again when this is a second payment of that day"
        )
    for each in cases:
        for entry in each.case.ledger.entries:
            equal = entry.amount == -payment.amount and entry.credited_on == payment.credited_on
            if entry.kind is EntryKind.PAYMENT and equal and each.case.ledger.left_of(entry.id):
                raise CannotBook(
                    f"{paid} credited on {day} is booked already on {each.case.invoice.number}, as {entry.id}; say "
                    "--again when this is a second payment of that day"
                )
    return None


def _loose(transaction: Transaction, debtor: KnownDebtor, payment: str) -> LooseMoney:
    loose = loose_money(transaction, debtor.creditor, debtor.id)
    found = next((each for each in loose if each.id == payment), None)
    if found is None:
        known = ", ".join(each.id for each in loose) or "none"
        raise CannotBook(f"nothing of a payment {payment!r} of {debtor.name} is on no invoice; there: {known}")
    return found


def _must_be_of(current: CurrentCase, debtor: KnownDebtor) -> None:
    if (current.loaded.creditor, current.case.invoice.debtor) != (debtor.creditor, debtor.id):
        raise CannotBook(f"{current.case.invoice.number} is not an invoice of {debtor.name}")


def _content(own: str, amount: Money, money: LooseMoney, actor: str) -> dict[str, object]:
    return {
        "id": own,
        "amount": amount.text,
        "currency": amount.currency,
        "credited_on": money.credited_on.isoformat(),
        "reference": money.reference,
        "method": money.method,
        "actor": actor,
    }


def tell_case(transaction: Transaction, case_id: str, name: str, content: Mapping[str, object], at: datetime) -> None:
    """Put a message into the inbox of a case that will take it.

    Raises:
        CannotBook: a rule forbids it; the transaction must not be committed.
    """
    raw = json.dumps({key: value for key, value in content.items() if value != ""}).encode()
    message = inbox_id(name, raw, "")
    transaction.inbox.accept(case_id, message, name, raw, at)
    refusal = current_case(transaction, case_id, at).refusals.get(message)
    if refusal is not None:
        raise CannotBook(refusal)


def _keep(
    transaction: Transaction,
    debtor: KnownDebtor,
    money: LooseMoney,
    kind: Literal["received", "allocated", "refunded", "reversed"],
    amount: Money,
    own: str,
    at: datetime,
    *,
    actor: str,
    on: date,
    left_on: date | None = None,
    told: str | None = None,
    case_id: str | None = None,
) -> None:
    entry = MoneyEntry(
        creditor=debtor.creditor,
        debtor=debtor.id,
        id=own[:400],
        of=money.id,
        kind=kind,
        amount=amount,
        credited_on=left_on or money.credited_on,
        known_on=on,
        reference=money.reference if told is None else told,
        actor=actor,
        case_id=case_id,
        method=money.method if kind == "received" else "",
    )
    if not add_entry(transaction, entry, at):
        raise CannotBook(f"{own} is booked already")
