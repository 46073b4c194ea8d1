"""The documentation is complete: OpenAPI 3.1 with an example of each body, every refusal, and the key that opens it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import jsonschema
import pytest

from api.operator.telling import ADMIN
from casefile.case_file import CaseFile
from casefile.outgoing_events import Tried, take_up, write_tries
from casefile.subscribers import set_subscribers
from domain.case_event_kinds import CaseEventKind
from domain.messages import MESSAGES, REQUESTS, read_message
from tests.api.operator.standing import CASE, KEPT, NOW, Standing, described_once, standing
from tests.casefile.builders import furnish
from tests.domain.told_facts import EVERYTHING


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """What the application says of itself: of no case file, so nothing is asked of one."""
    return described_once()


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, each) for path, all_of in described["paths"].items() for method, each in all_of.items()]


def whole(part: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    """What a part says, or what it refers to."""
    for name in part["$ref"].removeprefix("#/").split("/") if "$ref" in part else ():
        described = described[name]
    return described if "$ref" in part else part


def test_it_is_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    from openapi_spec_validator import OpenAPIV31SpecValidator

    OpenAPIV31SpecValidator(described).validate()


def test_every_route_says_which_key_opens_it_and_how_it_refuses(described: dict[str, Any]) -> None:
    assert described["components"]["securitySchemes"]["api_key"]["scheme"] == "bearer"
    for path, method, operation in operations(described):
        assert operation["security"] == [{"api_key": []}], path
        refusals = {status: each for status, each in operation["responses"].items() if status >= "400"}
        assert {"401", "403", "422", "429", "500", "503"} <= refusals.keys(), path
        assert ("413" in refusals and "415" in refusals) == ("requestBody" in operation), path
        for status, refusal in refusals.items():
            content = whole(refusal, described)["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ProblemBody"}
            assert content["example"]["status"] == int(status)
        assert operation["summary"] and operation["description"], f"{method} {path}"
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_every_example_of_a_body_is_one(described: dict[str, Any]) -> None:
    seen = 0
    for path, _, operation in operations(described):
        if "requestBody" not in operation:
            continue
        content = operation["requestBody"]["content"]["application/json"]
        schema = {**content["schema"], "components": described["components"]}
        jsonschema.Draft202012Validator(schema).validate(content["example"])
        name = path.rpartition("/")[2]
        if name in MESSAGES:
            told = content["example"].get("content", {}) if path.startswith("/bulk/") else content["example"]
            assert read_message(name, json.dumps(told).encode()), path
        seen += 1
    assert seen == len(MESSAGES) + len(REQUESTS) + 13


def test_every_operation_has_a_name_of_its_own(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))
    assert set(ADMIN) <= set(names)


async def test_it_is_served(api: Standing, described: dict[str, Any]) -> None:
    assert (await api.ask("GET", "/openapi.json", role=None)).json() == described
    assert (await api.ask("GET", "/docs", role=None)).status_code == 404, "no page that loads scripts from elsewhere"


def test_what_the_repository_keeps_of_it_is_the_same(described: dict[str, Any]) -> None:
    """`MAANWERK_GUIDE=write .venv/bin/pytest tests/api/operator/test_documentation.py` writes it anew."""
    text = json.dumps(described, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("MAANWERK_GUIDE") == "write":
        KEPT.write_text(text, "utf-8")
    assert KEPT.read_text("utf-8") == text


async def test_what_is_answered_fits_what_is_documented(api: Standing, described: dict[str, Any]) -> None:
    for method, path, body in (
        ("get", "/cases", None),
        ("get", "/tasks", None),
        ("get", "/quarantine", None),
        ("get", "/audit", None),
        ("get", "/cases/{case_id}/timeline", None),
        ("get", "/cases/{case_id}/messages", None),
        ("get", "/cases/{case_id}/documents", None),
        ("post", "/cases/{case_id}/pause_case", {}),
        ("post", "/cases/{case_id}/approve_handoff", {}),
        ("post", "/bulk/resume_case", {"cases": ["F-1", "none"]}),
        ("post", "/cases/search", {"search": "bakker"}),
    ):
        answer = await api.ask(method.upper(), path.replace("{case_id}", CASE), body)
        said = whole(described["paths"][path][method]["responses"][str(answer.status_code)], described)["content"]
        schema = said[answer.headers["content-type"]]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": described["components"]}).validate(answer.json())


def test_a_standing_without_routes_documents_none(api: Standing) -> None:
    assert standing(api.file, routers=()).app.openapi()["paths"] == {}


@pytest.mark.parametrize("kind", list(CaseEventKind))
def test_every_event_that_others_are_told_is_documented_with_an_example(
    described: dict[str, Any], kind: CaseEventKind
) -> None:
    operation = described["webhooks"][kind.value]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    schema = {**content["schema"], "components": described["components"]}
    jsonschema.Draft202012Validator(schema).validate(content["example"])
    headers = {each["name"] for each in operation["parameters"] if each["required"] and each["in"] == "header"}
    assert headers == {"webhook-id", "webhook-timestamp", "webhook-signature"}


def test_what_is_sent_is_what_is_documented_and_nothing_besides(described: dict[str, Any], file: CaseFile) -> None:
    """The schemas allow no field that they do not name."""
    set_subscribers(file, {"erp": ("erp.example", tuple(CaseEventKind))}, NOW)
    with file.write() as transaction:
        furnish(transaction, case_id="case:devaart:2026-F-9", number="F-9")
        transaction.cases.append("case:devaart:2026-F-9", EVERYTHING)
    sent = []
    while events := take_up(file, "erp", NOW, NOW + timedelta(minutes=1), 10):
        sent += [json.loads(event.body) for event in events]
        write_tries(file, [Tried(event, "delivered") for event in events], NOW)
    for told in sent:
        body = described["webhooks"][told["type"]]["post"]["requestBody"]["content"]["application/json"]
        schema = {**body["schema"], "components": described["components"]}
        jsonschema.Draft202012Validator(schema).validate(told)
    assert {told["type"] for told in sent} == set(CaseEventKind)
