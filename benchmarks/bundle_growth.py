"""Budget: a bundled reminder of a debtor with 300 invoices takes at most 150 ms of processor time, and grows linearly.

`python -m benchmarks.bundle_growth [INVOICES …]`
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from statistics import median

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest, StepRequest
from activities.sending import Sending
from benchmarks.cases import BEGIN, CREDITOR, Taker, creditor_by, open_invoice
from benchmarks.databases import sqlite_url
from benchmarks.measured import Measured, report
from casefile.case_file import CaseFile
from casefile.database import Database
from domain.parties import Contact, Debtor
from gateways.dossier import build_dossier
from policies.load import shipped_policy

SIZES = (1, 50, 300)
BUDGET_SECONDS = 0.15
_TIMES = 3


def opened_debtor(file: CaseFile, name: str, count: int) -> list[str]:
    """The cases of one debtor with so many invoices, all due on one day."""
    policy = shipped_policy("nl-business")
    ids = []
    with file.write() as transaction:
        transaction.parties.save_policy(policy)
        transaction.parties.save_creditor(creditor_by(policy))
        debtor = Debtor(id=name, name="Debiteur", contacts=(Contact(email="post@debiteur.example"),))
        transaction.parties.save_debtor(CREDITOR, debtor)
        for number in range(count):
            ids.append(open_invoice(transaction, f"{name}-{number}", name, policy))
    return ids


def bundled(file: CaseFile, name: str, count: int) -> tuple[float, float]:
    """Seconds of processor time: of a turn of one of them, and of the reminder for all."""
    advancing = Advancing(file, "all")
    ids = opened_debtor(file, name, count)
    with ThreadPoolExecutor(1, "case-file") as pool:
        sending = Sending(
            file, {"email": Taker()}, build_dossier, pool, lambda point: None, lambda: datetime.now(UTC), advancing
        )
        turns, seconds = asyncio.run(_reminded(sending, ids))
    with file.read() as transaction:
        sent = sum(len(transaction.cases.load(own).case.taken) for own in ids)
    if sent != count:
        raise ValueError(f"{sent} of {count} invoices went along")
    return median(turns), seconds


async def _reminded(sending: Sending, ids: Sequence[str]) -> tuple[list[float], float]:
    """Seconds of each turn before the reminder, and of the reminder of the last one, with which all others go."""
    turns = []
    for own in ids:
        used = time.process_time()
        turn = sending.advancing.advance(AdvanceRequest(case_id=own, at=BEGIN, all_of_timeline=True))
        turns.append(time.process_time() - used)
        while turn.action == "task" and turn.at is not None:
            turn = await sending.take(StepRequest(case_id=own, at=turn.at, seen=turn.seen), turn.at)
    if turn.action != "send" or turn.at is None:
        raise ValueError(f"{ids[-1]} sends nothing: {turn.summary}")
    used = time.process_time()
    await sending.take(StepRequest(case_id=ids[-1], at=turn.at, seen=turn.seen), turn.at)
    return turns, time.process_time() - used


def measure(sizes: tuple[int, ...] = SIZES) -> Measured:
    """Measure each size on SQLite."""
    found: dict[int, tuple[float, float]] = {}
    with sqlite_url() as url:
        database = Database(url)
        database.migrate()
        file = CaseFile(database)
        bundled(file, "warm", 5)
        for size in sizes:
            times = [bundled(file, f"d{size}x{number}", size) for number in range(_TIMES)]
            found[size] = median(turn for turn, _ in times), median(seconds for _, seconds in times)
        database.close()
    most = found[max(sizes)][1]
    return Measured(
        budget=f"a debtor with {max(sizes)} invoices: a bundled reminder in at most {BUDGET_SECONDS * 1000:.0f} ms",
        found=f"{most * 1000:.0f} ms",
        share=most / BUDGET_SECONDS,
        command="python -m benchmarks.bundle_growth",
        notes=(
            "processor time with " + " / ".join(map(str, sizes)) + " invoices: a reminder "
            f"{' / '.join(f'{found[size][1] * 1000:.0f}' for size in sizes)} ms, a turn of one of them "
            f"{' / '.join(f'{found[size][0] * 1000:.1f}' for size in sizes)} ms; nl-business; median of {_TIMES}",
        ),
    )


if __name__ == "__main__":
    report(measure(tuple(int(each) for each in sys.argv[1:]) or SIZES))
