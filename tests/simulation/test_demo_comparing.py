"""The live demo says whether it ended as the virtual one, and why where it did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain import facts as f
from simulation.demo.comparing import told_differences
from simulation.demo.quarter import DemoCase, DemoResult


def changed(result: DemoResult, number: str, **change: Any) -> DemoResult:
    cases = tuple(replace(each, **change) if each.number == number else each for each in result.cases)
    return replace(result, cases=cases)


def with_steps_later(each: DemoCase, days: int) -> tuple[f.Fact, ...]:
    return tuple(
        fact.model_copy(update={"on": fact.on + timedelta(days=days)}) if isinstance(fact, f.StepTaken) else fact
        for fact in each.facts
    )


def test_what_ends_alike_and_what_does_not_is_told(quarter: DemoResult) -> None:
    virtual = quarter
    assert told_differences(virtual, virtual) == ["All 26 invoices end as in the virtual quarter."]
    stepped = next(each for each in virtual.cases if any(isinstance(fact, f.StepTaken) for fact in each.facts))
    later = changed(virtual, stepped.number, facts=with_steps_later(stepped, 2))
    (line,) = told_differences(later, virtual)
    assert line.startswith("All 26 invoices end as in the virtual quarter; ")
    assert "on a later day than there" in line
    ended = replace(stepped.case, closed=f.CloseReason.WRITTEN_OFF)
    other = changed(later, stepped.number, case=ended)
    head, why = told_differences(other, virtual)
    assert head.startswith("25 of 26 invoices end as in the virtual quarter")
    assert why.startswith(f"{stepped.number}  written off with ")
    assert " fell on " in why
    missing = changed(virtual, stepped.number, case=ended, facts=stepped.facts[:1])
    assert "was not taken before the end" in told_differences(missing, virtual)[1]
