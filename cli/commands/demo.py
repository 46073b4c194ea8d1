"""`maanwerk demo`: a quarter of sample invoices through the real workflow, in virtual time."""

from __future__ import annotations

import asyncio
import shlex
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from cli.case.stage import stage_text
from cli.day_progress import FIRST, LAST, day_progress
from cli.output import console, new_table, print_errors
from cli.own_name import own_command
from cli.written import day_of
from domain.views.explain import day_text, state_of
from speech.words import to_people, tr, trn

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
    with to_people():
        screen.print(tr("A quarter in the life of 26 invoices, on the real workflow engine."))
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

    with to_people():
        _show(result, screen)
        _show_talk(result, screen)
        if story:
            for each in result.cases:
                screen.print(f"\n{each.number}  {each.debtor}", style="bold")
                for told in story_of(each):
                    screen.print(f"  {told}")
        _sum_up(result, screen)
        page = write_report(result, result.folder)
        screen.print(tr("Every message, and why it was sent: {page}", page=page))
        screen.print(
            tr("The same quarter at the desk, live: {command}", command=_at_the_desk(result.folder)), soft_wrap=True
        )


def _at_the_desk(folder: Path) -> str:
    return own_command("desk --demo" if folder == Path("out/demo") else f"desk --demo --out {shlex.quote(str(folder))}")


def _show(result: DemoResult, screen: Console) -> None:
    screen.print()
    table = new_table(
        tr("How it stands after {day}", day=day_text(result.until)),
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
            stage_text(each.case.stage),
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
            reason = tr(dispute.reason.replace("_", " "))
            what = tr("disputes {amount} ({reason})", amount=dispute.amount or tr("all of it"), reason=reason)
            ended = tr(dispute.outcome) if dispute.outcome else tr("to be answered by {day}", day=dispute.answer_by)
            if dispute.not_owed:
                ended += tr("; {amount} is not owed, the rest is asked again", amount=dispute.not_owed)
            said.append((each.number, what, ended))
        for promise in agreed_with(each.case):
            what = tr("{kind} of {amount} by {day}", kind=tr(promise.kind), amount=promise.amount, day=promise.by)
            said.append((each.number, what, _outcome(promise.outcome)))
        for plan in arrangements_of(each.case):
            stands = tr("{paid} of {total} paid, nothing else is asked meanwhile", paid=plan.paid, total=plan.total)
            what = tr("arrangement in {number} instalments", number=len(plan.instalments))
            said.append((each.number, what, tr(plan.outcome) if plan.outcome else stands))
    screen.print()
    table = new_table("What debtors said, and what it did", "invoice", "debtor said, or agreed", "what it did")
    for row in said:
        table.add_row(*row)
    screen.print(table)


def _outcome(outcome: str | None) -> str:
    """What became of a promise or a settlement."""
    match outcome:
        case "kept":
            return tr("kept: closed without another letter")
        case "broken":
            return tr("broken: told so, and the ladder goes on")
        case None:
            return tr("open: nothing is sent meanwhile")
        case _:
            return tr(outcome)


def _sum_up(result: DemoResult, screen: Console) -> None:
    ends = Counter(each.case.closed.value if each.case.closed else "open" for each in result.cases)
    sent = {name: len(list((result.folder / name).glob("*"))) for name in ("emails", "texts", "letters")}
    sent["agency"] = len(list((result.folder / "agency").glob("*.zip")))
    screen.print("\n" + ", ".join(f"{count} {_end(end)}" for end, count in ends.most_common()))
    counts = (
        trn("1 e-mail", "{number} e-mails", sent["emails"]),
        trn("1 text", "{number} texts", sent["texts"]),
        trn("1 letter", "{number} letters", sent["letters"]),
        trn("1 file to the agency", "{number} files to the agency", sent["agency"]),
    )
    screen.print(
        tr("Sent: {counts}. Open them in {folder}/", counts=", ".join(counts), folder=result.folder), soft_wrap=True
    )
    _tell_posted(result, screen)
    _tell_agency(result, screen)


def _tell_posted(result: DemoResult, screen: Console) -> None:
    """Which payments came in over HTTP, and one of them as it came."""
    if not result.posted:
        return
    screen.print(
        trn(
            "1 payment came in over HTTP, as the provider signs and posts it; {matched} found its invoice.",
            "{number} payments came in over HTTP, as providers sign and post them; {matched} found their invoice.",
            len(result.posted),
            matched=result.matched,
        )
    )
    one = result.posted[0]
    screen.print(
        tr(
            "One of them: POST {path} {event}, {amount} for {text!r}, answered with {status}, counted as {payment}",
            path=one.path, event=one.event, amount=one.amount, text=one.text, status=one.status, payment=one.payment,
        ),
        soft_wrap=True,
    )  # fmt: skip


def _tell_agency(result: DemoResult, screen: Console) -> None:
    """What the agency took over HTTP, and what it answered."""
    if result.agency is None or not result.agency.files:
        return
    said = ", ".join(f"{count} × {status}" for status, count in result.agency.said)
    screen.print(
        trn(
            "The demo agency took 1 file over HTTP and reported: {said}",
            "The demo agency took {number} files over HTTP and reported: {said}",
            result.agency.files,
            said=said,
        ),
        soft_wrap=True,
    )


def _end(end: str) -> str:
    """How a case ended, in words."""
    from simulation.demo.report.wording import END_NAMES

    return tr(END_NAMES[end])
