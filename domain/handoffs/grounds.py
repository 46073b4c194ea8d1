"""On what a claim rests, as a judge asks it: why the debtor is in default, which interest, which costs, how much a day.

Each ground is a code; its words, with the article of law, stand with the claim statement in the language of the court.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from domain.case import Case
from domain.claims.claim import Claim, claim_of
from domain.claims.parts import interest_of
from domain.invoice import ClaimBasis, TermBasis
from domain.law import nl
from domain.law.interest import DayCount
from domain.money import Money, round_half_up
from domain.notices import (
    default_from,
    default_notice,
    in_force_business_notice,
    in_force_cost_notice,
    in_force_first_reminder,
    is_protected,
    needs_default_notice,
    term_of,
)
from domain.policy import ChargeCosts, Policy, Step
from domain.sent import TakenStep
from domain.surroundings import Surroundings
from domain.terms import CreditorTerms

__all__ = [
    "CostsGround",
    "Default",
    "DefaultGround",
    "InterestGround",
    "Notice",
    "costs_ground",
    "daily_interest",
    "default_of",
    "interest_ground",
    "notice_of",
    "noticed",
]

DefaultGround = Literal[
    "none", "notice", "agreed_term", "thirty_days", "large_company", "belgian_term", "belgian_thirty_days"
]
InterestGround = Literal["none", "contract", "nl_trade", "nl_ordinary", "be_trade", "be_ordinary", "be_clause"]
CostsGround = Literal["none", "nl_consumer", "nl_business", "nl_minimum", "be_consumer", "be_business"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter on which a right hangs, and its term.

    Attributes:
        received_on: Day on which it reached him.
        proven: Whether that is proven; else it is presumed.
        last_day: Last day on which he was in time; None where its term stands still.
    """

    taken: TakenStep
    received_on: date | None
    proven: bool
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Default:
    """Since when the debtor is in default, and why; `notice` where a letter brought it about."""

    since: date | None
    ground: DefaultGround
    notice: Notice | None = None


def default_of(case: Case, policy: Policy, terms: CreditorTerms) -> Default:
    """Since when the debtor is in default, and why."""
    since = None if policy.law is None else default_from(case, policy, terms)
    if needs_default_notice(case, policy):
        letter = default_notice(case)
        if since is None or letter is None:
            return Default(None, "none")
        return Default(since, "notice", noticed(letter, case, policy, terms))
    if policy.law == "BE":
        at_once = since == case.due + timedelta(days=1)
        return Default(since, "belgian_term" if at_once else "belgian_thirty_days")
    if since is None:
        return Default(None, "none")
    basis = case.invoice.term_basis
    if basis is TermBasis.AGREED:
        return Default(since, "agreed_term")
    return Default(since, "large_company" if basis is TermBasis.LARGE_COMPANY else "thirty_days")


def notice_of(case: Case, policy: Policy, terms: CreditorTerms) -> Notice | None:
    """The last demand with a term that the claim rests on: of a Dutch consumer the 14-day letter."""
    if not is_protected(case, policy):
        found = in_force_business_notice(case)
    elif policy.law == "BE":
        found = in_force_first_reminder(case)
    else:
        found = in_force_cost_notice(case) or default_notice(case)
    if found is None:
        found = next((t for t in reversed(case.taken) if t.kind == "send" and t.term_days and not t.void), None)
    return None if found is None else noticed(found, case, policy, terms)


def noticed(taken: TakenStep, case: Case, policy: Policy, terms: CreditorTerms) -> Notice:
    """A letter with its term: when it reached the debtor, by the law's count where nothing proves it."""
    received = taken.received_on
    if received is None and taken.proven and policy.law == "NL":
        received = nl.presumed_receipt(taken.on, terms.delivery_days)
    term = term_of(taken, case, policy, terms)
    return Notice(taken, received, taken.received_on is not None, None if term is None else term.last_day)


def interest_ground(case: Case, policy: Policy, on: date, surroundings: Surroundings) -> InterestGround:
    """Which interest is claimed."""
    if policy.law is None or interest_of(case, policy, on, surroundings) is None:
        return "none"
    protected, terms = is_protected(case, policy), surroundings.terms
    if policy.law == "BE" and protected:
        return "be_clause"
    if terms.contract_rate is not None and (not protected or terms.contract_rate_for_consumers):
        return "contract"
    trade = not protected and case.invoice.legal_status.trades and case.invoice.claim_basis is ClaimBasis.PRICE
    if policy.law == "BE":
        return "be_trade" if trade else "be_ordinary"
    return "nl_trade" if trade else "nl_ordinary"


def costs_ground(case: Case, policy: Policy, terms: CreditorTerms, claim: Claim, on: date) -> CostsGround:
    """On what the collection costs rest; none where none were ever due."""
    if not claim.costs_explained:
        return "none"
    protected = is_protected(case, policy)
    if policy.law == "BE":
        return "be_consumer" if protected else "be_business"
    if protected:
        return "nl_consumer"
    # Costs before the term of a notice ran out are the 40.00 that are owed without any notice.
    notice = notice_of(case, policy, terms)
    ran_out = notice is not None and notice.last_day is not None and notice.last_day < on
    return "nl_business" if ran_out or policy.charge_costs is ChargeCosts.AT_HANDOFF else "nl_minimum"


def daily_interest(case: Case, policy: Policy, on: date, surroundings: Surroundings, step: Step | None) -> Money | None:
    """What one more day bears, rounded to the cent; None where none runs on.

    Args:
        case: The case.
        policy: Its policy.
        on: The day of the claim.
        surroundings: Its surroundings.
        step: The step that is being taken.
    """
    tomorrow = on + timedelta(days=1)
    periods = claim_of(case, policy, tomorrow, surroundings, taking=step).periods
    if not periods or periods[-1].last < tomorrow or not periods[-1].base.is_positive:
        return None
    last = periods[-1]
    year = 365
    if policy.day_count is DayCount.ANNIVERSARY_YEAR:
        starts = _anniversary(periods[0].first, tomorrow)
        year = (_anniversary_after(periods[0].first, starts) - starts).days
    return round_half_up(last.base.amount * last.rate / Decimal(100) / Decimal(year), last.base.currency)


def _anniversary(first: date, day: date) -> date:
    """The last anniversary of a day up to another one; 29 February becomes 28 February."""
    for year in (day.year, day.year - 1):
        found = _in_year(first, year)
        if found <= day:
            return max(found, first)
    return first


def _anniversary_after(first: date, starts: date) -> date:
    return _in_year(first, starts.year + 1)


def _in_year(first: date, year: int) -> date:
    try:
        return first.replace(year=year)
    except ValueError:
        return first.replace(year=year, day=28)
