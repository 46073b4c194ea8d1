"""`maanwerk debtor`: a debtor over all his invoices, and his statement of account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.case.options import Json, date_of

app = typer.Typer(help="A debtor over all his invoices: what he owes, how he pays, his account.", no_args_is_help=True)

_Who = Annotated[str, typer.Argument(metavar="NUMBER", help="His number, or a part of his name.")]
_Creditor = Annotated[str | None, typer.Option("--creditor", metavar="ID", help="Only of this creditor.")]


@app.command("show")
def show(debtor: _Who, creditor: _Creditor = None, as_json: Json = False) -> None:
    """His invoices, promises, how late he pays, contacts and what of them reaches nobody, statuses, credit."""
    from cli.debtors import show_debtor

    show_debtor(debtor, creditor, as_json)


@app.command("statement")
def statement(
    debtor: _Who,
    creditor: _Creditor = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="First day; else that of his oldest open invoice.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Last day; else today.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it to this new file, as a PDF of A4.")
    ] = None,
    as_json: Json = False,
) -> None:
    """His statement of account, in his language: what came and went, and what is open."""
    from cli.debtors import show_statement

    show_statement(debtor, creditor, date_of(since, "--since"), date_of(until, "--until"), out, as_json)
