"""Whatever fits our documentation, or nearly does: no request makes a fault, and each answer is a documented one."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from casefile.api_keys import Role
from domain.messages import MESSAGES, REQUESTS
from tests.api.operator.standing import CASE, KEPT, Standing, described_once
from worker.unmatched_payments import UnmatchedOfCaseFile

EXAMPLES = 3
"""Of each operation, in each of both ways; the same in every run."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


LABELS = tuple(
    f"{method.upper()} {path}"
    for path, all_of in json.loads(KEPT.read_text("utf-8"))["paths"].items()
    for method in all_of
)
"""The operations as the repository documents them, which every process that collects tests can read at once."""


@cache
def operations() -> dict[str, Any]:
    """The operations of the application."""
    schema = schemathesis.openapi.from_dict(described_once())
    all_of_them: list[Any] = list(schema.get_all_operations())
    found: dict[str, Any] = {each.ok().label: each.ok() for each in all_of_them}
    # Parameters that are alike are one: how they are drawn is worked out once, and kept with them.
    alike: dict[str, Any] = {}
    for operation in found.values():
        for place in ("path_parameters", "headers", "query"):
            own = getattr(operation, place)
            said = json.dumps([each.definition for each in own.items], sort_keys=True)
            setattr(operation, place, alike.setdefault(f"{place} {said}", own))
    return found


def _ways() -> list[tuple[str, GenerationMode]]:
    """Both ways for each; of the routes that one function makes of the table of messages, one way each in turn."""
    both = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    found = []
    for number, label in enumerate(LABELS):
        made = label.rpartition("/")[2] in MESSAGES
        found += [(label, way) for way in (both[number % 2 : number % 2 + 1] if made else both)]
    return found


def test_every_operation_is_tried() -> None:
    assert len(LABELS) == len(MESSAGES) + len(REQUESTS) + 33
    assert tuple(operations()) == LABELS


@pytest.mark.parametrize(("label", "way"), _ways())
def test_no_request_makes_a_fault(api: Standing, label: str, way: GenerationMode) -> None:
    api.app.state.unmatched = UnmatchedOfCaseFile(api.file, lambda case_id: None)
    own = {"Authorization": f"Bearer {api.secrets[Role.ADMIN]}"}
    transport = httpx.ASGITransport(api.app, raise_app_exceptions=False)
    tried = 0
    with asyncio.Runner() as runner:
        client = httpx.AsyncClient(transport=transport, base_url="http://desk", trust_env=False)

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(operations()[label].as_strategy(generation_mode=way))
        def tries(case: Any) -> None:
            nonlocal tried
            # Every other one is about the case that there is.
            if tried % 2 and "case_id" in case.path_parameters:
                case.path_parameters["case_id"] = CASE
            tried += 1
            asked = case.as_transport_kwargs(base_url="http://desk", headers=own)
            answer = runner.run(_answered(client, asked))
            case.validate_response(answer, checks=CHECKS, headers=own)

        tries()
        runner.run(client.aclose())
    assert tried


async def _answered(client: httpx.AsyncClient, asked: dict[str, Any]) -> httpx.Response:
    known = {name: value for name, value in asked.items() if name in ("method", "url", "headers", "json", "params")}
    if "data" in asked:
        known["content"] = asked["data"]
    return await client.request(**known)
