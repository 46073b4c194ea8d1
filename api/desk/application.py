"""The desk as an application of its own beside the API, under `/desk`: what it refuses is told in pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.desk.pages import desk_routers
from api.desk.rendering import ASSETS, ROOT, asset, page
from api.desk.visiting import Desk, MayNot, NotSignedIn, StaleForm, came_from, preferred
from api.operator.problems import Problem
from casefile.database import is_database_failure
from casefile.narrowed import NotSeen
from speech.words import speaking

__all__ = ["desk_application"]


def desk_application(desk: Desk) -> FastAPI:
    """The application.

    Args:
        desk: What it stands on.
    """
    app = FastAPI(title="Maanwerk", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.desk = desk
    # As they are: one that is included under a prefix is looked through twice at each request, with all beside it.
    app.router.routes.extend(_all_routes())
    _tell_refusals(app)
    app.add_middleware(_AtTheDesk)
    return app


@cache
def _all_routes() -> tuple[BaseRoute, ...]:
    """They keep nothing: what they need they find at the application."""
    return tuple(route for router in (*desk_routers(), _assets()) for route in router.routes)


def _assets() -> APIRouter:
    router = APIRouter()
    for name in ASSETS:
        router.add_api_route(f"/{name}", _asset(name), methods=["GET"], name=name)
    return router


def _asset(name: str) -> Callable[[], Awaitable[Response]]:
    async def answered() -> Response:
        # Its address names its content, so what is behind it never changes.
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(asset(name), media_type=ASSETS[name], headers=headers)

    return answered


def _tell_refusals(app: FastAPI) -> None:
    @app.exception_handler(NotSignedIn)
    async def sign_in_first(request: Request, _: NotSignedIn) -> Response:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        naar = {"naar": asked} if asked != ROOT else {}
        if request.method != "GET":
            # He filled something in: where he was, and that it was not done.
            naar = {"naar": came_from(request), "gemist": "ja"}
        query = f"?{urlencode(naar)}" if naar else ""
        return RedirectResponse(f"{ROOT}/inloggen{query}", 303, headers={"Cache-Control": "no-store"})

    @app.exception_handler(MayNot)
    async def may_not(request: Request, refused: MayNot) -> Response:
        return _problem(request, 403, "may_not", user=refused.user, role=refused.role)

    @app.exception_handler(StaleForm)
    async def stale(request: Request, _: StaleForm) -> Response:
        return _problem(request, 403, "stale_form")

    @app.exception_handler(Problem)
    async def of_the_api(request: Request, problem: Problem) -> Response:
        return _problem(request, problem.status, "not_found" if problem.status == 404 else "refused", problem.detail)

    @app.exception_handler(NotSeen)
    async def not_his(request: Request, _: NotSeen) -> Response:
        # What a page did not look for before it wrote to it: not done, and not there.
        return _problem(request, 404, "not_found")

    @app.exception_handler(HTTPException)
    async def of_the_framework(request: Request, error: HTTPException) -> Response:
        return _problem(request, error.status_code, "not_found" if error.status_code == 404 else "refused")

    @app.exception_handler(RequestValidationError)
    async def unusable(request: Request, _: RequestValidationError) -> Response:
        # An address that is none of ours; what was sent is not repeated.
        return _problem(request, 404, "not_found")

    @app.exception_handler(Exception)
    async def at_fault(request: Request, _: Exception) -> Response:
        # Raised again behind this, so whoever serves logs where it came from.
        with speaking(preferred(request.headers)):
            return _problem(request, 500, "at_fault")

    @app.exception_handler(SQLAlchemyError)
    async def no_case_file(request: Request, error: SQLAlchemyError) -> Response:
        if not is_database_failure(error):
            raise error
        structlog.get_logger("maanwerk.api").warning("case_file_does_not_answer", reason=type(error).__name__)
        answer = _problem(request, 503, "away")
        answer.headers["Retry-After"] = "5"
        return answer


def _problem(request: Request, status: int, kind: str, detail: str = "", **data: object) -> Response:
    return page(
        "problem", status, {"kind": kind, "detail": detail, "status": status, "user": None, "role": None, **data}
    )


class _AtTheDesk:
    """Around every page: it speaks the language of its reader, as far as that is known before he is.

    And its routes are asked for what comes behind `/desk` (ASGI's `root_path`).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["root_path"] = scope.get("root_path", "") + ROOT
        with speaking(preferred(Headers(scope=scope))):
            await self._app(scope, receive, send)
