"""`maanwerk worker`: the process that runs the cases."""

from typing import Annotated

import typer


def worker(
    restore: Annotated[
        bool, typer.Option("--restore", help="First start every open case again, after the engine was lost.")
    ] = False,
    accept_case_file: Annotated[
        bool,
        typer.Option("--accept-case-file", help="Once, after a restore: go on with this case file; implies --restore."),
    ] = False,
) -> None:
    """Run the cases. Settings are MAANWERK_… variables; Temporal is found as its SDK says (TEMPORAL_ADDRESS …)."""
    # Imported here: database and engine are heavy, and the other commands must not wait for them.
    from cli.serving import run

    run(restore=restore, accept=accept_case_file)
