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
        assert "tell_agency" in [task.kind for task in case.tasks if task.done_on is None]


OTHER = """
scenario: the other one stops
policy:
  policy: short
  law: NL
  kind: business
  calendar: off
  steps:
    - {id: reminder, when: {after_due: 1d}, send: email}
    - {id: notice, when: {after_due: 5d}, send: email, letter: notice, announces: [costs], term: 14d}
    - {id: handoff, when: {term_expired: notice}, hand_off: agency, claims: all}
start: 2026-03-01
until: 2026-06-30
invoices:
  - {number: AWAY, debtor: bob, kind: business, invoice_date: 2026-02-15, due: 2026-03-01, amount: "500.00"}
  - {number: HERE, debtor: bob, kind: business, invoice_date: 2026-03-15, due: 2026-04-14, amount: "500.00"}
events:
"""


def steps(outcome: Outcome, number: str) -> list[str]:
    case = next(each.case for each in outcome.played if each.number == number)
    return [f"{step.on} {step.step}" for step in case.taken]


def test_the_other_invoices_of_who_is_with_a_partner_stop_until_a_person_decides(
    tmp_path: Path, play: Callable[[Scenario], Outcome]
) -> None:
    (tmp_path / "stops.yaml").write_text(OTHER.replace("events:\n", ""))
    scenario = load_scenario(tmp_path / "stops.yaml")
    for outcome in (run(scenario), play(scenario)):
        assert steps(outcome, "AWAY")[-1].endswith("handoff")
        assert steps(outcome, "HERE") == []
        here = next(each.case for each in outcome.played if each.number == "HERE")
        assert here.open_task("sibling_handed_off") is not None


def test_the_ladder_goes_on_once_a_person_decided_to_go_on_by_ourselves(tmp_path: Path) -> None:
    done = "  - {on: 2026-04-20, invoice: HERE, task_done: sibling_handed_off}\n"
    (tmp_path / "goes-on.yaml").write_text(OTHER + done)
    assert steps(run(load_scenario(tmp_path / "goes-on.yaml")), "HERE")[0] == "2026-04-20 reminder"
