"""Advice before a hand-off: what each way may bring in and what it costs, with the figures it rests on.

Nothing is decided here: a person decides (law.md §10, 49). A chance is what came in of cases that were handed
off before, with their number; where there are too few none is made up, and each way says from which chance on it pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from domain.handoffs.partners import Fees
from domain.law.court_tables import AFTER_JUDGMENT, COURT_FEES
from domain.law.dated import BeforeTable
from domain.money import Money, round_half_up

__all__ = ["FEWEST", "Advice", "History", "Way", "advise"]

WayName = Literal["agency", "court", "bundle", "write_off"]

FEWEST = 5
"""Cases that must have gone a way before they say anything of the next one."""


@dataclass(frozen=True, slots=True)
class History:
    """What became of cases that were handed off, of this creditor and kind of debtor.

    Attributes:
        handed_off: How many.
        paid: Of how many everything came in afterwards.
        share: What came in of the principal handed off, in per cent; None while none was.
    """

    handed_off: int
    paid: int
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to go on.

    Attributes:
        name: `agency`, `court` (bailiff or lawyer), `bundle` (wait for more of the debtor) or `write_off`.
        costs: What it costs the creditor whatever comes of it, and `share` what he gives up of what comes in.
        proceeds: What is left on average; None where no chance is known.
        pays_from: The chance, in per cent, from which on it brings in more than it costs; None where it never does.
        said: The figures, one sentence each, in English.
    """

    name: WayName
    costs: Money
    proceeds: Money | None
    pays_from: Decimal | None
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """The ways, the best first, on a claim of a day.

    Attributes:
        claim: What is claimed in all, of whatever goes in one file.
        chance: What came in of earlier cases, in per cent; None while too few are known.
        remarks: What a person should know: a table past its day, too few cases.
        goes_with: Numbers of the debtor's other invoices that go along and are claimed, too.
    """

    on: date
    claim: Money
    ways: tuple[Way, ...]
    history: History
    chance: Decimal | None
    remarks: tuple[str, ...]
    goes_with: tuple[str, ...] = ()


def advise(
    claim: Money,
    on: date,
    *,
    law: str | None,
    history: History,
    fees: Fees | None,
    creditor_is_company: bool,
    too_small: bool,
    others_open: int,
    goes_with: tuple[str, ...] = (),
    writing_off: tuple[str, ...] = (),
) -> Advice:
    """Weigh the ways.

    Args:
        claim: What is claimed in all, with what goes along: it is one file, and one suit.
        on: The day.
        law: The law of the case.
        history: What became of earlier ones.
        fees: What the partner asks; None where nobody wrote it down.
        creditor_is_company: Whether the court asks the fee of a company.
        too_small: Whether the policy hands off none so small.
        others_open: How many other invoices of the debtor are open and do not go along.
        goes_with: Numbers of those that do.
        writing_off: What writing it off means for VAT, tax and the books, in English.
    """
    chance = history.share if history.handed_off >= FEWEST else None
    remarks = []
    if chance is None:
        remarks.append(
            f"{history.handed_off} cases were handed off before: fewer than {FEWEST} say nothing of the chance"
        )
    ways = [_agency(claim, chance, fees)]
    if law == "NL" and claim.currency == "EUR":
        try:
            ways.append(_court(claim, on, chance, company=creditor_is_company))
        except BeforeTable as problem:
            remarks.append(str(problem))
        said = (table.remark(on) for table in (COURT_FEES, AFTER_JUDGMENT) if on >= table.rows[0].since)
        remarks += [each for each in said if each is not None]
    zero = Money.zero(claim.currency)
    if too_small or others_open:
        waiting = (
            f"{others_open} other invoices of the debtor do not go along yet: together they would cost one file"
            if others_open
            else "no other invoice of the debtor is open: it waits until there is one"
        )
        ways.append(Way("bundle", zero, None, None, (waiting,)))
    ways.append(Way("write_off", zero, zero, None, writing_off))
    ways.sort(key=lambda way: -(way.proceeds.amount if way.proceeds is not None else Decimal(0)))
    return Advice(on, claim, tuple(ways), history, chance, tuple(remarks), goes_with)


def _agency(claim: Money, chance: Decimal | None, fees: Fees | None) -> Way:
    zero = Money.zero(claim.currency)
    if fees is None:
        return Way("agency", zero, None, None, ("the profile does not say what the partner asks: `fees`",))
    certain = Money(fees.fixed, claim.currency)
    nothing = Money(fees.when_nothing, claim.currency)
    said = (
        f"{certain.text} for the file, {fees.percent} % of what comes in, {nothing.text} when nothing does "
        f"({fees.source})",
    )
    kept = claim.amount * (100 - fees.percent) / 100
    return Way("agency", certain, _left(claim, kept, fees.fixed, fees.when_nothing, chance), _from(kept, fees), said)


def _from(kept: Decimal, fees: Fees) -> Decimal | None:
    """The chance from which on an agency pays: p·kept − fixed − (1 − p)·when_nothing above zero."""
    certain = fees.fixed + fees.when_nothing
    whole = kept + fees.when_nothing
    return None if whole <= 0 or certain >= whole else _percent(certain / whole)


def _court(claim: Money, on: date, chance: Decimal | None, *, company: bool) -> Way:
    fees = COURT_FEES.row_at(on)
    row = next(each for each in fees.value if each.up_to is None or claim.amount <= each.up_to)
    fee = row.company if company else row.person
    after = AFTER_JUDGMENT.row_at(on)
    costs = fee + after.value
    said = (
        f"court fee {fee}.00 ({fees.source})",
        f"costs after judgment {after.value}.00 ({after.source}); the summons and the lawyer come on top",
        "the debtor bears them when the claim is allowed and he can pay",
    )
    # Whoever wins has the fee back; whoever gets nothing has lost it.
    proceeds = (
        None
        if chance is None
        else round_half_up((claim.amount * chance - costs * (100 - chance)) / 100, claim.currency)
    )
    return Way("court", Money(costs, claim.currency), proceeds, _percent(costs / (claim.amount + costs)), said)


def _left(claim: Money, kept: Decimal, fixed: Decimal, nothing: Decimal, chance: Decimal | None) -> Money | None:
    if chance is None:
        return None
    return round_half_up((kept * chance - nothing * (100 - chance)) / 100 - fixed, claim.currency)


def _percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
