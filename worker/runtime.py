"""The SDK's runtime: one a process, with its log in Python's logging instead of on standard output."""

from __future__ import annotations

import logging
from functools import lru_cache

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)


@lru_cache(maxsize=1)
def sdk_runtime() -> Runtime:
    """The runtime for every client of this process.

    Errors of the SDK's core reach the logger `temporalio.core`. On standard output, where the core writes by
    itself, they would spoil what commands print there.
    """
    return Runtime(
        telemetry=TelemetryConfig(
            logging=LoggingConfig(
                filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"),
                forwarding=LogForwardingConfig(logger=logging.getLogger("temporalio.core")),
            )
        )
    )
