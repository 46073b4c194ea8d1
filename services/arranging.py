"""One arrangement over one invoice or several of a debtor: what they come to, and what each instalment pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from casefile.case_file import Transaction
from casefile.surroundings import surroundings_of
from domain.arrangements import Arrangement
from domain.facts import AgreedInstalment
from domain.handling.arrangements import claim_to_arrange
from domain.law.allocation import OpenClaim, spread
from domain.money import Money
from domain.policy import Policy
from services.current_case import current_case

__all__ = ["Arrangeable", "arrangeable", "shares", "total_of"]


@dataclass(frozen=True, slots=True)
class Arrangeable:
    """One case for which instalments may be agreed.

    Attributes:
        debtor: Number of its debtor at its creditor.
        claim: What the instalments come to, as the law and the policy say on the day of agreeing.
        standing: The arrangement that stands, if there is one.
    """

    case_id: str
    number: str
    debtor: tuple[str, str]
    policy: Policy
    on: date
    claim: OpenClaim
    standing: Arrangement | None


def arrangeable(transaction: Transaction, case_id: str, now: datetime, *, principal_only: bool = False) -> Arrangeable:
    """What instalments on a case come to, with what waits in its inbox.

    Args:
        transaction: On the case file.
        case_id: The case.
        now: Moment of agreeing.
        principal_only: Of the principal alone, without interest and costs.

    Raises:
        UnknownCase: when there is none.
    """
    current = current_case(transaction, case_id, now)
    case, policy = current.case, current.policy
    on = policy.sending_calendar.local_date(now)
    surroundings = surroundings_of(transaction, current.as_loaded)
    claim = claim_to_arrange(case, policy, surroundings, now, on)
    rate = claim.periods[-1].rate if claim.periods else Decimal(0)
    owed = claim.open if principal_only else claim.total
    return Arrangeable(
        case_id=case_id,
        number=case.invoice.number,
        debtor=(current.loaded.creditor, case.invoice.debtor),
        policy=policy,
        on=on,
        claim=OpenClaim(case_id, case.due, case.invoice.invoice_date, owed, rate),
        standing=case.arrangement,
    )


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


def total_of(claims: Sequence[OpenClaim]) -> Money:
    """All claims together."""
    return sum((claim.open for claim in claims[1:]), start=claims[0].open)
