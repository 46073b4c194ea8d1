"""A hand-off by a worker that kills itself at a point of the send protocol: `kill -9`, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.case_activities import FileCaseActivities
from activities.contracts import StepRequest
from casefile.case_file import CaseFile
from casefile.database import Database
from config.settings import Settings
from gateways.dossier import build_dossier
from services.ports import Channel, Gateway
from worker.gateways import gateways_of

__all__ = ["ways"]


def ways(file: CaseFile, outbox: Path, settings: Mapping[str, Any], now: datetime) -> Mapping[Channel, Gateway]:
    """The ways out, as a worker has them."""
    return gateways_of(Settings(outbox=outbox, **settings), file, now=lambda: now)


def main(asked: str) -> None:
    """Hand a case off until the point is reached."""
    told = json.loads(asked)
    now = datetime.fromisoformat(told["now"])
    file = CaseFile(Database(told["database"]))

    def checkpoint(reached: str) -> None:
        if reached == told["point"]:
            os.kill(os.getpid(), signal.SIGKILL)

    activities = FileCaseActivities(
        file=file,
        gateways=ways(file, Path(told["outbox"]), told["settings"], now),
        dossier=build_dossier,
        real_now=lambda: now,
        simulation=True,
        checkpoint=checkpoint,
    )
    request = StepRequest(case_id=told["case"], at=now, step_seconds=60, seen=None)
    asyncio.run(ActivityEnvironment().run(activities.hand_off, request))


if __name__ == "__main__":
    main(sys.argv[1])
