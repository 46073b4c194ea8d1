"""One arrangement over one invoice or several of a debtor: what they come to, and what each instalment pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casefile.case_file import Transaction
from casefile.surroundings import surroundings_of
from domain.arrangements import Arrangement
from domain.handling.arrangements import open_to_arrange
from domain.law.allocation import OpenClaim
from domain.money import Money
from domain.policy import Policy
from domain.shared_arrangements import shares
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
    return Arrangeable(
        case_id=case_id,
        number=case.invoice.number,
        debtor=(current.loaded.creditor, case.invoice.debtor),
        policy=policy,
        on=on,
        claim=open_to_arrange(case_id, case, policy, surroundings, now, on, principal_only=principal_only),
        standing=case.arrangement,
    )


def total_of(claims: Sequence[OpenClaim]) -> Money:
    """All claims together."""
    return sum((claim.open for claim in claims[1:]), start=claims[0].open)
