"""Dutch law: when a letter reached the debtor, when its term has run out, and what late payment costs.

Sources: BW 6:96 lid 4-7; Besluit vergoeding voor buitengerechtelijke incassokosten (BIK) art. 1-2a; HR 2016-11-25
ECLI:NL:HR:2016:2704 (the term starts the day after receipt, which the creditor must prove); Algemene termijnenwet
art. 1 (a term ending on a weekend day or holiday is extended). The figures stand in `nl_tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, assert_never

from domain.calendar import banking_day_after, delivery_day_after, roll_forward
from domain.invoice import Invoice, TermBasis
from domain.law.costs import Costs, figure, for_each, no_costs, shown
from domain.law.dated import DatedTable
from domain.law.nl_tables import (
    COLLECTION_SCALE,
    CONSUMER_RATE,
    CUMULATION,
    LATE_PAYMENT_MINIMUM,
    POST_DELIVERY_DAYS,
    TRADE_RATE,
    VAT_RATE,
    Cumulation,
    Scale,
)
from domain.money import Money, round_half_up

__all__ = [
    "Costs",
    "collection_costs",
    "first_day_of_default",
    "first_day_to_act",
    "last_day_of_term",
    "late_payment_minimum",
    "limitation_ends",
    "presumed_receipt",
    "right_to_take_back_ends",
    "statutory_rates",
    "vat_reclaim_ends",
]

_CURRENCY: Final = "EUR"

CUMULATION_WINDOW: Final = timedelta(days=184)
"""Six months at their longest, in which an earlier letter about an instalment of the same contract counts."""


def presumed_receipt(sent_on: date, delivery_days: DatedTable[int] | None = None) -> date:
    """Day on which a letter sent on this day is presumed received.

    An e-mail without proof of delivery is treated like post.

    Args:
        sent_on: Day of posting.
        delivery_days: Days of delivery of the mail product by day of posting; None: the statutory norm and one.
    """
    return delivery_day_after(sent_on, (delivery_days or POST_DELIVERY_DAYS).at(sent_on))


def last_day_of_term(received_on: date, days: int, *, consumer: bool) -> date:
    """Last day on which the debtor is still in time (E)."""
    last = received_on + timedelta(days=days)
    return roll_forward(last, "NL") if consumer else last


def first_day_to_act(last_day: date) -> date:
    """First day on which the end of the term may be acted on (G): the second banking day after it."""
    return banking_day_after(last_day, 2)


_TERM_WITHOUT_AGREEMENT: Final = 30
"""Days of the statutory term of a trade contract, counted from the start of the day after receipt (BW 6:119a lid 2)."""

_WITHOUT_AGREEMENT: Final = timedelta(days=_TERM_WITHOUT_AGREEMENT + 1)
_DAY: Final = timedelta(days=1)
_AGREED: Final = TermBasis.AGREED


def first_day_of_default(invoice: Invoice, due: date) -> date:
    """First day of interest of an invoice whose debtor needs no notice of default.

    An agreed last day is fatal (BW 6:83 a, 6:119a lid 1). In a trade contract a term that was only printed does not
    count: interest runs from 30 days after the start of the day after receipt (6:119a lid 2), and not before that
    term is over. A large company has no more than those 30 days towards a small creditor.

    Args:
        invoice: The invoice.
        due: Last day of payment as it stands now.
    """
    after_due = due + _DAY
    basis = invoice.term_basis
    if basis is _AGREED:
        return after_due
    by_statute = (invoice.received_on or invoice.invoice_date) + _WITHOUT_AGREEMENT
    match basis:
        case TermBasis.PRINTED | TermBasis.STATUTORY:
            return max(after_due, by_statute)
        case TermBasis.LARGE_COMPANY:
            return min(after_due, by_statute)
        case _ as never:
            assert_never(never)


def limitation_ends(due: date, interrupted_on: date | None, *, consumer_sale: bool) -> date:
    """Last day before a claim is barred: five years from the day after due (BW 3:307), two for a consumer sale (7:28).

    Args:
        due: Last day on which payment was in time.
        interrupted_on: Last day on which a demand is proven to have reached the debtor: a new term of the same length
            runs from the next day (BW 3:317, 3:319).
        consumer_sale: Whether it is the price of goods sold to a consumer.
    """
    started = due if interrupted_on is None else max(due, interrupted_on)
    return _years_after(started, 2 if consumer_sale else 5)


def right_to_take_back_ends(due: date, delivered_on: date | None) -> date:
    """Last day of the seller's right to take unpaid goods back (BW 7:44).

    It ends when six weeks have passed since the price was due and sixty days since delivery. Without a day of delivery
    only the first counts, so that nobody is told too late.
    """
    after_due = due + timedelta(weeks=6)
    return after_due if delivered_on is None else max(after_due, delivered_on + timedelta(days=60))


def vat_reclaim_ends(due: date) -> date:
    """Day on which VAT on a bad debt is to be reclaimed at the latest: one year after due (art. 29 Wet OB)."""
    return _years_after(due, 1)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def statutory_rates(trade: bool) -> DatedTable[Decimal]:
    """Statutory interest, per cent a year.

    Args:
        trade: The trade rate (BW 6:119a) for a contract between businesses; else the ordinary rate (BW 6:119).
    """
    return TRADE_RATE if trade else CONSUMER_RATE


def late_payment_minimum(count: int, on: date | None = None) -> Money:
    """What a business owes for late payments, without any notice (BW 6:96 lid 4).

    Args:
        count: Number of invoices that are late.
        on: Day of which the amount is asked; None: the latest known.

    Raises:
        BeforeTable: a day before the table begins.
        ValueError: a count below zero.
    """
    return Money(for_each(LATE_PAYMENT_MINIMUM, count, on), _CURRENCY)


def collection_costs(
    principals: Sequence[Money],
    *,
    business: bool,
    on: date,
    vat: bool = False,
    instalments: Sequence[bool] = (),
    earlier_in_window: bool = False,
) -> Costs:
    """Extrajudicial collection costs on invoices that are in one letter.

    The scale of BIK art. 2 with its minimum and maximum is taken of the sum of the principals (BW 6:96 lid 7), never of
    interest. Between businesses the 40 for each late invoice is a floor in it, not an extra. Whether the costs are due
    is another question: a consumer owes them only after a correct letter ran out (BW 6:96 lid 6).

    Args:
        principals: What is open of each invoice, zero or more, in EUR.
        business: Whether the contract is between businesses.
        on: Day of the letter, or on which the costs fall due: which figures apply.
        vat: Whether VAT comes on top (BIK art. 2 lid 3: the creditor cannot deduct it, and says so in the letter).
        instalments: For each principal whether it is an instalment of one contract; none: none of them is.
        earlier_in_window: Whether an earlier instalment of that contract had costs in the six months before.

    Returns:
        The costs. For instalments of consumers since 2024-10-01 the lowest reading of the cumulation rule,
        with a remark: the text of BIK art. 2a could not be obtained.

    Raises:
        BeforeTable: a day before the scale begins.
        ValueError: another currency than EUR, an amount below zero, or flags that do not match the principals.
    """
    return _collection_costs(tuple(principals), business, on, vat, tuple(instalments), earlier_in_window)


# Asked of the same sums at each step after a letter.
@lru_cache(maxsize=4096)
def _collection_costs(
    principals: tuple[Money, ...],
    business: bool,
    on: date,
    vat: bool,
    instalments: tuple[bool, ...],
    earlier_in_window: bool,
) -> Costs:
    for each in principals:
        if each.currency != _CURRENCY:
            raise ValueError(f"Dutch collection costs are fixed in EUR; there is no scale for {each}")
        if each.amount < 0:
            raise ValueError(f"a principal of {each} is below zero")
    if instalments and len(instalments) != len(principals):
        raise ValueError(f"{len(instalments)} flags of instalments for {len(principals)} principals")
    open_ = [each.amount for each in principals if each.amount]
    if not open_:
        return no_costs(_CURRENCY)
    scale = COLLECTION_SCALE.at(on)
    explanation: list[str] = []
    amount = _scaled(sum(open_, Decimal(0)), scale, explanation)
    remarks = [COLLECTION_SCALE.remark(on)]
    if business:
        floor = late_payment_minimum(len(open_), on)
        remarks.append(LATE_PAYMENT_MINIMUM.remark(on))
        if floor > amount:
            each_text = shown(LATE_PAYMENT_MINIMUM.at(on))
            invoices = "1 late invoice" if len(open_) == 1 else f"each of {len(open_)} late invoices"
            explanation.append(f"at least {each_text} for {invoices} = {shown(floor.amount)}")
            amount = floor
    elif instalments and (rule := CUMULATION.at(on)) is not None:
        flagged = [each.amount for each, flag in zip(principals, instalments, strict=True) if flag and each.amount]
        others = [each.amount for each, flag in zip(principals, instalments, strict=True) if not flag and each.amount]
        limit = _cumulated(flagged, others, rule, scale, earlier_in_window)
        if limit is not None:
            remarks.append(CUMULATION.remark(on))
            remarks.append(
                "the text of BIK art. 2a (cumulation of costs on instalments, since 2024-10-01) could not be "
                "obtained: the lowest reading is used; have a person look at it"
            )
            if limit < amount:
                explanation.append(f"at most {shown(limit.amount)} for instalments of one contract (BIK art. 2a)")
                amount = limit
    tax = Money.zero(_CURRENCY)
    if vat:
        percent = VAT_RATE.at(on)
        remarks.append(VAT_RATE.remark(on))
        tax = round_half_up(amount.amount * percent / 100, _CURRENCY)
        explanation.append(f"{figure(percent)}% VAT on {shown(amount.amount)} = {shown(tax.amount)}")
    return Costs(amount + tax, tax, tuple(explanation), tuple(each for each in remarks if each is not None))


def _scaled(principal: Decimal, scale: Scale, explanation: list[str]) -> Money:
    """The scale on one sum, with its steps in words."""
    total = Decimal(0)
    lower = Decimal(0)
    steps = []
    for bracket in scale.brackets:
        upper = principal if bracket.up_to is None or principal < bracket.up_to else bracket.up_to
        part = upper - lower
        if part <= 0:
            break
        fee = part * bracket.percent / 100
        steps.append(f"{figure(bracket.percent)}% of {shown(part)} = {shown(fee)}")
        total += fee
        lower = upper
    amount = round_half_up(min(max(total, scale.minimum), scale.maximum), _CURRENCY)
    if len(steps) == 1:
        only = round_half_up(total, _CURRENCY).amount
        steps = [f"{figure(scale.brackets[0].percent)}% of {shown(principal)} = {shown(only)}"]
    explanation.extend(steps)
    if total < scale.minimum:
        explanation.append(f"the minimum is {shown(scale.minimum)}")
    elif total > scale.maximum:
        explanation.append(f"together {shown(total)}; the maximum is {shown(scale.maximum)}")
    elif len(steps) > 1:
        explanation.append(f"together {shown(amount.amount)}")
    return amount


def _cumulated(
    flagged: Sequence[Decimal], others: Sequence[Decimal], rule: Cumulation, scale: Scale, earlier: bool
) -> Money | None:
    """The most that the instalments and the rest may cost together; None when the rule does not speak.

    Lowest reading: several instalments in one letter cost what the dearest of them could have cost alone, whatever
    their height; a small one costs no more than the lower amount when an earlier one already had costs.
    """

    def alone(principal: Decimal) -> Money:
        most = _scaled(principal, scale, [])
        return min(most, Money(rule.later_at_most, _CURRENCY)) if earlier and principal < rule.below else most

    if not flagged or (len(flagged) == 1 and not (earlier and flagged[0] < rule.below)):
        return None
    limit = max(alone(each) for each in flagged)
    return limit + _scaled(sum(others, Decimal(0)), scale, []) if others else limit
