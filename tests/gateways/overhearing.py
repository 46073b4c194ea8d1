"""Hearing all that is logged or said in exceptions, to show that nothing personal and no secret is in it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager


class Overheard(logging.Handler):
    """Everything that any logger said, and every exception noted."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.name}: {record.getMessage()} {record.args!r} {record.exc_info!r}")

    def note(self, error: BaseException) -> None:
        """Keep what an exception says, and all those it came from."""
        waiting: list[BaseException | None] = [error]
        while waiting:
            each = waiting.pop()
            if each is not None:
                self.said += [str(each), repr(each), *traceback.format_exception(each)]
                waiting += [each.__cause__, each.__context__]

    def words(self, *words: str) -> list[str]:
        """Those of the words that were said."""
        return [word for word in words if any(word in said for said in self.said)]


@contextmanager
def overhearing() -> Iterator[Overheard]:
    """Every logger there is at DEBUG, whatever its level was, with one more handler."""
    heard = Overheard()
    names = [
        *logging.Logger.manager.loggerDict,
        "urllib3.connectionpool",
        "python_http_client.client",
        "twilio.http_client",
    ]
    loggers = [logging.getLogger(), *map(logging.getLogger, dict.fromkeys(names))]
    levels = [(logger, logger.level, logger.disabled) for logger in loggers]
    logging.getLogger().addHandler(heard)
    try:
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
            logger.disabled = False
        yield heard
    finally:
        logging.getLogger().removeHandler(heard)
        for logger, level, disabled in levels:
            logger.setLevel(level)
            logger.disabled = disabled
