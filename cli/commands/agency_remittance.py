"""`maanwerk agency remittance`: what a collection partner passes on, against what he reported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.case.options import Actor, Json

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command to those about partners."""
    app.command("remittance")(remittance)


def remittance(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="His remittance, as docs/handoff.md writes it.")],
    partner: Annotated[str, typer.Option("--partner", metavar="ID", help="Whose it is: his id in the profile.")],
    creditor: Annotated[
        str | None, typer.Option("--creditor", metavar="ID", help="Of which creditor, where several have that partner.")
    ] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Reconcile what a partner passes on with what he reported: what agrees, what lacks, what is too much."""
    from cli.remittances import take_in

    take_in(file, partner, creditor, actor, as_json)
