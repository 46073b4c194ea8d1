"""Costs never go above what the letter asked and left unpaid, whatever happens: histories at random.

What is right is worked out here anew from the facts alone: what each letter asked, and which money that it did not
know of was credited by the last day of its term. Interest that the law books before the principal (BW 6:44) may leave
more of it unpaid, never more than that interest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import facts as f
from domain.case import fold
from domain.invoice import Invoice, Kind, LegalStatus, TermBasis
from domain.law import be, nl
from domain.money import Money
from domain.notices import term_of
from domain.policy import Policy
from domain.terms import CreditorTerms
from simulation.events import Credit, Event, Payment, Reversal
from simulation.outcome import Outcome, Played
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice
from tests.choices import among
from tests.examples import examples

START, UNTIL = date(2026, 9, 1), date(2027, 2, 28)
LETTERS = ("cost_notice", "first_reminder")
ZERO = Money.zero("EUR")
TERMS = {
    "NL": CreditorTerms(clauses_reviewed_on=date(2026, 1, 15)),
    "BE": CreditorTerms(damages_clause="legal_maximum", interest_clause=True, clauses_reviewed_on=date(2026, 1, 15)),
}


def ladder(law: str, allocation: str, charge: str, tolerance: str) -> Policy:
    belgian = law == "BE"
    first = {"id": "reminder", "when": {"after_due": 5}, "send": "email", "letter": "reminder"}
    letter = {
        "id": "letter",
        "when": {"after_due": 8 if belgian else 14},
        "send": ["email"] if belgian else ["post", "email"],
        "letter": "first_reminder" if belgian else "notice",
        "announces": ["costs"],
        "term": 14,
    }
    last = {"id": "last", "when": {"term_expired": "letter"}, "send": "email", "letter": "notice", "claims": "all"}
    final = {**last, "letter": "second_reminder" if belgian else "final_demand"}
    steps = [letter, final] if belgian else [first, letter, final]
    steps.append(
        {
            "id": "agency",
            "when": {"after_previous": 10, "term_expired": "letter"},
            "hand_off": "agency",
            "claims": "all",
        }
    )
    return Policy.model_validate(
        {
            "policy": "costs",
            "law": law,
            "kind": "consumer",
            "calendar": {"holidays": law, "days": ["tue", "wed", "thu", "fri"], "until": "16:00"},
            "allocation": allocation,
            "charge_costs": charge,
            "tolerance": tolerance,
            "remainder": {"interest_only": "claim", "extras_below": "0.00"},
            "steps": steps,
        }
    )


@st.composite
def histories(draw: st.DrawFn, law: str) -> Scenario:
    """One to three invoices of a consumer; money before, in and after the term, known late, and taken back."""
    policy = ladder(
        law,
        draw(among(("principal_first", "legal"))),
        draw(among(("from_notice_expiry", "from_notice_expiry", "at_handoff"))),
        draw(among(("0.00", "1.00"))),
    )
    collected = []
    for number in "ABC"[: draw(st.integers(1, 3))]:
        due = START + timedelta(days=draw(st.integers(0, 14)))
        amount = Money.from_minor(100 * draw(among((50, 200, 400, 1000, 12_000))), "EUR")
        invoice = Invoice(
            number=number,
            debtor="visser",
            invoice_date=due - timedelta(days=14),
            due=due,
            amount=amount,
            legal_status=LegalStatus.of_kind(Kind.CONSUMER),
            term_basis=TermBasis.AGREED,
        )
        collected.append(ScenarioInvoice(invoice, policy))
    happened: list[Event] = []
    some = st.sampled_from(collected)
    for index in range(draw(st.integers(1, 7))):
        each = draw(some)
        on = START + timedelta(days=draw(among((2, 5, 10, 18, 22, 26, 30, 34, 40, 50, 70, 110))))
        form = draw(among(("pay", "pay", "pay", "pay", "reverse", "reverse", "rebate")))
        part = draw(among((1, 2, 4, 10)))
        amount = Money.from_minor(each.invoice.amount.minor * draw(among((1, 1, 2))) // part, "EUR")
        if form == "pay":
            credited = on - timedelta(days=draw(among((0, 0, 1, 5, 20))))
            happened.append(Payment(on, f"p{index}", each.number, amount, None, credited))
        elif form == "reverse":
            half = None if draw(st.booleans()) else amount
            happened.append(Reversal(on, f"r{index}", each.number, f"p{draw(st.integers(0, 6))}", half))
        else:
            happened.append(Credit(on, f"c{index}", each.number, amount, "rebate"))
    return Scenario("costs", "costs", START, UNTIL, tuple(collected), tuple(happened), terms=TERMS[law])


@dataclass
class Told:
    """What one invoice stood like when costs were claimed of it: the letter in force, and what answered it."""

    asked: Money
    claimed: Money
    paid: Money
    interest: Money


def told(facts: tuple[f.Fact, ...], message: str, last_day: date) -> Told | None:
    """From the facts of one invoice: what that letter asked of it, and what was paid on that by the last day."""
    at = next((i for i, x in enumerate(facts) if isinstance(x, f.StepTaken) and x.message == message), None)
    if at is None:
        return None
    letter = facts[at]
    assert isinstance(letter, f.StepTaken)
    booked = fold(facts).ledger.entries[letter.entries :]
    mine = [e for e in booked if e.lowers and not e.from_the_start and e.credited_on <= last_day]
    ids = {e.id for e in mine}
    back = [e for e in booked if e.of in ids and e.credited_on <= last_day]
    paid = sum((-e.amount for e in (*mine, *back)), ZERO)
    # No more interest can have been booked than a year of it.
    return Told(letter.open, letter.claimed, paid, Money.from_minor(letter.open.minor * 12 // 100 + 1, "EUR"))


def letter_in_force(facts: tuple[f.Fact, ...]) -> f.StepTaken | None:
    void = {pair for x in facts if isinstance(x, f.LetterVoided) for pair in x.steps}
    letters = [x for x in facts if isinstance(x, f.StepTaken) and x.legal in LETTERS and (x.step, x.issue) not in void]
    return letters[-1] if letters else None


def claims_of_costs(played: Played) -> Iterator[tuple[f.StepTaken, tuple[f.Fact, ...]]]:
    """Every message that asked for costs, with what was known of the invoice when it left."""
    for index, fact in enumerate(played.facts):
        if isinstance(fact, f.StepTaken) and fact.costs.is_positive:
            yield fact, played.facts[:index]


def check(result: Outcome, scenario: Scenario, law: str) -> None:
    allocation = scenario.invoices[0].policy.allocation.value
    for played in result.played:
        for fact, before in claims_of_costs(played):
            letter = letter_in_force(before)
            assert letter is not None, (fact, "costs without a letter")
            case = fold(before)
            taken = next(t for t in case.taken if (t.step, t.issue) == (letter.step, letter.issue))
            term = term_of(taken, case, played.policy, scenario.terms)
            assert term is not None
            assert fact.on > term.last_day
            known = [
                told(tuple(x for x in other.facts if x.at <= fact.at), letter.message, term.last_day)
                for other in result.played
            ]
            in_letter = [each for each in known if each is not None]
            mine = told(before, letter.message, term.last_day)
            assert mine is not None
            assert mine.paid < mine.claimed, "what it asked was paid"
            joint = sum((each.paid for each in in_letter), ZERO)
            assert joint < sum((each.claimed for each in in_letter), ZERO), "all that the letter asked was paid"
            slack = [each.interest if allocation == "legal" else ZERO for each in in_letter]
            unpaid = [
                min(each.asked, max(ZERO, each.asked - each.paid) + more)
                for each, more in zip(in_letter, slack, strict=True)
            ]
            if law == "NL":
                most = nl.collection_costs(unpaid, business=False, on=fact.on).amount
            else:
                own = min(
                    mine.asked, max(ZERO, mine.asked - mine.paid) + (ZERO if allocation != "legal" else mine.interest)
                )
                most = be.damages_cap(own, fact.on)
            assert fact.costs <= most, (fact, most)


@pytest.mark.parametrize("law", ["NL", "BE"])
def test_costs_are_never_more_than_on_what_the_letter_asked_and_was_unpaid(law: str) -> None:
    @settings(
        max_examples=examples(60),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        derandomize=True,
    )
    @given(histories(law))
    def holds(scenario: Scenario) -> None:
        check(run(scenario), scenario, law)

    holds()


def test_the_histories_do_claim_costs() -> None:
    claimed: list[Decimal] = []

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    @given(histories("NL"))
    def count(scenario: Scenario) -> None:
        claimed.extend(fact.costs.amount for played in run(scenario).played for fact, _ in claims_of_costs(played))

    count()
    assert len(claimed) > 20
