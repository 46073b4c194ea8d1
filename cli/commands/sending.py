"""`maanwerk sending`: send nothing today, and end that."""

from datetime import datetime
from typing import Annotated

import typer

from cli.case.options import Actor, Json

app = typer.Typer(help="Send nothing today: stop all sending, and let it go on.", no_args_is_help=True)


@app.command()
def show(as_json: Json = False) -> None:
    """Say whether sending is stopped: by whom, since when, why, and until when."""
    from cli.sending import show as show_now

    show_now(as_json)


@app.command()
def stop(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why nothing is to be sent.")],
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="First free day; without it tomorrow."),
    ] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Let nothing leave for any case, from now on until tomorrow: no letter, no hand-off; terms that run go on."""
    from cli.sending import stop as stop_now

    stop_now(reason, None if until is None else until.date(), actor, as_json)


@app.command()
def resume(actor: Actor = None, as_json: Json = False) -> None:
    """Let everything leave again; what was put off leaves within its hours of today."""
    from cli.sending import resume as resume_now

    resume_now(actor, as_json)
