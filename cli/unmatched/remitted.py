"""A payment of nobody that a person says is a remittance of a collection partner."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from casefile.case_file import Transaction
from cli.case.actions import opened_case_file
from cli.case.telling import who
from cli.failing import refused
from cli.output import print_json, said_here
from cli.pay.commands import in_one_write
from services.provider_money.unmatched import assign_to_remittance
from speech.words import tr

__all__ = ["assign"]


def assign(payment: str, remittance: str, actor: str | None, as_json: bool) -> None:
    """Say that a payment is a remittance, written `PARTNER/NUMBER`."""
    partner, slash, number = remittance.partition("/")
    if not partner or not slash or not number:
        refused(said_here(f"--remittance: {remittance!r} names none; write PARTNER/NUMBER, like noordkade/2026-04"))
    now = datetime.now(UTC)

    def write(transaction: Transaction) -> None:
        assign_to_remittance(transaction, payment, partner, number, who(actor), now)

    with opened_case_file() as file:
        in_one_write(file, write)
    if as_json:
        print_json({"payment": payment, "remittance": remittance})
        return
    typer.echo(tr("{payment} is remittance {number} of {partner}.", payment=payment, number=number, partner=partner))
