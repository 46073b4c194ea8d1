"""`maanwerk keys`: keys that encrypt what Temporal keeps, and the name under which it lists a debtor."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Keys that encrypt what Temporal keeps of cases.", no_args_is_help=True)


@app.command()
def new(
    file: Annotated[
        Path | None, typer.Option("--file", help="Put it first into this file (MAANWERK_KEYS_FILE), which may be new.")
    ] = None,
    key_id: Annotated[
        str | None, typer.Option("--id", help="Its id, which stands readable beside what it encrypts; else a new one.")
    ] = None,
) -> None:
    """Make a key. Without a file it is printed: put it before the others in MAANWERK_KEYS."""
    from cli.key_making import make

    make(file, key_id)


@app.command()
def debtor(
    creditor: Annotated[str, typer.Argument(help="Id of the creditor, as in his profile.")],
    debtor: Annotated[str, typer.Argument(help="Number of the debtor, as in the list of open items.")],
) -> None:
    """Print how the search attribute `Debtor` names a debtor, for queries in Temporal."""
    from cli.key_making import name_debtor

    name_debtor(creditor, debtor)
