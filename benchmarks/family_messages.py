"""Budget: a message to one of 400 open invoices of a debtor takes at most 50 ms of processor time, and grows linearly.

`python -m benchmarks.family_messages [INVOICES …]`. Each message is a part payment, which may concern all the others.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest, Delivered
from benchmarks.bundle_growth import opened_debtor
from benchmarks.cases import BEGIN
from benchmarks.databases import sqlite_url
from benchmarks.measured import Measured, report
from casefile.case_file import CaseFile
from casefile.database import Database

SIZES = (1, 50, 400)
BUDGET_SECONDS = 0.05
_TIMES = 9


def told(file: CaseFile, name: str, count: int) -> float:
    """Seconds of processor time that a message takes, the others of its debtor looked at."""
    advancing = Advancing(file, "all")
    ids = opened_debtor(file, name, count)
    seen = {own: advancing.advance(AdvanceRequest(case_id=own, at=BEGIN, all_of_timeline=True)).seen for own in ids}
    times = []
    for number in range(_TIMES):
        own = ids[number * 7 % count]
        content = {"id": f"p{number}", "amount": "1.00", "credited_on": "2026-03-01"}
        message = Delivered(id=f"m{number}", name="payment_received", raw=json.dumps(content).encode())
        used = time.process_time()
        turn = advancing.advance(AdvanceRequest(case_id=own, at=BEGIN, messages=(message,), seen=seen[own]))
        times.append(time.process_time() - used)
        seen[own] = turn.seen
    with file.read() as transaction:
        booked = sum(len(transaction.cases.load(own).case.ledger.entries) - 1 for own in ids)
    if booked != _TIMES:
        raise ValueError(f"{booked} of {_TIMES} payments were booked")
    return median(times)


def measure(sizes: tuple[int, ...] = SIZES) -> Measured:
    """Measure each size on SQLite."""
    with sqlite_url() as url:
        database = Database(url)
        database.migrate()
        file = CaseFile(database)
        told(file, "warm", 5)
        found = {size: told(file, f"d{size}", size) for size in sizes}
        database.close()
    most = found[max(sizes)]
    return Measured(
        budget=f"a message to one of {max(sizes)} open invoices of a debtor: at most {BUDGET_SECONDS * 1000:.0f} ms",
        found=f"{most * 1000:.0f} ms",
        share=most / BUDGET_SECONDS,
        command="python -m benchmarks.family_messages",
        notes=(
            "processor time with " + " / ".join(map(str, sizes)) + " invoices: "
            f"{' / '.join(f'{found[size] * 1000:.1f}' for size in sizes)} ms; a part payment; nl-business;"
            f" median of {_TIMES}",
        ),
    )


if __name__ == "__main__":
    report(measure(tuple(int(each) for each in sys.argv[1:]) or SIZES))
