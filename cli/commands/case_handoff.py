"""`maanwerk case check` and `advise`: whether a case is ready for the hand-off, and whether it is worth it."""

from __future__ import annotations

import typer

from cli.case.options import Id, Json

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the commands about the hand-off."""
    app.command("check")(check)
    app.command("advise")(advise)


def check(case: Id, as_json: Json = False) -> None:
    """Show whether a case is ready for the hand-off: each question, its answer, and the fact it rests on."""
    from cli.case.show_check import print_check

    print_check(case, as_json)


def advise(case: Id, as_json: Json = False) -> None:
    """Weigh agency, court, waiting and writing off: what each costs and may bring in, with the figures it rests on."""
    from cli.case.show_advice import print_advice

    print_advice(case, as_json)
