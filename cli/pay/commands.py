"""Payments of debtors at the terminal: booked, shown, put on a case, given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

import typer

from casefile.case_file import CaseFile, Transaction
from casefile.debtor_money import KnownDebtor, find_debtors, loose_money
from cli.case.actions import find_case, opened_case_file
from cli.case.money import effect_of, in_money
from cli.case.telling import who
from cli.environment import read_settings
from cli.failing import failed, refused
from cli.output import console, new_table, print_json
from cli.own_name import own_command
from engine.sweeping import undelivered
from services import debtor_payments as money
from speech.words import tr

if TYPE_CHECKING:
    from engine.dispatcher import Dispatcher

__all__ = [
    "allocate",
    "book",
    "debtor_meant",
    "delivered",
    "in_one_write",
    "print_loose",
    "refund",
    "say_undelivered",
    "take_back",
]

_SHOWN = 10
_R = TypeVar("_R")


def book(
    debtor: str,
    creditor: str | None,
    amount: str,
    credited: date,
    reference: str,
    own: str | None,
    again: bool,
    actor: str | None,
    as_json: bool,
    method: str = "",
) -> None:
    """Spread a payment over the open invoices of a debtor."""
    now = datetime.now(UTC)
    with opened_case_file() as file:

        def write(transaction: Transaction) -> tuple[KnownDebtor, money.Paid]:
            known = debtor_meant(transaction, debtor, creditor)
            written = in_money(amount, "AMOUNT", money.currency_of(transaction, known))
            payment = money.Payment(written, credited, reference, who(actor), own, again, method=method)
            return known, money.book_payment(transaction, known, payment, now)

        known, paid = in_one_write(file, write)
        problem = None if paid.known else delivered(file, known)
        if as_json:
            print_json(
                {
                    "payment": paid.id,
                    "debtor": known.name,
                    "known": paid.known,
                    "shares": [
                        {"case": each.case_id, "number": each.number, "amount": each.amount.text}
                        for each in paid.shares
                    ],
                    "on_no_invoice": paid.left.text,
                    "named": list(paid.named),
                }
            )
            return
        if paid.known:
            typer.echo(tr("{payment} is booked already; nothing was done.", payment=paid.id))
        for each in paid.shares:
            typer.echo(tr("{amount} on {number}", amount=each.amount.text, number=each.number))
            if not paid.known:
                typer.echo(effect_of(file, each.case_id))
        if paid.left.is_positive:
            typer.echo(
                tr(
                    "{amount} {currency} is on no invoice: {allocate}",
                    amount=paid.left.text,
                    currency=paid.left.currency,
                    allocate=own_command(f"pay allocate {paid.id} INVOICE"),
                )
            )
    say_undelivered(problem)


def allocate(payment: str, case: str, amount: str | None, actor: str | None, as_json: bool) -> None:
    """Put money that is on no invoice, or was paid too much on another one, on a case."""
    now = datetime.now(UTC)
    with opened_case_file() as file:

        def write(transaction: Transaction) -> tuple[KnownDebtor, money.OnCase]:
            case_id = find_case(transaction, case)
            loaded = transaction.cases.load(case_id)
            invoice = loaded.case.invoice
            stored = transaction.parties.debtor(loaded.creditor, invoice.debtor)
            known = KnownDebtor(loaded.creditor, invoice.debtor, stored.name if stored else invoice.debtor)
            part = None if amount is None else in_money(amount, "AMOUNT", loaded.case.ledger.currency)
            loose = {each.id for each in loose_money(transaction, known.creditor, known.id)}
            if payment not in loose and transaction.cases.find(payment):
                source = find_case(transaction, payment)
                return known, money.set_off(transaction, source, case_id, part, who(actor), now)
            return known, money.put_on_case(transaction, known, payment, case_id, part, who(actor), now)

        known, booked = in_one_write(file, write)
        problem = delivered(file, known)
        if as_json:
            print_json({"case": booked.case_id, "number": booked.number, "amount": booked.amount.text})
            return
        typer.echo(tr("{amount} on {number}", amount=booked.amount.text, number=booked.number))
        typer.echo(effect_of(file, booked.case_id))
    say_undelivered(problem)


def refund(
    debtor: str,
    creditor: str | None,
    amount: str | None,
    of: str | None,
    on: date,
    reference: str,
    actor: str | None,
    as_json: bool,
) -> None:
    """Book that money on no invoice was given back."""
    now = datetime.now(UTC)
    with opened_case_file() as file:

        def write(transaction: Transaction) -> tuple[KnownDebtor, money.GivenBack]:
            known = debtor_meant(transaction, debtor, creditor)
            part = None if amount is None else in_money(amount, "AMOUNT", money.currency_of(transaction, known))
            return known, money.give_back(transaction, known, of, part, on, reference, who(actor), now)

        known, given = in_one_write(file, write)
        problem = delivered(file, known)
    if as_json:
        print_json([{"payment": payment, "amount": part.text} for payment, part in given.parts])
        return
    for payment, part in given.parts:
        typer.echo(tr("given back of {payment}: {amount}", payment=payment, amount=part.text))
    say_undelivered(problem)


def take_back(
    debtor: str,
    creditor: str | None,
    payment: str,
    amount: str | None,
    on: date | None,
    reason: str,
    actor: str | None,
    as_json: bool,
) -> None:
    """Book that the bank took a payment of a debtor back."""
    now = datetime.now(UTC)
    with opened_case_file() as file:

        def write(transaction: Transaction) -> tuple[KnownDebtor, money.TakenBack]:
            known = debtor_meant(transaction, debtor, creditor)
            loose = loose_money(transaction, known.creditor, known.id)
            there = next((each.left.currency for each in loose if each.id == payment), None)
            part = None
            if amount is not None:
                part = in_money(amount, "AMOUNT", there or money.currency_of(transaction, known))
            day = on or money.today_of(transaction, known, now)
            return known, money.take_back(transaction, known, payment, part, day, reason, who(actor), now)

        known, back = in_one_write(file, write)
        problem = delivered(file, known)
        if as_json:
            print_json(
                {
                    "payment": back.payment,
                    "on_no_invoice": back.loose.text,
                    "shares": [
                        {"case": each.case_id, "number": each.number, "amount": each.amount.text}
                        for each in back.on_cases
                    ],
                }
            )
            return
        if back.loose.is_positive:
            typer.echo(tr("taken back of {payment}: {amount}", payment=payment, amount=back.loose.text))
        for each in back.on_cases:
            typer.echo(tr("{amount} is open again on {number}", amount=each.amount.text, number=each.number))
            typer.echo(effect_of(file, each.case_id))
    say_undelivered(problem)


def print_loose(debtor: str, creditor: str | None, as_json: bool) -> None:
    """Print what a debtor paid that is on no invoice."""
    with opened_case_file() as file, file.read() as transaction:
        known = debtor_meant(transaction, debtor, creditor)
        loose = loose_money(transaction, known.creditor, known.id)
    if as_json:
        print_json(
            [
                {
                    "payment": each.id,
                    "left": each.left.text,
                    "currency": each.left.currency,
                    "credited_on": each.credited_on.isoformat(),
                    "known_on": each.known_on.isoformat(),
                    "reference": each.reference,
                }
                for each in loose
            ]
        )
        return
    out = console()
    if not loose:
        out.print(tr("Nothing of {debtor} is on no invoice.", debtor=known.name))
        return
    table = new_table("Money on no invoice", "payment", "credited on", "amount", "reference", right=("amount",))
    for each in loose:
        amount = f"{each.left.text} {each.left.currency}"
        table.add_row(each.id, each.credited_on.isoformat(), amount, each.reference)
    out.print(table)
    out.print(tr("Put it on an invoice: {command}", command=own_command("pay allocate PAYMENT INVOICE")))


def debtor_meant(transaction: Transaction, text: str, creditor: str | None) -> KnownDebtor:
    """The debtor that a person means; ends the command where it is none, or may be several."""
    found = find_debtors(transaction, text, creditor)
    if not found:
        refused(
            tr(
                "there is no debtor {text!r}: give his number, or part of his name ({command})",
                text=text,
                command=own_command("case list --all"),
            )
        )
    if len(found) > 1:
        refused(
            tr("--debtor {text!r} may be any of these; give the number, or --creditor too:", text=text),
            *(f"  {each.id}  {each.name}  ({each.creditor})" for each in found[:_SHOWN]),
        )
    return found[0]


def in_one_write(file: CaseFile, write: Callable[[Transaction], _R]) -> _R:
    """Write in one transaction; what can't be booked ends the command, and nothing is written."""
    try:
        with file.write() as transaction:
            return write(transaction)
    except money.CannotBook as problem:
        failed(tr("refused: {why}", why=problem))


def delivered(file: CaseFile, debtor: KnownDebtor) -> str | None:
    """Wake all cases of the debtor: those that were told something, and those that his money kept back."""
    with file.read() as transaction:
        cases = transaction.cases.siblings(debtor.creditor, debtor.id, "")

    async def wake(dispatcher: Dispatcher) -> None:
        with file.read() as transaction:
            closed = {each for each in cases if transaction.cases.load(each).case.closed is not None}
        for case_id in cases:
            if case_id not in closed or dispatcher.has_waiting(case_id):
                await dispatcher.nudge(case_id)

    return undelivered(file, read_settings(), wake)


def say_undelivered(problem: str | None) -> None:
    """Say why nothing was delivered yet, if it was not."""
    if problem is not None:
        typer.echo(tr("Written down. {problem}. It takes effect when a worker runs.", problem=problem))
