"""`maanwerk demo`: a quarter of sample invoices through the real workflow, in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cli.output import console, new_table, print_errors
from domain.explain import day_text, state_of

if TYPE_CHECKING:
    from simulation.demo import DemoResult


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for everything that is sent.")] = Path("out/demo"),
    story: Annotated[bool, typer.Option("--story", help="Tell all that happened to every invoice.")] = False,
) -> None:
    """Play a quarter of 25 sample invoices: reminders, payments, a pause, an outage, the hand-off."""
    # Imported here: the engine is heavy, and `maanwerk --help` must not wait for it.
    from simulation.demo import NotOurFolder, clear_folder, story_of

    try:
        clear_folder(out)
    except NotOurFolder as problem:
        print_errors(f"maanwerk demo: {problem}")
        raise typer.Exit(2) from None
    screen = console()
    result = _played(out, screen)
    _show(result, screen)
    if story:
        for each in result.cases:
            screen.print(f"\n{each.number}  {each.debtor}", style="bold")
            for told in story_of(each):
                screen.print(f"  {told}")
    _sum_up(result, screen)


def _played(out: Path, screen: Console) -> DemoResult:
    from simulation.demo import play_demo

    first, last = date(2026, 4, 1), date(2026, 6, 30)
    with Progress(
        TextColumn("{task.fields[day]}"),
        BarColumn(bar_width=40),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    ) as progress:
        task = progress.add_task("quarter", total=(last - first).days + 1, day=day_text(first))

        def told(day: date, what: str) -> None:
            progress.update(task, completed=(day - first).days, day=day_text(min(day, last)))
            if what:
                progress.console.print(f"{day_text(day)}  {what}")

        screen.print("A quarter in the life of 25 invoices, on the real workflow engine.")
        return asyncio.run(play_demo(out, told))


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
            each.case.open.text,
            each.case.stage,
            str(each.messages),
            state,
        )
    screen.print(table)


def _sum_up(result: DemoResult, screen: Console) -> None:
    ends = Counter(each.case.closed.value if each.case.closed else "open" for each in result.cases)
    sent = {name: len(list((result.folder / name).glob("*"))) for name in ("emails", "texts", "letters", "agency")}
    screen.print("\n" + ", ".join(f"{count} {end}" for end, count in ends.most_common()))
    screen.print(
        f"Sent: {sent['emails']} e-mails, {sent['texts']} texts, {sent['letters']} letters, "
        f"{sent['agency']} files to the agency. Open them in {result.folder}/"
    )
