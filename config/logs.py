"""Logs of the worker: one JSON object a line on standard error, with ids and codes, without personal data.

Lines that are repeated are limited (`config.repeated_lines`).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import IO

import structlog

from config.repeated_lines import LimitedLog

__all__ = ["configure_logs", "finish_logs", "log_descriptor"]


_ABOUT = ("temporal_activity", "temporal_workflow")
"""Attributes in which the SDK's loggers say what they are about."""


def configure_logs(level: int = logging.INFO, stream: IO[str] | None = None, *, sdk: bool = True) -> None:
    """Write our log and Python's (that of the SDK too) as JSON lines.

    Args:
        level: Least level that is written.
        stream: Where to; standard error by default.
        sdk: Whether this process uses Temporal's SDK, which is large.
    """
    if sdk:
        from temporalio import activity, workflow

        # What they are about stands in fields of its own: once is enough.
        activity.logger.activity_info_on_message = False
        workflow.logger.workflow_info_on_message = False
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        _add_case,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = LimitedLog(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def finish_logs() -> None:
    """Say what was left out of the log; before its stream is closed."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, LimitedLog):
            handler.close()


def log_descriptor() -> int:
    """Descriptor of the file that the log goes to, for a child process; standard error where it has none."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, LimitedLog):
            try:
                return handler.stream.fileno()
            except (OSError, ValueError):
                break  # It is in memory.
    return sys.__stderr__.fileno() if sys.__stderr__ is not None else 2


def _add_case(
    _: structlog.typing.WrappedLogger, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Say about which case an activity or a workflow logs: the workflow's id is that of the case."""
    record = event.get("_record")
    for attribute in _ABOUT:
        about = getattr(record, attribute, None)
        if isinstance(about, Mapping):
            event["case_id"] = about.get("workflow_id")
            event["run_id"] = about.get("run_id") or about.get("workflow_run_id")
            if "activity_type" in about:
                event["activity"] = about["activity_type"]
            break
    return event
