"""`maanwerk samples`: something to try it with."""

from pathlib import Path
from typing import Annotated

import typer


def samples(
    today: Annotated[
        bool, typer.Option("--today", help="Let the dates follow today, so that something is sent at once.")
    ] = False,
    day: Annotated[str | None, typer.Option("--day", metavar="DATE", help="Let them follow that day.")] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where to.")] = Path("out/samples"),
) -> None:
    """Write a sample list of open items, e-invoices and a creditor's profile into a folder, to import them."""
    from cli.sample_files import write_samples

    write_samples(out, day, today=today)
