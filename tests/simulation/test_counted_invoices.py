"""A task whose condition counts the debtor's invoices, due at the moment at which an older one is handed off."""

from datetime import date
from decimal import Decimal

from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.policy import Policy
from policies.load import shipped_policy
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice

SHORT = Policy.model_validate(
    {
        "policy": "short",
        "law": "NL",
        "kind": "business",
        "calendar": {"zone": "Europe/Amsterdam", "holidays": "NL", "days": ["tue", "wed", "thu", "fri"]},
        "bundle": "debtor",
        "steps": [{"id": "handoff", "when": {"after_due": "48d"}, "hand_off": "agency"}],
    }
)


def invoice(number: str, due: date, amount: str, policy: Policy) -> ScenarioInvoice:
    status = LegalStatus.of_kind(Kind.BUSINESS)
    owed = Money(Decimal(amount), "EUR")
    named = Invoice(number=number, debtor="bob", invoice_date=due, due=due, amount=owed, legal_status=status)
    return ScenarioInvoice(named, policy)


def test_it_is_judged_after_the_older_invoice_whichever_case_wakes_first() -> None:
    # Both on 2026-03-24: the hand-off of F-1, and the call on F-2, which only a second overdue invoice asks for.
    older = invoice("F-1", date(2026, 2, 4), "10.00", SHORT)
    younger = invoice("F-2", date(2026, 3, 1), "100.00", shipped_policy("nl-business"))
    for order in ((older, younger), (younger, older)):
        played = run(Scenario("r", "r", date(2026, 2, 16), date(2026, 4, 1), order, ())).as_json()
        assert ("2026-03-24", "handoff") in [(row["on"], row["step"]) for row in played["steps"]]
        # F-2 has no second invoice beside it any more, and nothing goes out on it.
        assert "call" not in [row["step"] for row in played["steps"]]
