"""A process ends at the latest when it was told to, whatever its threads wait for."""

import subprocess
import sys

STUCK = """
import threading
from machine.last_moment import end_at_the_latest
def say():
    print("cut short", flush=True)
    {after}
end_at_the_latest({seconds}, 3, say)
threading.Thread(target={waits}).start()
"""


def ended(**how: str) -> tuple[int, str]:
    """Exit code of a process and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", STUCK.format(**how)], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout


def test_a_thread_that_waits_for_ever_is_cut_short_whatever_saying_so_comes_to() -> None:
    waits = "threading.Event().wait"
    assert ended(seconds="0.05", after="raise ValueError", waits=waits) == (3, "cut short\n")


def test_who_ends_in_time_waits_for_nothing() -> None:
    assert ended(seconds="3600", after="pass", waits="print") == (0, "\n")
