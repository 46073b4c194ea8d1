"""The SDK's runtime: one a process, with its log in Python's logging instead of on standard output."""

from __future__ import annotations

import atexit
import logging
import socket
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

from engine.core_log import CoreWarnings

_SETTLING_SECONDS = 0.2
"""What the SDK's threads need to lay down a call that has ended: a process that ends within it may abort (1.35)."""


_TRIES = 5
_INNER: dict[str, str] = {}
"""Where the SDK shows its metrics inside this machine, by where they are to be shown."""


def inner_metrics(metrics: str | None) -> str | None:
    """Where the SDK itself listens, of the metrics that are to be shown at an address; None when it does not."""
    return None if metrics is None else _INNER.get(metrics)


@cache
def sdk_runtime(metrics: str | None = None) -> Runtime:
    """The runtime for every client of this process that has the same metrics address.

    Errors and warnings of the SDK's core reach the logger `temporalio.core`, in the form of `engine.core_log`: a
    workflow task that fails is one of them. On standard output, where the core writes by itself, they would spoil
    what commands print there. The end of the process waits, once, until the SDK's threads no longer hold anything of
    Python's.

    Args:
        metrics: `host:port` at which its metrics are to be shown. The SDK itself listens on the loopback interface;
            `worker.sdk_metrics` shows them. None: there are none.
    """
    atexit.register(time.sleep, _SETTLING_SECONDS)
    logger = logging.getLogger("temporalio.core")
    logger.filters[:] = [CoreWarnings()]
    # A command that keeps no log says itself what went wrong: without this, Python would print each line beside it.
    logger.handlers[:] = [logging.NullHandler()]
    logs = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        forwarding=LogForwardingConfig(
            logger=logger,
            append_target_to_name=False,
            prepend_target_on_message=False,
            append_log_fields_to_message=False,
        ),
    )
    if metrics is None:
        return Runtime(telemetry=TelemetryConfig(logging=logs))
    tries = 0
    while True:
        tries += 1
        with socket.create_server(("127.0.0.1", 0)) as probe:
            inner = f"127.0.0.1:{probe.getsockname()[1]}"
        shown = PrometheusConfig(
            bind_address=inner, durations_as_seconds=True, counters_total_suffix=True, unit_suffix=True
        )
        try:
            runtime = Runtime(telemetry=TelemetryConfig(logging=logs, metrics=shown))
        except ValueError:
            # Somebody took the port in between.
            if tries == _TRIES:
                raise
            continue
        _INNER[metrics] = inner
        return runtime
