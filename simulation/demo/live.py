"""The demo in real time: the same quarter on the Temporal dev server with its web page, at half a second a day.

Nothing is skipped: timers fire and workers poll as they do in production, only the clock of the cases runs faster.
So a slow machine may take a step some days later than the virtual run does; no step is lost by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import Worker

from casefile.case_file import CaseFile
from casefile.database import Database
from domain.clock import Clock
from engine.dispatcher import Dispatcher
from engine.embedded import free_port, tied_dev_server
from engine.web_page import page_answers
from services.importing.results import ImportedList
from simulation.demo.quarter import MARK, DemoResult, Quarter, Told
from simulation.scenario import ScriptFile
from worker.case_worker import case_worker

RATE = 172_800.0
"""Seconds of the cases in one real second: a day lasts half a second."""

_TASK_QUEUE = "demo"
_LOOK = 0.1
_STEP_SECONDS = 2.0
"""Longest time a step may take; so long a case waits that travels along in the message of another: four days here."""

Ready = Callable[[str], Awaitable[None]]
"""Told the address of the web page; the quarter begins when it returns."""

Finished = Callable[[DemoResult], Awaitable[None]]
"""Told what the quarter came to; engine and worker stay until it returns."""


async def play_live(
    folder: Path, told: Told, ready: Ready, finished: Finished, until: date | None = None
) -> DemoResult:
    """Play the quarter in real time; everything that is sent lands in the folder.

    Args:
        folder: An empty folder.
        told: Told of progress.
        ready: Awaited before the quarter begins.
        finished: Awaited when it is over, with the engine still there.
        until: Last day to play; None plays all of it.
    """
    database = await asyncio.to_thread(_migrated, folder)
    try:
        live = _Live(CaseFile(database), folder, told, until)
        ui_port = free_port()
        # Ctrl-C must not reach the engine before the worker has let go of it.
        async with tied_dev_server(
            database=folder / "temporal.sqlite3", port=free_port(), ui_port=ui_port, log=folder / "temporal.log"
        ) as engine:
            await page_answers(ui_port)
            await ready(f"http://127.0.0.1:{ui_port}/namespaces/{engine.client.namespace}/workflows")
            result = await live.play(engine.client, finished)
        (folder / MARK).write_text(result.until.isoformat())
        return result
    finally:
        database.close()


def _migrated(folder: Path) -> Database:
    database = Database(f"sqlite:///{folder / 'case-file.sqlite3'}")
    database.migrate()
    return database


class _Live(Quarter):
    async def play(self, client: Client, finished: Finished) -> DemoResult:
        imported, script = await asyncio.to_thread(self.prepared)
        async with self.posts.open(), self.partner.open(lambda: datetime.now(UTC)):
            return await self._quarter(client, finished, imported, script)

    async def _quarter(
        self, client: Client, finished: Finished, imported: tuple[ImportedList, ...], script: ScriptFile
    ) -> DemoResult:
        now = datetime.now(UTC)
        morning = self.calendar.moment(script.start, time(8, 30))
        clock = Clock(offset=(morning - now).total_seconds(), rate=RATE, since=now)
        dispatcher = Dispatcher(client, self.file, _TASK_QUEUE, clock=clock, step_seconds=_STEP_SECONDS)
        end = script.until + timedelta(days=1)
        first = script.start
        if script.outage is not None:
            down, first = script.outage
            async with self._worker(client):
                await dispatcher.sweep()
                await self._days(script, dispatcher, script.start, down, reads=True)
            self.told(down, "the worker is stopped; what debtors pay is kept")
            await self._days(script, dispatcher, down, first, reads=False)
            self.told(first, "a worker is back")
        async with self._worker(client):
            await self._read(dispatcher)
            await dispatcher.sweep()
            await self._days(script, dispatcher, first, end, reads=True)
            await self._decided()
            result = replace(await asyncio.to_thread(self.result, imported, script), lost="worker")
            await finished(result)
        return result

    def _worker(self, client: Client) -> Worker:
        # A case waits no longer for the worker that is gone than two days of its own.
        return case_worker(
            client,
            self.file,
            self.gateways,
            task_queue=_TASK_QUEUE,
            step_seconds=_STEP_SECONDS,
            sticky_timeout=timedelta(seconds=1),
            simulation=True,
        )

    async def _days(self, script: ScriptFile, dispatcher: Dispatcher, first: date, end: date, *, reads: bool) -> None:
        """Play the days from `first` up to and not including `end`, each event at the beginning of its day.

        What providers post is read where a worker is there to do it.
        """
        cues = self.cues(script)
        for day in sorted({event.on for event in script.events if first <= event.on < end}):
            await self._pass_until(self.calendar.day_start(day), dispatcher.clock)
            for event in (event for event in script.events if event.on == day):
                if self.posts.takes(event):
                    self.posts.at = dispatcher.clock.now(datetime.now(UTC))
                    await self.posts.post(event)
                    if reads:
                        await self._read(dispatcher)
                    continue
                for case_id, name, content, delivery in await asyncio.to_thread(self.messages_of, cues, event):
                    await dispatcher.tell(case_id, name, content, delivery)
        await self._pass_until(self.calendar.day_start(end), dispatcher.clock)
        if reads:
            await self.partner.read(dispatcher.clock.now(datetime.now(UTC)), dispatcher.nudge)

    async def _read(self, dispatcher: Dispatcher) -> None:
        self.posts.at = dispatcher.clock.now(datetime.now(UTC))
        await self.posts.read(dispatcher.nudge)

    async def _pass_until(self, moment: datetime, clock: Clock) -> None:
        while (now := clock.now(datetime.now(UTC))) < moment:
            self.partner.day = self.calendar.local_date(now)
            self.told(self.partner.day, "")
            await asyncio.sleep(min(clock.real_wait(moment - now).total_seconds(), _LOOK))

    async def _decided(self) -> None:
        """Wait until every case was decided on at least once: a short run may end before a slow worker began."""
        while not await asyncio.to_thread(self._all_decided):
            await asyncio.sleep(_LOOK)

    def _all_decided(self) -> bool:
        with self.file.read() as transaction:
            return all(
                transaction.views.of_case(case_id) is not None and not transaction.inbox.waiting(case_id)
                for case_id in self.ids.values()
            )
