"""Prints the advice before a hand-off: the ways to go on, what each costs and may bring in, and why."""

from __future__ import annotations

from datetime import UTC, datetime

from cli.case.actions import find_case, opened_case_file
from cli.output import console, new_table, print_json, said_here
from domain.law.costs import shown
from domain.views.explain import day_text
from services.reports.handoff_advice import HandoffAdvice, read_handoff_advice
from speech.words import tr

__all__ = ["print_advice"]

_WAYS = {
    "agency": "collection agency",
    "court": "court, by bailiff or lawyer",
    "bundle": "wait for more invoices",
    "write_off": "write off",
}


def print_advice(case: str, as_json: bool) -> None:
    """Print the advice on one case."""
    with opened_case_file() as file, file.read() as transaction:
        found = read_handoff_advice(transaction, find_case(transaction, case), datetime.now(UTC))
    if as_json:
        print_json(found.as_json())
    else:
        _show(found)


def _show(found: HandoffAdvice) -> None:
    out, said = console(), found.advice
    out.print(
        tr(
            "Ways to go on with {number}, {day}: claimed {amount}",
            number=found.number,
            day=day_text(said.on),
            amount=shown(said.claim.amount),
        )
    )
    if said.goes_with:
        out.print(tr("In one file with {numbers}: the amount is that of all.", numbers=", ".join(said.goes_with)))
    share = "–" if said.history.share is None else f"{said.history.share} %"
    out.print(
        tr(
            "Handed off before: {count}, paid in full {paid}, came in {share}",
            count=said.history.handed_off,
            paid=said.history.paid,
            share=share,
        )
    )
    table = new_table("", "way", "certain costs", "left on average", "pays from", right=("certain costs",))
    for way in said.ways:
        table.add_row(
            tr(_WAYS[way.name]),
            shown(way.costs.amount),
            tr("not known") if way.proceeds is None else shown(way.proceeds.amount),
            "" if way.pays_from is None else f"{way.pays_from} %",
        )
    out.print(table)
    for way in said.ways:
        for each in way.said:
            out.print(f"- {tr(_WAYS[way.name])}: {said_here(each)}")
    for remark in said.remarks:
        out.print(f"- {said_here(remark)}")
