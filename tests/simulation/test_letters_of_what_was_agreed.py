"""Letters about promises and settlements: what they say, and that each can be made whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from domain import bundle
from domain.bundle import Member
from domain.facts import Asked
from letters.render import render_email
from services.correspondence.letter_content import letter_content
from simulation import pure
from simulation.engine import _creditor, _debtor
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario, shipped_scenarios
from tests.examples import examples
from tests.simulation.random_scenarios import scenarios

ABOUT = ("promise_confirmation", "promise_broken", "settlement_confirmation")


def written(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """Play a scenario by the rules alone and make its letters beside the ladder; their words by invoice and name."""
    creditor = _creditor("scenario", scenario.terms)
    found: dict[tuple[str, str], str] = {}
    asked_of = bundle.asked_of

    def making(members: Sequence[Member], on: date) -> tuple[Asked, ...]:
        asked = asked_of(members, on)
        lead = members[0]
        if lead.step.id in ABOUT:
            debtor = _debtor(lead.case.invoice.debtor)
            content = letter_content(members, asked, creditor, debtor, debtor.contacts[0], on)
            assert content.claimed == asked[0].claimed
            found[lead.case.invoice.number, lead.step.id] = " ".join(render_email(content).text.split())
        return asked

    with monkeypatch.context() as patched:
        patched.setattr(pure, "asked_of", making)
        pure.run(scenario)
    return found


def shipped(name: str) -> Scenario:
    return load_scenario(Path(next(path for path in shipped_scenarios() if path.endswith(f"/{name}.yaml"))))


def test_a_promise_is_confirmed_with_its_amount_its_day_and_what_it_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = written(shipped("promises"), monkeypatch)
    assert "€ 400,00" in letters["B-1", "promise_confirmation"]
    assert "loopt nu tot en met 16 oktober 2026" in letters["D-1", "promise_confirmation"]
    assert "geen nieuwe brief" in letters["D-1", "promise_confirmation"]
    assert "verandert" in letters["E-1", "promise_confirmation"]
    assert "geen nieuwe brief" not in letters["E-1", "promise_confirmation"]


def test_a_broken_promise_is_told_with_what_came_in(monkeypatch: pytest.MonkeyPatch) -> None:
    text = written(shipped("promises"), monkeypatch)["B-1", "promise_broken"]
    assert "€ 100,00" in text and "€ 300,00" in text and "€ 900,00" in text


def test_a_settlement_is_confirmed_with_what_it_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    # 13 days of interest to 09-16: 1000 x 10.4 % x 13 / 365 = 3.70.
    text = written(shipped("settlements"), monkeypatch)["A-1", "settlement_confirmation"]
    assert "€ 850,00" in text and "30 september 2026" in text and "€ 153,70" in text


def test_a_consumer_is_released_from_interest_and_costs_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "consumer.yaml"
    path.write_text(
        """
scenario: consumer
policy: nl-consumer
start: 2026-09-01
until: 2026-11-30
terms: {mail: [{days: 3}]}
invoices:
  - {number: C-1, debtor: cas, kind: consumer, invoice_date: 2026-08-20, due: 2026-09-03, amount: "1000.00"}
events:
  - {on: 2026-10-14, invoice: C-1, settlement: {id: c, amount: "950.00", by: 2026-10-20}, actor: els}
""",
        encoding="utf-8",
    )
    # 1000 x 4 % x 41 / 365 = 4.49 and costs of 150.00: 1154.49 in all.
    assert "€ 204,49" in written(load_scenario(path), monkeypatch)["C-1", "settlement_confirmation"]


@settings(
    max_examples=examples(80),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(scenario=scenarios())
def test_each_of_them_can_be_made_whatever_happens_meanwhile(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(scenario, monkeypatch)
