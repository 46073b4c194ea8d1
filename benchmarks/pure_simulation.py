"""Budget 2: the pure simulation plays 10,000 invoices over 120 days in at most 10 seconds."""

from __future__ import annotations

import time
from datetime import date, timedelta
from statistics import median

from benchmarks.measured import Measured, report
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from policies.load import shipped_policy
from simulation.events import Payment
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice

_BUDGET = 10.0
_INVOICES = 10_000
_DAYS = 120


def _scenario() -> Scenario:
    """Two invoices a debtor, due over sixty days; a quarter of them paid, half of those in part."""
    policy = shipped_policy("nl-business")
    start = date(2026, 3, 1)
    invoices, events = [], []
    for number in range(_INVOICES):
        due = start + timedelta(days=number % 60)
        amount = Money.parse(f"{1000 + number}.00", "EUR")
        invoice = Invoice(
            number=f"F-{number}",
            debtor=f"d{number // 2}",
            invoice_date=due - timedelta(days=30),
            due=due,
            amount=amount,
            legal_status=LegalStatus.of_kind(Kind.BUSINESS),
        )
        invoices.append(ScenarioInvoice(invoice, policy))
        if number % 4 == 0:
            paid = amount if number % 8 else Money.parse("100.00", "EUR")
            events.append(Payment(due + timedelta(days=10 + number % 20), f"p{number}", f"F-{number}", paid))
    until = start + timedelta(days=_DAYS - 1)
    return Scenario("ten thousand invoices", "benchmark", start, until, tuple(invoices), tuple(events))


def measure() -> Measured:
    """Play the scenario three times."""
    scenario = _scenario()
    seconds, clock, steps = [], [], 0
    for _ in range(3):
        began, used = time.perf_counter(), time.process_time()
        outcome = run(scenario)
        seconds.append(time.process_time() - used)
        clock.append(time.perf_counter() - began)
        steps = sum(len(played.case.taken) for played in outcome.played)
    return Measured(
        budget="pure simulation: 10,000 invoices × 120 days in at most 10 s",
        found=f"{median(seconds):.1f} s of one core",
        share=median(seconds) / _BUDGET,
        command="python -m benchmarks.pure_simulation",
        notes=(
            f"nl-business with bundles, {steps:,} steps taken; median of 3",
            f"{median(clock):.1f} s on the clock",
        ),
    )


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()
