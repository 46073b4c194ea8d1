"""Budget: a portfolio of 100,000 invoices is played over 120 days within 75 s on two processes, in flat memory.

`python -m benchmarks.portfolio_speed [INVOICES]`. Parts of 250 invoices are made, from a seed, in the processes that
play them, and counted there: what travels is a few numbers a part.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from hashlib import sha256
from random import Random

from benchmarks.measured import Measured, report
from benchmarks.portfolio_lives import PAYING, TERM_DAYS
from domain.facts import StepTaken
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.policy import Policy
from policies.load import shipped_policy
from simulation.events import Payment
from simulation.outcome import Outcome
from simulation.parts import Part
from simulation.playing import play
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice

INVOICES = 100_000
_PART = 20_000
"""What `make bench` takes: a portfolio is played in parts of one size, so its time grows with their number."""
PART = 250
DAYS = 120
SEED = 10
PROCESSES = 2
BUDGET_SECONDS = 75.0
_START = date(2026, 3, 1)


@cache
def _policy() -> Policy:
    return shipped_policy("nl-business")


def part_of(seed: int, number: int, size: int = PART) -> Part:
    """One part of the portfolio: two invoices a debtor, due over sixty days, paid as `PAYING` says.

    Args:
        seed: The same seed gives the same portfolio, in however many processes it is played.
        number: Which part.
        size: How many invoices it has.
    """
    draw = Random(f"{seed}/{number}")
    invoices: list[ScenarioInvoice] = []
    events: list[Payment] = []
    for place in range(number * size, (number + 1) * size):
        due = _START + timedelta(days=place % 60)
        invoice = Invoice(
            number=f"F-{place}",
            debtor=f"d{place // 2}",
            invoice_date=due - timedelta(days=TERM_DAYS),
            due=due,
            amount=Money.from_minor(draw.randrange(5_000, 500_000), "EUR"),
            legal_status=LegalStatus.of_kind(Kind.BUSINESS),
        )
        invoices.append(ScenarioInvoice(invoice, _policy()))
        ways = (*PAYING, (1.0 - sum(share for share, _, _ in PAYING), 0, 0))
        share, first, last = draw.choices(ways, weights=[way[0] for way in ways])[0]
        on = due + timedelta(days=draw.randint(first, last))
        if (share, first, last) != ways[-1]:
            events.append(Payment(max(on, _START), f"p{place}", invoice.number, invoice.amount))
    until = _START + timedelta(days=DAYS - 1)
    return Part.all_of(Scenario("portfolio", "benchmark", _START, until, tuple(invoices), tuple(events)))


@dataclass(frozen=True, slots=True)
class Counted:
    """What a part came to.

    Attributes:
        digest: Of all its facts, so that two runs can be compared byte for byte.
    """

    cases: int
    closed: int
    steps: int
    digest: bytes


def count(outcome: Outcome) -> Counted:
    """What a part came to, in a few numbers."""
    digest = sha256()
    for each in outcome.played:
        for fact in each.facts:
            digest.update(repr(fact).encode())
    steps = sum(isinstance(fact, StepTaken) for each in outcome.played for fact in each.facts)
    closed = sum(each.case.closed is not None for each in outcome.played)
    return Counted(len(outcome.played), closed, steps, digest.digest())


def played(invoices: int, processes: int, seed: int = SEED) -> Iterator[Counted]:
    """What each part of a portfolio came to, as it comes."""
    return play((partial(part_of, seed, number) for number in range(invoices // PART)), count, processes)


def measure(invoices: int = INVOICES) -> Measured:
    """Play it once, and a fifth of it before, whose memory is compared."""
    peaks = []
    cases = closed = steps = 0
    seconds = 0.0
    for many in (invoices // 5, invoices):
        begun = time.perf_counter()
        cases = closed = steps = 0
        for each in played(many, PROCESSES):
            cases, closed, steps = cases + each.cases, closed + each.closed, steps + each.steps
        seconds = time.perf_counter() - begun
        ours, theirs = (
            resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        peaks.append(f"{ours:.0f} MiB and at most {theirs:.0f} MiB in a process that plays, after {many:,}")
    whole = seconds * INVOICES / invoices
    return Measured(
        budget=f"a portfolio of {INVOICES:,} invoices × {DAYS} days: at most {BUDGET_SECONDS:.0f} s on two processes",
        found=f"{whole:.0f} s"
        + (f" (of {invoices:,}, times {INVOICES / invoices:.0f})" if invoices != INVOICES else ""),
        share=whole / BUDGET_SECONDS,
        command="python -m benchmarks.portfolio_speed",
        notes=(f"{steps:,} steps taken, {closed:,} of {cases:,} cases closed; memory: {'; '.join(peaks)}",),
    )


def measure_part() -> Measured:
    """Play a fifth of it."""
    return measure(_PART)


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else INVOICES))
