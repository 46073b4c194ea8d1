"""`maanwerk worker` in a process of its own, whose case file never answers; the time that it has to stop is short."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import cli.serving
from activities.advancing import Advancing
from cli.app import run
from worker import case_worker

GRACE, CLOSING = 0.5, 0.5
"""Seconds."""


def _never(*_: object) -> NoReturn:
    """What a database does that takes the connection and says nothing more."""
    Path("stuck").touch()
    threading.Event().wait()
    raise AssertionError("it answered")


def _short(step_seconds: float) -> timedelta:
    return timedelta(seconds=GRACE)


if __name__ == "__main__":
    Advancing.advance = _never  # type: ignore[assignment, method-assign]
    case_worker.shutdown_time = _short
    cli.serving.shutdown_time = _short  # type: ignore[attr-defined]
    cli.serving._CLOSING_SECONDS = CLOSING
    sys.argv = ["maanwerk", "worker"]
    run()
