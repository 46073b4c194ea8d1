"""No process of a pool is left when the one that began it was killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_BEGINS = """
import multiprocessing, os, sys, time
from concurrent.futures import ProcessPoolExecutor
from machine.leaving import leave_with_parent
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, multiprocessing.get_context({how!r}), leave_with_parent)
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_a_process_of_a_pool_goes_with_the_one_that_began_it(how: str, tmp_path: Path) -> None:
    script = tmp_path / "begins.py"
    script.write_text(_BEGINS.format(how=how))
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root}
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    """Whether there is such a process; one that nobody has buried is gone, too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
