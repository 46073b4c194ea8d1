"""Time-outs and retries of every activity, in one place."""

from __future__ import annotations

from datetime import timedelta

from temporalio.common import RetryPolicy

ADVANCE_TIMEOUT = timedelta(seconds=30)
"""One transaction on the case file; far above what it takes."""

ADVANCE_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=5),
)
"""Recording never gives up: a case file that is away comes back."""

ADVANCE_HELD = timedelta(milliseconds=1)
"""The longest wait for the next try that a worker keeps in memory: none. Each is a timer of Temporal's (decision 63).

A wait in memory holds the workflow task open, and with it one of the worker's places, all queries, and its end.
"""

STEP_RETRY = RetryPolicy(maximum_attempts=1)
"""A step is tried once: whether and when it is tried again is for the planner to decide."""

MOST_CARRIED = 160 * 1024
"""Most bytes of unrecorded messages, as JSON, that one run hands to the next; the server takes 256 KiB at once."""

SHORTEST_WAIT = timedelta(milliseconds=1)
"""The wait for a moment that has come: a timer all the same, for only a timer says so on replay too."""

_FIRST_FAILURE_WAIT = timedelta(seconds=2)
_LONGEST_FAILURE_WAIT = timedelta(hours=1)


def wait_after(failures: int) -> timedelta:
    """Real time to wait after so many failures of a step in a row, before planning it again."""
    doubled: timedelta = _FIRST_FAILURE_WAIT * 2 ** min(failures - 1, 20)
    return min(doubled, _LONGEST_FAILURE_WAIT)


def carried_size(raw: bytes | None) -> int:
    """About how many bytes a message takes in the input of the next run: base64 and what stands around it."""
    return 600 + len(raw or b"") * 4 // 3


def step_timeout(action: str, step_seconds: float) -> timedelta:
    """Longest time the activity of a step may take.

    Reconciling first lets an intent grow older than the longest send, so it may take twice as long.
    """
    return timedelta(seconds=step_seconds * 2 + 10 if action == "reconcile" else step_seconds)
