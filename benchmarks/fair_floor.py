"""What any engine must do for a life like a case's: make the same messages, and commit the same bytes once a step.

Cases are played once, and noted what each of their turns made and wrote. The floor does that again and nothing else: it
decides nothing, reads nothing, and writes each turn's bytes into one table of one more SQLite file as durable as ours.
No two lives make the same messages: typst remembers what it was given, and prints the same paper again for half. What a
case asks for under the lock and has made before it is noted once, as it was made.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import event
from temporalio import activity

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest, Delivered, StepRequest, Turn
from activities.sending import Sending
from activities.transactions import in_thread
from benchmarks.cases import BEGIN, Taker
from casefile.case_file import CaseFile
from gateways.dossier import build_dossier
from services.correspondence.making import Made

__all__ = ["FairFloor", "Work", "noted_life"]


@dataclass
class Work:
    """What one turn of a case made and wrote.

    Attributes:
        forms: Make its messages and papers.
        rows: The values that it wrote, a statement each.
        commits: Transactions that wrote them.
    """

    forms: list[Callable[[], object]] = field(default_factory=list)
    rows: list[bytes] = field(default_factory=list)
    commits: int = 0


async def noted_life(file: CaseFile, own: str, payment: dict[str, str]) -> list[Work]:
    """Play a case from its first turn to its hand-off, a payment after half a day; what each turn took, in order."""
    advancing = Advancing(file, "all")
    life: list[Work] = []
    with ThreadPoolExecutor(1, "case-file") as pool:
        sending = Sending(
            file,
            {"email": Taker(), "agency": Taker()},
            build_dossier,
            pool,
            lambda point: None,
            lambda: datetime.now(UTC),
            advancing,
        )
        with _noting(file, life):
            life.append(Work())
            turn = advancing.advance(AdvanceRequest(case_id=own, at=BEGIN, all_of_timeline=True))
            life.append(Work())
            told = Delivered(id="m1", name="payment_received", raw=json.dumps(payment).encode())
            noon = BEGIN + timedelta(hours=12)
            turn = advancing.advance(AdvanceRequest(case_id=own, at=noon, messages=(told,), seen=turn.seen))
            # Handed over it waits for what its partner reports: the life that is measured ends there.
            while turn.at is not None and turn.action != "wait":
                life.append(Work())
                turn = (
                    advancing.advance(AdvanceRequest(case_id=own, at=turn.at, seen=turn.seen))
                    if turn.action == "task"
                    else await _step(sending, own, turn, turn.at)
                )
    return life


async def _step(sending: Sending, own: str, turn: Turn, at: datetime) -> Turn:
    return await sending.take(StepRequest(case_id=own, at=at, seen=turn.seen), at)


@contextmanager
def _noting(file: CaseFile, life: list[Work]) -> Iterator[None]:
    """Until the block ends what is made and written is noted with the last turn."""
    engine = file.database.engine

    def written(_: Any, __: Any, ___: str, parameters: Any, context: Any, many: bool) -> None:
        if context is not None and (context.isinsert or context.isupdate or context.isdelete):
            for row in parameters if many else [parameters]:
                life[-1].rows.append(b"\0".join(map(_bytes, row.values() if isinstance(row, dict) else row)))

    def committed(_: Any) -> None:
        life[-1].commits += 1

    of = Made.of

    def made(self: Made, make: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        before = len(self._made)
        found = of(self, make, *args, **kwargs)
        # What was made before the lock is found again under it.
        if len(self._made) > before:
            life[-1].forms.append(partial(make, *args, **kwargs))
        return found

    event.listen(engine, "before_cursor_execute", written)
    event.listen(engine, "commit", committed)
    try:
        with patch.object(Made, "of", made):
            yield
    finally:
        event.remove(engine, "before_cursor_execute", written)
        event.remove(engine, "commit", committed)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b"" if value is None else str(value).encode()


class FairFloor:
    """The activities of the floor, on a SQLite file of its own; threads as many as a worker has for transactions."""

    def __init__(self, file: Path, lives: Sequence[list[Work]]) -> None:
        """An empty file, and what each life makes and writes."""
        self._file = file
        self._lives = lives
        self._threads = ThreadPoolExecutor(4, "floor")
        self._own = threading.local()
        self._turn = threading.Lock()
        self.ended: set[str] = set()
        """Ids of the runs whose last turn was done."""
        self._connection().execute("CREATE TABLE written (body BLOB)")

    @activity.defn(name="fair_turn")
    async def turn(self, life: int, place: int) -> str:
        """Do what the turn at this place of a life did."""
        await in_thread(self._threads, self.do, life, place)
        if place == len(self._lives[life]) - 1:
            self.ended.add(activity.info().workflow_id or "")
        return ""

    def do(self, life: int, place: int) -> None:
        """Make its messages, and commit its bytes."""
        self.make(life, place)
        self.commit(life, place)

    def make(self, life: int, place: int) -> None:
        """Make its messages."""
        for form in self._lives[life][place].forms:
            form()

    def commit(self, life: int, place: int) -> None:
        """Commit its bytes in one transaction."""
        connection = self._connection()
        with self._turn:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO written VALUES (?)", [(row,) for row in self._lives[life][place].rows])
            connection.execute("COMMIT")

    def close(self) -> None:
        """End its threads."""
        self._threads.shutdown()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = sqlite3.connect(self._file, isolation_level=None, timeout=30)
            found.execute("PRAGMA journal_mode=WAL")
            found.execute("PRAGMA synchronous=FULL")
        return found
