"""One arrangement over several invoices of a debtor, as a whole: its instalments, and what of them has come in.

Each case keeps its own share of the instalments. Whether one was paid is judged on the whole: a payment on any of the
invoices goes to the instalments in their order, for the debtor agreed to pay a sum on a day, not a sum on an invoice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.arrangements import Arrangement, Instalment, left_of, named, schedule_together
from domain.case import Case
from domain.facts import AgreedInstalment, CloseReason
from domain.law.allocation import OpenClaim, spread
from domain.money import Money
from domain.policy import Policy
from domain.replacing import replace
from domain.surroundings import Sibling, Surroundings

OF_ARRANGEMENTS = (
    "arrangement_confirmation",
    "arrangement_ended",
    "instalment_reminder",
    "instalment_missed",
    "arrangement_default",
)
"""Letters beside the ladder that are about an arrangement: of one over several invoices they leave once, for all."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part that one case has in an arrangement."""

    case: Case
    policy: Policy
    arrangement: Arrangement

    @property
    def is_open(self) -> bool:
        """Whether its case is still collected."""
        return self.case.closed in (None, CloseReason.HANDED_OFF)


def parts_of(case: Case, policy: Policy, arrangement: Arrangement, surroundings: Surroundings) -> tuple[Part, ...]:
    """All parts of an arrangement, the oldest invoice first; the one where it is over one invoice alone.

    Args:
        case: A case that has part in it.
        policy: Its policy.
        arrangement: The arrangement, as this case has it.
        surroundings: Its surroundings.
    """
    own = Part(case, policy, arrangement)
    if not arrangement.others:
        return (own,)
    found = [own]
    for sibling in surroundings.siblings:
        theirs = part_in(sibling, arrangement)
        # One that has changed it for another goes its own way from then on.
        if theirs is not None and theirs.arrangement.outcome != "changed":
            found.append(theirs)
    return tuple(sorted(found, key=_age))


def part_in(sibling: Sibling, arrangement: Arrangement) -> Part | None:
    """The part that another case of the debtor has in an arrangement; None when it has none."""
    theirs = named(sibling.case.arrangements, arrangement.id) if arrangement.others else None
    if theirs is None or theirs.total.currency != arrangement.total.currency:
        return None
    return Part(sibling.case, sibling.policy, theirs)


def missing_from(case: Case, arrangement: Arrangement, surroundings: Surroundings) -> tuple[str, ...]:
    """Numbers of its invoices on which it was not agreed: it was refused there, or they were never told."""
    others = {sibling.case.invoice.number: sibling for sibling in surroundings.siblings}
    return tuple(
        number
        for number in arrangement.others
        if number != case.invoice.number and (number not in others or part_in(others[number], arrangement) is None)
    )


def _age(part: Part) -> tuple[date, date, str]:
    return part.case.due, part.case.invoice.invoice_date, part.case.invoice.number


def schedule_of_all(parts: Iterable[Part]) -> tuple[Instalment, ...]:
    """The instalments of the whole as they stand; one a day, each what all parts pay on it."""
    return schedule_together([(each.arrangement, each.case.ledger) for each in parts])


def share_of(case: Case, parts: Iterable[Part], amount: Money) -> Money:
    """What a letter that asks a sum for all of it asks of one invoice: the oldest is paid first (BW 6:43 lid 2)."""
    left = amount
    for part in parts:
        share = min(left, left_of(part.arrangement, part.case.ledger)) if part.is_open else left - left
        if part.case.invoice.number == case.invoice.number:
            return share
        left = left - share
    return left - left


def ended_elsewhere(case: Case, arrangement: Arrangement, surroundings: Surroundings) -> Arrangement | None:
    """The arrangement as another of its cases has it, where it was broken or ended there; None while it stands."""
    if not arrangement.others:
        return None
    parts = (part_in(sibling, arrangement) for sibling in surroundings.siblings)
    ended = [each.arrangement for each in parts if each is not None]
    return next((each for each in ended if each.outcome in ("broken", "agreement")), None)


def shares(
    instalments: Sequence[AgreedInstalment], claims: Sequence[OpenClaim]
) -> dict[str, tuple[AgreedInstalment, ...]]:
    """What of each instalment is for each case, as a payment that names no invoice is spread (BW 6:43).

    A debtor who pays an instalment in one sum then pays exactly these shares. They add up to the cent, both ways.

    Args:
        instalments: Those of the whole arrangement, which come to all claims together.
        claims: The claims by the ids of their cases.
    """
    left = {claim.key: claim for claim in claims}
    found: dict[str, list[AgreedInstalment]] = {claim.key: [] for claim in claims}
    for instalment in instalments:
        parts, _ = spread(instalment.amount, tuple(left.values()), instalment.due)
        for key, amount in parts:
            found[key].append(AgreedInstalment(due=instalment.due, amount=amount))
            left[key] = replace(left[key], open=left[key].open - amount)
    return {key: tuple(each) for key, each in found.items()}
