"""Behind `maanwerk debtor`: finds the debtor that is meant, prints him and his account."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from casefile.case_file import Transaction
from casefile.debtor_money import KnownDebtor, find_debtors
from cli.case.actions import opened_case_file
from cli.failing import refused
from cli.output import console, new_table, print_json
from letters.account_statement import render_statement
from letters.errors import Unprintable
from services.debtors.record import DebtorRecord, debtor_record
from services.debtors.statements import worded_statement
from services.today.words import amount_text
from speech.sentences import say
from speech.words import tr

__all__ = ["show_debtor", "show_statement"]


def show_debtor(text: str, creditor: str | None, as_json: bool) -> None:
    """Print what is known of him."""
    now = datetime.now(UTC)
    with opened_case_file() as file, file.read() as transaction:
        of = _found(transaction, text, creditor)
        record = debtor_record(transaction, of.creditor, of.id, now)
    if record is None:
        refused(tr("nothing is known of debtor {text}", text=text))
    if as_json:
        print_json(record.model_dump(mode="json"))
        return
    _print(record)


def show_statement(
    text: str, creditor: str | None, since: date | None, until: date | None, out: Path | None, as_json: bool
) -> None:
    """Print his account, or write it as a PDF."""
    now = datetime.now(UTC)
    with opened_case_file() as file, file.read() as transaction:
        of = _found(transaction, text, creditor)
        found = worded_statement(transaction, of.creditor, of.id, now, since=since, until=until)
    if found is None:
        refused(tr("debtor {text} has no invoices: there is no account of him", text=text))
    worded, account = found
    if as_json:
        print_json(account.model_dump(mode="json"))
        return
    if out is not None:
        if out.exists():
            refused(tr("{file} exists already; name a new file", file=out))
        try:
            content = render_statement(worded, account.until)
        except Unprintable as problem:
            refused(str(problem))
        out.write_bytes(content)
        console().print(tr("{file} is written", file=out))
        return
    printed = console()
    printed.print(f"{worded.title}, {', '.join(worded.address)}", style="bold")
    for section in worded.sections:
        table = new_table("", *section.head, right=section.head[section.left :])
        table.title = section.caption
        for row in (*section.rows, *(("", *[""] * (len(section.head) - 3), *sums) for sums in section.sums)):
            table.add_row(*row)
        printed.print(table)
    for note in worded.notes:
        printed.print(note)


def _found(transaction: Transaction, text: str, creditor: str | None) -> KnownDebtor:
    found = find_debtors(transaction, text, creditor)
    if not found:
        refused(tr("there is no debtor {text}: give his number, or a part of his name", text=text))
    if len(found) > 1:
        names = ", ".join(f"{each.id} ({each.name}, {each.creditor})" for each in found[:10])
        refused(tr("{text} may be any of {names}; give the number, and --creditor", text=text, names=names))
    return found[0]


def _print(record: DebtorRecord) -> None:
    out = console()
    out.print(f"{record.name or record.number} ({record.number}, {record.creditor})", style="bold")
    if record.open:
        out.print(tr("Open: {amount}", amount=", ".join(amount_text(each) for each in record.open)))
    habit = record.habit
    if habit.median is not None:
        out.print(
            tr(
                "Pays {days} days late (median of {number} invoices; before: {before})",
                days=habit.median,
                number=habit.invoices,
                before=tr("not known") if habit.before is None else habit.before,
            )
        )
    out.print(tr("{kept} of {judged} promises kept", kept=record.kept, judged=record.judged))
    for each in record.contacts:
        ways = " ".join(filter(None, (each.name, each.email, each.phone)))
        wrong = "; ".join(f"{one.channel}: {say(one.reason)} ({one.since})" for one in each.blocked)
        out.print(f"{each.role}: {ways}{f' ! {wrong}' if wrong else ''}")
    if record.credit is not None:
        credit = record.credit.credit
        limit = "-" if credit.limit is None else amount_text(credit.limit)
        insured = "-" if credit.insured is None else f"{amount_text(credit.insured)} ({credit.insurer})"
        out.print(tr("Credit limit {limit}, insured {insured}", limit=limit, insured=insured))
        if credit.rating:
            out.print(
                tr(
                    "Rating {rating}, {source}, {day}",
                    rating=credit.rating,
                    source=credit.rated_by,
                    day=credit.rated_on,
                )
            )
    if record.over_limit is not None:
        out.print(tr("! Over the limit by {amount}", amount=amount_text(record.over_limit)))
    table = new_table("", "invoice", "due", "days late", "open", "stage", "holds", right=("days late", "open"))
    for row in record.invoices:
        stage = row.closed or row.stage
        table.add_row(
            row.number, row.due.isoformat(), str(row.days_late), amount_text(row.open), stage, ", ".join(row.holds)
        )
    out.print(table)
