"""`maanwerk case check`: whether a case is ready for the hand-off, and what each answer rests on."""

from __future__ import annotations

import typer

from cli.case.options import Id, Json

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the commands about the hand-off."""
    app.command("check")(check)


def check(case: Id, as_json: Json = False) -> None:
    """Show whether a case is ready for the hand-off: each question, its answer, and the fact it rests on."""
    from cli.case.show_check import print_check

    print_check(case, as_json)
