"""Behind `maanwerk keys`."""

from pathlib import Path

import typer

from cli.failing import refused
from cli.output import said_here
from config.keys import BadKeys, new_key, put_first

__all__ = ["make", "name_debtor"]


def make(file: Path | None, key_id: str | None) -> None:
    """Make a key, into a file or onto standard output.

    Args:
        file: File of keys; None prints the key.
        key_id: Its id; None makes one.
    """
    try:
        key = new_key(key_id)
        if file is None:
            typer.echo(key.line)
            return
        put_first(file, key)
    except BadKeys as problem:
        refused(f"maanwerk: {problem}")
    typer.echo(said_here(f"{file}: {key.id} is the newest key now; workers use it when they start again"))


def name_debtor(creditor: str, debtor: str) -> None:
    """Print a debtor's search attribute."""
    # Here, for making a key needs no database.
    from cli.case.actions import opened_case_file

    with opened_case_file() as file, file.read() as transaction:
        typer.echo(transaction.parties.debtor_attribute(creditor, debtor))
