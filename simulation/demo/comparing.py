"""How a quarter played in real time ends beside the same one in virtual time, and why where it ends otherwise."""

from __future__ import annotations

from datetime import date

from domain import facts as f
from domain.views.explain import day_text
from simulation.demo.quarter import DemoCase, DemoResult

__all__ = ["told_differences"]


def told_differences(live: DemoResult, virtual: DemoResult) -> list[str]:
    """A line that says whether all invoices end alike, and one for each that does not, with its reason.

    Args:
        live: The quarter in real time.
        virtual: The same quarter in virtual time.
    """
    known = {each.number: each for each in virtual.cases}
    pairs = [(each, known[each.number]) for each in live.cases if each.number in known]
    unlike = [(mine, other) for mine, other in pairs if _end(mine) != _end(other)]
    later = sum(day > _steps(other).get(step, day) for mine, other in pairs for step, day in _steps(mine).items())
    steps = f"{later} {'step' if later == 1 else 'steps'} fell on a later day than there"
    busy = f"; {steps}, since the hours of a day last 0.15 seconds here" if later else ""
    if not unlike:
        return [f"All {len(pairs)} invoices end as in the virtual quarter{busy}."]
    return [
        f"{len(pairs) - len(unlike)} of {len(pairs)} invoices end as in the virtual quarter{busy}. The others:",
        *(f"{mine.number}  {_end(mine)}, there {_end(other)}: {_why(mine, other)}" for mine, other in unlike),
    ]


def _end(each: DemoCase) -> str:
    closed = each.case.closed.value.replace("_", " ") if each.case.closed else each.case.stage
    return f"{closed} with {each.view.open.text} open"


def _steps(each: DemoCase) -> dict[tuple[str, int], date]:
    """The day of each step that was taken."""
    return {(fact.step, fact.issue): fact.on for fact in each.facts if isinstance(fact, f.StepTaken)}


def _why(mine: DemoCase, other: DemoCase) -> str:
    """The first thing that went otherwise."""
    taken = _steps(mine)
    refused = [fact for fact in mine.facts if isinstance(fact, f.MessageQuarantined)]
    if len(refused) > sum(isinstance(fact, f.MessageQuarantined) for fact in other.facts):
        return f"{refused[0].name} of {day_text(refused[0].on)} came before its step: {refused[0].error}"
    for (step, issue), day in _steps(other).items():
        named = step if issue == 1 else f"{step} {issue}"
        mine_on = taken.get((step, issue))
        if mine_on is None:
            return f"{named}, there on {day_text(day)}, was not taken before the end"
        if mine_on != day:
            return f"{named} fell on {day_text(mine_on)}, there on {day_text(day)}"
    return "what came in found other steps taken; the report tells the days"
