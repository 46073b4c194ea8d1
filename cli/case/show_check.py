"""Prints the check before a hand-off: each question, its answer, what that rests on, and what a person can do."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from cli.case.actions import find_case, opened_case_file
from cli.output import console, new_table, print_json, said_here
from domain.handoffs.findings import Point
from domain.tasks import task_text
from domain.views.explain import day_text
from services.reports.handoff_check import HandoffCheck, read_handoff_check
from speech.words import tr

__all__ = ["print_check", "say_what_stops"]

_ANSWERS = {"ok": "yes", "fails": "no", "unknown": "not known"}


def print_check(case: str, as_json: bool) -> None:
    """Print the check of one case."""
    with opened_case_file() as file, file.read() as transaction:
        found = read_handoff_check(transaction, find_case(transaction, case), datetime.now(UTC))
    if as_json:
        print_json(found.as_json())
    else:
        _show(found)


def say_what_stops(case: str) -> None:
    """Say what stops the hand-off of a case that was approved, for what it is told comes next knows no papers."""
    with opened_case_file() as file, file.read() as transaction:
        found = read_handoff_check(transaction, find_case(transaction, case), datetime.now(UTC))
    stops = [each for each in found.findings if each.stops and each.point is not Point.APPROVAL]
    if stops:
        typer.echo(tr("Not handed off before what stops is mended:"))
    for each in stops:
        typer.echo(f"- {tr(each.point.words)} {said_here(each.evidence)}")


def _show(found: HandoffCheck) -> None:
    out = console()
    if found.handed_off_on is not None:
        out.print(tr("{number} was handed off on {day}", number=found.number, day=day_text(found.handed_off_on)))
        if found.handed_with:
            out.print(tr("In the same file: {numbers}", numbers=", ".join(found.handed_with)))
        return
    if not found.findings:
        out.print(tr("{number} is not on its way to a hand-off: closed, or its policy has none", number=found.number))
        return
    out.print(tr("Check before the hand-off of {number}, {day}", number=found.number, day=day_text(found.on)))
    table = new_table("", "question", "answer", "what it rests on", "day", "stops")
    for each in found.findings:
        table.add_row(
            tr(each.point.words),
            tr(_ANSWERS[each.answer]),
            said_here(each.evidence),
            "" if each.on is None else day_text(each.on),
            tr("stops") if each.stops else "",
        )
    out.print(table)
    if found.beside:
        others = new_table("\n" + tr("The debtor's other open invoices"), "invoice", "open", "goes along", "why not")
        for one in found.beside:
            case = one.sibling.case
            others.add_row(case.invoice.number, case.open.text, tr("yes" if one.goes else "no"), said_here(one.why))
        out.print(others)
        out.print(tr("Together {amount}; what does not go along stops.", amount=found.total.text))
    out.print()
    out.print(tr("Nothing stops the hand-off.") if found.ready else tr("Not handed off before what stops is mended:"))
    for each in found.findings:
        if each.stops and each.task is not None:
            out.print(f"- {tr(each.point.words)} {task_text(each.task)}")
