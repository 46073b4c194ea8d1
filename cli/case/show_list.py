"""Behind `maanwerk case list`: prints many cases at a glance.

It answers at once also where there are 20,000: nothing that it does not need is imported, and Temporal is asked beside
the case file.
"""

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from json.encoder import encode_basestring

from sqlalchemy.exc import OperationalError

from casefile.listing import Which, held_credits
from casefile.opening import NoCaseFile, open_database
from casefile.session import reading
from cli.case.asking_beside import Beside, Told
from cli.environment import read_settings
from cli.failing import failed
from cli.output import console, print_json, say_unallocated
from services.reports.case_list import ListRow, list_rows

__all__ = ["print_list", "print_list_json", "show_list"]


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
    from domain.tasks import task_text

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
