"""Payments of which nobody knows whose they are: printed, given to a case or a debtor, dismissed."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from casefile.case_file import Transaction
from casefile.debtor_money import KnownDebtor
from casefile.named_cases import debtor_of_cases
from casefile.provider_events import UnreadEvent, dismiss_event, read_again, unreadable_events
from casefile.provider_payments import provider_payment
from cli.case.actions import find_case, opened_case_file
from cli.case.money import effect_of
from cli.case.telling import who
from cli.output import console, new_table, print_json
from cli.own_name import own_command
from cli.pay.commands import debtor_meant, delivered, in_one_write, say_undelivered
from domain.provider_money import in_order
from services.provider_money.unmatched import Unmatched, unmatched
from services.provider_money.unmatched import assign as give_to
from services.provider_money.unmatched import dismiss as leave
from speech.sentences import say
from speech.words import tr

__all__ = ["assign", "dismiss", "print_unmatched", "reread"]


def print_unmatched(as_json: bool) -> None:
    """Print all of them, and what can't be read."""
    with opened_case_file() as file, file.read() as transaction:
        waiting = unmatched(transaction.session)
        unreadable = unreadable_events(transaction.session)
    if as_json:
        print_json({"payments": [_as_row(each) for each in waiting], "unreadable": [_event(e) for e in unreadable]})
        return
    out = console()
    if not waiting and not unreadable:
        out.print(tr("Every payment has its owner."))
        return
    if waiting:
        table = new_table("Unmatched payments", "payment", "on", "amount", "says", "why, and whose it may be")
        for each in waiting:
            first = in_order(each.movements)[0]
            may_be = "" if not each.payment.guesses else f" {', '.join(each.payment.guesses)}"
            table.add_row(
                each.payment.id,
                first.on.isoformat(),
                f"{each.left.text} {each.left.currency}",
                "; ".join(filter(None, (each.payment.designation.payer, *each.payment.designation.texts))),
                f"{say(each.payment.reason)}{may_be}",
            )
        out.print(table)
        out.print(tr("Say whose one is: {command}", command=own_command("unmatched assign PAYMENT --case INVOICE")))
    if unreadable:
        table = new_table("Posted by providers, and not readable", "provider", "event", "came", "why")
        for event in unreadable:
            table.add_row(event.provider, event.id, event.received_at.date().isoformat(), say(event.problem))
        out.print(table)


def assign(
    payment: str, case: str | None, debtor: str | None, creditor: str | None, actor: str | None, as_json: bool
) -> None:
    """Say whose a payment is."""
    now = datetime.now(UTC)
    with opened_case_file() as file:

        def write(transaction: Transaction) -> tuple[KnownDebtor, tuple[str, ...]]:
            to: str | KnownDebtor
            if debtor is not None:
                to = debtor_meant(transaction, debtor, creditor)
            else:
                assert case is not None
                to = find_case(transaction, case)
            told = give_to(transaction, payment, to, who(actor), now)
            owned = provider_payment(transaction.session, payment)
            assert owned is not None and owned.creditor is not None and owned.debtor is not None
            return debtor_of_cases(transaction.session, owned.creditor, owned.debtor), told

        known, told = in_one_write(file, write)
        problem = delivered(file, known)
        if as_json:
            print_json({"payment": payment, "debtor": known.name, "cases": list(told)})
            return
        if not told:
            typer.echo(tr("{payment} stands with {debtor}, on no invoice.", payment=payment, debtor=known.name))
        for case_id in told:
            typer.echo(effect_of(file, case_id))
    say_undelivered(problem)


def dismiss(payment: str, reason: str, actor: str | None, as_json: bool) -> None:
    """Say that a payment is none of ours."""
    now = datetime.now(UTC)

    def write(transaction: Transaction) -> None:
        if not dismiss_event(transaction, payment, reason):
            leave(transaction, payment, reason, who(actor), now)

    with opened_case_file() as file:
        in_one_write(file, write)
    if as_json:
        print_json({"payment": payment, "dismissed": reason})
        return
    typer.echo(tr("{payment} is none of ours; it is kept, and told to nobody.", payment=payment))


def reread(as_json: bool) -> None:
    """Let the worker read again what could not be read."""
    with opened_case_file() as file:
        number = in_one_write(file, read_again)
    if as_json:
        print_json({"again": number})
        return
    typer.echo(tr("To be read again: {number}. A worker does it within a minute.", number=number))


def _as_row(each: Unmatched) -> dict[str, object]:
    payment, said = each.payment, each.payment.designation
    movements = in_order(each.movements)
    return {
        "payment": payment.id,
        "provider": payment.provider,
        "received": each.received.text,
        "left": each.left.text,
        "currency": each.left.currency,
        "on": movements[0].on.isoformat(),
        "method": payment.method,
        "payer": said.payer,
        "texts": list(said.texts),
        "invoices": list(said.invoices),
        "debtor": said.debtor,
        "reason": payment.reason,
        "guesses": list(payment.guesses),
        "known_since": payment.first_at.isoformat(),
    }


def _event(event: UnreadEvent) -> dict[str, object]:
    return {
        "provider": event.provider,
        "id": event.id,
        "received_at": event.received_at.isoformat(),
        "reason": event.problem,
    }
