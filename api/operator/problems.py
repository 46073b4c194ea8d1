"""Refusals over HTTP: `application/problem+json` (RFC 9457), which names the rule and never repeats what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from casefile.database import is_database_failure
from casefile.narrowed import NotSeen

__all__ = ["MEDIA_TYPE", "Problem", "ProblemBody", "answer_of", "fields_of", "handle_problems", "refusal"]

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


def answer_of(problem: Problem) -> JSONResponse:
    """The answer that tells a refusal."""
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


def refusal(status: int, reason: str) -> tuple[str, bytes]:
    """What is answered in place of the application, in this form too: its media type and its body."""
    rule = _RULES.get(status, "at_fault" if status == HTTPStatus.INTERNAL_SERVER_ERROR else "try_again")
    return MEDIA_TYPE, bytes(answer_of(Problem(status, rule, reason)).body)


def fields_of(errors: Iterable[Any]) -> dict[str, str]:
    """What pydantic found wrong, by field, without what was sent."""
    return {".".join(map(str, each["loc"])) or "body": _without_input(each) for each in errors}


def _without_input(error: Any) -> str:
    said = "is missing" if error["type"] == "missing" else str(error["msg"]).removeprefix("Value error, ")
    sent = str(error.get("input"))
    for shown in dict.fromkeys((repr(sent[:40]), repr(sent), repr(error.get("input")))):
        said = said.replace(shown, "this")
    return said


_RULES = {404: "no_such_address", 405: "no_such_method", 413: "too_large"}


def handle_problems(app: FastAPI) -> None:
    """Answer every refusal of an application in this form, also those of the framework."""

    @app.exception_handler(Problem)
    async def refused(_: Request, problem: Problem) -> JSONResponse:
        return answer_of(problem)

    @app.exception_handler(RequestValidationError)
    async def unusable(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = fields_of(error.errors())
        return answer_of(Problem(422, "unusable_request", "the request can't be used as it is", fields=fields))

    @app.exception_handler(NotSeen)
    async def not_his(_: Request, error: NotSeen) -> JSONResponse:
        return answer_of(Problem(404, "not_seen", str(error)))

    @app.exception_handler(HTTPException)
    async def of_the_framework(_: Request, error: HTTPException) -> JSONResponse:
        rule = _RULES.get(error.status_code, "not_possible")
        return answer_of(Problem(error.status_code, rule, str(error.detail), headers=error.headers))

    @app.exception_handler(SQLAlchemyError)
    async def no_case_file(_: Request, error: SQLAlchemyError) -> JSONResponse:
        if not is_database_failure(error):
            raise error
        structlog.get_logger("maanwerk.api").warning("case_file_does_not_answer", reason=type(error).__name__)
        return answer_of(
            Problem(503, "case_file_away", "the case file does not answer: try again", headers={"Retry-After": "5"})
        )
