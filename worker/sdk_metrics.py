"""The metrics of Temporal's SDK, for a monitoring system.

The SDK has a server for them inside the worker, which takes any number of connections for any time: enough of them,
and the worker has no descriptor left for its cases. So that one listens on the loopback interface alone
(`engine.runtime`), and what others see is asked there for them, within the limits of the worker's pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import urllib.request
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import structlog
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.serving.one_look import OneLook
from api.serving.server import listener_at, served_by
from config.connection_limits import PAGES, fitted, with_descriptors
from engine.runtime import inner_metrics

__all__ = ["sdk_metrics_at"]

_SECONDS = 5.0


@contextlib.asynccontextmanager
async def sdk_metrics_at(address: str | None) -> AsyncIterator[None]:
    """Show them at `/metrics` as long as the block runs.

    Args:
        address: `host:port`; None shows none.

    Raises:
        AddressTaken: nobody can listen there.
    """
    inner = inner_metrics(address)
    if address is None or inner is None:
        yield
        return
    listener = listener_at(address, "the SDK's metrics", "MAANWERK_METRICS")
    with ThreadPoolExecutor(1, thread_name_prefix="maanwerk-sdk-metrics") as threads:
        async with served_by(_app(inner, threads), listener, fitted(PAGES, with_descriptors())):
            yield


def _app(inner: str, threads: ThreadPoolExecutor) -> FastAPI:
    app = FastAPI(title="Temporal SDK metrics", docs_url=None, redoc_url=None, openapi_url=None)

    async def look() -> bytes | None:
        return await asyncio.get_running_loop().run_in_executor(threads, _asked, inner)

    one_look = OneLook(look)

    @app.get("/metrics")
    async def metrics() -> Response:
        """What the SDK says; 503 while it says nothing."""
        text = await one_look()
        if text is None:
            return Response("the SDK does not answer\n", 503, media_type="text/plain")
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return app


def _asked(inner: str) -> bytes | None:
    # No proxy of the environment stands before the loopback interface.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{inner}/metrics", timeout=_SECONDS) as answer:
            return bytes(answer.read())
    except OSError as problem:
        structlog.get_logger("maanwerk.worker").warning("sdk_metrics_failed", reason=type(problem).__name__)
        return None
