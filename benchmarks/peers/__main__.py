"""Measures Maanwerk beside DBOS and a scanning engine, and writes the table of docs/performance.md: `make bench-peers`.

`python -m benchmarks.peers [--dbos PYTHON] [--cases N] [--idle N]`. How, and what it does not say, stands in README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.provider import taken
from engine.embedded import dev_server, free_port

_LONGEST = 600.0
_IDLE_SECONDS = 15.0
_SETTLES = 30.0
"""Seconds that idle cases are given to come to rest before they are watched."""
RESULTS = Path(__file__).parents[2] / "docs" / "performance.md"
_BEGIN, _END = "<!-- peers -->", "<!-- /peers -->"


@dataclass(frozen=True)
class Peer:
    """One way to send what is due.

    Attributes:
        name: What it is called.
        command: How it is begun; `{folder}` and the number of cases come behind.
        more: And what comes behind those.
        idle: What comes behind instead where nothing is due; None where it is looked at otherwise.
    """

    name: str
    command: tuple[str, ...]
    more: tuple[str, ...] = ()
    idle: tuple[str, ...] = ("idle",)


@dataclass(frozen=True)
class Found:
    """What was measured of one.

    Attributes:
        a_second: Cases done a second in the storm.
        processor: Milliseconds of processors for one of them, the server's included.
        lost: Cases without a message after a kill -9 in the middle, and a start.
        doubled: Messages that were taken more than once there.
        idle: Milliseconds of processors a second where nothing is due.
    """

    a_second: float
    processor: float
    lost: int
    doubled: int
    idle: float


def storm(
    peer: Peer, folder: Path, count: int, environment: Mapping[str, str], also: int | None = None
) -> tuple[float, float]:
    """Cases done a second from the moment that it has begun, and milliseconds of processors each; all are done once."""
    with _running(peer, folder, count, peer.more, environment) as process:
        _until_said(process, "begun")
        watched = [process.pid, *([] if also is None else [also])]
        before, began = sum(map(_used, watched)), time.perf_counter()
        _until_said(process, "done")
        seconds, used = time.perf_counter() - began, sum(map(_used, watched)) - before
    keys = taken(folder)
    if len(keys) != count or len(set(keys)) != count:
        raise ValueError(f"{peer.name}: {len(keys)} messages of {count} cases without a kill")
    return count / seconds, used / count * 1000


def killed(peer: Peer, folder: Path, count: int, environment: Mapping[str, str]) -> tuple[int, int]:
    """How many cases were lost, and how many messages doubled, by a kill -9 when half of them are sent, and a start."""
    with _running(peer, folder, count, peer.more, environment):
        deadline = time.monotonic() + _LONGEST
        while len(taken(folder)) < count // 2:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{peer.name}: half of {count} messages did not leave in time")
            time.sleep(0.005)
    with _running(peer, folder, count, peer.more, environment) as process:
        _until_said(process, "done")
    keys = taken(folder)
    return count - len(set(keys)), len(keys) - len(set(keys))


def idle(peer: Peer, folder: Path, count: int, environment: Mapping[str, str], also: int | None) -> float:
    """Milliseconds of processors a second of a process whose cases all wait, and of a server beside it."""
    with _running(peer, folder, count if "idle" in peer.idle else 0, peer.idle, environment) as process:
        _until_said(process, "idle" if "idle" in peer.idle else "begun")
        time.sleep(_SETTLES)
        watched = [process.pid, *([] if also is None else [also])]
        before, began = sum(map(_used, watched)), time.perf_counter()
        time.sleep(_IDLE_SECONDS)
        return (sum(map(_used, watched)) - before) / (time.perf_counter() - began) * 1000


@contextlib.contextmanager
def _running(
    peer: Peer, folder: Path, count: int, more: Sequence[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A peer at work; killed with all that it began when the block ends."""
    process = subprocess.Popen(
        [*peer.command, str(folder), str(count), *more],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _until_said(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise RuntimeError(f"{process.args!r} ended before it said {word!r}")


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _child_named(name: str) -> int | None:
    for task in Path("/proc/self/task").glob("*/children"):
        for child in task.read_text().split():
            if name in Path(f"/proc/{child}/comm").read_text():
                return int(child)
    return None


async def of_maanwerk(count: int, waiting: int) -> Found:
    """Each with a server of its own, which stays when the worker is killed, as a database would."""
    peer = Peer("Maanwerk", (sys.executable, "-m", "benchmarks.peers.maanwerk"))

    @contextlib.asynccontextmanager
    async def a_server() -> AsyncIterator[tuple[Path, Mapping[str, str]]]:
        with tempfile.TemporaryDirectory(prefix="maanwerk-peers-") as kept:
            folder, port = Path(kept), free_port()
            async with dev_server(database=folder / "temporal.sqlite3", port=port):
                yield folder, {"TEMPORAL_ADDRESS": f"127.0.0.1:{port}"}

    async with a_server() as (folder, environment):
        done = await asyncio.to_thread(storm, peer, folder, count, environment, _child_named("temporal"))
    async with a_server() as (folder, environment):
        lost, doubled = await asyncio.to_thread(killed, peer, folder, count, environment)
    async with a_server() as (folder, environment):
        server = _child_named("temporal")
        resting = await asyncio.to_thread(idle, peer, folder, waiting, environment, server)
    return Found(*done, lost, doubled, resting)


def of_peer(peer: Peer, count: int, waiting: int) -> Found:
    """What is measured of one that needs no server."""

    def fresh() -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="maanwerk-peers-")

    with fresh() as one, fresh() as two, fresh() as three:
        done = storm(peer, Path(one), count, {})
        lost, doubled = killed(peer, Path(two), count, {})
        return Found(*done, lost, doubled, idle(peer, Path(three), waiting, {}, None))


def table(found: Mapping[str, Found], count: int, waiting: int, rows: int) -> str:
    """The table of docs/performance.md."""
    lines = [
        f"| {count:,} reminders that are due at once | done a second | processor time each |"
        " kill -9 half-way: lost | doubled | idle: processor time a second |",
        "|---|---|---|---|---|---|",
        *(
            f"| {name} | {each.a_second:,.0f} | {each.processor:.1f} ms | {each.lost} | {each.doubled} |"
            f" {each.idle:.1f} ms |"
            for name, each in found.items()
        ),
    ]
    said = (
        f"Idle: {waiting:,} cases that wait for next year; of scanning engines {rows:,} rows that are not due, looked"
        " through once a second. All on SQLite, in one run. What is compared, and what not:"
        " [benchmarks/peers](../benchmarks/peers/README.md)."
    )
    return "\n".join(lines) + f"\n\n{said}\n"


def put_into(document: str, made: str) -> str:
    """The document with this table in its place, or at its end."""
    block = f"{_BEGIN}\n{made}{_END}\n"
    if _BEGIN not in document:
        return f"{document.rstrip()}\n\n## Beside peers\n\n{block}"
    before, _, rest = document.partition(_BEGIN)
    return f"{before}{block}{rest.partition(_END)[2].lstrip()}"


def main() -> None:
    """Measure, print, write."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--dbos", metavar="PYTHON", help="an interpreter that has dbos; left out without")
    asked.add_argument("--cases", type=int, default=600)
    asked.add_argument("--idle", type=int, default=300)
    asked.add_argument("--rows", type=int, default=300_000)
    asked.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    given = asked.parse_args()
    found = {"Maanwerk, one worker and a Temporal dev server": asyncio.run(of_maanwerk(given.cases, given.idle))}
    if given.dbos:
        script = str(Path(__file__).with_name("dbos_peer.py"))
        found["DBOS, in one process"] = of_peer(Peer("DBOS", (given.dbos, script)), given.cases, given.idle)
    ways = {"python": "rows in Python", "sql": "in SQL, no index", "indexed": "in SQL, indexed"}
    for how, said in ways.items():
        command = (sys.executable, "-m", "benchmarks.peers.scanning", how)
        peer = Peer(how, command, more=(str(given.rows),), idle=(str(given.rows),))
        found[f"scanning, {said}"] = of_peer(peer, given.cases, given.idle)
    made = table(found, given.cases, given.idle, given.rows)
    print(made)
    if given.write:
        RESULTS.write_text(put_into(RESULTS.read_text("utf-8"), made), "utf-8")


if __name__ == "__main__":
    main()
