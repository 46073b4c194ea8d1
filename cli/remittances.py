"""Behind `maanwerk agency remittance`: reading the file, reconciling it, and showing what was found."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import typer

from casefile.acts import record_act
from casefile.case_file import Transaction
from casefile.parties import creditor_names
from cli.case.actions import opened_case_file
from cli.case.telling import act_of
from cli.environment import read_settings
from cli.failing import refused
from cli.output import console, new_table, print_json, said_here
from cli.own_name import own_command
from domain.handoffs.partners import Partner
from engine.sweeping import sweep
from intake.remittance import BadRemittance, Remittance, read_remittance
from machine.regular import read_plain
from services.handoffs.remittances import OtherRemittance, Reconciliation, take_in_remittance
from speech.words import tr

__all__ = ["take_in"]

_MOST_BYTES = 5_000_000

OUTCOMES = {
    "agrees": "agrees",
    "differs": "differs",
    "too_much": "too much",
    "unknown": "nobody reported it",
    "not_known": "not compared",
}
"""What was found of a line, in words."""


def take_in(file: Path, partner: str, creditor: str | None, actor: str | None, as_json: bool) -> None:
    """Take in a remittance."""
    settings = read_settings()
    content, remittance = _read(file)
    with opened_case_file() as opened:
        try:
            with opened.write() as transaction:
                own, found = _partner(transaction, partner, creditor)
                act = act_of(opened, actor, "agency_remittance", f"{partner} {remittance.number}")
                now = datetime.now(UTC)
                result = take_in_remittance(transaction, own, found, remittance, content, act.actor, now)
        except OtherRemittance as problem:
            refused(said_here(str(problem)))
        if not result.again:
            record_act(opened, act, now, "accepted")
        problem_text = None if result.again else asyncio.run(sweep(opened, settings))[2]
    if as_json:
        print_json(result.as_json())
    else:
        _show(result)
        if problem_text is not None:
            typer.echo(tr("Written down. {problem}. It takes effect when a worker runs.", problem=problem_text))


def _read(file: Path) -> tuple[bytes, Remittance]:
    try:
        content = read_plain(file, _MOST_BYTES + 1)
    except OSError as problem:
        refused(f"{file}: {problem.strerror or problem}")
    if len(content) > _MOST_BYTES:
        refused(said_here(f"{file}: larger than 5 MB: divide it"))
    try:
        return content, read_remittance(content, file.name)
    except BadRemittance as problem:
        refused(*(str(replace(each, reason=said_here(each.reason))) for each in problem.findings))


def _partner(transaction: Transaction, partner: str, creditor: str | None) -> tuple[str, Partner]:
    """The creditor and the partner that are meant."""
    ids = [each for each in creditor_names(transaction.session) if creditor in (None, each)]
    found = [(each, own) for each in ids for own in transaction.parties.creditor(each).partners if own.id == partner]
    if not found:
        refused(said_here(f"no creditor has a partner {partner!r}: look into `partners` of the profile"))
    if len(found) > 1:
        several = said_here(f"several creditors have a partner {partner!r}; say --creditor")
        refused(several, *(f"  {each}" for each, _ in found))
    return found[0]


def _show(result: Reconciliation) -> None:
    out = console()
    title = tr("Remittance {number} of {partner}, {day}", number=result.number, partner=result.partner, day=result.on)
    table = new_table(title, "line", "kind", "case", "amount", "found", right=("line", "amount"))
    for line in result.lines:
        found = tr(OUTCOMES[line.outcome]) + (f": {said_here(line.says)}" if line.says else "")
        table.add_row(str(line.line), tr(line.kind.replace("_", " ")), line.case, line.amount, found)
    out.print(table)
    if result.lacking:
        lacking = new_table("\n" + tr("Reported and not passed on"), "case", "entry", "amount", "of", right=("amount",))
        for each in result.lacking:
            lacking.add_row(each.number, each.entry, each.amount, each.on)
        out.print(lacking)
    sums = tr(
        "Transferred {total} {currency}; the lines come to {expected}.",
        total=result.total,
        currency=result.currency,
        expected=result.expected,
    )
    out.print(sums)
    out.print(tr("All of it agrees.") if result.balanced else tr("Not all of it agrees."))
    if any(line.outcome == "unknown" and not line.case.startswith("case:") for line in result.lines):
        listed = own_command("agency reports")
        out.print(tr("What means no case waits until somebody says whose it is: {command}", command=listed))
    if result.again:
        out.print(tr("It was taken in before; nothing changed."))
