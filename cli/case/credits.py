"""Credit notes that are on no invoice: looking at them, and putting one on its invoice."""

import asyncio
from datetime import UTC, datetime

import typer

from casefile import credits as held
from casefile.case_file import Transaction
from casefile.credits import UnallocatedCredit
from cli.case.actions import find_case, opened_case_file
from cli.environment import read_settings
from cli.failing import refused
from cli.output import console, new_table, print_json, said_here
from cli.own_name import own_command
from engine.sweeping import sweep
from services.importing.credit_notes import CreditKind, book_credit
from speech.words import tr

__all__ = ["allocate", "print_credits"]


def print_credits(creditor: str | None, as_json: bool) -> None:
    """Print the credit notes that are on no invoice."""
    with opened_case_file() as file, file.read() as transaction:
        waiting = [(each, _debtor(transaction, each)) for each in held.unallocated(transaction, creditor)]
    if as_json:
        print_json(
            [
                {
                    "number": each.number,
                    "creditor": each.creditor,
                    "issued_on": each.issued_on.isoformat(),
                    "debtor": debtor,
                    "amount": each.amount.text,
                    "currency": each.amount.currency,
                    "names": list(each.names),
                    "reason": each.reason,
                    "file": each.file,
                }
                for each, debtor in waiting
            ]
        )
        return
    out = console()
    if not waiting:
        out.print(tr("No credit note waits for an invoice."))
        return
    table = new_table("Credit notes on no invoice", "number", "issued", "debtor", "amount", "why", right=("amount",))
    for each, debtor in waiting:
        amount = f"{each.amount.text} {each.amount.currency}"
        table.add_row(each.number, each.issued_on.isoformat(), debtor, amount, said_here(each.reason))
    out.print(table)
    out.print(tr("Put one on its invoice: {command}", command=own_command("case allocate NUMBER ID")))


def allocate(number: str, case: str, kind: CreditKind) -> None:
    """Book a held credit note on a case."""
    settings = read_settings()
    now = datetime.now(UTC)
    with opened_case_file() as file:
        with file.write() as transaction:
            case_id = find_case(transaction, case)
            creditor = transaction.cases.load(case_id).creditor
            found = [each for each in held.unallocated(transaction, creditor) if number in (each.number, each.id)]
            if len(found) != 1:
                command = own_command("case credits")
                told = (
                    tr("several credit notes have number {number!r}: {command}", number=number, command=command)
                    if found
                    else tr(
                        "no credit note without an invoice has number {number!r}: {command}",
                        number=number,
                        command=command,
                    )
                )
                refused(told, *(f"  {each.id}" for each in found))
            try:
                booked = book_credit(transaction, case_id, found[0], now, kind=kind)
            except ValueError as problem:
                refused(str(problem))
        _, _, problem_text = asyncio.run(sweep(file, settings))
    for row in booked.rows:
        typer.echo(f"{row.number}: {said_here(row.says)}")
    if booked.remark is not None:
        typer.echo(said_here(booked.remark))
    if problem_text is not None:
        typer.echo(tr("Written down. {problem}. It takes effect when a worker runs.", problem=problem_text))


def _debtor(transaction: Transaction, credit: UnallocatedCredit) -> str:
    known = transaction.parties.debtor(credit.creditor, credit.debtor)
    return known.name if known else credit.debtor
