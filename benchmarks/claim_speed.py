"""What one claim costs to work out: a claim over four years with monthly payments, and a short one without any."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

from benchmarks.measured import Measured, report
from domain.claims.account import Account, CostsDue, Movement, settle
from domain.law import nl
from domain.law.allocation import Allocation
from domain.law.interest import InterestRule
from domain.money import Money

_BUDGET_LONG = 2.0
"""Milliseconds."""
_SHORT_DUE = date(2026, 5, 1)


def _long() -> Callable[[int], Account]:
    """A business pays 20.00 a month for four years on 5,000.00, allocated as the law has it."""
    rule = InterestRule(date(2022, 1, 3), nl.statutory_rates(trade=True))
    principal = Money.parse("5000.00", "EUR")
    costs = CostsDue(rule.since, Money.parse("625.00", "EUR"))
    payment = Money.parse("20.00", "EUR")
    payments = [
        Movement(f"{year}-{month}", date(year, month, 15), payment, "payment")
        for year in range(2022, 2026)
        for month in range(1, 13)
    ]
    end = date(2026, 1, 2)
    return lambda number: settle(
        principal,
        payments,
        end - timedelta(days=number % 10),
        interest=rule,
        costs=costs,
        allocation=Allocation.LEGAL,
    )


def _short() -> Callable[[int], Account]:
    """A fortnight of due dates, each asked about over four months, as a simulation does; every rule is made anew."""
    principal = Money.parse("1000.00", "EUR")
    costs = Money.parse("150.00", "EUR")
    rates = nl.statutory_rates(trade=True)

    def ask(number: int) -> Account:
        due = _SHORT_DUE + timedelta(days=number % 14)
        return settle(
            principal,
            (),
            due + timedelta(days=number % 120),
            interest=InterestRule(due + timedelta(days=1), rates),
            costs=CostsDue(due + timedelta(days=45), costs),
        )

    return ask


def _seconds(ask: Callable[[int], Account], times: int) -> float:
    """Processor time of one answer, the median of five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for number in range(times):
            ask(number)
        rounds.append((time.process_time() - began) / times)
    return median(rounds)


def measure() -> Measured:
    """Work both claims out, over and over."""
    long = _seconds(_long(), 200) * 1e3
    short = _seconds(_short(), 10_000) * 1e6
    return Measured(
        budget=f"claim: at most {_BUDGET_LONG:.0f} ms for a claim over four years with 48 payments",
        found=f"{long:.2f} ms",
        share=long / _BUDGET_LONG,
        command="python -m benchmarks.claim_speed",
        notes=(f"a claim of a few months without payments takes {short:.0f} µs; processor time, median of 5",),
    )


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()
