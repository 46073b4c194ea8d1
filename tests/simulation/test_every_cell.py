"""Every cell of the two tables of practice is shown by a shipped scenario, to the day and the cent (`cells.yaml`).

`test_engine.py` plays the same files on the engine and holds both against each other.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.claims.claim import claim_of
from domain.facts import CaseClosed, TaskRaised
from domain.reactions.deadlines import deadlines
from domain.surroundings import Surroundings
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario, shipped_scenarios
from tests.rows import in_rows

HOLDS = (
    "operator pause",
    "bank feed does not cover",
    "payment claimed",
    "dispute upheld",
    "dispute rejected",
    "promise until E",
    "promise beyond E",
    "arrangement before E",
    "arrangement after E",
    "debt help asked",
    "insolvency",
    "deceased",
    "direct debit pending",
)
MONEY = (
    "part before any notice",
    "part inside the term",
    "part after the term",
    "small rest",
    "overpayment",
    "correction credit",
    "reversal",
    "unnamed payment",
)
TABLES = {
    "what stops what": (HOLDS, ("sends", "ladder clock", "term", "interest", "costs", "limitation")),
    "what money does": (MONEY, ("ladder", "term", "costs", "interest")),
}
"""Rows and columns of practice.md, in its order."""

DASHES = {
    ("promise until E", "costs"),
    ("arrangement after E", "term"),
    ("insolvency", "term"),
    ("part before any notice", "term"),
    ("part before any notice", "costs"),
    ("part after the term", "term"),
    ("small rest", "term"),
    *((row, column) for row in ("overpayment", "unnamed payment") for column in ("term", "costs", "interest")),
}
"""Cells that say nothing."""

CELLS: dict[str, dict[str, dict[str, Any]]] = yaml.load(
    Path(__file__).with_name("cells.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
)
SHOWN = [
    (table, row, column)
    for table, (rows, columns) in TABLES.items()
    for row in rows
    for column in columns
    if (row, column) not in DASHES
]


@cache
def scenario(name: str) -> Scenario:
    return load_scenario(Path(next(path for path in shipped_scenarios() if path.endswith(f"/{name}.yaml"))))


@cache
def played(name: str) -> Outcome:
    return run(scenario(name))


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_is_left_out_and_only_those_without_a_rule_have_a_dash(table: str) -> None:
    rows, columns = TABLES[table]
    assert tuple(CELLS[table]) == rows
    for row in rows:
        assert tuple(CELLS[table][row]) == columns, row
        assert {column for column in columns if CELLS[table][row][column] == "-"} == {
            column for of, column in DASHES if of == row
        }, row


@in_rows(("table", "row", "column"), SHOWN)
def test_a_scenario_shows_what_the_cell_says(table: str, row: str, column: str) -> None:
    cell = dict(CELLS[table][row][column])
    shown = _Shown(cell.pop("scenario"), cell.pop("invoice"))
    lets = cell.pop("lets", [])
    assert cell, "it says nothing"
    for check, expected in cell.items():
        for each in expected if isinstance(expected, list) else [expected]:
            if check == "silent":
                first, _, last = each.partition("..")
                shown.silent(first, last, lets)
            else:
                getattr(shown, check)(*each.split())


class _Shown:
    """What a scenario shows of one invoice; a method for each thing that a cell may say."""

    def __init__(self, name: str, number: str) -> None:
        self.outcome = played(name)
        self.terms = scenario(name).terms
        self.json = self.outcome.as_json()
        self.number = number
        self.played = next(each for each in self.outcome.played if each.number == number)
        self.steps = [row for row in self.json["steps"] if row["invoice"] == number]
        self.letters = [row for row in self.json.get("letters", []) if row["invoice"] == number]

    def silent(self, first: str, last: str, lets: list[str]) -> None:
        assert [row for row in self.steps if row["channels"] != ["task"] and first <= row["on"] <= last] == []
        assert {row["letter"] for row in self.letters if first <= row["on"] <= last} <= set(lets)

    def step(self, on: str, step: str, *amounts: str) -> None:
        found = [(row["on"], row["open"], row["interest"], row["costs"]) for row in self.steps if row["step"] == step]
        assert (on, *amounts) in found

    def once(self, step: str) -> None:
        assert [row["step"] for row in self.steps].count(step) == 1

    def twice(self, step: str) -> None:
        assert [row["step"] for row in self.steps].count(step) == 2

    def never(self, step: str) -> None:
        assert step not in [row["step"] for row in self.steps]

    def letter(self, on: str, letter: str, claimed: str) -> None:
        assert (on, letter, claimed) in [(row["on"], row["letter"], row["claimed"]) for row in self.letters]

    def task(self, on: str, task: str) -> None:
        assert (on, task) in [(str(f.on), f.task) for f in self.played.facts if isinstance(f, TaskRaised)]

    def claim(self, on: str, interest: str, costs: str) -> None:
        around = Surroundings(terms=self.terms)
        claim = claim_of(self.played.case, self.played.policy, date.fromisoformat(on), around)
        assert (claim.interest.text, claim.costs.text) == (interest, costs)

    def barred(self, day: str) -> None:
        found = {each.kind: each.day for each in deadlines(self.played.case, self.played.policy, self.terms)}
        assert str(found["limitation"]) == day

    def closed(self, reason: str, left: str) -> None:
        assert self.json["cases"][self.number] == {"stage": "closed", "open": left, "closed": reason}

    def waived(self, amount: str) -> None:
        (closing,) = (fact for fact in self.played.facts if isinstance(fact, CaseClosed))
        assert closing.waived is not None and closing.waived.text == amount


def test_what_is_paid_until_a_promised_day_beyond_the_term_is_in_time() -> None:
    # PROMISE-PAID pays on 10-14, after E and on the day to which our letter moved it: no costs.
    shown = _Shown("what-stops-what", "PROMISE-PAID")
    shown.closed("paid", "0.00")
    assert all(row["costs"] == "0.00" for row in shown.steps)


def test_without_a_hold_the_ladder_comes_on_its_own_days() -> None:
    shown = _Shown("what-stops-what", "NONE")
    shown.step("2026-10-08", "final", "1000.00", "3.84", "150.00")
    shown.step("2026-10-20", "handoff", "1000.00", "5.15", "150.00")
