"""Budget: two workers send the reminders of one moment at least 1.6 times as fast as one (PostgreSQL).

`python -m benchmarks.two_workers [DEBTORS] [PERCENT]`, as root on Linux: each worker gets so many percent of one
processor. Where one worker, Temporal's server and the database fill the processors already, a second one can win
nothing; held to a share, the workers are what is short, as on a machine with a processor for each.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from benchmarks.databases import postgresql_url
from benchmarks.measured import Measured, report
from benchmarks.storm import storm

BUDGET = 1.6
DEBTORS = 600
PERCENT = 30


def measure(debtors: int = DEBTORS, percent: int = PERCENT) -> Measured:
    """One storm with one worker, one with two."""
    found = []
    for workers in (1, 2):
        with postgresql_url() as url:
            if url is None:
                raise FileNotFoundError("there is no PostgreSQL server for benchmarks here: make setup")
            found.append(asyncio.run(storm(url, debtors, workers, share=percent / 100)))
            print(f"  {found[-1].said()}", file=sys.stderr, flush=True)
    ratio = found[0].seconds / found[1].seconds
    return Measured(
        budget=f"two workers: at least {BUDGET} × one (PostgreSQL)",
        found=f"{ratio:.2f} × with {percent} % of a processor for each worker",
        share=BUDGET / ratio,
        command=f"python -m benchmarks.two_workers {debtors} {percent}",
        notes=tuple(each.said() for each in found),
    )


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    report(measure(*(int(each) for each in arguments[:2])))


if __name__ == "__main__":
    main(sys.argv[1:])
