"""`maanwerk demo --live`: the quarter at half a second a day, to be watched in the Temporal web page."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console

from cli.day_progress import FIRST, day_progress
from speech.words import to_people, tr

if TYPE_CHECKING:
    from simulation.demo.quarter import DemoResult

_BEFORE = 3.0
"""Seconds before it begins when nobody can press Enter."""


class LiveDemo:
    """One live demo.

    Attributes:
        wait: Whether to wait for a person before and after it.
        show: Prints what it came to.
    """

    def __init__(
        self, out: Path, last: date, screen: Console, *, wait: bool, show: Callable[[DemoResult], None]
    ) -> None:
        """Play into a folder, as far as a day."""
        self.wait = wait
        self.show = show
        self._out = out
        self._last = last
        self._screen = screen
        self._over = False
        self._bar = contextlib.ExitStack()
        self._told: Callable[[date, str], None] | None = None

    def run(self) -> None:
        """Play it. Ctrl-C ends it at any time; once the quarter is over that is the ordinary end."""
        try:
            asyncio.run(self._play())
        except KeyboardInterrupt:
            if not self._over:
                raise
            with to_people():
                self._screen.print(tr("The engine is stopped."))

    async def _play(self) -> None:
        # Imported here: the engine is heavy, and the virtual demo does not need it.
        from simulation.demo.live import play_live

        with self._bar:
            await play_live(self._out, self._tell, self._begin, self._end, self._last)

    def _tell(self, day: date, what: str) -> None:
        if self._told is None:
            self._told = self._bar.enter_context(day_progress(self._screen, FIRST, self._last))
        self._told(day, what)

    async def _begin(self, address: str) -> None:
        with to_people():
            title = tr("A quarter in the life of 26 invoices, half a second a day, on the real workflow engine.")
            self._screen.print(title)
            self._screen.print(tr("Watch it here: {address}", address=address))
            if self.wait and sys.stdin.isatty():
                self._screen.print(tr("Press Enter to begin."))
            elif self.wait:
                self._screen.print(tr("It begins in {seconds} seconds.", seconds=f"{_BEFORE:.0f}"))
        if self.wait:
            await (_enter() if sys.stdin.isatty() else asyncio.sleep(_BEFORE))

    async def _end(self, result: DemoResult) -> None:
        self._bar.close()
        await asyncio.to_thread(self.show, result)
        self._over = True
        await self._compare(result)
        if self.wait:
            with to_people():
                self._screen.print(
                    tr("The engine is still there to look at. Enter or Ctrl-C ends it.")
                    if sys.stdin.isatty()
                    else tr("The engine is still there to look at. Ctrl-C ends it.")
                )
            await (_enter() if sys.stdin.isatty() else asyncio.Event().wait())

    async def _compare(self, result: DemoResult) -> None:
        """Say whether it ended as the virtual demo does, and why not."""
        from simulation.demo.comparing import told_differences
        from simulation.demo.quarter import play_demo

        with to_people():
            self._screen.print(f"\n{tr('The same quarter in virtual time, to compare …')}")
        with TemporaryDirectory(prefix="maanwerk-demo-") as folder:
            virtual = await play_demo(Path(folder), lambda day, what: None, self._last)
        with to_people():
            for line in told_differences(result, virtual):
                self._screen.print(line, soft_wrap=True)


async def _enter() -> None:
    """Wait for a line on standard input, without a thread: one that reads would keep the process from ending."""
    loop = asyncio.get_running_loop()
    pressed = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), pressed.set)
    try:
        await pressed.wait()
        sys.stdin.readline()
    finally:
        loop.remove_reader(sys.stdin.fileno())
