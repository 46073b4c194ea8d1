"""The application that `maanwerk api` serves: webhooks, the operator's endpoints, the debtor's pages and the desk.

Deny by default: a route is closed unless it says which role opens it, or stands in `OPEN` below.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.metadata import version

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operator.access import Access
from api.operator.documentation import documented
from api.operator.inside import Inside
from api.operator.outgoing import outgoing_webhooks
from api.operator.problems import Problem, answer_of, handle_problems
from api.operator.rates import Rates
from api.operator.unmatched import UnmatchedPayments
from casefile.case_file import CaseFile
from casefile.metrics import must_answer

__all__ = ["OPEN", "api_application"]

OPEN = ("/healthz", "/readyz", "/metrics", "/openapi.json")
"""What anybody may ask, beside webhooks (which are signed) and the debtor's pages (which have a token)."""

_VERSION = version("maanwerk")
_SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_TLS = (b"strict-transport-security", b"max-age=31536000")


def api_application(
    inside: Inside,
    routers: Sequence[APIRouter],
    *,
    unmatched: UnmatchedPayments | None = None,
    desk: ASGIApp | None = None,
) -> FastAPI:
    """The application.

    Args:
        inside: What it stands on.
        routers: The routes of each subject.
        unmatched: Payments of which nobody knows whose they are, for `unmatched_router`.
        desk: What answers under `/desk`, where people work.
    """
    app = FastAPI(
        title="Maanwerk",
        version=_VERSION,
        description="Overdue invoices: what happened, why nothing was sent, what comes next and when.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        webhooks=outgoing_webhooks(),
    )
    app.state.access = Access(inside.file, inside.now, Rates(inside.rate, inside.seconds))
    app.state.inside = inside
    app.state.unmatched = unmatched
    handle_problems(app)
    metrics = _Metrics()
    app.include_router(_pages(inside.file, metrics))
    for router in routers:
        # As they are: a router that is included has each of its routes analysed anew, when the first request comes.
        app.router.routes.extend(router.routes)
    documented(app)
    if desk is not None:
        app.add_middleware(_Desk, desk=desk)
    app.add_middleware(_Around, metrics=metrics, secure=inside.secure)
    return app


class _Metrics:
    """What a monitoring system sees: requests by route and status, never by address or case."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answered = Counter(
            "maanwerk_api_requests", "Requests answered.", ["route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "maanwerk_api_seconds", "Seconds until the answer began.", ["route"], registry=self.registry
        )


def _pages(file: CaseFile, metrics: _Metrics) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    # None of the answers is described, so none needs a model: to make one for each application takes a millisecond.
    @router.get("/healthz", response_model=None)
    async def healthz() -> dict[str, str]:
        """The process answers: no reason to restart it."""
        return {"status": "ok"}

    @router.get("/readyz", response_model=None)
    async def readyz(response: Response) -> dict[str, str]:
        """It takes requests: the case file answers. Temporal may be away: what comes is kept for it."""
        try:
            await asyncio.to_thread(must_answer, file)
        except SQLAlchemyError:
            response.status_code = 503
            return {"case_file": "does not answer"}
        return {"case_file": "ok"}

    @router.get("/metrics")
    async def counted() -> Response:
        """What was asked and how long it took."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _route_of(scope: Scope) -> str:
    """The pattern of the path: the path itself may hold what is nobody's business."""
    route: str = getattr(scope.get("route"), "path", "none")
    # A router that was included under a prefix knows nothing of it.
    return f"/desk{route}" if _is_of_the_desk(scope) and route != "none" else route


def _is_of_the_desk(scope: Scope) -> bool:
    path: str = scope.get("path", "")
    kind: str = scope["type"]
    return kind == "http" and (path == "/desk" or path.startswith("/desk/"))


class _Desk:
    """Beside the API: what is asked under `/desk` goes to an application of its own, which refuses in pages."""

    def __init__(self, app: ASGIApp, desk: ASGIApp) -> None:
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._desk if _is_of_the_desk(scope) else self._app)(scope, receive, send)


class _Around:
    """Around every answer: headers that keep browsers safe, and the counting."""

    def __init__(self, app: ASGIApp, metrics: _Metrics, secure: bool) -> None:
        self._app, self._metrics = app, metrics
        self._headers = (*_SAFE_HEADERS, *((_TLS,) if secure else ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = asyncio.get_running_loop().time()
        has_begun = False

        async def answered(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = message.setdefault("headers", [])
                there = {name.lower() for name, _ in headers}
                headers += [each for each in (*self._headers, _POLICY) if each[0] not in there]
                route = _route_of(scope)
                self._metrics.answered.labels(route, str(message["status"])).inc()
                self._metrics.seconds.labels(route).observe(asyncio.get_running_loop().time() - began)
            await send(message)

        try:
            await self._app(scope, receive, answered)
        except Exception:
            if not has_begun:
                refusal = answer_of(Problem(500, "at_fault", "the request failed, and the fault is ours"))
                await refusal(scope, receive, answered)
            # Whoever serves logs where it came from.
            raise
