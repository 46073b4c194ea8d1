"""`maanwerk nudge`: wake sleeping cases."""

from typing import Annotated

import typer


def nudge(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Invoice numbers or case ids.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Wake every open case.")] = False,
) -> None:
    """Wake cases: they look into their inbox, decide anew, and go on with the current build. Nothing else changes."""
    # Imported here: database and engine are heavy, and the other commands must not wait for them.
    from cli.nudging import run

    run(tuple(cases or ()), every=every)
