"""What a letter about an arrangement says of it: the schedule, one instalment, or what was missed.

Of one over several invoices it says what the whole comes to, for the debtor pays a sum on a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.arrangements import Arrangement as Agreed
from domain.bundle import Member, leading
from domain.claims.beside import arrangement_of, instalment_of, letter_to_write, warned_instalments
from domain.owed_letters import OwedLetter
from domain.planning.arranged import WARNING_DAYS, grace_until
from domain.shared_arrangements import Part, parts_of, schedule_of_all
from letters.answers import Arrangement, ArrangementDefault, DueInstalment, Instalment

__all__ = ["agreed_day", "default", "instalment", "schedule"]


def schedule(members: Sequence[Member], owed: OwedLetter, on: date) -> Mapping[str, object]:
    """The arrangement that is confirmed, or that ended: all instalments on the invoices of the letter."""
    lead = leading(members)
    found = arrangement_of(lead.case, owed)
    if found is None:
        return {}
    agreed: dict[date, Instalment] = {}
    for each in _of_members(members):
        for one in each.instalments:
            before = agreed.get(one.due)
            amount = one.amount if before is None else before.amount + one.amount
            agreed[one.due] = Instalment(due=one.due, amount=amount)
    instalments = tuple(agreed[due] for due in sorted(agreed))
    said = Arrangement(
        total=sum((each.amount for each in instalments[1:]), start=instalments[0].amount),
        instalments=instalments,
        grace_days=lead.policy.arrangements.grace,
        interest_runs=found.interest == "runs",
        acknowledges_debt=found.acknowledges,
        reserves_interest=found.interest == "reserved",
        signed_off=bool(found.signed_off_by),
        ended="changed" if found.outcome == "changed" else "agreement",
    )
    return {"arrangement": said}


def _of_members(members: Sequence[Member]) -> list[Agreed]:
    """The arrangement as each case in the letter has it."""
    letters = [(member, letter_to_write(member.case, member.step, member.issue)) for member in members]
    found = [arrangement_of(member.case, owed) for member, owed in letters if owed is not None]
    return [each for each in found if each is not None]


def agreed_day(member: Member, owed: OwedLetter) -> date | None:
    """The day as of which a confirmation counts interest."""
    found = arrangement_of(member.case, owed)
    return None if found is None or owed.letter != "arrangement_confirmation" else found.since


def instalment(members: Sequence[Member], owed: OwedLetter, on: date) -> Mapping[str, object]:
    """The instalment that falls due soon, or did not come."""
    lead = leading(members)
    found, each = arrangement_of(lead.case, owed), instalment_of(lead.case, lead.policy, lead.surroundings, owed)
    if found is None or each is None:
        return {}
    until = grace_until(each, lead.policy)
    said = DueInstalment(
        number=each.number,
        of=len(schedule_of_all(_parts(lead, found))),
        due=each.due,
        amount=each.amount,
        open=each.open,
        grace_until=until if until > each.due else None,
    )
    return {"instalment": said}


def default(members: Sequence[Member], owed: OwedLetter, on: date) -> Mapping[str, object]:
    """What was missed: with time to pay it after all, or as the reason why all is due."""
    lead = leading(members)
    found = arrangement_of(lead.case, owed)
    if found is None:
        return {}
    parts = _parts(lead, found)
    written_to = {member.case.invoice.number for member in members}
    # What an agency collects meanwhile is not asked by us: an invoice that came open again may be the only one left.
    rows = schedule_of_all(part for part in parts if not part.case.handed_off or part.case.invoice.number in written_to)
    warned = warned_instalments(lead.case, lead.policy, lead.surroundings, owed)
    days_missed = {each.due for each in schedule_of_all(parts) if each.number in found.missed}
    missed = warned or tuple(each for each in rows if each.due in days_missed and each.open.is_positive)
    if not missed:
        return {}
    zero = missed[0].open - missed[0].open
    days = WARNING_DAYS if warned else lead.policy.arrangements.respite or None
    said = ArrangementDefault(
        agreed_on=found.since,
        paid=sum((each.paid for each in rows), start=zero),
        missed=tuple(Instalment(due=each.due, amount=each.open) for each in missed),
        warning=bool(warned),
        pay_by_days=days,
    )
    return {"default": said, "term_days": days}


def _parts(lead: Member, arrangement: Agreed) -> tuple[Part, ...]:
    return parts_of(lead.case, lead.policy, arrangement, lead.surroundings)
