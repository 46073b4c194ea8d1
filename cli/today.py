"""Behind `maanwerk today`: prints the morning screen, block by block."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import Console

from casefile.people import user_of_login
from cli.case.actions import opened_case_file
from cli.failing import refused
from cli.output import console, new_table, print_json
from cli.own_name import own_command
from cli.sending import stopped_text
from domain.views.explain import day_text
from services.today.morning import morning_of
from services.today.page import CaseRow, Morning
from services.today.words import (
    amount_text,
    amounts_text,
    dated_text,
    kind_text,
    number_text,
    reasons_text,
    table_text,
    wait_text,
)
from speech.sentences import say
from speech.words import tr, trn

__all__ = ["show_today"]


def show_today(of: str | None, as_json: bool) -> None:
    """Print it.

    Args:
        of: Login of the user whose it is; None: everybody's.
        as_json: Whether as JSON.
    """
    with opened_case_file() as file:
        user = None if of is None else user_of_login(file, of)
        if of is not None and user is None:
            refused(f"there is no user {of!r} ({own_command('user list')})")
        morning = morning_of(file, datetime.now(UTC), "" if user is None else user.id)
    if as_json:
        print_json(morning.model_dump(mode="json"))
        return
    out = console()
    out.print(tr("Today, {day}", day=day_text(morning.on)), style="bold")
    for block in (_may_send, _money, _going_out, _needs_me, _dates, _calls, _stuck, _figures):
        out.print()
        block(out, morning)


def _head(out: Console, number: int, words: str, answer: str = "") -> None:
    out.print(f"{number}  {words}{': ' if answer else ''}{answer}", style="bold", soft_wrap=True)


def _line(out: Console, text: str) -> None:
    out.print(f"   {text}", soft_wrap=True)


def _may_send(out: Console, morning: Morning) -> None:
    block = morning.may_send
    answers = {
        "yes": tr("yes"),
        "yes_but": trn("yes, but for 1 message", "yes, but for {number} messages", block.but),
        "no": tr("no, it is stopped"),
    }
    _head(out, 1, tr("May we send?"), answers[block.answer])
    if block.stop is not None:
        _line(out, f"! {stopped_text(block.stop)}")
    for account in block.accounts:
        known = (
            tr("no bank feed is watched")
            if account.covered_until is None
            else tr("known until {day}", day=day_text(account.covered_until))
        )
        _line(out, f"{account.name} {account.iban}: {known}")
        if account.missing is not None:
            waits = trn("1 message waits", "{number} messages wait", account.waiting.number)
            _line(out, f"! {tr('{day} is missing', day=day_text(account.missing))}; {waits}")
    for stopped in block.channels_stopped:
        _line(out, f"! {tr('{channel} stands still: {reason}', channel=stopped.code, reason=say(stopped.word or ''))}")
    if block.unknown_number or block.unproven:
        number = block.unknown_number + block.unproven
        _line(out, f"! {trn('1 message of unknown outcome', '{number} messages of unknown outcome', number)}")
        _cases(out, block.unknown)
    for past in block.tables_past:
        until = day_text(past.checked_until)
        _line(out, f"! {tr('{table} was checked until {day} only', table=table_text(past.table), day=until)}")
    if block.unmatched:
        _line(out, tr("Money of nobody: {amounts}", amounts=amounts_text(block.unmatched)))


def _money(out: Console, morning: Morning) -> None:
    block = morning.money
    _head(out, 2, tr("Money overnight"), tr("since {day}", day=day_text(block.since)))
    table = new_table("", "kind", "number", "amount", right=("number", "amount"))
    for each in block.sums:
        table.add_row(kind_text(each.kind), str(each.number), amounts_text(each.amounts))
    out.print(table)
    _cases(out, block.reversed)


def _going_out(out: Console, morning: Morning) -> None:
    block = morning.going_out
    messages = trn("1 message", "{number} messages", block.number)
    _head(out, 3, tr("Going out today"), ", ".join(filter(None, (messages, amounts_text(block.amounts)))))
    if block.steps:
        table = new_table("", "step", "number", "open", right=("number", "open"))
        for each in block.steps:
            table.add_row(kind_text(each.kind), str(each.number), amounts_text(each.amounts))
        out.print(table)
    if block.first:
        _line(out, tr("Look at these first, {shown} of {number}:", shown=len(block.first), number=block.first_number))
        table = new_table("", "invoice", "debtor", "step", "open", "why", right=("open",))
        for row in block.first:
            table.add_row(row.number, row.debtor, kind_text(row.step), amount_text(row.open), reasons_text(row.why))
        out.print(table)
        veto = own_command(f"case pause INVOICE --until {block.first[0].veto_until}")
        _line(out, tr("Keep one back until tomorrow: {command}", command=veto))
    moved = block.moved
    if moved.since is None:
        _line(out, tr("No plan of a day before is stored: what moved is told tomorrow."))
    else:
        said = tr(
            "Since {day}: {came} came, {gone} went, {moved} moved",
            day=day_text(moved.since),
            came=moved.came,
            gone=moved.gone,
            moved=moved.moved,
        )
        _line(out, said)
        _cases(out, moved.rows)


def _needs_me(out: Console, morning: Morning) -> None:
    block = morning.needs_me
    late = trn("1 is late", "{number} are late", block.late) if block.late else ""
    _head(out, 4, tr("Needs me"), ", ".join(filter(None, (str(block.number), late))))
    if block.rows:
        table = new_table("", "since", "what", "debtor", "invoice", "open", "why", right=("open",))
        for row in block.rows:
            what = f"! {wait_text(row.kind)}" if row.late else wait_text(row.kind)
            table.add_row(
                row.since.isoformat(), what, row.debtor, row.number, amount_text(row.open), reasons_text(row.why)
            )
        out.print(table)
    if block.quarantined:
        _line(out, trn("1 message could not be used", "{number} messages could not be used", block.quarantined))
    if block.replies:
        _line(out, trn("1 mail names no case", "{number} mails name no case", block.replies))
    if block.reports:
        _line(
            out,
            trn("1 report of a partner is of no case", "{number} reports of partners are of no case", block.reports),
        )


def _dates(out: Console, morning: Morning) -> None:
    block = morning.dates
    _head(out, 5, tr("Deadlines"), str(block.number))
    if block.rows:
        table = new_table("", "day", "what", "debtor", "invoice", "open", right=("open",))
        for row in block.rows:
            table.add_row(day_text(row.day), dated_text(row.kind), row.debtor, row.number, amount_text(row.open))
        out.print(table)
    if block.unknown:
        number = trn("{number} case", "{number} cases", block.unknown)
        _line(out, tr("! No worker of this version has looked at {number}: their days are not known", number=number))


def _calls(out: Console, morning: Morning) -> None:
    block = morning.calls
    _head(out, 6, tr("Calls"), str(block.number))
    if not block.rows:
        return
    _line(out, tr("Ranked by open × chance × days; chance = (promises kept + 1) / (judged + 2)"))
    table = new_table("", "invoice", "debtor", "phone", "open", "chance", "why", "last said", right=("open", "chance"))
    for row in block.rows:
        who = " ".join(filter(None, (row.contact, row.phone)))
        chance = f"{row.chance * 100:.0f} %"
        table.add_row(row.number, row.debtor, who, amount_text(row.open), chance, reasons_text(row.why), row.said or "")
    out.print(table)


def _stuck(out: Console, morning: Morning) -> None:
    block = morning.stuck
    _head(out, 7, tr("Stuck money"))
    if block.holds:
        table = new_table("", "hold", "cases", "open", "oldest due", right=("cases", "open"))
        for each in block.holds:
            oldest = "" if each.oldest_due is None else each.oldest_due.isoformat()
            table.add_row(kind_text(each.kind), str(each.number), amount_text(each.open), oldest)
        out.print(table)
    mark = "! " if block.without_next_date else ""
    _line(out, mark + tr("Cases without a next date: {number}", number=block.without_next_date))
    _cases(out, block.rows)


def _figures(out: Console, morning: Morning) -> None:
    block = morning.figures
    _head(out, 8, tr("Figures"))
    for each in block.ageing:
        parts = [f"{kind_text(bucket.kind)} {amount_text(bucket.open)}" for bucket in each.buckets]
        _line(out, tr("Late: {amount}", amount=amount_text(each.overdue)) + f" ({'; '.join(parts)})")
    promised = amounts_text(block.promised_this_week) or "0"
    _line(out, tr("Promised this week: {amount}", amount=promised))
    for dso in block.dso:
        days = tr("not known") if dso.days is None else tr("{number} days", number=number_text(dso.days))
        _line(out, tr("DSO by countback, {currency}: {days}", currency=dso.currency, days=days))
    for kept in block.kept:
        percent = tr("not known") if kept.percent is None else f"{kept.percent} %"
        _line(
            out,
            tr(
                "Promises kept in twelve weeks: {percent} of {amount} ({kept} of {number})",
                percent=percent,
                amount=amount_text(kept.amount),
                kept=kept.kept,
                number=kept.number,
            ),
        )


def _cases(out: Console, rows: Iterable[CaseRow]) -> None:
    for row in rows:
        _line(out, f"  {row.number}  {row.debtor}  {amount_text(row.open)}  {reasons_text(row.why)}")
