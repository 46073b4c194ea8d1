"""A worker that kills itself at a point of the send protocol, or of reading: `kill -9`, in a process of its own."""

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
from worker.agency_reading import AgencyReading
from worker.agency_ways import AgencyWays
from worker.gateways import gateways_of

__all__ = ["ways"]


def ways(file: CaseFile, outbox: Path, settings: Mapping[str, Any], now: datetime) -> Mapping[Channel, Gateway]:
    """The ways out, as a worker has them."""
    return gateways_of(Settings(outbox=outbox, **settings), file, now=lambda: now)


class Nobody:
    """Wakes no case: the test looks itself."""

    async def nudge(self, case_id: str) -> None:
        """It has it in its inbox."""


def main(asked: str) -> None:
    """Take the step of a case that is due, or read what partners report, until the point is reached."""
    told = json.loads(asked)
    now = datetime.fromisoformat(told["now"])
    file = CaseFile(Database(told["database"]))

    def checkpoint(reached: str) -> None:
        if reached == told["point"]:
            os.kill(os.getpid(), signal.SIGKILL)

    gateways = ways(file, Path(told["outbox"]), told["settings"], now)
    if told.get("reads"):
        way = gateways["agency"]
        assert isinstance(way, AgencyWays)
        asyncio.run(AgencyReading(file, way.way, Nobody(), now=lambda: now, checkpoint=checkpoint).look())
        return
    activities = FileCaseActivities(
        file=file,
        gateways=gateways,
        dossier=build_dossier,
        real_now=lambda: now,
        seconds=lambda: 0.0,
        simulation=True,
        checkpoint=checkpoint,
    )
    request = StepRequest(case_id=told["case"], at=now, step_seconds=60, seen=None)
    asyncio.run(ActivityEnvironment().run(activities.hand_off, request))


if __name__ == "__main__":
    main(sys.argv[1])
