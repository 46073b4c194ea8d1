"""The calculator: what is owed on one claim on one day, when no case is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from domain.claims.account import Account, CostsDue, Movement, settle
from domain.law import be, nl
from domain.law.allocation import Allocation
from domain.law.costs import Costs, no_costs, shown
from domain.law.dated import BeforeTable, DatedTable
from domain.law.interest import DayCount, InterestRule
from domain.money import Money
from domain.replacing import replace

_DAY = timedelta(days=1)
# A letter of the day after the due date, handed over that day, with 14 days from the next day on.
_DAYS_TO_COSTS = 16

DebtorKind: TypeAlias = Literal["consumer", "business"]


@dataclass(frozen=True, slots=True)
class Question:
    """One claim, and what is asked about it.

    Attributes:
        law: ISO 3166 code of the law of the contract; one of those that are supported.
        principal: What was owed at first.
        due: Last day of payment.
        as_of: The day asked about; it counts.
        rate: An agreed rate; None: the statutory one.
        compound: Whether agreed interest bears interest.
        interest_from: First interest day; None: the day after `due`.
        costs_from: First day on which costs are due; None: for a business the day after `due`, for a consumer never.
        without_costs: Whether no costs are asked.
        vat: Whether the creditor cannot deduct the VAT on them (NL).
        clause: Damages as the terms have them (BE).
        invoices: Number of late invoices in the claim.
        payments: What was paid, each on its day of crediting.
        allocation: What a payment pays first.
    """

    law: str
    kind: DebtorKind
    principal: Money
    due: date
    as_of: date
    rate: DatedTable[Decimal] | None
    compound: bool
    interest_from: date | None
    day_count: DayCount
    costs_from: date | None
    without_costs: bool
    vat: bool
    clause: be.Clause
    invoices: int
    payments: tuple[Movement, ...]
    allocation: Allocation

    @property
    def consumer(self) -> bool:
        """Whether the rules that protect consumers apply."""
        return self.kind == "consumer"

    @property
    def first_interest_day(self) -> date:
        """The day asked for, or the day after the last day of payment."""
        return self.interest_from or self.due + _DAY

    @property
    def costs_since(self) -> date | None:
        """First day on which costs are due; None: they are not."""
        if self.without_costs:
            return None
        if self.costs_from is None and not self.consumer:
            return self.due + _DAY
        return self.costs_from

    def paid_by(self, day: date) -> tuple[Movement, ...]:
        """The payments credited up to a day."""
        return tuple(each for each in self.payments if each.on <= day)


@dataclass(frozen=True, slots=True)
class Result:
    """The account, and the costs that it holds or would hold."""

    account: Account
    costs: Costs
    """As they were when they fell due; nothing when they are not due."""
    if_expired: Costs | None
    """As they are, or would be on what is open now; None: not known in this currency."""
    remarks: tuple[str, ...]


def worked_out(asked: Question) -> Result:
    """What is owed that day.

    Raises:
        ValueError: a day before the tables of the law begin, or an amount that this program does not keep.
    """
    return _belgian_consumer(asked) if asked.law == "BE" and asked.consumer else _ordinary(asked)


def _ordinary(asked: Question) -> Result:
    """Interest from the day after the due date, costs from their day on."""
    rule = _rule(asked, asked.first_interest_day)
    since = asked.costs_since
    costs = no_costs(asked.principal.currency)
    remarks: list[str] = []
    due = since is not None and since <= asked.as_of
    if since is not None and due:
        costs = _costs_due(asked, rule, since)
    account = settle(
        asked.principal,
        asked.payments,
        asked.as_of,
        interest=rule,
        costs=None if since is None else CostsDue(since, costs.amount),
        allocation=asked.allocation,
    )
    if_expired = costs if due else _would_be(asked, account.principal)
    if since is None and asked.consumer and not asked.without_costs:
        remarks.append(
            "a consumer owes no collection costs before the term of a correct 14-day letter has run out "
            "(BW 6:96 lid 6); give --costs-from when it has"
        )
    elif since is not None and not due:
        remarks.append(f"costs are due from {since} on, not yet on {asked.as_of}")
    if asked.law == "NL" and asked.consumer and since is not None and since < asked.due + _DAYS_TO_COSTS * _DAY:
        remarks.append(
            f"no 14-day letter can have run out by then: it is sent after {asked.due}, so costs are due "
            f"from {asked.due + _DAYS_TO_COSTS * _DAY} at the earliest"
        )
    remarks.extend(costs.remarks)
    return Result(account, costs, if_expired, (*remarks, *_general_remarks(asked, account, rule)))


def _costs_due(asked: Question, rule: InterestRule, since: date) -> Costs:
    """The costs as they fall due: on the principal that was open at the end of the day before."""
    before = since - _DAY
    if asked.consumer:
        paid = sum((each.amount for each in asked.paid_by(before)), Money.zero(asked.principal.currency))
        if paid >= asked.principal:
            # The letter asked for the principal: who paid that in time owes no costs, also when the law books
            # a part of it on interest.
            return no_costs(
                asked.principal.currency, "what the letter asked was paid before its term ran out: no costs are due"
            )
    open_ = settle(asked.principal, asked.payments, before, interest=rule, allocation=asked.allocation).principal
    costs = _costs_on(asked, open_, since)
    return no_costs(asked.principal.currency) if costs is None else costs


def _would_be(asked: Question, open_: Money) -> Costs | None:
    """What costs would be that day; None: not known in that currency, or the day is before the tables."""
    try:
        return _costs_on(asked, open_, asked.as_of)
    except BeforeTable:
        return None


def _costs_on(asked: Question, open_: Money, on: date) -> Costs | None:
    """The costs on an open principal; None: they are not known in its currency."""
    if open_.currency != "EUR":
        return None
    if asked.law == "BE":
        if asked.consumer:
            return be.consumer_damages(open_, asked.clause, on)
        return be.business_compensation(
            _shares(asked, open_), None if asked.clause == "legal_maximum" else asked.clause, on
        )
    return nl.collection_costs(_shares(asked, open_), business=not asked.consumer, on=on, vat=asked.vat)


def _shares(asked: Question, open_: Money) -> tuple[Money, ...]:
    """What is open, as that many invoices."""
    return open_.split([1] * asked.invoices)


def _belgian_consumer(asked: Question) -> Result:
    """Nothing but the principal until the term of the first reminder has run out, and then only by a clause.

    What is paid inside the term pays principal, and bears no interest.
    """
    currency = asked.principal.currency
    since = asked.costs_since
    running = since is not None and since <= asked.as_of
    inside = settle(asked.principal, asked.payments, asked.as_of if since is None else min(since - _DAY, asked.as_of))
    remarks: list[str] = []
    costs = no_costs(currency)
    account = inside
    rule: InterestRule | None = None
    if since is not None and running:
        costs = _costs_on(asked, inside.principal, since) or costs
        remarks.extend(costs.remarks)
        # A clause that is refused is no clause.
        by_clause = asked.clause is not None and (bool(costs.amount) or not inside.principal)
        if by_clause:
            rule = _rule(asked, asked.interest_from or since)
            too_high = _above_ceiling(asked, rule)
            if too_high is not None:
                remarks.append(too_high)
                rule = None
        elif asked.clause is not None:
            remarks.append("nor is interest: a clause that is set aside gives none")
        later = tuple(each for each in asked.payments if each.on >= since)
        after = settle(
            inside.principal,
            later,
            asked.as_of,
            interest=rule,
            costs=CostsDue(since, costs.amount),
            allocation=asked.allocation,
        )
        account = replace(after, overpaid=inside.overpaid + after.overpaid, booked=(*inside.booked, *after.booked))
    else:
        remarks.append(
            "a Belgian consumer owes only the principal before the term of a free first reminder has run out "
            "(Book XIX WER); give --costs-from when it has"
            if since is None
            else f"the term of the first reminder runs until {since - _DAY}: nothing but the principal is due"
        )
    if_expired = costs if running else _would_be(asked, account.principal)
    if not running and if_expired is not None:
        remarks.extend(if_expired.remarks)
    return Result(account, costs, if_expired, (*remarks, *_general_remarks(asked, account, rule)))


def _rule(asked: Question, since: date) -> InterestRule:
    if asked.law == "BE":
        return InterestRule(since, asked.rate or be.statutory_rates(True), compound=False, day_count=asked.day_count)
    if asked.rate is not None:
        return InterestRule(since, asked.rate, compound=asked.compound, day_count=asked.day_count)
    return InterestRule(since, nl.statutory_rates(not asked.consumer), day_count=asked.day_count)


def _above_ceiling(asked: Question, rule: InterestRule) -> str | None:
    """Why an agreed rate may not be asked of a Belgian consumer."""
    if asked.rate is None:
        return None
    ceiling = be.statutory_rates(True)
    days = (rule.since, *ceiling.changes(rule.since, asked.as_of))
    lowest = min(ceiling.at(day) for day in days)
    agreed = asked.rate.at(rule.since)
    if agreed <= lowest:
        return None
    return (
        f"the agreed rate of {agreed}% is above the legal maximum of {lowest}%: it is refused, and no interest is due"
    )


def _general_remarks(asked: Question, account: Account, rule: InterestRule | None) -> list[str]:
    remarks = list(account.remarks)
    late = [each for each in asked.payments if each.on > asked.as_of]
    if late:
        remarks.append(f"{len(late)} payment{'s' if len(late) > 1 else ''} after {asked.as_of} not counted")
    if rule is not None and asked.as_of < rule.since:
        remarks.append(f"interest runs from {rule.since} on")
    if asked.rate is not None and asked.law == "NL":
        agreed = asked.rate.at(asked.due)
        rates = nl.statutory_rates(not asked.consumer)
        statutory = rates.at(max(asked.first_interest_day, rates.rows[0].since))
        if asked.consumer:
            remarks.append("a judge tests the agreed rate of a consumer for fairness, and may set it aside")
        if agreed < statutory:
            remarks.append(
                f"the agreed rate of {agreed}% is below the statutory rate of {statutory}%: "
                "BW 6:119 lid 3 replaces that one by a higher rate only"
            )
    if account.booked and account.overpaid:
        remarks.append(f"{shown(account.overpaid.amount)} was paid too much; it is held, and no part of the total")
    if account.periods:
        remarks.append(
            "days are counted over the true length (365 or 366) of each year from the first interest day"
            if asked.day_count is DayCount.ANNIVERSARY_YEAR
            else "days are counted over 365, also in leap years"
        )
    if asked.principal.currency != "EUR":
        remarks.append("costs are known in EUR only")
    return remarks
