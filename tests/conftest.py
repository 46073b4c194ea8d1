"""What tests of several rooms need: the databases that a case file may be kept in."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import settings

from tests.reports import is_brief, run_briefly

if TYPE_CHECKING:
    from tests.postgresql import PostgresqlServer

# What commands print is asked for in English, whatever the machine speaks.
os.environ["MAANWERK_LANGUAGE"] = "en"
# Temporal's servers share the processors with whoever tests: one that wants all takes a fifth more for the same.
os.environ.setdefault("GOMAXPROCS", "1")
# They look for rubbish a quarter as often as they would: a seventh less for the same.
os.environ.setdefault("GOGC", "400")

# httpx looks for a library that trio brings, along the whole path, at each request to an application.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

# Nothing that is imported and collected goes before the end, and looking through it again and again for what could go
# takes a sixth of the time. What tests leave behind is looked for less often than Python would.
gc.disable()

# A random test tries the same examples in every run: what fails has failed by what was changed. Others are looked for
# with `--hypothesis-profile=default`.
settings.register_profile("the same", derandomize=True, deadline=None)
settings.load_profile("the same")

DATABASES = ("sqlite", "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    """Make this process ready, unless others test for it."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        # Until it ends, when pytest looks for rubbish, it makes little.
        gc.freeze()
        return
    from tests.ready import make_ready

    make_ready()


_tests = itertools.count(1)
_LOOKED_THROUGH_EVERY = 300


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A process keeps one configuration of its logs: what a test makes of it is gone with the test.

    And what many left behind, sockets and files too, goes now and then, before a process may open no more of them;
    with it the servers of Temporal that none of them asked for.
    """
    if next(_tests) % _LOOKED_THROUGH_EVERY == 0:
        if "tests.engine.server" in sys.modules:
            sys.modules["tests.engine.server"].end_unused()
        gc.collect()
        # What is left is kept by somebody, and mostly for good: it is looked through once.
        gc.freeze()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)


_TESTS = Path(__file__).parent
_WAITING = tuple(_TESTS / each for each in ("chaos", "engine", "worker", "browser/test_temporal_ui.py", "workflows"))
"""Where tests mostly wait for Temporal or for a process."""
_LATER = _TESTS / "workflows"
"""What of it those take that begin with pages."""
_SMALL = tuple(_TESTS / each for each in ("domain", "gateways", "intake", "letters"))
"""Where many tests take little: what is left for the end can be divided."""


@cache
def _within(file: Path, folders: tuple[Path, ...]) -> bool:
    return any(file.is_relative_to(each) for each in folders)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let one half of the processes of pytest-xdist begin with tests that wait, the other with those that open pages.

    So some have work at any time while others wait. The other half takes a part of what waits later, so that nothing of
    it is left for the end: that is filled up by what takes little, which whoever is done takes from the others. Each
    process gets an equal part of the list, in its order (`--dist worksteal`). Tests of a file that opens pages go to
    one process, which starts a browser for them.
    """
    if not hasattr(config, "workerinput"):
        return
    long: list[list[pytest.Item]] = []
    waiting: dict[Path, list[pytest.Item]] = {}
    pages: dict[Path, list[pytest.Item]] = {}
    computing: list[pytest.Item] = []
    for item in items:
        if item.get_closest_marker("browser") and not _within(item.path, _WAITING):
            pages.setdefault(item.path, []).append(item)
        elif item.get_closest_marker("long"):
            long.append([item])
        elif _within(item.path, _WAITING):
            waiting.setdefault(item.path, []).append(item)
        else:
            computing.append(item)
    computing.sort(key=lambda item: _within(item.path, _SMALL))
    processes = int(config.workerinput["workercount"])
    patient = (processes + 1) // 2
    first: list[list[pytest.Item]] = [[] for _ in range(processes)]
    later: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for number, group in enumerate(long):
        first[number % patient] += group
    for number, (file, group) in enumerate(waiting.items()):
        if processes > patient and _within(file, (_LATER,)):
            later[patient + number % (processes - patient)] += group
        else:
            first[number % patient] += group
    for number, group in enumerate(sorted(pages.values(), key=len)):
        first[patient + number % (processes - patient) if processes > patient else 0] += group
    left, rest = len(items), iter(computing)
    parts: list[list[pytest.Item]] = []
    for number in reversed(range(processes)):
        part = left // (number + 1)
        fill = max(0, part - len(first[number]) - len(later[number]))
        before = fill // 2 if later[number] else 0
        parts.append([*first[number], *itertools.islice(rest, before), *later[number]])
        parts[-1] += itertools.islice(rest, fill - before)
        left -= len(parts[-1])
    items[:] = [item for part in reversed(parts) for item in part]


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Say no more of a test to the process that leads than it shows."""
    if hasattr(item.config, "workerinput") and is_brief(item.config.option):
        return run_briefly(item, nextitem)
    return None


def pytest_collection_finish() -> None:
    """From now on, rubbish is looked for among what the tests themselves make."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The processes of a run share what they compile of templates."""
    from tests.templates import KEPT

    own = tmp_path_factory.getbasetemp()
    KEPT.keep_in((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "templates")


@pytest.fixture(scope="session")
def postgresql() -> PostgresqlServer:
    """A PostgreSQL server, started when the first test asks for it."""
    from tests.postgresql import of_this_run

    return of_this_run()


@pytest.fixture
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The database that `opened(tmp_path / …)` uses, empty at first: "sqlite" or "postgresql"."""
    from tests.casefile import builders

    database: str = getattr(request, "param", "sqlite")
    if database == "postgresql":
        server: PostgresqlServer = request.getfixturevalue("postgresql")
        builders.keep_in_postgresql(tmp_path, server.emptied())
    yield database
    builders.close_all()
