"""What a letter about an arrangement says of it: the schedule, one instalment, or what was missed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from domain.arrangements import schedule_of
from domain.bundle import Member
from domain.claims.beside import arrangement_of, instalment_of, warned_instalments
from domain.owed_letters import OwedLetter
from domain.planning.arranged import WARNING_DAYS, grace_until
from letters.answers import Arrangement, ArrangementDefault, DueInstalment, Instalment

__all__ = ["agreed_day", "default", "instalment", "schedule"]


def schedule(member: Member, owed: OwedLetter, on: date) -> Mapping[str, object]:
    """The arrangement that is confirmed, or that ended."""
    found = arrangement_of(member.case, owed)
    if found is None:
        return {}
    said = Arrangement(
        total=found.total,
        instalments=tuple(Instalment(due=each.due, amount=each.amount) for each in found.instalments),
        grace_days=member.policy.arrangements.grace,
        interest_runs=found.interest == "runs",
        acknowledges_debt=found.acknowledges,
        reserves_interest=found.interest == "reserved",
        signed_off=bool(found.signed_off_by),
        ended="changed" if found.outcome == "changed" else "agreement",
    )
    return {"arrangement": said}


def agreed_day(member: Member, owed: OwedLetter) -> date | None:
    """The day as of which a confirmation counts interest."""
    found = arrangement_of(member.case, owed)
    return None if found is None or owed.letter != "arrangement_confirmation" else found.since


def instalment(member: Member, owed: OwedLetter, on: date) -> Mapping[str, object]:
    """The instalment that falls due soon, or did not come."""
    found, each = arrangement_of(member.case, owed), instalment_of(member.case, owed)
    if found is None or each is None:
        return {}
    until = grace_until(each, member.policy)
    said = DueInstalment(
        number=each.number,
        of=len(found.instalments),
        due=each.due,
        amount=each.amount,
        open=each.open,
        grace_until=until if until > each.due else None,
    )
    return {"instalment": said}


def default(member: Member, owed: OwedLetter, on: date) -> Mapping[str, object]:
    """What was missed: with time to pay it after all, or as the reason why all is due."""
    found = arrangement_of(member.case, owed)
    if found is None:
        return {}
    rows = schedule_of(found, member.case.ledger)
    warned = warned_instalments(member.case, owed)
    missed = warned or tuple(each for each in rows if each.number in found.missed and each.open.is_positive)
    if not missed:
        return {}
    zero = missed[0].open - missed[0].open
    days = WARNING_DAYS if warned else member.policy.arrangements.respite or None
    said = ArrangementDefault(
        agreed_on=found.since,
        paid=sum((each.paid for each in rows), start=zero),
        missed=tuple(Instalment(due=each.due, amount=each.open) for each in missed),
        warning=bool(warned),
        pay_by_days=days,
    )
    return {"default": said, "term_days": days}
