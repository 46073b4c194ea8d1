"""What an orchestrator and a monitoring system see: `/healthz`, `/readyz` and `/metrics` over HTTP.

Labels hold stages and version names only, never what belongs to a case or a person.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from casefile.case_file import CaseFile
from casefile.tally import Tally, tally
from worker.listening import AddressTaken, split_address

__all__ = ["Observed", "endpoints", "metrics_text", "observed_at"]

_ANSWER = timedelta(seconds=2)


@dataclass
class Observed:
    """What is looked at.

    Attributes:
        client: The Temporal client.
        file: The case file.
        build_id: Build of this worker; empty without worker versioning.
        working: Whether the worker takes work; not before it runs, and no more once it stops.
        real_now: The real clock.
    """

    client: Client
    file: CaseFile
    build_id: str = ""
    working: bool = False
    real_now: Callable[[], datetime] = lambda: datetime.now(UTC)


def metrics_text(numbers: Tally, build_id: str) -> bytes:
    """The numbers in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Gauges(numbers, build_id))
    return generate_latest(registry)


class _Gauges(Collector):
    def __init__(self, numbers: Tally, build_id: str) -> None:
        self._numbers = numbers
        self._build_id = build_id

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("maanwerk_cases_waiting", "Open cases by stage.", labels=["stage"])
        for stage, number in sorted(self._numbers.waiting.items()):
            waiting.add_metric([stage], number)
        yield waiting
        for name, says, number in (
            ("maanwerk_deliveries_unknown", "Deliveries whose outcome is not known.", self._numbers.unknown),
            ("maanwerk_quarantine", "Unusable messages that wait for a person.", self._numbers.quarantined),
            ("maanwerk_decisions_overdue", "Decisions more than an hour late.", self._numbers.overdue),
            ("maanwerk_inbox_undelivered", "Messages that no case has recorded yet.", self._numbers.undelivered),
            ("maanwerk_cases_unstarted", "Cases of which Temporal was not told yet.", self._numbers.unstarted),
        ):
            yield GaugeMetricFamily(name, says, value=number)
        build = GaugeMetricFamily("maanwerk_build_info", "What runs here.", labels=["version", "build_id"])
        build.add_metric([version("maanwerk"), self._build_id], 1)
        yield build


def endpoints(observed: Observed, routers: Sequence[APIRouter] = ()) -> FastAPI:
    """The three pages and what else is served, without documentation pages beside them."""
    app = FastAPI(title="Maanwerk worker", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers: no reason to restart it."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, str]:
        """It takes work: the worker runs, Temporal and the case file answer."""
        found = {
            "worker": "ok" if observed.working else "does not take work",
            "temporal": await _temporal(observed.client),
            "case_file": await asyncio.to_thread(_case_file, observed),
        }
        if set(found.values()) != {"ok"}:
            response.status_code = 503
        return found

    @app.get("/metrics")
    def metrics() -> Response:
        """The numbers of `casefile.tally`; 503 while the case file does not answer."""
        try:
            numbers = tally(observed.file, observed.real_now())
        except SQLAlchemyError as problem:
            structlog.get_logger("maanwerk.worker").warning("metrics_failed", reason=type(problem).__name__)
            return Response("the case file does not answer\n", 503, media_type="text/plain")
        return Response(metrics_text(numbers, observed.build_id), media_type=CONTENT_TYPE_LATEST)

    for router in routers:
        app.include_router(router)
    return app


async def _temporal(client: Client) -> str:
    try:
        healthy = await client.service_client.check_health(timeout=_ANSWER)
    except (RPCError, RuntimeError):
        return "does not answer"
    return "ok" if healthy else "is not healthy"


def _case_file(observed: Observed) -> str:
    try:
        with observed.file.database.read() as connection:
            connection.exec_driver_sql("SELECT 1 FROM cases WHERE 1 = 0")
    except SQLAlchemyError:
        return "does not answer"
    return "ok"


class _Server(uvicorn.Server):
    """Leaves signals alone: the worker decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def observed_at(
    address: str | None, observed: Observed, routers: Sequence[APIRouter] = ()
) -> AsyncIterator[None]:
    """Serve the pages as long as the block runs.

    Args:
        address: `host:port`; None serves nothing.
        observed: What is looked at.
        routers: What is served beside the pages.

    Raises:
        AddressTaken: nobody can listen there.
    """
    if address is None:
        yield
        return
    host, port = split_address(address)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
    except OSError as problem:
        raise AddressTaken(
            f"the worker's pages can't be served at {address} ({problem.strerror}): set MAANWERK_HTTP to another one"
        ) from None
    server = _Server(
        uvicorn.Config(
            endpoints(observed, routers), log_config=None, access_log=False, lifespan="off", log_level="warning"
        )
    )
    with listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield
        finally:
            server.should_exit = True
            await serving
