"""`maanwerk demo`: a quarter of sample invoices through the real workflow, in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from cli.day_progress import FIRST, LAST, day_progress
from cli.output import console, new_table, print_errors
from cli.written import day_of
from domain.views.explain import day_text, state_of

if TYPE_CHECKING:
    from simulation.demo.quarter import DemoResult


def demo(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for everything that is sent; else out/demo, with --live out/demo-live."),
    ] = None,
    story: Annotated[bool, typer.Option("--story", help="Tell all that happened to every invoice.")] = False,
    live: Annotated[
        bool, typer.Option("--live", help="In real time, half a second a day, with the Temporal web page to look at.")
    ] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="With --live: wait for nobody, neither before it nor after it.")
    ] = False,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Last day to play, instead of 2026-06-30.")
    ] = None,
) -> None:
    """Play a quarter of 26 sample invoices: reminders, payments, a pause, an outage, the hand-off."""
    # Imported here: the engine is heavy, and `maanwerk --help` must not wait for it.
    from simulation.demo.quarter import NotOurFolder, clear_folder

    last = _last_day(until)
    if out is None:
        out = Path("out/demo-live" if live else "out/demo")
    try:
        clear_folder(out)
    except NotOurFolder as problem:
        print_errors(f"maanwerk demo: {problem}")
        raise typer.Exit(2) from None
    screen = console()
    if live:
        from cli.live_demo import LiveDemo

        LiveDemo(out, last, screen, wait=not no_wait, show=lambda result: _tell(result, story, screen)).run()
        return
    screen.print("A quarter in the life of 26 invoices, on the real workflow engine.")
    with day_progress(screen, FIRST, last) as told:
        from simulation.demo.quarter import play_demo

        result = asyncio.run(play_demo(out, told, last))
    _tell(result, story, screen)


def _last_day(until: str | None) -> date:
    if until is None:
        return LAST
    try:
        day = day_of(until)
    except ValueError:
        day = None
    if day is None or not FIRST <= day <= LAST:
        print_errors(f"maanwerk demo: --until {until!r} is no day of the quarter; give one from {FIRST} to {LAST}")
        raise typer.Exit(2)
    return day


def _tell(result: DemoResult, story: bool, screen: Console) -> None:
    """Print where every invoice stands, and write the report."""
    from simulation.demo.quarter import story_of
    from simulation.demo.report.page import write_report

    _show(result, screen)
    _show_talk(result, screen)
    if story:
        for each in result.cases:
            screen.print(f"\n{each.number}  {each.debtor}", style="bold")
            for told in story_of(each):
                screen.print(f"  {told}")
    _sum_up(result, screen)
    screen.print(f"Every message, and why it was sent: {write_report(result, result.folder)}")


def _show(result: DemoResult, screen: Console) -> None:
    table = new_table(
        f"\nHow it stands after {day_text(result.until)}",
        "invoice", "debtor", "amount", "open", "stage", "sent", "why, and what comes next",
        right=("amount", "open", "sent"),
    )  # fmt: skip
    for each in result.cases:
        state = state_of(each.case, each.view.decision, each.policy, result.until)
        table.add_row(
            each.number,
            each.debtor,
            each.case.invoice.amount.text,
            each.view.open.text,
            each.case.stage,
            str(each.messages),
            state,
        )
    screen.print(table)


def _show_talk(result: DemoResult, screen: Console) -> None:
    """What debtors said and what was agreed with them, and what it did, in one line each."""
    from services.reports.talk_lines import agreed_with, arrangements_of, disputes_of

    said: list[tuple[str, str, str]] = []
    for each in result.cases:
        for dispute in disputes_of(each.case):
            ended = dispute.outcome or f"to be answered by {dispute.answer_by}"
            less = f"; {dispute.not_owed} is not owed, the rest is asked again" if dispute.not_owed else ""
            what = f"disputes {dispute.amount or 'all of it'} ({dispute.reason.replace('_', ' ')})"
            said.append((each.number, what, ended + less))
        for promise in agreed_with(each.case):
            did = {"kept": "kept: closed without another letter", "broken": "broken: told so, and the ladder goes on"}
            outcome = did.get(promise.outcome or "", promise.outcome or "open: nothing is sent meanwhile")
            said.append((each.number, f"{promise.kind} of {promise.amount} by {promise.by}", outcome))
        for plan in arrangements_of(each.case):
            stands = plan.outcome or f"{plan.paid} of {plan.total} paid, nothing else is asked meanwhile"
            said.append((each.number, f"arrangement in {len(plan.instalments)} instalments", stands))
    table = new_table("\nWhat debtors said, and what it did", "invoice", "debtor said, or agreed", "what it did")
    for row in said:
        table.add_row(*row)
    screen.print(table)


def _sum_up(result: DemoResult, screen: Console) -> None:
    ends = Counter(each.case.closed.value if each.case.closed else "open" for each in result.cases)
    sent = {name: len(list((result.folder / name).glob("*"))) for name in ("emails", "texts", "letters", "agency")}
    screen.print("\n" + ", ".join(f"{count} {end}" for end, count in ends.most_common()))
    screen.print(
        f"Sent: {sent['emails']} e-mails, {sent['texts']} texts, {sent['letters']} letters, "
        f"{sent['agency']} files to the agency. Open them in {result.folder}/"
    )
