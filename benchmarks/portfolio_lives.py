"""How long cases are open and how many steps they take: a portfolio of a fixed seed, played by the pure simulation.

When debtors pay is assumed, not measured (`PAYING`): put in what your own ledger says and run `benchmarks.scale`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from benchmarks.case_bytes import played_policy
from domain import facts as f
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.policy import Hours
from simulation.events import Payment
from simulation.outcome import Played
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice

__all__ = ["INVOICES", "PAYING", "SEED", "TERM_DAYS", "Lives", "portfolio", "portfolio_lives"]

SEED = 10
INVOICES = 1000
TERM_DAYS = 30
"""From the invoice, when its case is opened, to the day on which it is due."""
_WEEKS = 8
_AFTER = 150
"""Days that are played after the last one is due."""

PAYING: tuple[tuple[float, int, int], ...] = (
    (0.55, -TERM_DAYS + 1, 0),
    (0.25, 1, 14),
    (0.12, 15, 42),
    (0.04, 43, 90),
)
"""Share of the invoices that are paid, each in full, between so many days after they are due; nobody pays the rest."""


@dataclass(frozen=True)
class Lives:
    """What the portfolio came to, a case.

    Attributes:
        cases: How many were played.
        by_steps: How many ended after so many steps, the hand-off not counted among them.
        handed_off: How many were handed off.
        left: How many were still open on the last day.
        days_open: Mean days from the invoice to the end of the case (to the last day for those left).
        steps: Mean steps taken, the hand-off included.
        sends: Mean messages to a debtor: a bundle counts once, each channel counts.
        papers: Mean letters on paper among them.
        enclosed: Mean invoices that went along with one.
        steps_while_open: Mean steps that an open case has behind it on a day.
        busiest: Share of the steps that fall on the busiest day of the week.
    """

    cases: int
    by_steps: dict[int, int]
    handed_off: int
    left: int
    days_open: float
    steps: float
    sends: float
    papers: float
    enclosed: float
    steps_while_open: float
    busiest: float


def portfolio(seed: int, days: tuple[str, ...] | None) -> Scenario:
    """Invoices to businesses, two a debtor, due evenly over eight weeks, with the payments of `PAYING`.

    Args:
        seed: Draws amounts and payments.
        days: On which days messages are sent; None: those of the policy.
    """
    chance, policy, start, invoices = Random(seed), played_policy(), date(2026, 3, 2), INVOICES
    if days is not None:
        hours = (policy.calendar or Hours()).model_copy(update={"days": days})
        policy = policy.model_copy(update={"calendar": hours})
    made, events = [], []
    for number in range(invoices):
        due = start + timedelta(days=TERM_DAYS + number * 7 * _WEEKS // invoices)
        amount = Money.from_minor(round(chance.lognormvariate(6.9, 1.1) * 100), "EUR")
        invoice = Invoice(
            number=f"F-{number}",
            debtor=f"d{number // 2}",
            invoice_date=due - timedelta(days=TERM_DAYS),
            due=due,
            amount=amount,
            legal_status=LegalStatus.of_kind(Kind.BUSINESS),
        )
        made.append(ScenarioInvoice(invoice, policy))
        drawn = chance.random()
        for share, first, last in PAYING:
            drawn -= share
            if drawn < 0:
                on = due + timedelta(days=chance.randint(first, last))
                events.append(Payment(on, f"p{number}", invoice.number, amount))
                break
    until = start + timedelta(days=TERM_DAYS + 7 * _WEEKS + _AFTER)
    return Scenario("portfolio", "portfolio", start, until, tuple(made), tuple(events))


def _closed_on(played: Played) -> date | None:
    days = [fact.at.date() for fact in played.facts if isinstance(fact, f.CaseClosed)]
    return days[-1] if days else None


def portfolio_lives(seed: int = SEED, days: tuple[str, ...] | None = None) -> Lives:
    """Play the portfolio and count."""
    scenario = portfolio(seed, days)
    outcome = run(scenario)
    by_steps: Counter[int] = Counter()
    weekdays: Counter[int] = Counter()
    messages: set[tuple[str, str]] = set()
    open_days = behind = steps = enclosed = handed_off = left = 0
    for played in outcome.played:
        opened = scenario.opens_on(played.number)
        closed = _closed_on(played)
        ended = scenario.until if closed is None else closed
        left += closed is None
        taken = played.case.taken
        off = any(each.kind == "hand_off" for each in taken)
        handed_off += off
        if closed is not None and not off:
            by_steps[len(taken)] += 1
        steps += len(taken)
        for each in taken:
            step = played.policy.step(each.step)
            enclosed += step is not None and "invoice" in step.attach
        open_days += (ended - opened).days
        behind += sum((ended - each.on).days for each in taken)
        weekdays.update(each.on.weekday() for each in taken)
        messages |= {(each.message, channel) for each in taken if each.kind == "send" for channel in each.channels}
    count = len(outcome.played)
    return Lives(
        cases=count,
        by_steps=dict(sorted(by_steps.items())),
        handed_off=handed_off,
        left=left,
        days_open=open_days / count,
        steps=steps / count,
        sends=len(messages) / count,
        papers=sum(channel in ("post", "registered") for _, channel in messages) / count,
        enclosed=enclosed / count,
        steps_while_open=behind / open_days,
        busiest=max(weekdays.values()) / steps,
    )
