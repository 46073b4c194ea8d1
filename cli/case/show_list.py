"""Behind `maanwerk case list`: many cases at a glance, from columns of their own.

It answers at once also where there are 20,000: nothing that it does not need is imported, no view is taken apart, and
Temporal is asked beside the case file.
"""

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from json.encoder import encode_basestring
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError

from casefile.listing import Which, held_credits, listed_cases
from casefile.opening import NoCaseFile, open_database
from casefile.session import Session, reading
from cli.case.asking_beside import Beside, Told
from cli.environment import read_settings
from cli.failing import failed
from cli.output import console, print_json, say_unallocated
from domain.money import Money

__all__ = ["ListRow", "list_rows", "print_list", "print_list_json", "show_list"]


def print_list(which: Which, beside: Beside, *, as_json: bool) -> None:
    """Print the cases of a list; ends the command with 1 where there is no case file.

    Args:
        which: Which cases.
        beside: What Temporal was asked; it is waited for no earlier than its answer is needed.
        as_json: For programs.
    """
    # Of all that is made here nothing is thrown away before the end. Looking for it takes a tenth of the time, and when
    # the process ends, where Python looks a last time, a fifth.
    gc.disable()
    try:
        _print(which, beside, as_json)
    finally:
        gc.freeze()
        gc.enable()


def _print(which: Which, beside: Beside, as_json: bool) -> None:
    # Who asks for what needs attention waits for Temporal first: it says of some that nothing else tells of.
    told = beside.told() if which.attention else None
    rows, credits_waiting = _read(which if told is None else replace(which, attended=tuple(told.trouble)))
    told = told or beside.told()
    if told.paused or told.trouble:
        rows = [_with(row, told) for row in rows]
    if as_json:
        print_list_json(rows)
        return
    show_list(rows)
    say_unallocated(credits_waiting)
    if which.attention and told.unknown:
        console().print(f"Not known whether every open case has a run in Temporal: {told.unknown}.")


class ListRow(NamedTuple):
    """One case in a list, as its last decision left it; `trouble` is what is wrong with its run in Temporal."""

    case_id: str
    number: str
    debtor: str
    stage: str
    closed: str | None
    open: str
    currency: str
    due: str
    holds: tuple[str, ...]
    step: str | None
    next_at: str | None
    tasks: tuple[str, ...]
    quarantined: int
    waiting: bool
    attention: bool
    paused_in_temporal: bool = False
    trouble: str | None = None


def _with(row: ListRow, told: Told) -> ListRow:
    """The row, with what Temporal says of the case."""
    trouble = told.trouble.get(row.case_id)
    return row._replace(
        paused_in_temporal=row.case_id in told.paused, trouble=trouble, attention=row.attention or trouble is not None
    )


def _read(which: Which) -> tuple[list[ListRow], int]:
    """The rows, and how many credit notes are on no invoice; ends the command with 1 where there is no case file."""
    try:
        database = open_database(read_settings().database, create=False)
    except NoCaseFile as problem:
        failed(str(problem))
    try:
        with reading(database) as session:
            return list_rows(session, which), held_credits(session, which.creditor)
    except OperationalError as problem:
        failed(f"the case file can't be used: {problem.orig}")
    finally:
        database.close()


def list_rows(session: Session, which: Which) -> list[ListRow]:
    """The cases of a list, by invoice number; those that no worker has seen yet as they were opened.

    Args:
        session: A reading transaction on the case file.
        which: Which cases.
    """
    rows = []
    for row in listed_cases(session, which):
        if row.fresh:
            rows.append(_row(tuple(row)))
            continue
        made = _row_of_view(session, row)
        attended = made.attention or row.id in which.attended
        if which.stage in (None, made.stage) and (attended or not which.attention):
            rows.append(made)
    return rows


def _row(row: tuple[Any, ...]) -> ListRow:
    """A row of columns that tell of the last view."""
    (
        case_id, number, _, debtor, stage, closed, open_minor, currency, due, holds, step, next_action_at, zone,
        open_tasks, quarantined, attention, body, waiting, _,
    ) = row  # fmt: skip
    return ListRow(
        case_id,
        number,
        _name(body, debtor),
        stage,
        closed,
        _amount(open_minor, currency),
        currency,
        due.isoformat(),
        _words(holds),
        step,
        None if next_action_at is None or zone is None else _moment(next_action_at, zone),
        _words(open_tasks),
        quarantined,
        waiting,
        attention,
    )


def _row_of_view(session: Session, row: Any) -> ListRow:
    """A row of a case that a worker of a version before wrote since: of its view, or of its facts without one."""
    # Rules and views are imported for such cases only.
    from casefile.case_file import Transaction

    transaction = Transaction(session)
    view = transaction.views.of_case(row.id)
    next_at = None
    if view is None:
        case = transaction.cases.load(row.id).case
        stage, closed, owed, due, step = case.stage, case.closed, case.open, case.due, None
        tasks = tuple(task.kind for task in case.tasks if task.done_on is None)
        holds = tuple(hold.kind.value for hold in case.holds if hold.lifted is None)
        quarantined, attention = len(case.quarantined), bool(tasks)
    else:
        stage, closed, owed, due, step = view.stage, view.closed, view.open, view.due, view.step
        tasks, holds = view.tasks, tuple(hold.kind for hold in view.holds)
        quarantined, attention = len(view.quarantined), view.needs_attention
        if view.at is not None:
            next_at = _moment(view.at.isoformat(), view.zone)
    return ListRow(
        case_id=row.id,
        number=row.number,
        debtor=_name(row.body, row.debtor),
        stage=stage,
        closed=closed.value if closed else None,
        open=owed.text,
        currency=owed.currency,
        due=due.isoformat(),
        holds=holds,
        step=step,
        next_at=next_at,
        tasks=tasks,
        quarantined=quarantined,
        waiting=row.waiting,
        attention=attention,
    )


@cache
def _name(body: str | None, debtor: str) -> str:
    """The name of a debtor as stored; his id where nothing is known of him."""
    return debtor if body is None else str(json.loads(body)["name"])


@cache
def _amount(minor: int, currency: str) -> str:
    return Money.from_minor(minor, currency).text


@cache
def _words(stored: str | None) -> tuple[str, ...]:
    return () if stored is None else tuple(json.loads(stored))


@cache
def _moment(moment: str, zone: str) -> str:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


# Printing --------------------------------------------------------------------------------------------------


def print_list_json(rows: Sequence[ListRow]) -> None:
    """Print rows as `cli.output.print_json` prints them: Python's own writer of indented JSON is slow."""
    if not rows:
        print_json([])
        return
    sys.stdout.write("[\n" + ",\n".join(map(_json, rows)) + "\n]\n")


def _json(row: ListRow) -> str:
    lines = [f'    "{name}": {_value(value)}' for name, value in zip(ListRow._fields, row, strict=True)]
    return "  {\n" + ",\n".join(lines) + "\n  }"


def _value(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, tuple) and value:
        return "[\n" + ",\n".join(f"      {encode_basestring(each)}" for each in value) + "\n    ]"
    return json.dumps(value)


def show_list(rows: Sequence[ListRow]) -> None:
    """Print rows as a table."""
    from cli.long_table import print_long_table

    out = console()
    if not rows:
        out.print("No such cases.")
        return
    title = f"{len(rows)} {'case' if len(rows) == 1 else 'cases'}"
    print_long_table(out, title, _COLUMNS, list(_cells(rows)), right=("open",))


def _cells(rows: Sequence[ListRow]) -> Iterator[tuple[str, ...]]:
    from domain.views.explain import task_text

    @cache
    def remarks(
        trouble: str | None,
        paused: bool,
        holds: tuple[str, ...],
        tasks: tuple[str, ...],
        quarantined: int,
        waiting: bool,
    ) -> str:
        said = [] if trouble is None else [trouble]
        said += ["paused in Temporal"] if paused else []
        said += [kind.replace("_", " ") for kind in holds]
        said += [f"task: {task_text(kind)}" for kind in tasks]
        said += [f"{quarantined} in quarantine"] if quarantined else []
        said += ["messages wait for a worker"] if waiting else []
        return "; ".join(said)

    for row in rows:
        stage = row.stage if row.closed in (None, row.stage) else f"{row.stage} ({row.closed})"
        coming = "" if row.closed else f"{row.step or ''} {row.next_at or ''}".strip()
        remarked = remarks(row.trouble, row.paused_in_temporal, row.holds, row.tasks, row.quarantined, row.waiting)
        yield (row.number, row.debtor, stage, row.open, row.due, coming, remarked)


_COLUMNS = ("invoice", "debtor", "stage", "open", "due", "next", "remarks")
