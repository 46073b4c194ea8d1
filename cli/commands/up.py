"""`maanwerk up`: everything on this machine, with one command."""

from typing import Annotated

import typer


def up(
    port: Annotated[
        int | None, typer.Option("--port", help="Port of Temporal; 7233 if free.", min=1, max=65535)
    ] = None,
    ui_port: Annotated[
        int | None, typer.Option("--ui-port", help="Port of the Temporal UI; 8233 if free.", min=1, max=65535)
    ] = None,
    accept_case_file: Annotated[
        bool, typer.Option("--accept-case-file", help="Once, after a restore: go on with this case file.")
    ] = False,
) -> None:
    """Run Temporal with its web page and the worker, until Ctrl-C; all data stay under var/."""
    # Imported here: database and engine are heavy, and the other commands must not wait for them.
    from cli.serving import run_standalone

    run_standalone(port, ui_port, accept=accept_case_file)
