"""Belgian law: the free first reminder to a consumer, and what late payment costs.

Sources: Book XIX WER (law of 4 May 2023) for consumers: a free first reminder, a term of at least 14 calendar days,
then only what a clause in the terms allows, up to a cap; law of 2 August 2002 for businesses. Interest is simple.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias

from domain.calendar import holidays
from domain.law.be_tables import DAMAGES_CAP, LATE_PAYMENT_MINIMUM, LATE_PAYMENT_RATE, LEGAL_RATE
from domain.law.costs import Costs, figure, for_each, no_costs, shown
from domain.law.dated import DatedTable
from domain.money import Money, round_half_up

__all__ = [
    "Clause",
    "Costs",
    "DamagesClause",
    "ReminderTerm",
    "business_compensation",
    "consumer_damages",
    "consumer_interest_from",
    "damages_cap",
    "first_reminder_term",
    "late_payment_minimum",
    "statutory_rates",
    "term_starts",
]

_CURRENCY: Final = "EUR"
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class DamagesClause:
    """Damages as the terms have them: a fixed sum and a part of the balance, and never less than a minimum.

    Raises:
        ValueError: a percentage outside 0 to 100, or an amount below zero.
    """

    percent: Decimal = Decimal(0)
    """Of the balance."""
    minimum: Money | None = None
    fixed: Money | None = None

    def __post_init__(self) -> None:
        """Check the figures."""
        if not self.percent.is_finite() or not 0 <= self.percent <= 100:
            raise ValueError(f"a clause of {self.percent} per cent is not possible: give 0 to 100")
        for amount in (self.minimum, self.fixed):
            if amount is not None and amount.amount < 0:
                raise ValueError(f"a clause with {amount} is below zero")


Clause: TypeAlias = DamagesClause | Literal["legal_maximum"] | None
"""What the terms say of damages; None: nothing."""


class ReminderTerm(NamedTuple):
    """The term of a first reminder."""

    first_day: date
    last_day: date
    usable_from: date
    """First day on which damages and interest may be asked."""


def statutory_rates(trade: bool) -> DatedTable[Decimal]:
    """Interest, per cent a year, simple.

    Args:
        trade: The rate of the law of 2 August 2002, which is also the ceiling for a clause with a consumer; else the
            ordinary legal rate.
    """
    return LATE_PAYMENT_RATE if trade else LEGAL_RATE


def first_reminder_term(sent_on: date, days: int = 14, *, electronic: bool) -> ReminderTerm:
    """The term that a first reminder gives a consumer.

    By post it starts on the third working day after sending. Saturday is not counted as a working day: nothing found
    says whether it is one, and so the term never starts too early. Electronically it starts the day after sending.

    Args:
        sent_on: Day of sending.
        days: Calendar days, 14 or more.
        electronic: Whether it went by e-mail.

    Raises:
        ValueError: fewer than 14 days.
    """
    if days < 14:
        raise ValueError(f"a first reminder gives a consumer at least 14 days, not {days}")
    first = term_starts(sent_on, electronic=electronic)
    last = first + timedelta(days=days - 1)
    return ReminderTerm(first, last, last + timedelta(days=1))


def term_starts(sent_on: date, *, electronic: bool) -> date:
    """First day of the term that a message gives, as `first_reminder_term`."""
    first = sent_on
    left = 1 if electronic else 3
    while left:
        first += timedelta(days=1)
        left -= electronic or (first.weekday() < _SATURDAY and first not in holidays("BE", first.year))
    return first


def consumer_interest_from(sent_on: date, term: ReminderTerm, *, sme: bool, clause: bool) -> date | None:
    """First interest day of a consumer, once the term has run out; None: no interest at all.

    Args:
        sent_on: Day on which the first reminder was sent.
        term: Its term.
        sme: Whether the creditor is a small or medium enterprise: then from the day after sending.
        clause: Whether the terms have a clause on interest; without it there is none.
    """
    if not clause:
        return None
    return sent_on + timedelta(days=1) if sme else term.usable_from


def damages_cap(balance: Money, on: date | None = None) -> Money:
    """The most that a clause may ask of a consumer (Book XIX WER).

    Args:
        balance: What is open, zero or more, in EUR.
        on: Day of which the cap is asked; None: the latest known.

    Raises:
        BeforeTable: a day before the cap began.
        ValueError: another currency than EUR, or a balance below zero.
    """
    _check(balance)
    if not balance:
        return balance
    cap = DAMAGES_CAP.rows[-1].value if on is None else DAMAGES_CAP.at(on)
    step = next(step for step in cap.steps if step.up_to is None or balance.amount <= step.up_to)
    raw = step.fixed + (balance.amount - step.over) * step.percent / 100
    return round_half_up(min(raw, cap.maximum), _CURRENCY)


def consumer_damages(balance: Money, clause: Clause, on: date | None = None) -> Costs:
    """Damages that a consumer owes once the term of the first reminder has run out.

    A clause above the cap is refused, never cut down to it: a judge sets it aside as a whole.

    Args:
        balance: What is open, zero or more, in EUR.
        clause: What the terms say.
        on: Day on which the damages are asked; None: the latest known cap.

    Raises:
        BeforeTable: a day before the cap began.
        ValueError: another currency than EUR, or a balance below zero.
    """
    cap = damages_cap(balance, on)
    if not balance:
        return no_costs(_CURRENCY)
    past = None if on is None else DAMAGES_CAP.remark(on)
    remarks = () if past is None else (past,)
    if clause is None:
        return no_costs(_CURRENCY, *remarks, "without a clause in the terms a Belgian consumer owes no damages")
    zero = Money.zero(_CURRENCY)
    if clause == "legal_maximum":
        return Costs(cap, zero, (f"the legal maximum on {shown(balance.amount)} = {shown(cap.amount)}",), remarks)
    amount, explanation = _asked(balance, clause)
    if amount > cap:
        return no_costs(
            _CURRENCY,
            *remarks,
            f"the clause asks {shown(amount.amount)}, above the legal maximum of {shown(cap.amount)}: it is refused "
            "as a whole, and no damages are due",
        )
    return Costs(amount, zero, explanation, remarks)


def late_payment_minimum(count: int, on: date | None = None) -> Money:
    """What a business owes for late payments without any notice (law of 2 August 2002 art. 6).

    Args:
        count: Number of invoices that are late.
        on: Day of which the amount is asked; None: the latest known.

    Raises:
        BeforeTable: a day before the table begins.
        ValueError: a count below zero.
    """
    return Money(for_each(LATE_PAYMENT_MINIMUM, count, on), _CURRENCY)


def business_compensation(principals: Sequence[Money], clause: DamagesClause | None, on: date | None = None) -> Costs:
    """What a business owes for late payment: the clause of the terms, or else 40 for each invoice; never both.

    Args:
        principals: What is open of each invoice, zero or more, in EUR.
        clause: What the terms say.
        on: Day on which it is asked; None: the latest known amount.

    Raises:
        BeforeTable: a day before the table begins.
        ValueError: another currency than EUR, or an amount below zero.
    """
    for each in principals:
        _check(each)
    open_ = [each for each in principals if each]
    if not open_:
        return no_costs(_CURRENCY)
    zero = Money.zero(_CURRENCY)
    if clause is not None:
        amount, explanation = _asked(sum(open_, zero), clause)
        return Costs(amount, zero, explanation, ("a judge may lower a clause that asks clearly too much",))
    amount = late_payment_minimum(len(open_), on)
    past = None if on is None else LATE_PAYMENT_MINIMUM.remark(on)
    each_text = shown(late_payment_minimum(1, on).amount)
    invoices = "1 late invoice" if len(open_) == 1 else f"each of {len(open_)} late invoices"
    return Costs(
        amount, zero, (f"{each_text} for {invoices} = {shown(amount.amount)}",), () if past is None else (past,)
    )


def _asked(balance: Money, clause: DamagesClause) -> tuple[Money, tuple[str, ...]]:
    """What a clause asks, before any cap."""
    explanation = []
    amount = Money.zero(_CURRENCY)
    if clause.fixed is not None:
        amount = amount + clause.fixed
        explanation.append(f"fixed by the terms: {shown(clause.fixed.amount)}")
    if clause.percent:
        part = round_half_up(balance.amount * clause.percent / 100, _CURRENCY)
        amount = amount + part
        explanation.append(f"{figure(clause.percent)}% of {shown(balance.amount)} = {shown(part.amount)}")
    if clause.minimum is not None and amount < clause.minimum:
        amount = clause.minimum
        explanation.append(f"the minimum of the terms is {shown(amount.amount)}")
    return amount, tuple(explanation)


def _check(balance: Money) -> None:
    if balance.currency != _CURRENCY:
        raise ValueError(f"Belgian damages are fixed in EUR; there are none for {balance}")
    if balance.amount < 0:
        raise ValueError(f"a balance of {balance} is below zero")
