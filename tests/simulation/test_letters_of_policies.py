"""What a policy check passes, the letters can render: for every debtor, whatever the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain import bundle
from domain.bundle import Member
from domain.facts import Asked
from domain.invoice import Invoice, LegalStatus, TermBasis, YesNo, YesNoUnknown
from domain.letter_names import ANSWERS, BEFORE_DUE, FOR_CONSUMERS, may_claim
from domain.money import Money
from domain.policy import Policy
from domain.policy_check import check_policy
from domain.terms import CreditorTerms
from letters import kinds
from letters.kinds import LETTERS
from letters.render import render_email
from letters.requirements import limits
from services.correspondence.letter_content import letter_content
from simulation import pure
from simulation.engine import _creditor, _debtor
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice
from tests.choices import among
from tests.examples import examples

START, UNTIL = date(2026, 2, 2), date(2026, 8, 31)
TERMS = (
    CreditorTerms(clauses_reviewed_on=START),
    CreditorTerms(damages_clause="legal_maximum", interest_clause=True, clauses_reviewed_on=START),
)
NAMES = (None, *(name for name in LETTERS if name not in ANSWERS))
CLAIMS = ("principal", "principal", "principal+interest", "all")
ANNOUNCED = ("interest", "costs", "handoff", "supply_stop")


def test_the_rules_and_the_letters_mean_the_same_names() -> None:
    assert kinds.ANSWERS == ANSWERS
    assert set(limits.BEFORE_DUE) == BEFORE_DUE
    assert set(limits.TO_CONSUMERS_ONLY) == FOR_CONSUMERS
    tables = {"NL": limits.CLAIMS_OF_CONSUMERS, "BE": limits.CLAIMS_OF_BELGIAN_CONSUMERS}
    for law, table in tables.items():
        for letter in set(LETTERS) - ANSWERS - BEFORE_DUE - {"notice"}:
            assert set(may_claim(letter, law)) == set(table.get(letter, {"principal", "principal+interest", "all"}))
    # A notice to a Dutch consumer is his 14-day letter, or a notice of default.
    assert set(may_claim("notice", "NL")) == {"principal"}


# Made once: one that is made anew for each draw is looked through anew.
_IDS = st.lists(st.sampled_from(("a", "b", "c", *LETTERS[:8])), min_size=1, max_size=5, unique=True)
_TWO_COINS = st.tuples(st.booleans(), st.booleans())
_LETTER, _CLAIMED = st.sampled_from(NAMES), st.sampled_from(CLAIMS)
_SENT = st.sampled_from((["email"], ["post"], ["post", "email"], ["email", "sms"]))
_ANNOUNCED = st.lists(st.sampled_from(ANNOUNCED), unique=True, max_size=3)
_CALENDAR = st.sampled_from((None, {"holidays": "NL", "from": "09:00", "until": "16:00"}))


@cache
@st.composite
def ladders(draw: st.DrawFn) -> Policy:
    law = draw(among((None, "NL", "NL", "BE", "BE")))
    ids: list[str] = draw(_IDS)
    steps: list[dict[str, Any]] = []
    terms: list[str] = []
    for index, own in enumerate(ids):
        when: dict[str, Any] = {"after_due": 4 + 7 * index}
        waits, sets_term = draw(_TWO_COINS)
        if terms and waits:
            when = {"term_expired": terms[-1]}
        elif not steps and draw(st.integers(0, 5)) == 0:
            when = {"before_due": 3}
        step: dict[str, Any] = {
            "id": own,
            "when": when,
            "send": draw(_SENT),
            "letter": draw(_LETTER),
            "claims": draw(_CLAIMED),
            "announces": draw(_ANNOUNCED),
        }
        if sets_term:
            step["term"] = draw(among((7, 8, 14, 15)))
            terms.append(own)
        elif draw(st.integers(0, 4)) == 0:
            step["default_term"] = 14
        steps.append(step)
    hands_off: bool = draw(st.booleans())
    if terms and hands_off:
        steps.append({"id": "out", "when": {"term_expired": terms[-1]}, "hand_off": "agency", "claims": "all"})
    return Policy.model_validate(
        {
            "policy": "any",
            "law": law,
            "kind": draw(among((None, "consumer", "business"))),
            "calendar": draw(_CALENDAR),
            "bundle": draw(among(("debtor", "none"))),
            "charge_costs": draw(among(("from_notice_expiry", "from_notice_expiry", "never"))),
            "charge_40": draw(among(("never", "with_notice"))),
            "steps": steps,
        }
    )


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    policy = draw(ladders())
    errors = [found for found in check_policy(policy, LETTERS) if found.severity == "error"]
    assume(not errors)
    status = LegalStatus(
        natural_person=draw(among(tuple(YesNoUnknown))),
        in_business=draw(among(tuple(YesNoUnknown))),
        government=draw(among((YesNo.NO, YesNo.NO, YesNo.YES))),
    )
    collected = [
        ScenarioInvoice(
            Invoice(
                number=f"F-{number}",
                debtor="ann",
                invoice_date=START,
                due=START + timedelta(days=draw(among((14, 14, 21)))),
                amount=Money.parse(draw(among(("40.00", "300.00", "12000.00"))), "EUR"),
                legal_status=status,
                term_basis=draw(among((TermBasis.AGREED, TermBasis.AGREED, TermBasis.PRINTED))),
                contract=draw(among((None, None, "gym"))),
            ),
            policy,
        )
        for number in range(draw(st.integers(1, 2)))
    ]
    return Scenario("letters", "letters", START, UNTIL, tuple(collected), (), terms=draw(st.sampled_from(TERMS)))


def render(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> int:
    """Play a scenario by the rules alone and make every letter of it, as the engine does; how many there were."""
    creditor, debtor = _creditor("scenario", scenario.terms), _debtor("ann")
    made = 0
    asked_of = bundle.asked_of

    def making(members: Sequence[Member], on: date) -> tuple[Asked, ...]:
        nonlocal made
        asked = asked_of(members, on)
        if members[0].step.send:
            assert render_email(letter_content(members, asked, creditor, debtor, debtor.contacts[0], on)).subject
            made += 1
        return asked

    with monkeypatch.context() as patched:
        patched.setattr(pure, "asked_of", making)
        pure.run(scenario)
    return made


def test_every_letter_of_a_policy_without_errors_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0

    @settings(
        max_examples=examples(60),
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(scenarios())
    def holds(scenario: Scenario) -> None:
        nonlocal made
        made += render(scenario, monkeypatch)

    holds()
    assert made > 75
