"""Budget: `GET /cases` of 50,000 cases is answered within 250 ms at p95, whatever is sought and sorted.

`maanwerk api` runs in a process of its own on SQLite, with no Temporal; one client asks one request after the other.

`python -m benchmarks.case_list_http [CASES]`
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.case_list import CASES, furnished
from benchmarks.measured import Measured, report
from benchmarks.webhook_door import processor_seconds, share_of
from casefile.api_keys import Role, create_key
from casefile.case_file import CaseFile
from casefile.database import Database
from engine.embedded import free_port

_BUDGET_MS = 250.0
_ROUNDS = 20
_PATIENCE = 60.0
_ASKED = (
    "/cases?limit=50",
    "/cases?closed=false&sort=owed&limit=50",
    "/cases?sort=next&limit=50&offset=15000",
    "/cases?attention=true&sort=late&limit=100",
    "/cases?search=1234",
)


def _times(client: httpx.Client, process: int) -> tuple[dict[str, tuple[float, ...]], float]:
    """Milliseconds of each answer, by what was asked, and milliseconds of processor time for one."""
    found: dict[str, list[float]] = {asked: [] for asked in _ASKED}
    used = processor_seconds(process)
    for _ in range(_ROUNDS):
        for asked, times in found.items():
            begun = time.perf_counter()
            client.get(asked).raise_for_status()
            times.append((time.perf_counter() - begun) * 1000)
    spent = (processor_seconds(process) - used) * 1000 / (_ROUNDS * len(_ASKED))
    return {asked: tuple(times) for asked, times in found.items()}, spent


def measure(count: int = CASES) -> Measured:
    """Ask for lists of so many cases."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as name:
        url = f"sqlite:///{Path(name) / 'case-file.sqlite3'}"
        furnished(url, count)
        database = Database(url)
        key = create_key(CaseFile(database), "benchmark", Role.READ, datetime.now(UTC)).secret
        database.close()
        own = {name: value for name, value in os.environ.items() if not name.startswith(("MAANWERK_", "TEMPORAL_"))}
        environment = {
            **own,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "MAANWERK_DATABASE": url,
            "MAANWERK_API": f"127.0.0.1:{port}",
            "MAANWERK_API_PER_SECOND": "100000",
            "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "api"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=30
            ) as client:
                deadline = time.monotonic() + _PATIENCE
                while True:
                    try:
                        client.get(_ASKED[0]).raise_for_status()
                        break
                    except httpx.HTTPError:
                        if time.monotonic() > deadline:
                            raise
                        time.sleep(0.1)
                times, spent = _times(client, server.pid)
        finally:
            server.terminate()
            server.wait()
    every = tuple(each for some in times.values() for each in some)
    worst = share_of(every, 0.95)
    return Measured(
        budget=f"`GET /cases` of {count:,} cases: answered within {_BUDGET_MS:.0f} ms at p95",
        found=f"{worst:.0f} ms; median {statistics.median(every):.0f} ms",
        share=worst / _BUDGET_MS,
        command="python -m benchmarks.case_list_http",
        notes=(
            f"{_ROUNDS} times each, one after the other: "
            + ", ".join(f"`{asked}` p95 {share_of(some, 0.95):.0f} ms" for asked, some in times.items()),
            f"{spent:.0f} ms of processor time for an answer",
        ),
    )


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
