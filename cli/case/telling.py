"""Telling cases something: one, or many with progress and a result for each."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from casefile.acts import Act
from casefile.case_file import CaseFile
from casefile.list_columns import lists_of
from casefile.which_cases import Which
from cli.asking import confirmed
from cli.case.actions import find_case, opened_case_file, read_report
from cli.case.choosing import Choice, chosen_cases
from cli.environment import read_settings
from cli.failing import failed, refused
from cli.output import print_json, said_here
from cli.own_name import own_command
from domain.messages import Unreadable
from domain.policy import Policy
from engine.submit import Desk, Outcome, Result, submit
from services.persons import known_on_machine, user_on_machine
from services.reports.case_list import ListRow, list_rows
from speech.amounts import amount_in
from speech.words import spoken_language, tr, trn

__all__ = ["act_of", "as_row", "given", "known", "said", "tell", "tell_chosen", "who"]

_SHOWN = 5
"""Most invoice numbers that a question names."""


def tell(
    case: str,
    name: str,
    content: Mapping[str, Any],
    actor: str | None,
    as_json: bool,
    policy: Policy | None = None,
) -> str:
    """Tell a case something, and say what became of it: exit 0 accepted or written down, 1 refused.

    Returns:
        The id of the case.
    """
    settings = read_settings()
    with opened_case_file() as file:
        with file.read() as transaction:
            case_id = find_case(transaction, case)
        try:
            result = asyncio.run(
                submit(file, settings, case_id, name, given(content, actor), policy=policy, by=known(file, actor))
            )
        except (Unreadable, ValueError) as problem:
            refused(str(problem))
        report = read_report(file, case_id)
    if as_json:
        print_json(as_row(case_id, result, report.state))
    if result.outcome is Outcome.REFUSED:
        failed(tr("refused: {why}", why=result.says))
    if as_json:
        return case_id
    if result.outcome is Outcome.ACCEPTED:
        typer.echo(tr("{number}: accepted. {state}", number=report.number, state=report.state))
    else:
        typer.echo(
            tr(
                "{number}: written down; takes effect when a worker runs. Then: {state}",
                number=report.number,
                state=report.state,
            )
        )
        typer.echo(tr("Not answered at once: {why}.", why=result.says))
    return case_id


def tell_chosen(
    choice: Choice,
    name: str,
    content: Mapping[str, Any],
    actor: str | None,
    as_json: bool,
    *,
    policy: Policy | None = None,
    fits: Callable[[ListRow], bool] = lambda row: True,
) -> None:
    """Tell the chosen cases something, and say of each what became of it: exit 0, or 1 where one was refused.

    Args:
        choice: Which cases; one that is named alone is told as `tell` does.
        name: Name of the message.
        content: Its fields.
        actor: Who decides.
        as_json: Print a list of results.
        policy: A policy that the message names.
        fits: Of cases that are sought by debtor or stage only those.
    """
    if choice.is_one:
        tell(choice.named[0], name, content, actor, as_json, policy)
        return
    settings = read_settings()
    results: dict[str, Result] = {}
    states: dict[str, str] = {}
    with opened_case_file() as file:
        cases = chosen_cases(file, choice, fits)
        if not cases:
            refused(f"none of these cases waits for that ({own_command('case list')})")
        if choice.is_sought and not choice.yes and not as_json and sys.stdin.isatty() and sys.stdout.isatty():
            _ask(file, cases)
        with _progress(len(cases)) as progress:
            bar = progress.add_task(tr("telling"), total=len(cases))

            def told(case_id: str, result: Result) -> None:
                report = read_report(file, case_id)
                results[case_id], states[case_id] = result, report.state
                progress.advance(bar)
                if not as_json:
                    typer.echo(f"{report.number}: {said(result, report.state)}")

            desk = Desk(file, settings)
            try:
                asyncio.run(
                    desk.submit_all(cases, name, given(content, actor), told, policy=policy, by=known(file, actor))
                )
            except (Unreadable, ValueError) as problem:
                refused(str(problem))
            except KeyboardInterrupt:
                failed(f"stopped: {len(results)} of {len(cases)} were told")
    if as_json:
        print_json([as_row(case_id, results[case_id], states[case_id]) for case_id in cases])
    counts = Counter(result.outcome for result in results.values())
    if not as_json:
        how_many = trn("{number} case", "{number} cases", len(cases))
        told_counts = (f"{counts[each]} {tr(_WORDS[each])}" for each in _WORDS if counts[each])
        typer.echo(f"{how_many}: {', '.join(told_counts)}")
        reasons = {result.says for result in results.values() if result.outcome is Outcome.PENDING}
        for reason in sorted(reasons):
            typer.echo(tr("Not answered at once: {why}.", why=reason))
    if counts[Outcome.REFUSED]:
        failed(tr("refused: {some} of {all}", some=counts[Outcome.REFUSED], all=len(cases)))


_WORDS = {Outcome.ACCEPTED: "accepted", Outcome.PENDING: "written down", Outcome.REFUSED: "refused"}


def said(result: Result, state: str) -> str:
    """What became of a request, and where its case then stands."""
    match result.outcome:
        case Outcome.ACCEPTED:
            return tr("accepted. {state}", state=state)
        case Outcome.PENDING:
            return tr("written down; takes effect when a worker runs. Then: {state}", state=state)
        case Outcome.REFUSED:
            return tr("refused: {why}", why=said_here(result.says))


def as_row(case_id: str, result: Result, state: str) -> dict[str, object]:
    """The same as JSON values."""
    return {"case": case_id, "outcome": result.outcome.value, "says": result.says, "state": state}


def given(content: Mapping[str, Any], actor: str | None) -> dict[str, object]:
    """What was typed, with who decides; what was left out is not told."""
    return {key: value for key, value in {**content, "actor": who(actor)}.items() if value not in (None, "")}


def who(actor: str | None) -> str:
    """Who decides: as given, else who is logged in."""
    return _logged_in() if actor is None else actor


def known(file: CaseFile, actor: str | None) -> str:
    """Who is known to decide: who is logged in on this machine, and the user of the desk that he is."""
    return known_on_machine(file, _logged_in(), actor or "")


def act_of(file: CaseFile, actor: str | None, name: str, subject: str, detail: str = "") -> Act:
    """What a command does, for the audit log: who decides, and which user of the desk is logged in on this machine."""
    user = user_on_machine(file, _logged_in())
    return Act("" if user is None else user.id, who(actor), name, subject, detail)


def _logged_in() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""  # a container may have a user without a name


def _ask(file: CaseFile, cases: Sequence[str]) -> None:
    """Ask a person who chose cases without naming them."""
    with lists_of(file.database) as session:
        rows = [row for row in list_rows(session, Which()) if row.case_id in set(cases)]
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        owed[row.currency] += Decimal(row.open)
    sums = tr(" and ").join(
        amount_in(spoken_language(), f"{amount:,.2f} {currency}") for currency, amount in sorted(owed.items())
    )
    some = ", ".join(row.number for row in rows[:_SHOWN]) + (", …" if len(rows) > _SHOWN else "")
    what = trn("{number} case", "{number} cases", len(rows))
    if not confirmed(tr("{cases}, {sums} open: {some}. Go on?", cases=what, sums=sums, some=some)):
        failed("nothing was done")


def _progress(total: int) -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=total < 2 or not console.is_terminal,
        redirect_stdout=True,
    )
