"""A receipt and a reminder of two invoices, due at one moment: the receipts leave, and then one reminder for both."""

from collections.abc import Callable
from datetime import date

import pytest

from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.policy import Policy
from simulation.events import Event, Payment
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice

# Without spacing, so that a receipt puts no reminder off.
POLICY = Policy.model_validate(
    {
        "policy": "together",
        "law": "NL",
        "kind": "consumer",
        "calendar": {"zone": "Europe/Amsterdam", "holidays": "NL", "days": ["tue", "wed", "thu", "fri"]},
        "bundle": "debtor",
        "receipts": True,
        "steps": [{"id": "reminder", "when": {"after_due": "5d"}, "send": ["email"]}],
    }
)


def invoice(number: str) -> ScenarioInvoice:
    due, owed = date(2026, 4, 1), Money.parse("400.00", "EUR")
    status = LegalStatus.of_kind(Kind.CONSUMER)
    issued = date(2026, 3, 18)
    return ScenarioInvoice(
        Invoice(number=number, debtor="ann", invoice_date=issued, due=due, amount=owed, legal_status=status), POLICY
    )


def payments(number: int) -> tuple[Event, ...]:
    """Payments of the debtor, spread over both, told on the morning on which they are reminded."""
    on, part = date(2026, 4, 7), Money.parse("200.00", "EUR")
    return tuple(Payment(on, f"e{each}", None, part, "ann") for each in range(number))


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("turned", [False, True])
def test_receipts_of_all_leave_before_the_reminder_that_goes_for_both(
    number: int, turned: bool, play: Callable[[Scenario], Outcome]
) -> None:
    both = (invoice("F-1"), invoice("F-2"))
    scenario = Scenario(
        "t", "t", date(2026, 3, 20), date(2026, 4, 20), both[::-1] if turned else both, payments(number)
    )
    said = run(scenario).as_json()
    sent = {(row["invoice"], row["on"], row["message"]) for row in said["steps"] if row["step"] == "reminder"}
    (message,) = {each for _, _, each in sent}
    assert sent == {("F-1", "2026-04-07", message), ("F-2", "2026-04-07", message)}
    assert play(scenario).as_json() == said
