"""A payment of a debtor that names no invoice, taken back by the bank: in scenarios as by `maanwerk pay --reverse`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario

HEAD = """
scenario: taken back
policy:
  policy: plain
  calendar: off
  steps:
    - {id: one, when: {after_due: 30d}, send: email, letter: reminder}
start: 2026-03-01
until: 2026-03-31
invoices:
  - {number: A, debtor: bob, kind: business, invoice_date: 2026-02-01, due: 2026-03-01, amount: "500.00"}
  - {number: B, debtor: bob, kind: business, invoice_date: 2026-02-01, due: 2026-03-02, amount: "200.00"}
events:
"""
SPREAD = '  - {on: 2026-03-05, debtor: bob, payment: "600.00", id: p1}\n'
LOOSE = '  - {on: 2026-03-05, debtor: bob, payment: "600.00", currency: USD, id: p1}\n'


@pytest.fixture
def both(tmp_path: Path, play: Callable[[Scenario], Outcome]) -> Callable[[str], Outcome]:
    """Plays these events by the rules alone and on the engine, which must be the same."""

    def played(events: str) -> Outcome:
        (tmp_path / "s.yaml").write_text(HEAD + events)
        scenario = load_scenario(tmp_path / "s.yaml")
        outcome = run(scenario)
        assert play(scenario).as_json() == outcome.as_json()
        return outcome

    return played


def opens(outcome: Outcome) -> list[str]:
    return [each.case.open.text for each in outcome.played]


def test_all_that_was_put_on_invoices_is_open_again(both: Callable[[str], Outcome]) -> None:
    assert opens(both(SPREAD)) == ["0.00", "100.00"]
    assert opens(both(SPREAD + "  - {on: 2026-03-10, debtor: bob, reverse: p1, reason: MD06}\n")) == [
        "500.00",
        "200.00",
    ]


def test_what_is_on_no_invoice_is_gone_wholly_or_in_part(both: Callable[[str], Outcome]) -> None:
    whole = both(LOOSE + "  - {on: 2026-03-10, debtor: bob, reverse: p1}\n")
    assert (opens(whole), whole.loose["bob"]) == (["500.00", "200.00"], ())


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("{on: 2026-03-10, debtor: bob, reverse: p9}", "nothing of p9 of bob is with us"),
        ('{on: 2026-03-10, debtor: bob, reverse: p1, amount: "5.00"}', "nothing of p1 stands on no invoice"),
    ],
)
def test_what_is_not_there_reaches_nobody_and_says_why(both: Callable[[str], Outcome], event: str, reason: str) -> None:
    outcome = both(f"{SPREAD}  - {event}\n")
    assert [row["reason"] for row in outcome.as_json()["refused"]] == [reason]
    assert opens(outcome) == ["0.00", "100.00"]
