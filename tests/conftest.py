"""What tests of several rooms need: the databases that a case file may be kept in."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.casefile import builders
from tests.postgresql import PostgresqlServer, of_this_run

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A process keeps one configuration of its logs: what a test makes of it is gone with the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)


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
