"""Budget: each page of the desk over 50,000 cases of ten creditors within 200 ms at p95, on both databases.

Of who sees all of them, and of who sees some creditors only: two of the ten, nine of them. The whole page as the
application makes it, from the request to its last byte; in one process, without a network.

`python -m benchmarks.list_speed [CASES]`
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import quote

import httpx

from api.desk.application import desk_application
from api.desk.visiting import Desk
from api.operator.application import api_application
from api.operator.asking import Answered
from api.operator.inside import Inside
from benchmarks.measured import Measured, report
from benchmarks.today_speed import (
    BUDGET_SECONDS,
    CASES,
    MANY_OF,
    NOW,
    Took,
    creditor_id,
    databases,
    furnish,
    took,
)
from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.desk_sessions import begin_session
from casefile.people import DeskRole, create_user
from domain.case_ids import case_id

_ROUNDS = 20
_FEWER_ROUNDS = 10
_SITE = "http://127.0.0.1:8236"
CASE_PAGE = f"/desk/zaken/{quote(case_id(MANY_OF[0], '74'), safe='')}"
"""A case with a letter, a promise and a payment."""
DEBTOR_PAGE = f"/desk/debiteuren/{MANY_OF[0]}/{MANY_OF[1]}"
"""A debtor with many invoices."""
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
    CASE_PAGE,
    DEBTOR_PAGE,
)
PART = (
    "/desk/zaken",
    "/desk/zaken?op=open",
    "/desk/zaken?zoek=debiteur+12&op=open",
    "/desk/taken",
    "/desk/debiteuren",
    "/desk",
    "/desk/bellen",
    "/desk/cijfers",
    CASE_PAGE,
    DEBTOR_PAGE,
)
"""What is asked for who sees some creditors only, too."""
CREDITORS = 10
WHO = {
    "who sees all": None,
    "who sees 2 of 10 creditors": frozenset(map(creditor_id, range(2))),
    "who sees 9 of 10": frozenset(map(creditor_id, range(9))),
}


async def _ask(*_: object, **__: object) -> Answered:
    raise AssertionError("nothing is told here")


async def _ask_many(*_: object, **__: object) -> Mapping[str, Answered]:
    raise AssertionError("nothing is told here")


async def _times(file: CaseFile, rounds: int) -> dict[str, dict[str, Took]]:
    """How long each page takes, by who looks and its address, after one time that does not count."""
    inside = Inside(file, _ask, _ask_many, lambda: NOW)
    app = api_application(inside, (), desk=desk_application(Desk(inside)))
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50000))
    asked = [(who, page) for who, creditors in WHO.items() for page in (PAGES if creditors is None else PART)]
    clock: dict[tuple[str, str], list[float]] = {each: [] for each in asked}
    processor: dict[tuple[str, str], list[float]] = {each: [] for each in asked}
    async with AsyncExitStack() as open_ones:
        clients = {}
        for place, (who, creditors) in enumerate(WHO.items()):
            role = DeskRole.ADMIN if creditors is None else DeskRole.WORK
            user = create_user(file, f"u{place}@voorbeeld.example", who, role, NOW, creditors=creditors)
            client = clients[who] = await open_ones.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url=_SITE)
            )
            client.cookies.set("desk", begin_session(file, user, NOW), domain="127.0.0.1")
        for number in range(rounds + 1):
            for who, page in asked:
                begun, worked = time.perf_counter(), time.process_time()
                (await clients[who].get(page)).raise_for_status()
                if number:
                    clock[who, page].append(time.perf_counter() - begun)
                    processor[who, page].append(time.process_time() - worked)
            if not number:
                # As `maanwerk api` does before it serves.
                gc.freeze()
    return {who: {page: took(clock[who, page], processor[who, page]) for of, page in asked if of == who} for who in WHO}


def measure(count: int = CASES, rounds: int = _ROUNDS, names: Sequence[str] = ("SQLite", "PostgreSQL")) -> Measured:
    """Measure on both databases, or one of them."""
    found: dict[str, dict[str, dict[str, Took]]] = {}
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as folder, databases(Path(folder)) as urls:
        for name, url in ((name, url) for name, url in urls.items() if name in names):
            database = Database(url)
            database.migrate()
            furnish(CaseFile(database), count, CREDITORS)
            found[name] = asyncio.run(_times(CaseFile(database), rounds))
            database.close()
    return measured(found, count, rounds)


def measure_part() -> Measured:
    """What `make bench` has time for: SQLite, fewer rounds."""
    return measure(rounds=_FEWER_ROUNDS, names=("SQLite",))


def measured(found: Mapping[str, Mapping[str, Mapping[str, Took]]], count: int, rounds: int = _ROUNDS) -> Measured:
    """What it comes to."""
    slowest = {
        name: max((took.p95, who, page) for who, pages in by_user.items() for page, took in pages.items())[1:]
        for name, by_user in found.items()
    }
    notes = tuple(
        f"{name}, {who}, at p95 (processor time of the middle one), in ms: "
        + ", ".join(f"`{page}` {took.p95 * 1000:.0f} ({took.processor * 1000:.0f})" for page, took in pages.items())
        for name, by_user in found.items()
        for who, pages in by_user.items()
    )
    return Measured(
        budget=f"each page of the desk over {count:,} cases: {BUDGET_SECONDS * 1000:.0f} ms at p95",
        found="; ".join(
            f"{name} {found[name][who][page]}, the slowest: `{page}`, {who}" for name, (who, page) in slowest.items()
        ),
        share=max(found[name][who][page].p95 for name, (who, page) in slowest.items()) / BUDGET_SECONDS,
        command="python -m benchmarks.list_speed",
        notes=(
            *notes,
            f"{rounds} times each, the whole page, in one process; of PostgreSQL the server works in others",
        ),
    )


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
