"""Budget: the pure simulation plays 10,000 invoices over 120 days within 7 seconds on two processes."""

from __future__ import annotations

import os
import time
from datetime import date, timedelta
from statistics import median

from benchmarks.measured import Measured, report
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from policies.load import shipped_policy
from simulation.events import Payment
from simulation.outcome import Outcome
from simulation.parts import parts_of
from simulation.playing import play
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice

_BUDGET = 7.0
_PROCESSES = 2
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


def _steps(outcome: Outcome) -> int:
    return sum(len(played.case.taken) for played in outcome.played)


def _processor() -> float:
    """Processor time of this process and of those that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure() -> Measured:
    """Play the scenario once in one process, and once in two."""
    scenario = _scenario()
    clock: dict[int, list[float]] = {1: [], _PROCESSES: []}
    used: dict[int, list[float]] = {1: [], _PROCESSES: []}
    steps = 0
    for processes, rounds in ((1, 1), (_PROCESSES, 1)):
        for _ in range(rounds):
            began, before = time.perf_counter(), _processor()
            steps = sum(play(parts_of(scenario), _steps, processes))
            clock[processes].append(time.perf_counter() - began)
            used[processes].append(_processor() - before)
    seconds = median(clock[_PROCESSES])
    return Measured(
        budget=f"pure simulation: 10,000 invoices × 120 days in at most {_BUDGET:.0f} s on two processes",
        found=f"{seconds:.1f} s",
        share=seconds / _BUDGET,
        command="python -m benchmarks.pure_simulation",
        notes=(
            f"nl-business with bundles, {steps:,} steps taken; processor time"
            f" {median(used[_PROCESSES]):.1f} s; in one process {median(clock[1]):.1f} s on the clock,"
            f" {median(used[1]):.1f} s of processor time",
        ),
    )


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()
