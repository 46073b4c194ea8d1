"""A bar that moves with the days of a quarter."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from domain.views.explain import day_text
from speech.sentences import say
from speech.words import to_people

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
"""The days of the demo's script, `samples/demo/quarter.yaml`."""


@contextlib.contextmanager
def day_progress(screen: Console, first: date, last: date) -> Iterator[Callable[[date, str], None]]:
    """Show a bar while a quarter is played.

    Args:
        screen: Where to; off a terminal only what is said is printed.
        first: First day.
        last: Last day.

    Yields:
        A function to be told the day that was reached, and what is going on (empty: nothing to say).
    """
    with Progress(
        TextColumn("{task.fields[day]}"),
        BarColumn(bar_width=40),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    ) as progress:
        with to_people():
            task = progress.add_task("quarter", total=(last - first).days + 1, day=day_text(first))

        def told(day: date, what: str) -> None:
            with to_people():
                progress.update(task, completed=(day - first).days, day=day_text(min(day, last)))
                if what:
                    progress.console.print(f"{day_text(day)}  {say(what)}")

        yield told
