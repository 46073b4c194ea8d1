"""Behind `maanwerk case list`: prints many cases at a glance.

It answers at once also where there are 20,000: nothing that it does not need is imported, and Temporal is asked beside
the case file.
"""

import gc
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from json.encoder import encode_basestring
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError

from casefile.channel_stops import stops_in
from casefile.list_columns import lists_of
from casefile.listing import ProviderTroubles, held_credits, provider_troubles
from casefile.opening import NoCaseFile, open_database
from casefile.replies import unmatched_number
from casefile.which_cases import Order, Which
from cli.case.asking_beside import Beside, Told
from cli.case.list_lines import NARROW
from cli.case.stage import stage_text
from cli.environment import read_settings
from cli.failing import failed
from cli.output import console, line_width, print_json, say_stopped, say_unallocated, say_unmatched
from cli.own_name import own_command
from services.reports.case_list import ListRow, is_collected_now, list_rows
from speech.amounts import amount_in
from speech.words import spoken_language, tr, trn

__all__ = ["print_list", "print_list_json", "show_list"]

_ZONE = ZoneInfo("Europe/Amsterdam")
_WHO_TELLS = (
    "No payment came from this account, as far as we were told: Mollie names the account of who paid, other providers "
    "and lists do not."
)


def print_list(
    which: Which, beside: Beside, *, every: bool, by: Order, as_json: bool, account: str | None = None
) -> None:
    """Print the cases of a list; ends the command with 1 where there is no case file.

    Args:
        which: Which cases.
        beside: What Temporal was asked; it is waited for no earlier than its answer is needed.
        every: Also those that are closed or not due yet.
        by: Their order, as `list_rows` takes it.
        as_json: For programs.
        account: An IBAN: only of who paid from it, or is to pay to it.
    """
    # Of all that is made here nothing is thrown away before the end. Looking for it takes a tenth of the time, and when
    # the process ends, where Python looks a last time, a fifth.
    gc.disable()
    try:
        _print(which, beside, every, by, as_json, account)
    finally:
        gc.freeze()
        gc.enable()


def _print(which: Which, beside: Beside, every: bool, by: Order, as_json: bool, account: str | None) -> None:
    # Who asks for what needs attention waits for Temporal first: it says of some that nothing else tells of.
    told = beside.told() if which.attention else None
    wanted = which if told is None else replace(which, attended=tuple(told.trouble))
    rows, credits_waiting, troubles, stopped, replies = _read(wanted, "invoice" if as_json else by, beside, account)
    told = told or beside.told()
    if told.another:
        failed(told.another)
    if told.paused or told.trouble:
        rows = [_with(row, told) for row in rows]
    if as_json:
        print_list_json(rows)
        return
    today = datetime.now(UTC).astimezone(_ZONE).date()
    shown_now, left_out = list(rows), list[ListRow]()
    if not every:
        late = today.isoformat()
        shown_now = []
        for row in rows:
            (shown_now if is_collected_now(row, late) else left_out).append(row)
    show_list(shown_now, today, left_out=left_out, width=line_width())
    if account is not None and not rows:
        console().print(tr(_WHO_TELLS), soft_wrap=True)
    say_unallocated(credits_waiting)
    for line in _of_providers(troubles):
        console().print(line)
    say_stopped(stopped)
    say_unmatched(replies)
    if which.attention and told.unknown:
        console().print(tr("Not known whether every open case has a run in Temporal: {why}.", why=told.unknown))


def _with(row: ListRow, told: Told) -> ListRow:
    """The row, with what Temporal says of the case."""
    trouble = told.trouble.get(row.case_id)
    return row._replace(
        paused_in_temporal=row.case_id in told.paused, trouble=trouble, attention=row.attention or trouble is not None
    )


def _of_providers(troubles: ProviderTroubles) -> Iterator[str]:
    """What a person should know of payments that providers tell of, in lines."""
    if troubles.overdue:
        yield trn(
            "1 event of a payment provider is unread for more than an hour: it does not answer, or refuses our key",
            "{number} events of payment providers are unread for an hour: they do not answer, or refuse our key",
            troubles.overdue,
        )
    waiting = troubles.unmatched + troubles.unreadable
    if waiting:
        yield trn(
            "1 payment has no owner, or can't be read: {command}",
            "{number} payments have no owner, or can't be read: {command}",
            waiting,
            command=own_command("unmatched"),
        )


def _read(
    which: Which, by: Order, beside: Beside, account: str | None
) -> tuple[list[ListRow], int, ProviderTroubles, list[str], int]:
    """The rows, credit notes on no invoice, what payment providers told that waits, stopped channels, mails of no case.

    It ends the command with 1 where there is no case file.
    """
    try:
        database = open_database(read_settings().database, create=False)
    except NoCaseFile as problem:
        # Where there is none, there may be one that is used elsewhere.
        failed(beside.told().another or str(problem))
    try:
        with lists_of(database) as session:
            if account is not None:
                from services.desk.account_search import of_account

                which = of_account(session, which, account)
            stopped = [stop.channel for stop in stops_in(session)]
            troubles = provider_troubles(session, datetime.now(UTC))
            held = held_credits(session, which.creditor)
            return list_rows(session, which, by), held, troubles, stopped, unmatched_number(session)
    except OperationalError as problem:
        failed(tr("the case file can't be used: {problem}", problem=problem.orig))
    finally:
        database.close()


def print_list_json(rows: Sequence[ListRow]) -> None:
    """Print rows as `cli.output.print_json` prints them: Python's own writer of indented JSON is slow."""
    if not rows:
        print_json([])
        return
    sys.stdout.write("[\n" + ",\n".join(map(_json, rows)) + "\n]\n")


_NAMED = tuple(f'    "{name}": ' for name in ListRow._fields)
_WRITTEN: dict[object, str] = {None: "null", True: "true", False: "false", (): "[]"}


def _json(row: ListRow) -> str:
    lines = [name + _value(value) for name, value in zip(_NAMED, row, strict=True)]
    return "  {\n" + ",\n".join(lines) + "\n  }"


def _value(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if type(value) is not int and (written := _WRITTEN.get(value)) is not None:  # 1 would be found as True
        return written
    if isinstance(value, tuple) and value:
        return "[\n" + ",\n".join(f"      {encode_basestring(each)}" for each in value) + "\n    ]"
    return json.dumps(value)


def show_list(
    rows: Sequence[ListRow], today: date, *, left_out: Sequence[ListRow] = (), width: int | None = None
) -> None:
    """Print rows as a table, a line each, with what they come to.

    Args:
        rows: What is shown, in its order.
        today: The day of the days late.
        left_out: What there is besides.
        width: Characters of a line; None for as many as it takes.
    """
    from cli.case.list_lines import lines_of

    out = console()
    if not rows:
        none = tr("Nothing is collected now.") + f" {_left_out(left_out, today)}" if left_out else tr("No such cases.")
        out.print(none)
        return
    count, in_all = len(rows), len(rows) + len(left_out)
    some = tr("{number} of {cases}", number=count, cases=_cases(in_all))
    out.print(some if left_out else _cases(count), style="bold")
    narrow = width is not None and width < NARROW
    columns = _NARROW_COLUMNS if narrow else _COLUMNS
    lines = lines_of(columns, list(_cells(rows, today, narrow=narrow)), width, right=("late", "owed"))
    try:
        out.file.write("\n".join(lines) + "\n")
        out.file.flush()
    except BrokenPipeError:
        out.on_broken_pipe()
    for line in _totals(rows):
        out.print(line, soft_wrap=True)
    if left_out:
        out.print(_left_out(left_out, today), soft_wrap=True)


def _cells(rows: Sequence[ListRow], today: date, *, narrow: bool) -> Iterator[tuple[str, ...]]:
    from domain.blockers import HoldKind, counted
    from domain.tasks import task_text
    from domain.views.agencies import STATES

    tasks_of: dict[str, str | None] = {kind.value: kind.rule.task for kind in HoldKind}

    @cache
    def remarks(
        trouble: str | None,
        paused: bool,
        holds: tuple[str, ...],
        tasks: tuple[str, ...],
        quarantined: int,
        waiting: bool,
        partner: str | None,
        partner_state: str | None,
    ) -> str:
        said = [] if trouble is None else [trouble]
        if partner_state is not None:
            state = tr(STATES.get(partner_state, partner_state))
            said += [f"{partner}: {state}" if partner else state]
        said += [tr("paused in Temporal")] if paused else []
        # A hold that is named by its task is not named again.
        said += [
            tr("on hold: {hold}", hold=counted(kind, number))
            for kind, number in Counter(holds).items()
            if tasks_of.get(kind) not in tasks
        ]
        said += [tr("task: {task}", task=task_text(kind)) for kind in dict.fromkeys(tasks)]
        said += [tr("{number} in quarantine", number=quarantined)] if quarantined else []
        said += [tr("messages wait for a worker")] if waiting else []
        return "; ".join(said)

    several = len({row.currency for row in rows}) > 1
    late = {due: _days_late(due, today) for due in {row.due for row in rows}}
    language, staged = spoken_language(), cache(stage_text)
    for row in rows:
        days = "" if row.closed else late[row.due]
        owed = amount_in(language, f"{row.open} {row.currency}" if several else row.open)
        coming = "" if row.closed else _coming(row.step, row.next_at, narrow)
        remarked = remarks(
            row.trouble, row.paused_in_temporal, row.holds, row.tasks, row.quarantined, row.waiting, row.partner,
            row.partner_state,
        )  # fmt: skip
        if narrow:
            closed = (tr("closed: {reason}", reason=tr(row.closed.replace("_", " "))),) if row.closed else ()
            yield (row.number, row.debtor, days, owed, "; ".join(filter(None, (*closed, coming, remarked))))
            continue
        yield (row.number, row.debtor, days, owed, row.due, staged(row.stage, row.closed), coming, remarked)


@cache
def _coming(step: str | None, next_at: str | None, narrow: bool) -> str:
    """What comes next, and on which day; without weekday and time where there is little room."""
    at = (next_at or "").split()
    return " ".join((step or "", *(at[1:2] if narrow else at))).strip()


def _days_late(due: str, today: date) -> str:
    days = (today - date.fromisoformat(due)).days
    return str(days) if days > 0 else ""


def _cases(number: int) -> str:
    return trn("{number} case", "{number} cases", number)


def _totals(rows: Sequence[ListRow]) -> Iterator[str]:
    """What is owed, and how many cases are held or wait for a person."""
    going = [row for row in rows if not row.closed]
    if not going:
        return
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for row in going:
        owed[row.currency] += Decimal(row.open)
    said = tr(" and ").join(
        amount_in(spoken_language(), f"{amount:,.2f} {currency}") for currency, amount in sorted(owed.items())
    )
    open_ones = tr(", in {cases} that are not closed", cases=_cases(len(going))) if len(going) < len(rows) else ""
    yield tr("owed: {amounts}", amounts=said) + open_ones
    holds = Counter(kind for row in going for kind in set(row.holds))
    if holds:
        named = ", ".join(f"{number} {tr(kind.replace('_', ' '))}" for kind, number in holds.most_common())
        yield tr("on hold: {hold}", hold=named)
    tasks = sum(bool(row.tasks) for row in going)
    if tasks:
        yield tr("with a task for a person: {number}", number=tasks)


def _left_out(rows: Sequence[ListRow], today: date) -> str:
    closed = sum(bool(row.closed) for row in rows)
    early = len(rows) - closed
    parts = [tr("{number} not due yet", number=early)] if early else []
    parts += [tr("{number} closed", number=closed)] if closed else []
    return tr("Not shown: {parts} (--all shows them)", parts=", ".join(parts))


_COLUMNS = ("invoice", "debtor", "late", "owed", "due", "stage", "next", "remarks")
_NARROW_COLUMNS = ("invoice", "debtor", "late", "owed", "next, and remarks")
