"""Several processes that do something to one file at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess

_SERVER = multiprocessing.get_context("forkserver")
# They are forked from one that has all of it imported: else each imports it anew.
_SERVER.set_forkserver_preload(
    ["alembic.command", "casefile.case_file", "gateways.outbox", "psycopg", "pytest", "tests.casefile.builders"]
)


def begun(target: Callable[..., object], given: Sequence[tuple[object, ...]]) -> list[BaseProcess]:
    """One process for each of these arguments; all have begun."""
    processes: list[BaseProcess] = [_SERVER.Process(target=target, args=each) for each in given]
    for process in processes:
        process.start()
    return processes


def ended(processes: Sequence[BaseProcess]) -> list[int | None]:
    """Their exit codes; None of one that did not end within a minute."""
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]
