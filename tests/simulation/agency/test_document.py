"""The demo agency does what `docs/agency.openapi.yaml` says, whatever is asked of it."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from typing import Any, get_args

import httpx
import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from domain.facts.agencies import AgencyStatus, ClosingCode
from simulation.agency.book import CONDUCTS, AgencyBook
from simulation.agency.server import DemoAgency, agency_app
from tests.conformance_checks import conformance_checks

DOCUMENT: Any = yaml.safe_load((Path(__file__).parents[3] / "docs/agency.openapi.yaml").read_text(encoding="utf-8"))
EXAMPLES = 4
OWN = {"Authorization": "Bearer token"}
LABELS = [
    f"{method.upper()} {path}"
    for path, all_of in DOCUMENT["paths"].items()
    for method in all_of
    if method != "parameters"
]
KEY = "0" * 64


@cache
def operations() -> dict[str, Any]:
    """The operations of the document; only who tries them imports what draws of it."""
    import schemathesis

    found: list[Any] = list(schemathesis.openapi.from_dict(DOCUMENT).get_all_operations())
    return {each.ok().label: each.ok() for each in found}


def test_the_document_is_one() -> None:
    from openapi_spec_validator import validate

    validate(DOCUMENT)


def test_it_has_the_statuses_and_codes_that_a_case_understands() -> None:
    event = DOCUMENT["components"]["schemas"]["Event"]["properties"]
    assert set(event["status"]["enum"]) == set(get_args(AgencyStatus))
    assert set(event["code"]["enum"]) == set(get_args(ClosingCode))


def test_every_operation_is_tried() -> None:
    assert list(operations()) == LABELS


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("way", ["positive", "negative"])
def test_each_answer_is_one_of_the_document(label: str, way: str) -> None:
    from schemathesis.generation import GenerationMode

    book = AgencyBook("pays")
    content = b"PK\x05\x06" + bytes(18)
    book.take(KEY, {"statement": []}, content)
    transport = httpx.ASGITransport(agency_app(DemoAgency("token", book)), raise_app_exceptions=False)
    with asyncio.Runner() as runner:
        client = httpx.AsyncClient(transport=transport, base_url="http://agency", trust_env=False)

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(operations()[label].as_strategy(generation_mode=GenerationMode(way)))
        def tries(case: Any) -> None:
            if "key" in case.path_parameters and len(case.path_parameters["key"]) == len(KEY):
                case.path_parameters["key"] = KEY
            asked = case.as_transport_kwargs(base_url="http://agency", headers=OWN)
            answer = runner.run(_answered(client, asked))
            case.validate_response(answer, checks=conformance_checks(), headers=OWN)

        tries()
        runner.run(client.aclose())


async def _answered(client: httpx.AsyncClient, asked: dict[str, Any]) -> httpx.Response:
    known = {name: value for name, value in asked.items() if name in ("method", "url", "headers", "json", "params")}
    if "data" in asked:
        known["content"] = asked["data"]
    return await client.request(**known)


@pytest.mark.parametrize(
    ("conduct", "reports"),
    [
        ("accepts", ["accepted"]),
        ("refuses", ["refused"]),
        ("asks", ["accepted", "more_wanted"]),
        ("pays", ["accepted", "payment", "closed"]),
        ("reverses", ["accepted", "payment", "payment_reversed"]),
        ("silent", []),
        ("twice", ["accepted", "accepted"]),
        ("slow", ["accepted"]),
    ],
)
def test_what_it_reports_is_its_conduct_and_fits_the_document(conduct: Any, reports: list[str]) -> None:
    assert conduct in CONDUCTS
    book = AgencyBook(conduct)
    total = {"amount": "1210.00", "currency": "EUR"}
    book.take(KEY, {"statement": [{"case": "case:devaart:2026-F-1", "total": total}]}, b"file")
    assert [each["status"] for each in book.events] == reports
    schema = {"$ref": "#/components/schemas/Event", "components": DOCUMENT["components"]}
    for each in book.events:
        jsonschema.validate(each, schema)
