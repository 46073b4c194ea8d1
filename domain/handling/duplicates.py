"""Handling money that two sources may have told of: the case waits until a person says whether it is one.

A payment comes from a provider and from the bank; a refund is booked by a person and told by the provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain import facts as f
from domain import messages as m
from domain.blockers import HoldKind
from domain.case import Case
from domain.case_parts import Hold
from domain.handling.refusal import Refused
from domain.handling.tasks import task_done, task_raised
from domain.ledger import Entry, EntryKind
from domain.provider_money import source_of
from domain.tasks import TaskKind

WITHIN = timedelta(days=3)
"""How far apart two sources may credit one payment: a weekend lies between a provider and the bank."""


def told_twice(case: Case, paid: f.PaymentReceived) -> tuple[f.Fact, ...]:
    """A payment of the amount of another one, from another source, of about the same day: a person is asked."""
    twin = twin_of(case.ledger.entries, paid.id, -paid.amount.minor, paid.credited_on)
    if twin is None or not case.ledger.left_of(twin.id):
        return ()
    hold = f.HoldPlaced(
        id=f"hold:duplicate:{paid.id}",
        at=paid.at,
        on=paid.on,
        hold=HoldKind.PROBABLE_DUPLICATE,
        of=paid.id,
        about=twin.id,
    )
    return (hold, *task_raised(case, TaskKind.PROBABLE_DUPLICATE, None, paid.at, paid.on))


def twin_of(entries: Sequence[Entry], own: str, minor: int, credited_on: date) -> Entry | None:
    """The last payment of an amount that another source told of, credited within three days."""
    return next(
        (
            each
            for each in reversed(entries)
            if each.kind is EntryKind.PAYMENT
            and each.amount.minor == minor
            and source_of(each.id) != source_of(own)
            and abs(each.credited_on - credited_on) <= WITHIN
        ),
        None,
    )


def given_back_twice(case: Case, back: f.PaymentReversed) -> tuple[f.Fact, ...]:
    """A provider tells of a refund, and a person booked one of its amount, of about the same day: he is asked."""
    entry = case.ledger.entry(back.of)
    if entry is None or entry.kind is not EntryKind.PAYMENT or back.reason:
        return ()
    left = case.ledger.left_of(back.of)
    minor = left if back.amount is None else min(left, back.amount.minor)
    booked = booked_refund(case, back.of, minor, back.credited_on)
    if booked is None:
        return ()
    hold = f.HoldPlaced(
        id=f"hold:duplicate:{back.id}",
        at=back.at,
        on=back.on,
        hold=HoldKind.PROBABLE_DUPLICATE,
        of=back.id,
        about=booked.id,
    )
    return (hold, *task_raised(case, TaskKind.PROBABLE_DUPLICATE, None, back.at, back.on))


def booked_refund(case: Case, payment: str, minor: int, on: date) -> Entry | None:
    """The last refund of an amount that a person booked within three days, of this payment or of none by name.

    One that was asked about already stands for another refund.
    """
    asked = {hold.about for hold in case.holds if hold.kind is HoldKind.PROBABLE_DUPLICATE}
    return next(
        (
            each
            for each in reversed(case.ledger.entries)
            if each.kind is EntryKind.REFUND
            and each.amount.minor == minor
            and each.of in (None, payment)
            and each.id not in asked
            and abs(each.credited_on - on) <= WITHIN
        ),
        None,
    )


def told_refund(case: Case, minor: int, on: date) -> Entry | None:
    """The last refund of an amount that a provider told of within three days."""
    return next(
        (
            each
            for each in reversed(case.ledger.entries)
            if each.kind is EntryKind.REVERSAL
            and each.amount.minor == minor
            and not each.reason
            and source_of(each.id.removeprefix("reversal:"))
            and abs(each.credited_on - on) <= WITHIN
        ),
        None,
    )


def duplicate_settled(case: Case, message: m.SettleDuplicate, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A person says whether two payments, or refunds, are one; if they are, one of them is made undone.

    Raises:
        Refused: nothing is asked, or the payment that is to be taken back is none of this case.
    """
    if f"settled:{own}" in case.seen:
        return ()
    asking = [hold for hold in case.holds if _asks(hold, on)]
    named = [hold for hold in asking if message.payment in (hold.of, hold.about)]
    asked = next(iter(named or asking), None)
    task = case.open_task(TaskKind.PROBABLE_DUPLICATE)
    if asked is None and task is None:
        raise Refused("no payment of this case is probably a duplicate")
    undone = () if message.outcome == "two" else (_undone(case, message, asked, own, at, on),)
    lifted = f.HoldLifted(
        id=f"settled:{own}",
        at=at,
        on=on,
        hold=HoldKind.PROBABLE_DUPLICATE,
        of="" if asked is None else asked.of,
        actor=message.actor,
        note=message.note,
    )
    if any(hold.of != lifted.of for hold in asking if lifted.of):
        # Another one is still asked about, by the same task.
        return (*undone, lifted)
    done = task_done(case, TaskKind.PROBABLE_DUPLICATE, message.outcome, f"settled:{own}", at, on)
    return (*undone, lifted, *done)


def no_longer_twice(case: Case, payment: str, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """One of two payments that were probably one came back: nothing is left to ask."""
    about = [hold for hold in case.holds if _asks(hold, on) and payment in (hold.of, hold.about)]
    if not about:
        return ()
    ended = tuple(f.HoldLifted(id=f"lift:{hold.id}:{own}", at=at, on=on, hold=hold.kind, of=hold.of) for hold in about)
    others = any(hold for hold in case.holds if _asks(hold, on) and hold not in about)
    outcome = f"{payment} came back"
    return ended if others else (*ended, *task_done(case, TaskKind.PROBABLE_DUPLICATE, outcome, own, at, on))


def _asks(hold: Hold, on: date) -> bool:
    return hold.kind is HoldKind.PROBABLE_DUPLICATE and hold.covers(on)


def _undone(
    case: Case, message: m.SettleDuplicate, asked: Hold | None, own: str, at: datetime, on: date
) -> f.PaymentReceived | f.PaymentReversed:
    refund = None if asked is None else case.ledger.entry(asked.about)
    if asked is None or refund is None or refund.kind is not EntryKind.REFUND:
        return _taken_back(case, message, asked, own, at, on)
    # What was given back once counts as the refund that was booked; what the provider took off stands again.
    back = case.ledger.entry(asked.of)
    paid = None if back is None or back.of is None else case.ledger.entry(back.of)
    if back is None or paid is None:
        raise Refused(f"{asked.of} is no refund of this case any more: say `two`")
    return f.PaymentReceived(
        id=f"payment:duplicate:{own}",
        at=at,
        on=on,
        amount=back.amount,
        credited_on=paid.credited_on,
        actor=message.actor,
    )


def _taken_back(
    case: Case, message: m.SettleDuplicate, asked: Hold | None, own: str, at: datetime, on: date
) -> f.PaymentReversed:
    payment = message.payment or (asked.of if asked is not None else "")
    entry = case.ledger.entry(payment)
    if entry is None or entry.kind is not EntryKind.PAYMENT or not case.ledger.left_of(payment):
        known = ", ".join(e.id for e in case.ledger.entries if case.ledger.left_of(e.id)) or "none"
        raise Refused(f"name the payment that was told twice: {payment or 'none'} is no payment to take back; {known}")
    return f.PaymentReversed(
        id=f"reversal:duplicate:{own}", at=at, on=on, of=payment, amount=None, credited_on=entry.credited_on
    )
