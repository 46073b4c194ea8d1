"""`maanwerk agency received` and `agency statement`: what a partner transferred, matched with his remittances."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.case.options import Actor, Json

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the commands to those about partners."""
    app.command("received")(received)
    app.command("statement")(statement)


def received(
    partner: Annotated[str, typer.Option("--partner", metavar="ID", help="Whose it is: his id in the profile.")],
    amount: Annotated[str, typer.Option("--amount", metavar="AMOUNT", help="What came in: 327.50.")],
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="Day of the booking: 2026-05-02.")],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What stands with it: the number, say.")],
    currency: Annotated[str, typer.Option("--currency", metavar="CUR", help="Its currency.")] = "EUR",
    own: Annotated[
        str,
        typer.Option("--id", metavar="ID", help="The bank's id of it; needed for a second one of that day and sum."),
    ] = "1",
    creditor: Annotated[
        str | None, typer.Option("--creditor", metavar="ID", help="Of which creditor, where several have that partner.")
    ] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Take in a transfer of a partner: it is matched with his remittance, and is never money of a debtor."""
    from cli.transfers import take_in_one

    take_in_one(partner, amount, on, text, currency, own, creditor, actor, as_json)


def statement(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bank statement: camt.053 or MT940.")],
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Take the transfers of partners out of a bank statement; what others paid is left out, and not kept."""
    from cli.transfers import take_in_statement

    take_in_statement(file, actor, as_json)
