"""Asking Temporal beside other work: a list must wait neither for the SDK nor for an engine that is slow or away.

The question is asked in a process of its own: it takes another core, can be given up at any moment, also while the name
of a host is looked up, and nothing of it is left in ours when we end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple, Self

from engine.listening import TemporalUnreachable, look_first

__all__ = ["Beside", "Told"]

_SECONDS = 0.5
"""Longest time for finding Temporal, and for each of its answers."""
_PATIENT_SECONDS = 3.0
"""The same, and for finding out who has no run, for somebody who asks just that."""
_AT_MOST_SECONDS = 5.0
"""Longest time that is waited for when everything else is done.

The question ends by itself long before; but on a machine that has much else to do its process may begin late.
"""


_NO_ANSWER = "Temporal does not answer, or not in time"


class Told(NamedTuple):
    """What Temporal says of many cases.

    Attributes:
        paused: Ids of those that Temporal's own switch holds.
        trouble: In a few words, by id, of open cases without a living run, or with one whose task fails.
        unknown: Why there may be more in trouble; empty when there are not.
        another: Why the case file is not the one to ask about: a worker runs on another; empty when it is.
    """

    paused: frozenset[str]
    trouble: Mapping[str, str]
    unknown: str
    another: str = ""


class Beside:
    """Which cases Temporal holds, and which it can't go on with: asked at once, waited for when it is needed.

    Leaving its context without an answer gives the question up.
    """

    def __init__(self, *, patient: bool = False) -> None:
        """Begin to ask; patient is who asks for just that."""
        self._process = None if _nobody_listens() else self._begun(patient)

    def _begun(self, patient: bool) -> subprocess.Popen[bytes]:
        # The same modules as here, wherever this process has them from.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        return subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(_PATIENT_SECONDS if patient else _SECONDS)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def told(self) -> Told:
        """What Temporal has said in time: nothing, which cases it holds, or all of it."""
        if self._process is None:
            return Told(frozenset(), {}, _NO_ANSWER)
        try:
            said, _ = self._process.communicate(timeout=_AT_MOST_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            said, _ = self._process.communicate()
        lines = [json.loads(line) for line in said.splitlines(keepends=True) if line.endswith(b"\n")]
        paused = frozenset(lines[0]) if lines else frozenset()
        another = lines[1] if len(lines) > 1 else ""
        if len(lines) < 3:
            return Told(paused, {}, _NO_ANSWER, another)
        return Told(paused, lines[2]["trouble"], lines[2]["unknown"], another)

    def __enter__(self) -> Self:
        """Asked already."""
        return self

    def __exit__(self, *error: object) -> None:
        """Want no answer any more."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            self._process.communicate()


def _nobody_listens() -> bool:
    """Whether no process need be begun to know that Temporal is not there."""
    try:
        look_first(_SECONDS)
    except TemporalUnreachable:
        return True
    return False


async def _tell(seconds: float) -> None:
    """Print which cases Temporal holds, what is wrong with our case file, and what Temporal can't go on with.

    One line each, as soon as it is known.
    """
    import asyncio

    from temporalio.service import RPCError

    from casefile.opening import open_database
    from cli.environment import read_settings
    from engine.client import connect

    client = await connect(keys=None, seconds=seconds, payloads=False)
    from engine.runs.status import paused_cases
    from engine.runs.without_run import in_trouble
    from engine.same_case_file import unlike_the_running

    settings = read_settings()
    print(json.dumps(sorted(await paused_cases(client, seconds=seconds))), flush=True)
    another = ""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            another = await unlike_the_running(client, settings.database, settings.task_queue) or ""
    print(json.dumps(another), flush=True)
    if another:
        return
    database = open_database(settings.database, create=False)
    trouble: dict[str, str] = {}
    unknown = ""
    try:
        async with asyncio.timeout(seconds):
            await in_trouble(client, database, trouble, seconds=seconds)
    except (RPCError, TimeoutError):
        unknown = "Temporal does not list all runs in time"
    print(json.dumps({"trouble": trouble, "unknown": unknown}), flush=True)


async def _answer() -> None:
    """Print the answers and end; with 1 when Temporal is not there: who looks at one case is told so."""
    from temporalio.service import RPCError

    from casefile.opening import NoCaseFile

    try:
        await _tell(float(sys.argv[1]))
    except (TemporalUnreachable, NoCaseFile, RPCError):
        os._exit(1)
    # Without laying anything down, such as a thread that still looks up a name: who asked waits for our end.
    os._exit(0)


if __name__ == "__main__":
    # Not above: who asks has better things to do than to wait for this.
    import asyncio

    asyncio.run(_answer())
