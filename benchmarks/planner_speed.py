"""Budget 1: the planner decides at least 20,000 times a second on one core."""

from __future__ import annotations

import time
from datetime import date, datetime
from statistics import median

from benchmarks.measured import Measured, report
from domain.case import Case, apply, fold
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.opening import open_case
from domain.planning.planner import plan
from domain.policy import Policy
from domain.reactions.react import react
from domain.reactions.sending import step_taken
from domain.surroundings import NOTHING_SPECIAL
from policies.load import shipped_policy

_BUDGET = 20_000
_DECISIONS = 20_000


def _moments(policy: Policy) -> list[tuple[Case, datetime]]:
    """Every moment at which a case that nobody pays asks the planner, from its opening to its hand-off."""
    invoice = Invoice(
        number="F-1",
        debtor="bakker",
        invoice_date=date(2026, 2, 1),
        due=date(2026, 3, 1),
        amount=Money.parse("1000.00", "EUR"),
        legal_status=LegalStatus.of_kind(Kind.BUSINESS),
    )
    calendar = policy.sending_calendar
    now = calendar.day_start(date(2026, 3, 1))
    case = fold(open_case(invoice, policy, now))
    moments = []
    while True:
        moments.append((case, now))
        reaction = react(case, policy, NOTHING_SPECIAL, now)
        case, decision = reaction.case, reaction.decision
        if decision.at is None or decision.action == "close":
            return moments
        if decision.action == "send" and decision.at <= now:
            step = policy.step(decision.step or "")
            if step is None:
                raise LookupError(f"{policy.policy} has no step {decision.step}")
            taken = step_taken(case, policy, step, decision.issue, now, channels=step.channels, message=step.id)
            case = apply(case, taken)
            continue
        now = decision.at


def measure() -> Measured:
    """Ask the planner at each moment in the life of a case, in turn."""
    policy = shipped_policy("nl-business")
    moments = _moments(policy)
    rates = []
    for _ in range(5):
        began = time.process_time()
        for number in range(_DECISIONS):
            case, now = moments[number % len(moments)]
            plan(case, policy, NOTHING_SPECIAL, now)
        rates.append(_DECISIONS / (time.process_time() - began))
    rate = median(rates)
    return Measured(
        budget="planner: at least 20,000 decisions/s on one core",
        found=f"{rate:,.0f} decisions/s",
        share=_BUDGET / rate,
        command="python -m benchmarks.planner_speed",
        notes=(f"nl-business, {len(moments)} moments of an unpaid case in turn; processor time, median of 5",),
    )


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()
