"""`maanwerk simulate`: play a scenario in virtual time."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.case.stage import stage_text
from cli.output import console, new_table, print_json
from domain.views.explain import day_text, state_of
from letters.render import known_letters
from policies.problems import Problem, SourceError
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario_file import load_scenario
from speech.sentences import say
from speech.words import tr

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
        result: Outcome = run_on_engine(scenario)
    else:
        result = run(load_scenario(file))
    if as_json:
        print_json(result.as_json())
    else:
        _show(result, console())


def _show(result: Outcome, out: Console) -> None:
    data = result.as_json()
    title = tr("{name}: what was done", name=result.name)
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
    out.print(done if data["steps"] else tr("{name}: nothing was sent.", name=result.name))
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
    ends = new_table(
        "\n" + tr("How it stands after {day}", day=day_text(result.until)),
        "invoice",
        "stage",
        "open",
        "why, and what comes next",
        right=("open",),
    )
    for each in result.played:
        case = each.case
        state = state_of(case, each.decision, each.policy, result.until)
        ends.add_row(each.number, stage_text(case.stage), each.open.text, state)
    out.print(ends)
