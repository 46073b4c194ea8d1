"""Ending a command: with 2 for bad input, with 1 for a failure, and one clear line on standard error."""

from typing import NoReturn

import typer

from cli.output import print_errors

__all__ = ["failed", "refused"]


def refused(*lines: str) -> NoReturn:
    """End with exit code 2: the input can't be used."""
    print_errors(*lines)
    raise typer.Exit(2)


def failed(*lines: str) -> NoReturn:
    """End with exit code 1: something else went wrong."""
    print_errors(*(f"maanwerk: {line}" for line in lines))
    raise typer.Exit(1)
