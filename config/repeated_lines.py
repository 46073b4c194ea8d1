"""A log that floods can't fill: what is said again and again is said a few times, then counted.

Within a minute the same line is written a few times, and lines that differ in their fields only some more times, as
long as they are no errors. Then one line says how often it came again. An error that says something else than the ones
before it is always written.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

__all__ = ["SAME_EVENT", "SAME_LINE", "WINDOW_SECONDS", "LimitedLog"]

WINDOW_SECONDS = 60.0
SAME_LINE = 5
"""How many times the same line is written within the window."""
SAME_EVENT = 100
"""How many lines of one event, below ERROR, are written within the window, whatever their fields say."""

_MOST_EVENTS = 1000
"""Events whose lines are counted at once."""
_PASSING = re.compile(r"\b0x[0-9a-f]+|\bfd=\d+")
"""What differs between two lines that say the same: addresses of objects, descriptors."""

_NO_FIELDS = frozenset({"event", "level", "logger", "timestamp", "exc_info"})

_Event = tuple[str, int, str]


@dataclass
class _Counted:
    """What came of one event since its window began."""

    began: float
    written: int = 0
    left_out: int = 0
    lines: dict[str, int] = field(default_factory=dict)


class LimitedLog(logging.StreamHandler[IO[str]]):
    """Writes log lines, those that are repeated a few times only.

    Attributes:
        clock: A clock in seconds.
    """

    def __init__(self, stream: IO[str] | None = None) -> None:
        """Write to a stream.

        Args:
            stream: Where to; standard error by default.
        """
        super().__init__(stream or sys.stderr)
        self.clock: Callable[[], float] = time.monotonic
        self._counted: dict[_Event, _Counted] = {}
        self._timer: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or count it."""
        now = self.clock()
        try:
            self.tell_repeated(before=now - WINDOW_SECONDS)
            wanted = self._is_wanted(record, now)
        except Exception:
            # Such as a message that does not fit its arguments: reported as logging does it, not to who logs.
            self.handleError(record)
        else:
            if wanted:
                super().emit(record)

    @property
    def counted(self) -> int:
        """How many events are counted now."""
        return len(self._counted)

    def tell_repeated(self, *, before: float | None = None) -> None:
        """Say how often lines were left out.

        Args:
            before: Only of windows that began before this moment; by default of all.
        """
        # Windows stand in the order in which they began.
        while self._counted:
            event, counted = next(iter(self._counted.items()))
            if before is not None and counted.began > before:
                return
            self._close(event)

    def close(self) -> None:
        """Say what was left out, unless the stream is closed already; then stop."""
        self.acquire()
        try:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if not self.stream.closed:
                self.tell_repeated()
        finally:
            self.release()
        super().close()

    def _is_wanted(self, record: logging.LogRecord, now: float) -> bool:
        line = _line_of(record)
        # An error is the same event only if all it says is the same.
        said = line if record.levelno >= logging.ERROR else _event_of(record)
        event = (record.name, record.levelno, said)
        counted = self._counted.get(event)
        if counted is None:
            if len(self._counted) >= _MOST_EVENTS:
                self._close(next(iter(self._counted)))
            counted = self._counted[event] = _Counted(now)
        same = counted.lines.get(line, 0)
        if same >= SAME_LINE or counted.written >= SAME_EVENT:
            counted.left_out += 1
            self._tell_later()
            return False
        counted.lines[line] = same + 1
        counted.written += 1
        return True

    def _tell_later(self) -> None:
        """Where nothing more is logged, the number is still told."""
        if self._timer is None:
            self._timer = threading.Timer(WINDOW_SECONDS, self.tell_later_now)
            self._timer.daemon = True
            self._timer.start()

    def tell_later_now(self) -> None:
        """Say how often lines were left out in windows that have ended: what the timer does."""
        self.acquire()
        try:
            self._timer = None
            if self.stream.closed:
                return
            self.tell_repeated(before=self.clock() - WINDOW_SECONDS)
            if any(each.left_out for each in self._counted.values()):
                self._tell_later()
        finally:
            self.release()

    def _close(self, event: _Event) -> None:
        counted = self._counted.pop(event)
        if not counted.left_out:
            return
        name, level, said = event
        seconds = round(self.clock() - counted.began)
        text = f"{said.splitlines()[0] if said else ''} … repeated {counted.left_out} times in {seconds} s"
        super().emit(logging.LogRecord(name, level, "", 0, text, None, None))


def _event_of(record: logging.LogRecord) -> str:
    """What a line is about, without its fields: structlog's event, or the message before its arguments are put in."""
    said = record.msg.get("event", "") if isinstance(record.msg, dict) else record.msg
    return _PASSING.sub("…", str(said))


def _line_of(record: logging.LogRecord) -> str:
    """All that a line says, but for when."""
    problem = record.exc_info[1] if record.exc_info else None
    if isinstance(record.msg, dict):
        fields = ", ".join(f"{name}={value}" for name, value in record.msg.items() if name not in _NO_FIELDS)
        said = f"{record.msg.get('event', '')} ({fields})"
        problem = problem or _problem_of(record.msg.get("exc_info"))
    else:
        said = record.getMessage()
    # What the SDK's loggers say is about one case each.
    for attribute in ("temporal_activity", "temporal_workflow"):
        about = getattr(record, attribute, None)
        if isinstance(about, Mapping):
            said = f"{said} {about.get('workflow_id')}"
    while problem is not None:
        trace = problem.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        said = f"{said}, {type(problem).__name__}: {problem}{place}"
        problem = problem.__cause__
    return _PASSING.sub("…", said)


def _problem_of(given: object) -> BaseException | None:
    """The exception that structlog was given, in any of the ways it may be."""
    if isinstance(given, tuple):
        given = given[1] if len(given) > 1 else None
    if isinstance(given, BaseException):
        return given
    return sys.exc_info()[1] if given else None
