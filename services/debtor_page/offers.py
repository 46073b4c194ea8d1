"""The schedules of instalments among which a debtor may choose: those that the policy and the law allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from casefile.case_file import Transaction
from domain.facts import AgreedInstalment
from domain.handling.arrangements import LONGEST_OF_CONSUMERS
from domain.instalment_plan import NotFeasible, instalment_plan, months_after
from domain.money import Money
from services.arranging import Arrangeable, arrangeable, shares, total_of
from services.debtor_page.standing import PageInvoice

__all__ = ["Offer", "Offers", "offers_for"]

_NUMBERS = (2, 3, 4, 6, 9, 12)
"""Numbers of instalments that are offered, as far as they are allowed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One schedule.

    Attributes:
        instalments: Those of all invoices together.
        of_case: What of them is for each case, by its id.
    """

    instalments: tuple[AgreedInstalment, ...]
    of_case: Mapping[str, tuple[AgreedInstalment, ...]]

    @property
    def number(self) -> int:
        """How many instalments it has."""
        return len(self.instalments)


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be chosen.

    Attributes:
        total: What the instalments come to.
        offers: By rising number of instalments; none where the sum is too small, say.
        at_once: Whether the policies let the debtor agree this sum himself; else he proposes it, and a person answers.
        others: Numbers of the other invoices, by case.
    """

    total: Money
    offers: tuple[Offer, ...]
    at_once: bool
    others: Mapping[str, tuple[str, ...]]

    def chosen(self, number: int) -> Offer | None:
        """The schedule with so many instalments."""
        return next((each for each in self.offers if each.number == number), None)


def offers_for(
    transaction: Transaction, invoices: Sequence[PageInvoice], now: datetime, pay_day: int | None = None
) -> Offers | None:
    """The schedules that may be chosen; None where nothing can be arranged.

    Args:
        transaction: On the case file.
        invoices: Those for which instalments may be proposed, in one currency.
        now: The present moment.
        pay_day: Day of the month on which the debtor has money, 1 to 31.
    """
    protected = any(each.protected for each in invoices)
    cases = [arrangeable(transaction, each.case_id, now) for each in invoices]
    cases = [each for each in cases if each.claim.open.is_positive]
    if not cases:
        return None
    total = total_of([each.claim for each in cases])
    found = [_offer(cases, total, number, pay_day, protected) for number in _NUMBERS]
    authorities = [each.policy.arrangements.authority.debtor for each in cases]
    numbers = {each.case_id: each.number for each in cases}
    return Offers(
        total=total,
        offers=tuple(each for each in found if each is not None),
        at_once=all(most is not None and total.amount <= most for most in authorities),
        others={case_id: tuple(number for other, number in numbers.items() if other != case_id) for case_id in numbers},
    )


def _offer(
    cases: Sequence[Arrangeable], total: Money, number: int, pay_day: int | None, protected: bool
) -> Offer | None:
    rules = [each.policy.arrangements for each in cases]
    least: Decimal = max(each.least for each in rules)
    signed_off = all(each.legal_sign_off for each in rules)
    longest = min(each.longest for each in rules)
    if protected and not signed_off:
        longest = min(longest, LONGEST_OF_CONSUMERS)
    on = cases[0].on
    try:
        plan = instalment_plan(
            total,
            on,
            instalments=number,
            pay_day=pay_day,
            first_within=min(each.first_within for each in rules),
            least=Money(least, total.currency),
        )
    except NotFeasible:
        return None
    if plan[-1].due > months_after(on, longest) or plan[-1].amount.amount < least:
        return None
    return Offer(plan, shares(plan, [each.claim for each in cases]))
