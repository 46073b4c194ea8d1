"""A bar that moves with rows that are done: of long work only, and on a terminal only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

__all__ = ["RowProgress", "row_progress"]

_LONG = 500
"""Rows from which progress is shown."""


@contextmanager
def row_progress(doing: str, *, wanted: bool = True) -> Iterator[RowProgress]:
    """Show a bar on standard error until the block ends.

    Args:
        doing: What is going on, as it is said.
        wanted: Whether to show anything at all.

    Yields:
        To be told how many rows are done, and how many there are.
    """
    bar = Progress(TextColumn(doing), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True), transient=True)
    told = RowProgress(bar, wanted)
    try:
        yield told
    finally:
        if bar.live.is_started:
            bar.stop()


class RowProgress:
    """Shows how far it is."""

    def __init__(self, bar: Progress, wanted: bool) -> None:
        """Made by `row_progress`."""
        self._bar = bar
        self._wanted = wanted and bar.console.is_terminal
        self._task = bar.add_task("")

    def __call__(self, done: int, total: int) -> None:
        """So many rows of so many are done."""
        if not self._wanted or total < _LONG:
            return
        self._bar.update(self._task, completed=done, total=total)
        if not self._bar.live.is_started:
            self._bar.start()
