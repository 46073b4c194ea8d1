"""`maanwerk migrate`: the tables of the case file, brought up to date or back."""

from typing import Annotated

import typer

app = typer.Typer(help="The tables of the case file (MAANWERK_DATABASE).", no_args_is_help=True)


@app.command()
def up() -> None:
    """Bring the tables up to date. The worker does this too when it starts."""
    from cli.migrating import bring_up

    bring_up()


@app.command()
def down(
    revision: Annotated[str, typer.Argument(help="Revision to go back to, which stays; `base` takes all tables back.")],
    lose_data: Annotated[
        bool, typer.Option("--lose-data", help="Yes, what the tables taken back hold is to be deleted.")
    ] = False,
) -> None:
    """Take migrations back, with the data in them. Stop all workers first."""
    from cli.migrating import take_back

    take_back(revision, lose_data=lose_data)


@app.command()
def status() -> None:
    """Say how far the tables are. Ends with 1 when they are not up to date."""
    from cli.migrating import show

    show()
