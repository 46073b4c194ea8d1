"""The SDK's runtime: one a process, with its log in Python's logging instead of on standard output."""

from __future__ import annotations

import atexit
import logging
import time
from functools import lru_cache

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

_SETTLING_SECONDS = 0.2
"""What the SDK's threads need to lay down a call that has ended: a process that ends within it may abort (1.35)."""


@lru_cache(maxsize=1)
def sdk_runtime() -> Runtime:
    """The runtime for every client of this process.

    Errors of the SDK's core reach the logger `temporalio.core`. On standard output, where the core writes by
    itself, they would spoil what commands print there. The end of the process waits, once, until the SDK's threads
    no longer hold anything of Python's.
    """
    atexit.register(time.sleep, _SETTLING_SECONDS)
    return Runtime(
        telemetry=TelemetryConfig(
            logging=LoggingConfig(
                filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"),
                forwarding=LogForwardingConfig(logger=logging.getLogger("temporalio.core")),
            )
        )
    )
