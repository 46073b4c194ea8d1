"""`maanwerk simulate`: play a scenario in virtual time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.case.stage import stage_text
from cli.failing import failed
from cli.output import console, new_table, print_json
from cli.row_progress import row_progress
from domain.views.explain import day_text, state_of
from letters.render import known_letters
from policies.problems import Problem, SourceError
from simulation.outcome import Outcome, Rows
from simulation.outcome import as_json as json_of
from simulation.parts import parts_of
from simulation.playing import ProcessEnded, play, processes_here
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario
from speech.sentences import say
from speech.words import tr

_MANY = 1000
"""Invoices from which several processes play."""

_AMOUNTS = ("open", "interest", "costs", "total", "claimed")


class Runner(StrEnum):
    """What plays the scenario."""

    PURE = "pure"
    TEMPORAL = "temporal"


def simulate(
    file: Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML).")],
    on: Annotated[
        Runner, typer.Option("--on", help="pure: the rules alone; temporal: the real workflow on an embedded engine.")
    ] = Runner.PURE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes", min=1, metavar="NUMBER", help="Processes that play many invoices; else as many as fit."
        ),
    ] = None,
) -> None:
    """Play a scenario in virtual time: a dry run, no message leaves the machine."""
    if on is Runner.TEMPORAL:
        # Imported here: the engine is heavy, and the pure run must not wait for it.
        from simulation.engine import run_on_engine

        scenario = load_scenario(file, known_letters())
        if scenario.awake is not None:
            raise SourceError(
                [Problem(str(file), 0, 0, "awake", "an outage is played by the pure run only; leave out --on temporal")]
            )
        of_parts = [_told(run_on_engine(scenario))]
    else:
        scenario = load_scenario(file)
        of_parts = list(_in_parts(scenario, processes or processes_here(), _rows if as_json else _told))
    data = json_of(each.rows for each in of_parts)
    if as_json:
        print_json(data)
    else:
        ends = sorted(end for each in of_parts for end in each.ends)
        _show(scenario, data, [end[1:] for end in ends], console())


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of some invoices: the JSON, and of each its place, number, stage, what is open, and what is next."""

    rows: Rows
    ends: tuple[tuple[int, str, str, str, str], ...] = ()


def _rows(outcome: Outcome) -> _Told:
    return _Told(outcome.rows())


def _told(outcome: Outcome) -> _Told:
    places = outcome.places or range(len(outcome.played))
    ends = (
        (
            place,
            each.number,
            stage_text(each.case.stage),
            each.open.text,
            state_of(each.case, each.decision, each.policy, outcome.until),
        )
        for place, each in zip(places, outcome.played, strict=True)
    )
    return _Told(outcome.rows(), tuple(ends))


def _in_parts(scenario: Scenario, processes: int, told: Callable[[Outcome], _Told]) -> Iterator[_Told]:
    """Play a scenario part by part; a small one in this process, sooner than another would have begun."""
    number, done = len(scenario.invoices), 0
    with row_progress(tr("playing")) as progress:
        progress(0, number)
        try:
            for each in play(parts_of(scenario), told, processes if number >= _MANY else 1):
                done += len(each.rows.cases)
                progress(done, number)
                yield each
        except ProcessEnded:
            failed(tr("a process that played invoices was ended, for want of memory most likely: try --processes 1"))


def _show(scenario: Scenario, data: Mapping[str, Any], ends: Sequence[tuple[str, ...]], out: Console) -> None:
    title = tr("{name}: what was done", name=scenario.name)
    done = new_table(
        title,
        *("day", "invoice", "step", "channels", *_AMOUNTS, "announced", "message"),
        right=(*_AMOUNTS, "announced"),
    )
    for row in data["steps"]:
        done.add_row(
            row["on"],
            row["invoice"],
            row["step"],
            ", ".join(row["channels"]),
            *(row[amount] for amount in _AMOUNTS),
            row.get("announced_costs", ""),
            row["message"] if "+" in row["message"] else "",
        )
    out.print(done if data["steps"] else tr("{name}: nothing was sent.", name=scenario.name))
    if data["passed_over"]:
        passed = new_table("\n" + tr("Left out"), "day", "invoice", "step", "reason")
        for row in data["passed_over"]:
            passed.add_row(row["on"], row["invoice"], row["step"], say(row["reason"]))
        out.print(passed)
    if data["refused"]:
        refused = new_table("\n" + tr("Refused"), "day", "invoice", "event", "reason")
        for row in data["refused"]:
            refused.add_row(row["on"], row["invoice"] or "–", row["event"], say(row["reason"]))
        out.print(refused)
    table = new_table(
        "\n" + tr("How it stands after {day}", day=day_text(scenario.until)),
        "invoice",
        "stage",
        "open",
        "why, and what comes next",
        right=("open",),
    )
    for end in ends:
        table.add_row(*end)
    out.print(table)
