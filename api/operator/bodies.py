"""Bodies of requests: one JSON object, read by hand, so that whatever comes is answered in words of ours.

Nothing of what was sent is in the answer: it may be personal data, and the answer may end in somebody's log.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.operator.problems import Problem, fields_of

__all__ = ["MOST_BYTES", "as_model", "asked_with", "json_object"]

_M = TypeVar("_M", bound=BaseModel)

MOST_BYTES = 1_000_000
"""Longest body of a request in JSON."""
_DEEPEST = 32
REF = "#/components/schemas/{model}"


async def json_object(request: Request) -> dict[str, Any]:
    """The body of a request.

    Raises:
        Problem: 415 of what is no JSON in UTF-8 by its own words, 413 of more than `MOST_BYTES`, 422 of what is no
            JSON object.
    """
    kind, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    if kind != "application/json":
        raise Problem(415, "no_json", "send Content-Type: application/json")
    charset = next((each.partition("=")[2].strip('"') for each in parameters if each.startswith("charset=")), "utf-8")
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "no_utf_8", "JSON is UTF-8 (RFC 8259): send it so, and leave the charset out")
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise Problem(413, "too_large", f"the body is larger than {MOST_BYTES} bytes")
    try:
        read = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Problem(422, "no_json", "the body is no text in UTF-8") from None
    except (ValueError, RecursionError):
        raise Problem(422, "no_json", "the body is no JSON, or is not complete") from None
    if not isinstance(read, dict):
        raise Problem(422, "no_object", "the body is JSON, but no object")
    if _is_deep(read):
        raise Problem(422, "too_deep", f"the JSON is nested deeper than {_DEEPEST} levels")
    return read


def as_model(model: type[_M], read: dict[str, Any]) -> _M:
    """The object as a model.

    Raises:
        Problem: 422 with what is wrong, by field.
    """
    try:
        return model.model_validate(read)
    except ValidationError as error:
        raise Problem(
            422, "unusable_request", "the request can't be used as it is", fields=fields_of(error.errors())
        ) from None


def asked_with(model: type[BaseModel], example: object, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the documentation says of a body; its definitions are lifted out of it by `documented`.

    Args:
        model: What is read from it.
        example: One that is accepted.
        without: Fields that are none of the body's.
    """
    schema = _schema(model)
    if without:
        kept = {name: each for name, each in schema.get("properties", {}).items() if name not in without}
        schema = {**schema, "properties": kept}
    required = bool(schema.get("required"))
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": required, "content": content}}


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """Nobody may change it: many routes are asked with the same."""
    return model.model_json_schema(ref_template=REF)


def _is_deep(read: object) -> bool:
    """Whether it is nested deeper than any message: what is written again must not run out of stack."""
    level: list[object] = [read]
    for _ in range(_DEEPEST):
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [value for values in inner for value in values]
    return any(isinstance(each, dict | list) for each in level)


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is no JSON")
