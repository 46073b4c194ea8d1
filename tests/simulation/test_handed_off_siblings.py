"""What a debtor is in, told of one invoice, reaches those that an agency works on, which is to be told by us."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from domain.case import Case
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario

TEXT = """
scenario: handed off
policy:
  policy: short
  law: NL
  kind: business
  calendar: off
  steps:
    - {id: notice, when: {after_due: 1d}, send: email, letter: notice, announces: [costs], term: 14d}
    - {id: handoff, when: {term_expired: notice}, hand_off: agency, claims: all}
start: 2026-03-01
until: 2026-05-10
invoices:
  - {number: AWAY, debtor: bob, kind: business, invoice_date: 2026-02-15, due: 2026-03-01, amount: "500.00"}
  - {number: HERE, debtor: bob, kind: business, invoice_date: 2026-03-15, due: 2026-04-14, amount: "500.00"}
events:
  - {on: 2026-04-01, invoice: HERE, status: {kind: bankruptcy}, actor: els}
  - {on: 2026-04-20, invoice: HERE, status: {kind: bankruptcy, ended: true}, actor: els}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    (tmp_path / "handed-off.yaml").write_text(TEXT)
    return load_scenario(tmp_path / "handed-off.yaml")


def away(outcome: Outcome) -> Case:
    return next(each.case for each in outcome.played if each.number == "AWAY")


def test_one_that_an_agency_works_on_hears_of_it_and_of_its_end_and_the_agency_is_to_be_told(
    scenario: Scenario, play: Callable[[Scenario], Outcome]
) -> None:
    for outcome in (run(scenario), play(scenario)):
        case = away(outcome)
        assert case.handed_off
        assert [(each.status.value, str(each.since), str(each.ended_on)) for each in case.statuses] == [
            ("bankruptcy", "2026-04-01", "2026-04-20")
        ]
        assert "agency_notice" in [each.letter for each in case.owing if each.sent_on]
