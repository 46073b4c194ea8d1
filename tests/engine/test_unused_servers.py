"""A server that no test asks for any more does not run to the end of the tests."""

from __future__ import annotations

from subprocess import Popen
from typing import cast

import pytest

from tests.engine import server


class Process:
    """Stands for a server's process."""

    def __init__(self) -> None:
        self.ended = False

    def kill(self) -> None:
        self.ended = True

    def wait(self) -> int:
        return 0


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Process:
    """Of a server that was asked for just now."""
    made = Process()
    kept = server._Server("127.0.0.1:7233", cast("Popen[bytes]", made))
    monkeypatch.setattr(server, "_servers", {frozenset({("limit", "1")}): kept})
    return made


def test_one_that_nobody_asks_for_any_more_is_ended_and_the_next_who_asks_starts_another(process: Process) -> None:
    server.end_unused()
    assert not process.ended, "somebody asked for it since"
    server.end_unused()
    assert process.ended and not server._servers


def test_one_that_is_asked_for_again_stays(process: Process) -> None:
    server.end_unused()
    assert server._shared({"limit": "1"}).address == "127.0.0.1:7233"
    server.end_unused()
    assert not process.ended


def test_one_that_is_in_use_stays(process: Process) -> None:
    (kept,) = server._servers.values()
    kept.users = 1
    for _ in range(3):
        server.end_unused()
    assert not process.ended
    kept.users = 0
    server.end_unused()
    assert process.ended
