"""Behind `maanwerk policy diff`: prints what an edited policy would change over the open cases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.case.actions import opened_case_file
from cli.failing import refused
from cli.output import console, new_table, print_errors, print_json, said_here
from domain.views.explain import day_text
from letters.render import known_letters
from policies.load import load_policy_file
from services.policy_change import ChangedCase, Point, PolicyChange, policy_change
from services.policy_words import change_text
from services.today.words import amount_text, amounts_text, kind_text
from speech.words import tr

__all__ = ["show_change"]


def show_change(path: Path, instead_of: str | None, sample: int | None, rows: int, as_json: bool) -> None:
    """Print it.

    Args:
        path: The edited policy.
        instead_of: Name of the policy whose cases are looked at, None for its own.
        sample: Look at so many cases only.
        rows: How many changed cases are printed.
        as_json: Whether to print JSON.
    """
    loaded = load_policy_file(path, known_letters())
    print_errors(*(said_here(str(each.problem)) + tr(" (warning)") for each in loaded.findings if not loaded.errors))
    edited = loaded.checked()
    bar = Progress(
        TextColumn(tr("comparing")), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True), transient=True
    )
    shown = bar.console.is_terminal and not as_json
    with opened_case_file() as file, bar:
        task = bar.add_task("", visible=shown)
        found = policy_change(
            file,
            edited,
            datetime.now(UTC),
            instead_of=instead_of,
            sample=sample,
            most=rows,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    if not found.looked_at:
        refused(
            tr(
                "{file}: no open case is under the policy {policy}; name another with --instead-of NAME",
                file=path,
                policy=found.instead_of,
            )
        )
    _print(found)


def _print(found: PolicyChange) -> None:
    out = console()
    old = ", ".join(map(str, found.versions))
    out.print(
        tr(
            "{policy} version {old} > {new} version {version}: nothing is changed by this",
            policy=found.instead_of,
            old=old,
            new=found.policy,
            version=found.version,
        ),
        style="bold",
    )
    if found.same_version:
        out.print(tr("This version is stored with another content: give the edited policy the next number."))
    if found.looked_at < found.open_cases:
        out.print(
            tr("A sample: {number} of about {all} open cases.", number=found.looked_at, all=found.open_cases),
        )
    out.print(
        tr(
            "Something would change for {changed} of {all} cases; next steps come {days} days later, all together.",
            changed=found.changed,
            all=found.looked_at,
            days=found.days,
        )
    )
    before, after = amounts_text(found.costs_before), amounts_text(found.costs_after)
    out.print(tr("Collection costs at the next step: {before} > {after}", before=before, after=after))
    if not found.changed:
        return
    table = new_table("", "change", "cases", "open", right=("cases", "open"))
    table.title = tr("What would change")
    for each in found.kinds:
        table.add_row(change_text(each.kind), str(each.number), amounts_text(each.open))
    out.print(table)
    if found.steps:
        table = new_table("", "now", "then", "cases", "open", right=("cases", "open"))
        table.title = tr("Cases at another rung")
        for each in found.steps:
            now, _, then = each.kind.partition(" > ")
            table.add_row(_step(now), _step(then), str(each.number), amounts_text(each.open))
        out.print(table)
    table = new_table("", "invoice", "open", "now", "then", "costs", right=("open", "costs"))
    table.title = tr("The cases with the most money")
    for case in found.cases:
        table.add_row(case.number, amount_text(case.open), _said(case.before), _said(case.after), _costs(case))
    out.print(table)


def _said(point: Point) -> str:
    what = _step(point.step or "") if point.step else kind_text(point.next)
    return f"{what}, {day_text(point.on)}" if point.on is not None else what


def _step(step: str) -> str:
    return kind_text(step) if step else "–"


def _costs(case: ChangedCase) -> str:
    if case.before.costs == case.after.costs:
        return ""
    return f"{amount_text(case.before.costs)} > {amount_text(case.after.costs)}"
