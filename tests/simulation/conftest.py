import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from temporalio.client import Client

from engine.embedded import test_server
from letters import render
from letters.statement import papers
from simulation.demo.quarter import DemoResult, clear_folder, play_demo
from simulation.engine import play_on
from simulation.outcome import Outcome
from simulation.scenario import Scenario
from tests.casefile.builders import url_of

R = TypeVar("R")


def paper_without_print(paper: object, on: date, enclosed: object = ()) -> bytes:
    """Stands for the printer: what a letter says is written as ever, and the runners are compared by what happens."""
    return b"%PDF-1.7\n%%EOF\n"


class EngineInThread:
    """One time-skipping server for all scenarios of this process, on a loop of its own, that prints no letter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.played = 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.server = test_server()
        self.client: Client = self.run(self.server.__aenter__())

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=300)

    def play(self, scenario: Scenario) -> Outcome:
        self.played += 1
        folder = self.folder / str(self.played)
        folder.mkdir()
        url_of(folder / "case-file.sqlite3")  # It is there, and migrated.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(render, "press", paper_without_print)
            patch.setattr(papers, "press_paper", paper_without_print)
            return self.run(play_on(self.client, scenario, folder, f"play-{self.played}"))

    def close(self) -> None:
        self.run(self.server.__aexit__(None, None, None))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Scenario], Outcome]]:
    engine = EngineInThread(tmp_path_factory.mktemp("engine"))
    yield engine.play
    engine.close()


@pytest.fixture(scope="session")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """The quarter of the demo, played once: nobody may change what is in its folder."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    clear_folder(folder)
    return asyncio.run(play_demo(folder, lambda day, what: None))
