"""`maanwerk desk`: the pages on which people work, over the case file here or over the demo's quarter."""

from pathlib import Path
from typing import Annotated

import typer


def desk(
    demo: Annotated[bool, typer.Option("--demo", help="Serve the sample quarter; play it where it was not.")] = False,
    out: Annotated[Path, typer.Option("--out", help="With --demo: the folder of the quarter.")] = Path("out/demo"),
) -> None:
    """Serve the desk, until Ctrl-C; at MAANWERK_API. With --demo over the sample quarter, with a link to sign in."""
    # Imported here: database and engine are heavy, and the other commands must not wait for them.
    if demo:
        from cli.demo_desk import run_demo_desk

        run_demo_desk(out)
        return
    from cli.serving import run_desk

    run_desk()
