"""Budget: each list of the desk, and Today, over 50,000 cases within 200 ms at p95, on both databases.

The whole page as the application makes it, from the request to its last byte; in one process, without a network.

`python -m benchmarks.list_speed [CASES]`
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from api.desk.application import desk_application
from api.desk.visiting import Desk
from api.operator.application import api_application
from api.operator.asking import Answered
from api.operator.inside import Inside
from benchmarks.measured import Measured, report
from benchmarks.today_speed import BUDGET_SECONDS, CASES, NOW, Took, databases, furnish, took
from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.desk_sessions import begin_session
from casefile.people import DeskRole, create_user

_ROUNDS = 20
_SITE = "http://127.0.0.1:8236"
PAGES = (
    "/desk/zaken",
    "/desk/zaken?op=open",
    "/desk/zaken?op=debiteur",
    "/desk/zaken?op=dag&vanaf_rij=40000",
    "/desk/zaken?zoek=debiteur+12&op=open",
    "/desk/zaken?zoek=1.234,50&dagen=90%2B",
    "/desk/zaken?reden=pause",
    "/desk/zaken?van=ik",
    "/desk/taken",
    "/desk/debiteuren",
    "/desk/debiteuren?op=naam",
    "/desk/beloften",
    "/desk/betwistingen",
    "/desk",
    "/desk/bellen",
    "/desk/cijfers",
)


async def _ask(*_: object, **__: object) -> Answered:
    raise AssertionError("nothing is told here")


async def _ask_many(*_: object, **__: object) -> Mapping[str, Answered]:
    raise AssertionError("nothing is told here")


async def _times(file: CaseFile) -> dict[str, Took]:
    """How long each page takes, by its address, after one time that does not count."""
    user = create_user(file, "benchmark@voorbeeld.example", "Benchmark", DeskRole.ADMIN, NOW)
    inside = Inside(file, _ask, _ask_many, lambda: NOW)
    app = api_application(inside, (), desk=desk_application(Desk(inside)))
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50000))
    clock: dict[str, list[float]] = {page: [] for page in PAGES}
    processor: dict[str, list[float]] = {page: [] for page in PAGES}
    async with httpx.AsyncClient(transport=transport, base_url=_SITE) as client:
        client.cookies.set("desk", begin_session(file, user, NOW), domain="127.0.0.1")
        for number in range(_ROUNDS + 1):
            for page in PAGES:
                begun, worked = time.perf_counter(), time.process_time()
                (await client.get(page)).raise_for_status()
                if number:
                    clock[page].append(time.perf_counter() - begun)
                    processor[page].append(time.process_time() - worked)
            if not number:
                # As `maanwerk api` does before it serves.
                gc.freeze()
    return {page: took(clock[page], processor[page]) for page in PAGES}


def measure(count: int = CASES) -> Measured:
    """Measure on both databases."""
    found: dict[str, dict[str, Took]] = {}
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder, databases(Path(folder)) as urls:
        for name, url in urls.items():
            database = Database(url)
            database.migrate()
            furnish(CaseFile(database), count)
            found[name] = asyncio.run(_times(CaseFile(database)))
            database.close()
    return measured(found, count)


def measured(found: Mapping[str, Mapping[str, Took]], count: int) -> Measured:
    """What it comes to."""
    slowest = {name: max((took.p95, page) for page, took in pages.items())[1] for name, pages in found.items()}
    notes = tuple(
        f"{name}, at p95 (processor time of the middle one), in ms: "
        + ", ".join(f"`{page}` {took.p95 * 1000:.0f} ({took.processor * 1000:.0f})" for page, took in pages.items())
        for name, pages in found.items()
    )
    return Measured(
        budget=f"each list of the desk over {count:,} cases: {BUDGET_SECONDS * 1000:.0f} ms at p95",
        found="; ".join(f"{name} {found[name][page]}, the slowest: `{page}`" for name, page in slowest.items()),
        share=max(found[name][page].p95 for name, page in slowest.items()) / BUDGET_SECONDS,
        command="python -m benchmarks.list_speed",
        notes=(*notes, f"{_ROUNDS} times each, the whole page, in one process"),
    )


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
