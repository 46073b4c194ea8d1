"""Handling what a collection partner reports: how the file stands, and what money moved there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.correspondence import letter_owed
from domain.handling.duplicates import no_longer_twice, told_twice
from domain.handling.money import own_currency
from domain.handling.refusal import Refused
from domain.handling.tasks import task_raised, tasks_done
from domain.handoffs.with_partner import file_of, recall_of
from domain.ledger import EntryKind
from domain.money import Money
from domain.tasks import TaskKind

__all__ = ["agency_reported", "booked_as", "recall_asked"]


def booked_as(partner: str, report: str) -> str:
    """Id in our ledger of what a partner reported of money."""
    return f"agency:{partner}:{report}"


def agency_reported(case: Case, message: m.ReportAgency, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A partner reports: what he says is noted, and money that moved there moves what is owed.

    Raises:
        Refused: nobody has the case, it is of a day to come, in another currency, or its id told something else.
    """
    file = _about(case, message.partner)
    if file is None:
        raise Refused("this case was never handed off, so no partner can report on it; look which case he means")
    reported_on = message.on or on
    if reported_on > on:
        raise Refused(f"on {reported_on} is still to come; report it on that day, or leave it out for today ({on})")
    amount = None if message.amount is None else own_currency(case, message.amount, message.currency)
    told = f.AgencyReported(
        id=f"reported:{file.partner}:{own}",
        at=at,
        on=on,
        issue=file.issue,
        report=own,
        partner=file.partner,
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
    asks = task_raised(case, TaskKind.AGENCY_ASKS, None, at, on) if message.status == "more_wanted" else ()
    return (
        told,
        *tasks_done(case, "agency_reported", message.status, told.id, at, on),
        *asks,
        *_money(case, told, amount),
    )


@dataclass(frozen=True, slots=True)
class _File:
    """The hand-off that a report is about, and whose report it is."""

    issue: int
    partner: str


def _about(case: Case, named: str | None) -> _File | None:
    """Which hand-off a report is about; None where nobody has, or had, the case.

    Raises:
        Refused: the partner that it names never had it.
    """
    handed = [_File(step.issue, step.partner or "") for step in case.taken if step.kind == "hand_off"]
    attempt = case.attempt
    if attempt is not None and not attempt.answers and any(each.channel == "agency" for each in attempt.deliveries):
        # Who answers at once is quicker than we who note that he has it.
        handed.append(_File(attempt.issue, attempt.partner))
    if not handed:
        return None
    own = [each for each in handed if named in (None, each.partner) or not each.partner]
    if not own:
        had = ", ".join(dict.fromkeys(each.partner for each in handed))
        raise Refused(f"{named} never had this case, but {had}; look which case he means")
    return _File(own[-1].issue, named or own[-1].partner)


def recall_asked(case: Case, message: m.RecallHandoff, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """We ask the partner for the file back; he has it until he says that he gave it back.

    Raises:
        Refused: nobody has the case, or it was asked back already.
    """
    file = file_of(case)
    if f"recall:{own}" in case.seen:
        return ()
    if file is None or file.returned_on is not None:
        raise Refused("no partner has this case, so there is nothing to ask back")
    before = recall_of(case)
    if before is not None:
        raise Refused(f"it was asked back on {before.on} already; wait for his answer, or note it with report_agency")
    asked = f.RecallAsked(
        id=f"recall:{own}",
        at=at,
        on=on,
        issue=file.issue,
        reason=message.reason,
        actor=message.actor,
        note=message.note,
    )
    return (asked, *letter_owed(case, "agency_recall", asked.id, at, on))


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
