"""Random families that are handed off, for the same properties as `random_scenarios.py`."""

from datetime import date, timedelta

from hypothesis import strategies as st

from domain.invoice import Invoice, Kind, LegalStatus, TermBasis
from domain.money import Money
from simulation.events import Approve, Event, Pause, Payment, TaskDone
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice
from simulation.talk_events import Dispute, Resolve
from tests.choices import among
from tests.simulation.random_policies import HOURS, policy_of
from tests.simulation.random_scenarios import START, UNTIL

_LEAST = st.sampled_from((None, None, {"open_at_least": "150.00"}))


@st.composite
def families_handed_off(draw: st.DrawFn) -> Scenario:
    """One to five invoices of one debtor that come to a hand-off, some together, some while others are with a partner.

    People approve, or the policy asks none; invoices are disputed, paused, paid in part or in full, before and after;
    a person lets some follow.
    """
    consumer = draw(st.booleans())
    approval = draw(among(("none", "required")))
    least = draw(_LEAST)
    policy = policy_of(
        {
            "policy": "handed-off",
            "law": draw(among(("NL", "NL", None))),
            "kind": "consumer" if consumer else "business",
            "calendar": HOURS,
            "bundle": draw(among(("debtor", "none"))),
            "spacing": draw(among(("0d", "3d"))),
        },
        {"id": "reminder", "when": {"after_due": 3}, "send": "email", "letter": "reminder"},
        {
            "id": "notice",
            "when": {"after_due": 8},
            "send": "email",
            "letter": "notice",
            "announces": ["costs"],
            "term": 14,
        },
        {"id": "final", "when": {"term_expired": "notice"}, "send": "email", "letter": "final_demand", "claims": "all"},
        {
            "id": "handoff",
            "when": {"after_previous": 8, "term_expired": "notice"},
            "hand_off": "agency",
            "claims": "all",
            "approval": approval,
            **({} if least is None else {"if": least}),
        },
    )
    collected = []
    for index in range(draw(st.integers(1, 5))):
        issued = START + timedelta(days=draw(among((-30, -30, -28, -26, 0, 20, 50))))
        invoice = Invoice(
            number=f"F-{index + 1}",
            debtor="ann",
            invoice_date=issued,
            due=issued + timedelta(days=14),
            amount=Money.from_minor(draw(among((10_000, 20_000))), draw(among(_MOSTLY_EUROS))),
            legal_status=LegalStatus.of_kind(Kind.CONSUMER if consumer else Kind.BUSINESS),
            term_basis=TermBasis.AGREED,
        )
        collected.append(ScenarioInvoice(invoice, policy))
    happened = []
    some = st.sampled_from(collected)
    for n in range(draw(st.integers(3, 10))):
        each = draw(some)
        on = max(START, each.invoice.invoice_date) + timedelta(days=draw(st.integers(10, 100)))
        happened.append(_about_a_hand_off(draw, each, on, f"e{n}"))
    return Scenario("handed off", "handed off", START, UNTIL, tuple(collected), tuple(happened))


_MOSTLY_EUROS = ("EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "USD")


def _about_a_hand_off(draw: st.DrawFn, each: ScenarioInvoice, on: date, own: str) -> Event:
    number, amount = each.number, each.invoice.amount
    match draw(among((*["approve"] * 3, *["follow"] * 4, "dispute", "resolve", "part", "all", "pause"))):
        case "approve":
            return Approve(on, own, number, "handoff", "els")
        case "follow":
            # Mostly after the first of them has left.
            late = max(on, START + timedelta(days=draw(st.integers(45, 75))))
            return TaskDone(late, own, number, "let_follow")
        case "dispute":
            return Dispute(on, own, number, "d1", "damaged", None, "els")
        case "resolve":
            return Resolve(on, own, number, "d1", "rejected", None)
        case "part":
            return Payment(on, own, number, Money.from_minor(amount.minor // 4, amount.currency))
        case "all":
            return Payment(on, own, number, amount)
        case _:
            return Pause(on, own, number, on + timedelta(days=draw(st.integers(3, 20))))
