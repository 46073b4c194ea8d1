"""How a quarter played in real time ends beside the same one in virtual time, and why where it ends otherwise."""

from __future__ import annotations

from datetime import date

from domain import facts as f
from domain.views.explain import day_text
from simulation.demo.quarter import DemoCase, DemoResult
from speech.sentences import say
from speech.words import tr, trn

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
    busy = (
        ""
        if not later
        else trn(
            "; 1 step fell on a later day than there, since the hours of a day last 0.15 seconds here",
            "; {number} steps fell on a later day than there, since the hours of a day last 0.15 seconds here",
            later,
        )
    )
    if not unlike:
        return [tr("All {number} invoices end as in the virtual quarter{busy}.", number=len(pairs), busy=busy)]
    alike = tr(
        "{some} of {number} invoices end as in the virtual quarter{busy}. The others:",
        some=len(pairs) - len(unlike),
        number=len(pairs),
        busy=busy,
    )
    return [
        alike,
        *(
            tr("{number}  {end}, there {other}: {why}", number=mine.number, end=_end(mine), other=_end(other), why=why)
            for mine, other in unlike
            for why in [_why(mine, other)]
        ),
    ]


def _end(each: DemoCase) -> str:
    ended = each.case.closed.value.replace("_", " ") if each.case.closed else each.case.stage
    return tr("{ended} with {amount} open", ended=tr(ended), amount=each.view.open.text)


def _steps(each: DemoCase) -> dict[tuple[str, int], date]:
    """The day of each step that was taken."""
    return {(fact.step, fact.issue): fact.on for fact in each.facts if isinstance(fact, f.StepTaken)}


def _why(mine: DemoCase, other: DemoCase) -> str:
    """The first thing that went otherwise."""
    taken = _steps(mine)
    refused = [fact for fact in mine.facts if isinstance(fact, f.MessageQuarantined)]
    if len(refused) > sum(isinstance(fact, f.MessageQuarantined) for fact in other.facts):
        first = refused[0]
        return tr(
            "{name} of {day} came before its step: {why}", name=first.name, day=day_text(first.on), why=say(first.error)
        )
    for (step, issue), day in _steps(other).items():
        named = step if issue == 1 else f"{step} {issue}"
        mine_on = taken.get((step, issue))
        if mine_on is None:
            return tr("{step}, there on {day}, was not taken before the end", step=named, day=day_text(day))
        if mine_on != day:
            return tr("{step} fell on {day}, there on {other}", step=named, day=day_text(mine_on), other=day_text(day))
    return tr("what came in found other steps taken; the report tells the days")
