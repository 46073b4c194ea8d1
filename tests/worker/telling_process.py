"""A worker that tells one subscriber, in a process of its own, and kills itself at a point: `kill -9`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta

from casefile.case_file import CaseFile
from casefile.database import Database
from gateways.subscribers.posting import Subscriber
from tests.gateways.subscribers.receiver import KEY
from worker.telling_subscribers import TellingSubscribers


def main(database: str, url: str, point: str, times: str) -> None:
    """Tell until the point was reached so many times."""
    left = int(times)

    def checkpoint(reached: str) -> None:
        nonlocal left
        left -= reached == point
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    telling = TellingSubscribers(
        CaseFile(Database(database)),
        (Subscriber("erp", url, (KEY,)),),
        look_seconds=0.01,
        taken_for=timedelta(seconds=0.05),
        checkpoint=checkpoint,
    )
    asyncio.run(telling.keep_telling())


if __name__ == "__main__":
    main(*sys.argv[1:])
