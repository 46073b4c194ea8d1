"""Handling what a collection partner reports: how the file stands, and what money moved there."""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_never

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.handling.duplicates import no_longer_twice, told_twice
from domain.handling.money import own_currency
from domain.handling.refusal import Refused
from domain.ledger import EntryKind
from domain.money import Money
from domain.sent import Attempt

__all__ = ["agency_reported", "booked_as"]


def booked_as(partner: str, report: str) -> str:
    """Id in our ledger of what a partner reported of money."""
    return f"agency:{partner}:{report}"


def agency_reported(case: Case, message: m.ReportAgency, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A partner reports: what he says is noted, and money that moved there moves what is owed.

    Raises:
        Refused: nobody has the case, it is of a day to come, in another currency, or its id told something else.
    """
    if not case.handed_off_on and not _is_leaving(case.attempt):
        raise Refused("this case was never handed off, so no partner can report on it; look which case he means")
    reported_on = message.on or on
    if reported_on > on:
        raise Refused(f"on {reported_on} is still to come; report it on that day, or leave it out for today ({on})")
    amount = None if message.amount is None else own_currency(case, message.amount, message.currency)
    told = f.AgencyReported(
        id=f"reported:{message.partner or ''}:{own}",
        at=at,
        on=on,
        report=own,
        partner=message.partner or "",
        reference=message.reference,
        status=message.status,
        reported_on=reported_on,
        amount=amount,
        payment=message.payment or "",
        reason=message.reason,
        code=(message.code or "other") if message.status == "closed" else "",
        until=message.until,
        actor=message.actor,
    )
    if _is_known(case, told, message.on is None):
        return ()
    return (told, *_money(case, told, amount))


def _is_leaving(attempt: Attempt | None) -> bool:
    """Whether a hand-off is under way: who answers at once is quicker than we who note that he has it."""
    return attempt is not None and any(delivery.channel == "agency" for delivery in attempt.deliveries)


def _is_known(case: Case, told: f.AgencyReported, undated: bool) -> bool:
    """Whether this report counted already.

    Raises:
        Refused: its id told something else before: dropping it as known would lose what it says.
    """
    before = next((each for each in case.reports if each.id == told.id), None)
    if before is None:
        return False
    alike = {"at": before.at, "on": before.on, "actor": before.actor}
    if undated:
        alike["reported_on"] = before.reported_on
    if told.model_copy(update=alike) != before:
        raise Refused(
            f"report {told.report} told {before.status} of {before.reported_on} before; "
            "report what is new under an id of its own"
        )
    return True


def _money(case: Case, told: f.AgencyReported, amount: Money | None) -> tuple[f.Fact, ...]:
    """What moves what is owed; his own costs do not: the debtor owes collection costs once (law.md §9)."""
    own = booked_as(told.partner, told.report)
    match told.status:
        case "payment" if amount is not None:
            paid = f.PaymentReceived(
                id=own,
                at=told.at,
                on=told.on,
                amount=amount,
                credited_on=told.reported_on,
                reference=told.reference,
                source=told.partner or "agency",
            )
            return (paid, *told_twice(case, paid))
        case "payment_reversed":
            of = booked_as(told.partner, told.payment)
            entry = case.ledger.entry(of)
            if entry is not None and entry.kind is not EntryKind.PAYMENT:
                raise Refused(f"{told.payment!r} is no payment that he reported; name one of those")
            back = f.PaymentReversed(
                id=f"reversal:{own}", at=told.at, on=told.on, of=of, amount=amount, credited_on=told.reported_on
            )
            return (back, *no_longer_twice(case, of, own, told.at, told.on))
        case (
            "accepted"
            | "refused"
            | "more_wanted"
            | "payment"
            | "costs"
            | "arrangement"
            | "paused"
            | "resumed"
            | "summons"
            | "judgment"
            | "seizure"
            | "closed"
            | "recalled"
        ):
            return ()
        case _:
            assert_never(told.status)
