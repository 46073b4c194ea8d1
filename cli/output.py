"""Printing: tables for people, plain text when it is no terminal, and errors on the other stream."""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table

from cli.own_name import as_here, own_command
from speech.amounts import amount_in
from speech.sentences import say
from speech.words import spoken_language, to_people, tr, trn

__all__ = ["console", "line_width", "new_table", "print_errors", "print_json", "said_here", "say_unallocated"]

_WIDTH_WHEN_PIPED = 140


def console() -> Console:
    """A console on standard output: with colours on a terminal only, and never folded short when piped."""
    if sys.stdout.isatty():
        return Console(highlight=False, markup=False)
    return Console(highlight=False, markup=False, width=_WIDTH_WHEN_PIPED, color_system=None)


def line_width() -> int | None:
    """Characters of a line: of the terminal, or as `COLUMNS` says; None where nothing limits it, such as in a pipe."""
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS", "").isdecimal():
        return None
    return shutil.get_terminal_size().columns


class _Table(Table):
    """A table whose amounts stand as the language that is spoken writes them."""

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        """Add a row."""
        language = spoken_language()
        super().add_row(*(amount_in(language, each) if isinstance(each, str) else each for each in cells), **options)


def new_table(title: str, *columns: str, right: tuple[str, ...] = ()) -> Table:
    """An empty table.

    Args:
        title: Printed above it, in the language that is spoken.
        columns: Headings, likewise.
        right: Those of them whose values stand to the right (amounts).
    """
    table = _Table(
        title=tr(title) if title else title,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for column in columns:
        table.add_column(
            tr(column) if column else "",
            justify="right" if column in right else "left",
            header_style="dim",
            overflow="fold",
        )
    return table


def print_json(value: Any) -> None:
    """Print a value as JSON, readable and stable."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_errors(*lines: str) -> None:
    """Print lines on standard error, without markup, in the language of who reads them."""
    with to_people():
        for line in lines:
            sys.stderr.write(f"{said_here(line)}\n")


def said_here(text: str) -> str:
    """What another room made in English, in the language that is spoken, its commands as they can be typed here."""
    return as_here(say(text))


def say_unmatched(replies: int) -> None:
    """Say how many mails name no case, if any."""
    if replies:
        told = trn(
            "1 mail of a debtor names no case: {command}",
            "{number} mails of debtors name no case: {command}",
            replies,
            command=own_command("reply list"),
        )
        console().print(told)


def say_stopped(channels: Sequence[str]) -> None:
    """Say which channels stand still, if any."""
    for channel in channels:
        command = own_command("channel list")
        console().print(
            tr("Nothing is handed over by {channel}: it stands still ({command}).", channel=channel, command=command),
            soft_wrap=True,
        )


def say_unallocated(number: int) -> None:
    """Say how many credit notes are on no invoice, if any."""
    if number:
        command = own_command("case credits")
        told = trn(
            "1 credit note is on no invoice: {command}",
            "{number} credit notes are on no invoice: {command}",
            number,
            command=command,
        )
        console().print(told)
