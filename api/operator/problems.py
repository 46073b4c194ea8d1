"""Refusals over HTTP: `application/problem+json` (RFC 9457), which names the rule and never repeats what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

__all__ = ["MEDIA_TYPE", "Problem", "ProblemBody", "handle_problems"]

MEDIA_TYPE = "application/problem+json"


class ProblemBody(BaseModel):
    """What a refusal says.

    Attributes:
        type: Always `about:blank`: `rule` says which it is.
        title: The kind in words.
        status: The HTTP status.
        detail: What was wrong, and what to do.
        rule: A stable code of what refused: `not_signed_in`, `refused_by_rule`, …
        fields: Of a body that can't be used: which field, and why.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    rule: str
    fields: dict[str, str] | None = None


class Problem(Exception):
    """A refusal.

    Attributes:
        status: The HTTP status.
        rule: A stable code of what refused.
        detail: What was wrong, and what to do; one sentence.
    """

    def __init__(
        self,
        status: int,
        rule: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Refuse."""
        super().__init__(detail)
        self.status, self.rule, self.detail = status, rule, detail
        self.headers, self.fields = headers, fields


def _answer(problem: Problem) -> JSONResponse:
    body = ProblemBody(
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=problem.detail,
        rule=problem.rule,
        fields=None if problem.fields is None else dict(problem.fields),
    )
    return JSONResponse(
        jsonable_encoder(body, exclude_none=True),
        problem.status,
        headers=None if problem.headers is None else dict(problem.headers),
        media_type=MEDIA_TYPE,
    )


_RULES = {404: "no_such_address", 405: "no_such_method", 413: "too_large"}


def handle_problems(app: FastAPI) -> None:
    """Answer every refusal of an application in this form, also those of the framework."""

    @app.exception_handler(Problem)
    async def refused(_: Request, problem: Problem) -> JSONResponse:
        return _answer(problem)

    @app.exception_handler(RequestValidationError)
    async def unusable(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = {".".join(map(str, each["loc"])): str(each["msg"]) for each in error.errors()}
        return _answer(Problem(422, "unusable_request", "the request can't be used as it is", fields=fields))

    @app.exception_handler(HTTPException)
    async def of_the_framework(_: Request, error: HTTPException) -> JSONResponse:
        rule = _RULES.get(error.status_code, "not_possible")
        return _answer(Problem(error.status_code, rule, str(error.detail), headers=error.headers))

    @app.exception_handler(SQLAlchemyError)
    async def no_case_file(_: Request, error: SQLAlchemyError) -> JSONResponse:
        structlog.get_logger("maanwerk.api").warning("case_file_does_not_answer", reason=type(error).__name__)
        return _answer(
            Problem(503, "case_file_away", "the case file does not answer: try again", headers={"Retry-After": "5"})
        )
