"""The documentation of all routes, as OpenAPI 3.1: what each refusal looks like, and the definitions in one place."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from api.operator.problems import MEDIA_TYPE, ProblemBody

__all__ = ["document", "documented"]

_PROBLEM = {"$ref": "#/components/schemas/ProblemBody"}
_ALWAYS = {
    "401": "No key that is in force.",
    "403": "The role of the key is too low.",
    "422": "It can't be used as it is; `fields` says of each field why.",
    "429": "The key asks too often; `Retry-After` says when it may again.",
    "500": "The fault is ours.",
    "503": "The case file does not answer, or not in time: try again.",
}
_OF_CASES = {"404": "There is no such case.", "409": "Several cases have this invoice number."}
_OF_BODIES = {"413": "The body is too large.", "415": "The body is no JSON in UTF-8 by its own words."}
_RULES = {
    "401": ("not_signed_in", "bring a key that is in force: Authorization: Bearer mk_…"),
    "403": ("role_too_low", "the role of this key is read; this wants operate"),
    "404": ("no_such_case", "there is no such case: give its id or its invoice number"),
    "409": ("refused_by_rule", "the case is closed (paid)"),
    "412": ("case_changed", "the case was told something since you saw it: look again"),
    "413": ("too_large", "the body is larger than 1000000 bytes"),
    "415": ("no_json", "send Content-Type: application/json"),
    "422": ("unusable_request", "the request can't be used as it is"),
    "429": ("too_many_requests", "this key asks too often: try again in 1 s"),
    "500": ("at_fault", "the request failed, and the fault is ours"),
    "503": ("case_file_away", "the case file does not answer: try again"),
}


def documented(app: FastAPI) -> None:
    """Let an application be documented by `document`."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(made())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def document(described: dict[str, Any]) -> dict[str, Any]:
    """Complete what the framework makes of the routes.

    Args:
        described: The document of the framework; it is changed.
    """
    components = described.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["ProblemBody"] = ProblemBody.model_json_schema()
    guarded = [
        (path, operation)
        for path, operations in described["paths"].items()
        for operation in operations.values()
        if operation.get("security")
    ]
    for path, operation in guarded:
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if body:
            body["schema"] = _lifted(body["schema"], schemas)
        operation["parameters"] = [_referred(each, components) for each in operation.get("parameters", [])]
        operation["responses"] = _with_refusals(operation["responses"], path, with_body=bool(body))
    if guarded:
        said = _ALWAYS | _OF_CASES | _OF_BODIES
        components["responses"] = {f"Problem{status}": _refusal(status, words) for status, words in said.items()}
    for operations in described.get("webhooks", {}).values():
        for operation in operations.values():
            body = operation["requestBody"]["content"]["application/json"]
            body["schema"] = _lifted(body["schema"], schemas)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return described


def _referred(parameter: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """What refers to a parameter that several routes have alike; the parameter itself where it is another one."""
    name = parameter["name"].title().replace("-", "").replace("_", "")
    known = components.setdefault("parameters", {}).setdefault(name, parameter)
    return {"$ref": f"#/components/parameters/{name}"} if known == parameter else parameter


def _lifted(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Put the definition of a body where all definitions are; gives what refers to it."""
    schemas.update(schema.pop("$defs", {}))
    schemas[schema["title"]] = schema
    return {"$ref": f"#/components/schemas/{schema['title']}"}


def _with_refusals(responses: dict[str, Any], path: str, *, with_body: bool) -> dict[str, Any]:
    """The responses of a route, with every refusal that it may answer."""
    refusals = _ALWAYS | (_OF_BODIES if with_body else {}) | (_OF_CASES if "{case_id}" in path else {})
    found = {status: {"$ref": f"#/components/responses/Problem{status}"} for status in refusals}
    for status, response in responses.items():
        # The framework documents 422 with a form of its own, which is never answered here.
        if status != "422":
            found[status] = _refusal(status, response["description"]) if int(status) >= 400 else response
    return dict(sorted(found.items()))


def _refusal(status: str, words: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": _PROBLEM, "example": _example(status)}}
    return {"description": words, "content": content}


def _example(status: str) -> dict[str, Any]:
    rule, detail = _RULES[status]
    fields = {"due": "is missing"} if status == "422" else None
    title = HTTPStatus(int(status)).phrase
    return ProblemBody(title=title, status=int(status), detail=detail, rule=rule, fields=fields).model_dump(
        exclude_none=True
    )
