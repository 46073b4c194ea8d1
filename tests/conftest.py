"""What tests of several rooms need: the databases that a case file may be kept in."""

from __future__ import annotations

import gc
import itertools
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from services.correspondence import presses
from tests.casefile import builders
from tests.casefile.connections import keep_connections
from tests.casefile.disk import wait_for_no_disk
from tests.casefile.statements import compile_once
from tests.hashing import hash_cheaply
from tests.postgresql import PostgresqlServer, of_this_run

# What commands print is asked for in English, whatever the machine speaks.
os.environ["MAANWERK_LANGUAGE"] = "en"
# Temporal's servers share the processors with whoever tests: one that wants all takes a fifth more for the same.
os.environ.setdefault("GOMAXPROCS", "1")
# They look for rubbish a quarter as often as they would: a seventh less for the same.
os.environ.setdefault("GOGC", "400")
wait_for_no_disk()
compile_once()
hash_cheaply()
keep_connections()
# Letters that crowd get no processes of their own, but where that is tested: all processors are at work.
presses._MOST = 1

# Nothing that is imported and collected goes before the end, and looking through it again and again for what could go
# takes a sixth of the time. What tests leave behind is looked for less often than Python would.
gc.disable()

# A random test tries the same examples in every run: what fails has failed by what was changed. Others are looked for
# with `--hypothesis-profile=default`.
settings.register_profile("the same", derandomize=True, deadline=None)
settings.load_profile("the same")

DATABASES = ("sqlite", "postgresql")


_tests = itertools.count(1)
_LOOKED_THROUGH_EVERY = 300


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A process keeps one configuration of its logs: what a test makes of it is gone with the test.

    And what many left behind, sockets and files too, goes now and then, before a process may open no more of them.
    """
    if next(_tests) % _LOOKED_THROUGH_EVERY == 0:
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the long tests begin first, as many in every process of pytest-xdist: none is left with one at the end.

    Each process gets an equal part of the list, in its order (`--dist worksteal`). Those of a file that opens pages go
    to one process, which starts a browser for them, and not before those that mostly wait.
    """
    if not hasattr(config, "workerinput"):
        return
    files: dict[Path, list[pytest.Item]] = {}
    alone: list[list[pytest.Item]] = []
    others: list[pytest.Item] = []
    for item in items:
        if item.get_closest_marker("browser"):
            files.setdefault(item.path, []).append(item)
        elif item.get_closest_marker("long"):
            alone.append([item])
        else:
            others.append(item)
    processes = int(config.workerinput["workercount"])
    left, rest = len(items), iter(others)
    items.clear()
    kept: list[pytest.Item] = []
    long = [*alone, *sorted(files.values(), key=len)]
    for number in range(processes):
        part = left // (processes - number)
        dealt = [item for group in long[number::processes] for item in group]
        kept += dealt[part:]
        items += [*dealt[:part], *itertools.islice(rest, part - len(dealt[:part]))]
        left -= part
    items += [*rest, *kept]


def pytest_collection_finish() -> None:
    """From now on, rubbish is looked for among what the tests themselves make."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


@pytest.fixture(scope="session")
def postgresql() -> PostgresqlServer:
    """A PostgreSQL server, started when the first test asks for it."""
    return of_this_run()


@pytest.fixture
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The database that `opened(tmp_path / …)` uses, empty at first: "sqlite" or "postgresql"."""
    database: str = getattr(request, "param", "sqlite")
    if database == "postgresql":
        server: PostgresqlServer = request.getfixturevalue("postgresql")
        builders.keep_in_postgresql(tmp_path, server.emptied())
    yield database
    builders.close_all()
