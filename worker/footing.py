"""What a process stands on: files and folders that must not be deleted, moved or replaced under it.

A process goes on writing to a file that was deleted, and all of it is lost. So it looks every few seconds whether
each still is what it was, and stops when one is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casefile.case_file import CaseFile
from casefile.file_place import CaseFileGone, Place, place_of
from services.ports import Channel, Finding, Gateway, NotTaken, Outgoing, Sent

__all__ = ["LOOK_SECONDS", "Footing", "Grounded", "PlaceGone", "grounded"]

LOOK_SECONDS = 5.0
"""Time between two looks, in seconds."""


class PlaceGone(RuntimeError):
    """What the process stands on is gone; the text is one line that says what, and what to do."""

    def __init__(self, path: Path) -> None:
        """Say it.

        Args:
            path: What is not what it was.
        """
        what = "is gone" if place_of(path) is None else "was replaced or emptied"
        super().__init__(
            f"{path} {what} while it was in use: stopped, and nothing more is sent or acknowledged. "
            "Put back what was there, then start again (docs/runbook.md, Restore)"
        )


class Footing:
    """Files and folders as they were when they were first seen."""

    def __init__(self, places: Sequence[Path]) -> None:
        """Look at them for the first time.

        Args:
            places: The outer ones first. What is not there yet counts from when it is.
        """
        self._seen: dict[Path, Place | None] = {place: place_of(place) for place in places}

    def check(self) -> None:
        """Look whether everything still is what it was.

        Raises:
            PlaceGone: the first that is not.
        """
        for path, before in self._seen.items():
            now = place_of(path)
            if before is None or before.still(now):
                self._seen[path] = now
            else:
                raise PlaceGone(path)

    async def watch(self, seconds: float = LOOK_SECONDS) -> None:
        """Look again and again.

        Args:
            seconds: Time between two looks.

        Raises:
            PlaceGone: something is gone.
        """
        while True:
            self.check()
            await asyncio.sleep(seconds)


@dataclass(frozen=True)
class Grounded:
    """A gateway that sends nothing for a case file that is gone.

    Attributes:
        gateway: The way out.
        file: The case file.
    """

    gateway: Gateway
    file: CaseFile

    async def send(self, message: Outgoing) -> Sent:
        """Send, if what is sent can still be written down.

        Raises:
            NotTaken: it can't, or as the gateway says.
            Refused: as the gateway says.
            OutcomeUnknown: as the gateway says.
        """
        try:
            self.file.database.still_there()
        except CaseFileGone as problem:
            raise NotTaken(str(problem.orig)) from None
        return await self.gateway.send(message)

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask the gateway."""
        return await self.gateway.find(key, since=since)


def grounded(gateways: Mapping[Channel, Gateway], file: CaseFile) -> dict[Channel, Gateway]:
    """The gateways, each behind a look at the case file."""
    return {channel: Grounded(gateway, file) for channel, gateway in gateways.items()}
