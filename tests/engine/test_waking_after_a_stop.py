"""What a stop of all sending put off is woken by the worker's sweep once a person ended it, and never before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast

from temporalio.client import Client

from casefile.sending_stops import PlacedStop, resume_sending, stop_sending
from engine.dispatcher import Dispatcher
from tests.domain.builders import local
from tests.services.today.world import NOW, World


@dataclass
class Engine:
    """Takes note of which workflows are woken."""

    woken: list[str] = field(default_factory=list)

    async def start_workflow(self, *_: object, id: str, **more: Any) -> None:
        self.woken.append(id)


async def test_the_sweep_wakes_what_an_ended_stop_put_off(tmp_path: Path) -> None:
    world = World(tmp_path)
    case = world.case("F-1", due="2026-05-08")
    later = world.case("F-2", due="2026-06-30", debtor="loef")
    with world.file.write() as transaction:
        for each in (case, later):
            transaction.starts.started(each, NOW)
    stop_sending(world.file, PlacedStop(date(2026, 5, 13), date(2026, 5, 14), "why", "els", NOW), "s1")
    world.decide()
    engine = Engine()
    dispatcher = Dispatcher(cast("Client", engine), world.file, "cases", real_now=lambda: local("2026-05-13", "10:00"))
    assert await dispatcher.sweep() == (0, 0), "the stop stands"
    resume_sending(world.file, date(2026, 5, 13), "els", local("2026-05-13", "09:30"))
    assert await dispatcher.sweep() == (0, 1)
    assert engine.woken == [case]
    world.decide(local("2026-05-13", "10:00"))
    assert await dispatcher.sweep() == (0, 0), "it was looked at again"
