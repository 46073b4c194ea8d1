"""What an orchestrator and a monitoring system see: `/healthz`, `/readyz` and `/metrics` over HTTP.

Labels hold stages and version names only, never what belongs to a case or a person. The pages answer from the worker's
own event loop, for whether that turns is what they tell. What they look at takes threads of their own, one look at a
time, so that nobody who asks a lot keeps the worker from its work.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TypeVar

import structlog
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from api.serving.one_look import OneLook
from api.serving.server import listener_at, served_by
from casefile.case_file import CaseFile
from casefile.channel_stops import stopped_channels
from casefile.metrics import CaseMetrics, case_metrics, must_answer
from config.connection_limits import PAGES, Limits, fitted, with_descriptors
from engine.runs.rounds import Troubles

__all__ = ["Health", "endpoints", "health_at", "metrics_text"]

_ANSWER = timedelta(seconds=2)

_T = TypeVar("_T")


@dataclass
class Health:
    """What is looked at.

    Attributes:
        client: The Temporal client.
        file: The case file.
        build_id: Build of this worker; empty without worker versioning.
        working: Whether the worker takes work; not before it runs, and no more once it stops.
        troubles: How the cases stand in Temporal, as the worker's last round found; None before its first.
        real_now: The real clock.
        threads: Those that look at the case file.
    """

    client: Client
    file: CaseFile
    build_id: str = ""
    working: bool = False
    troubles: Troubles | None = None
    real_now: Callable[[], datetime] = lambda: datetime.now(UTC)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(2, thread_name_prefix="maanwerk-pages")
    )


def metrics_text(numbers: CaseMetrics, build_id: str, troubles: Troubles | None = None) -> bytes:
    """The numbers in Prometheus' text format; those of Temporal's runs only once somebody has looked."""
    registry = CollectorRegistry()
    registry.register(_Gauges(numbers, build_id, troubles))
    return generate_latest(registry)


class _Gauges(Collector):
    def __init__(self, numbers: CaseMetrics, build_id: str, troubles: Troubles | None) -> None:
        self._numbers = numbers
        self._build_id = build_id
        self._troubles = troubles

    def collect(self) -> Iterator[Metric]:
        of = self._numbers
        waiting = GaugeMetricFamily("maanwerk_cases_waiting", "Open cases by stage.", labels=["stage"])
        for stage, number in sorted(self._numbers.waiting.items()):
            waiting.add_metric([stage], number)
        yield waiting
        for name, says, number in (
            ("maanwerk_deliveries_unknown", "Deliveries whose outcome is not known.", self._numbers.unknown),
            ("maanwerk_quarantine", "Unusable messages that wait for a person.", self._numbers.quarantined),
            ("maanwerk_decisions_overdue", "Decisions more than an hour late.", self._numbers.overdue),
            ("maanwerk_inbox_undelivered", "Messages that no case has recorded yet.", self._numbers.undelivered),
            ("maanwerk_channels_stopped", "Channels that stand still until a person acts.", self._numbers.stopped),
            ("maanwerk_cases_unstarted", "Cases of which Temporal was not told yet.", self._numbers.unstarted),
            ("maanwerk_provider_events_unread", "Events of payment providers not read yet.", of.provider_unread),
            ("maanwerk_provider_events_overdue", "Those of them more than an hour old.", of.provider_overdue),
            ("maanwerk_provider_events_unreadable", "Events that can't be read.", of.provider_unreadable),
            ("maanwerk_payments_unmatched", "Payments that name nobody we know.", of.unmatched),
            ("maanwerk_events_waiting", "Events that other systems are to hear yet.", of.events_waiting),
            ("maanwerk_events_set_aside", "Events given up, which wait for a person.", of.events_set_aside),
            ("maanwerk_subscribers_stopped", "Systems that want no more events.", of.subscribers_stopped),
            ("maanwerk_agency_reports", "Reports of partners that no case was told yet.", of.agency_reports),
        ):
            yield GaugeMetricFamily(name, says, value=number)
        yield CounterMetricFamily(
            "maanwerk_messages_rescued",
            "Messages found in the histories of ended runs and put into the inbox.",
            value=self._numbers.rescued,
        )
        yield from self._of_runs()
        build = GaugeMetricFamily("maanwerk_build_info", "What runs here.", labels=["version", "build_id"])
        build.add_metric([version("maanwerk"), self._build_id], 1)
        yield build

    def _of_runs(self) -> Iterator[Metric]:
        if self._troubles is None:
            return
        for name, says, number in (
            ("maanwerk_cases_without_run", "Open cases without a living run.", self._troubles.without_run),
            ("maanwerk_cases_jammed", "Living runs whose task fails again and again.", self._troubles.jammed),
            ("maanwerk_runs_without_case", "Living runs of no case of the case file.", self._troubles.without_case),
        ):
            yield GaugeMetricFamily(name, says, value=number)


def endpoints(health: Health) -> FastAPI:
    """The three pages, without documentation pages beside them."""
    app = FastAPI(title="Maanwerk worker", docs_url=None, redoc_url=None, openapi_url=None)

    async def in_thread(look: Callable[[Health], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(health.threads, look, health)

    async def answering() -> tuple[str, str, tuple[str, ...]]:
        return await _temporal(health.client), *await in_thread(_case_file)

    async def numbers() -> CaseMetrics | None:
        return await in_thread(_numbers)

    one_answering, one_numbers = OneLook(answering), OneLook(numbers)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers: no reason to restart it."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, str]:
        """It takes work: the worker runs, Temporal and the case file answer."""
        temporal, case_file, stopped = await one_answering()
        found = {
            "worker": "ok" if health.working else "does not take work",
            "temporal": temporal,
            "case_file": case_file,
        }
        if set(found.values()) != {"ok"}:
            response.status_code = 503
        # No reason to send it no work: the other channels go on.
        return found | {f"channel_{each}": "stands still until a person lets it go on" for each in stopped}

    @app.get("/metrics")
    async def metrics() -> Response:
        """The numbers of `casefile.metrics`; 503 while the case file does not answer."""
        found = await one_numbers()
        if found is None:
            return Response("the case file does not answer\n", 503, media_type="text/plain")
        return Response(metrics_text(found, health.build_id, health.troubles), media_type=CONTENT_TYPE_LATEST)

    return app


def _numbers(health: Health) -> CaseMetrics | None:
    try:
        return case_metrics(health.file, health.real_now())
    except SQLAlchemyError as problem:
        structlog.get_logger("maanwerk.worker").warning("metrics_failed", reason=type(problem).__name__)
        return None


async def _temporal(client: Client) -> str:
    try:
        healthy = await client.service_client.check_health(timeout=_ANSWER)
    except (RPCError, RuntimeError):
        return "does not answer"
    return "ok" if healthy else "is not healthy"


def _case_file(health: Health) -> tuple[str, tuple[str, ...]]:
    """Whether it answers, and which channels stand still."""
    try:
        must_answer(health.file)
        return "ok", tuple(stop.channel for stop in stopped_channels(health.file))
    except SQLAlchemyError:
        return "does not answer", ()


@contextlib.asynccontextmanager
async def health_at(address: str | None, health: Health, limits: Limits = PAGES) -> AsyncIterator[None]:
    """Serve the pages as long as the block runs.

    Args:
        address: `host:port`; None serves nothing.
        health: What is looked at.
        limits: What those who look may take.

    Raises:
        AddressTaken: nobody can listen there.
    """
    if address is None:
        yield
        return
    listener = listener_at(address, "the worker's pages", "MAANWERK_HTTP")
    try:
        async with served_by(endpoints(health), listener, fitted(limits, with_descriptors())):
            yield
    finally:
        # A look that hangs in the database keeps nobody from stopping.
        health.threads.shutdown(wait=False, cancel_futures=True)
