"""The SDK's runtime: one a process, with its log in Python's logging instead of on standard output."""

from __future__ import annotations

import atexit
import logging
import time
from functools import cache

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from worker.listening import AddressTaken

_SETTLING_SECONDS = 0.2
"""What the SDK's threads need to lay down a call that has ended: a process that ends within it may abort (1.35)."""


@cache
def sdk_runtime(metrics: str | None = None) -> Runtime:
    """The runtime for every client of this process that has the same metrics address.

    Errors of the SDK's core reach the logger `temporalio.core`. On standard output, where the core writes by
    itself, they would spoil what commands print there. The end of the process waits, once, until the SDK's threads
    no longer hold anything of Python's.

    Args:
        metrics: `host:port` on which the SDK shows its own metrics to Prometheus; None shows none.

    Raises:
        AddressTaken: nobody can listen there.
    """
    atexit.register(time.sleep, _SETTLING_SECONDS)
    logs = LoggingConfig(
        filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"),
        forwarding=LogForwardingConfig(logger=logging.getLogger("temporalio.core")),
    )
    if metrics is None:
        return Runtime(telemetry=TelemetryConfig(logging=logs))
    shown = PrometheusConfig(
        bind_address=metrics, durations_as_seconds=True, counters_total_suffix=True, unit_suffix=True
    )
    try:
        return Runtime(telemetry=TelemetryConfig(logging=logs, metrics=shown))
    except ValueError as problem:
        hint = "set MAANWERK_METRICS to another address, as IP:PORT"
        raise AddressTaken(f"the SDK's metrics can't be served at {metrics} ({problem}): {hint}") from None
