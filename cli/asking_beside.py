"""Asking Temporal beside other work: a list must wait neither for the SDK nor for an engine that is slow or away.

The question is asked in a process of its own: it takes another core, can be given up at any moment, also while the name
of a host is looked up, and nothing of it is left in ours when we end.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

__all__ = ["PausedCases"]

_SECONDS = 0.5
"""Longest time for finding Temporal, and for each of its answers."""
_AT_MOST_SECONDS = 5.0
"""Longest time that is waited for when everything else is done.

The question ends by itself long before; but on a machine that has much else to do its process may begin late.
"""


class PausedCases:
    """Which cases Temporal's own switch holds: asked at once, the answer waited for when it is needed."""

    def __init__(self) -> None:
        """Begin to ask."""
        # The same modules as here, wherever this process has them from.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def found(self) -> frozenset[str]:
        """The ids of the cases; none when nobody can tell in time."""
        try:
            said, _ = self._process.communicate(timeout=_AT_MOST_SECONDS)
        except subprocess.TimeoutExpired:
            self.give_up()
            return frozenset()
        return frozenset(json.loads(said)) if self._process.returncode == 0 else frozenset()

    def give_up(self) -> None:
        """Want no answer any more."""
        self._process.kill()
        self._process.communicate()


async def _answer() -> None:
    """Print the ids as a JSON list and end; with 1 when Temporal is not there: who looks at one case is told so."""
    from temporalio.service import RPCError

    from worker.connecting import TemporalUnreachable, connect
    from worker.engine_status import paused_cases

    try:
        found = await paused_cases(await connect(keys=None, seconds=_SECONDS), seconds=_SECONDS)
    except (TemporalUnreachable, RPCError):
        os._exit(1)
    sys.stdout.write(json.dumps(sorted(found)))
    sys.stdout.flush()
    # Without laying anything down, such as a thread that still looks up a name: who asked waits for our end.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_answer())
