"""Several processes that do something to one file at once.

python -m tests.at_once tests.casefile.test_identity migrate '["sqlite:///f.sqlite3"]'    one of them
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from tests.forking import Forked


def begun(target: Callable[..., object], given: Sequence[tuple[object, ...]]) -> list[Forked]:
    """One process for each of these arguments; all have begun.

    Args:
        target: A function of a module, which is imported there.
        given: Its arguments: texts and numbers.
    """
    return [Forked("tests.at_once", target.__module__, target.__name__, json.dumps(each)) for each in given]


def ended(processes: Sequence[Forked]) -> list[int | None]:
    """Their exit codes; None of one that did not end within a minute."""
    return [_ended(process) for process in processes]


def _ended(process: Forked) -> int | None:
    try:
        return process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        return None


if __name__ == "__main__":
    module, name, arguments = sys.argv[1:]
    getattr(import_module(module), name)(*json.loads(arguments))
