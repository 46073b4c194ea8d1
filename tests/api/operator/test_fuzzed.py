"""Whatever fits our documentation, or nearly does: no request makes a fault, and each answer is a documented one."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import httpx
import pytest

from casefile.api_keys import Role
from domain.messages import MESSAGES, REQUESTS
from tests.api.operator.drawn import (
    BASE,
    EXAMPLES,
    LABELS,
    as_case,
    body_of,
    documented,
    drawn,
    kept,
    operations,
    ways,
    write,
)
from tests.api.operator.standing import Standing
from tests.conformance_checks import conformance_checks
from tests.examples import examples
from worker.unmatched_payments import UnmatchedOfCaseFile


def test_every_operation_is_tried() -> None:
    assert len(LABELS) == len(MESSAGES) + len(REQUESTS) + 33
    assert tuple(operations()) == LABELS


def test_what_is_asked_was_drawn_of_the_documentation_as_it_is() -> None:
    """`MAANWERK_GUIDE=write .venv/bin/pytest tests/api/operator/test_fuzzed.py` draws it anew."""
    if os.environ.get("MAANWERK_GUIDE") == "write" and kept()["documentation"] != documented():
        write()
        kept.cache_clear()
    requests = dict(kept())
    assert requests.pop("documentation") == documented(), "docs/openapi.json has changed: draw what is asked anew"
    assert list(requests) == [f"{label} {way}" for label, way in ways()]
    # An operation that takes nothing has one request that fits.
    assert all(0 < len(each) <= EXAMPLES for each in requests.values())
    assert sum(map(len, requests.values())) > 0.95 * EXAMPLES * len(requests)


@pytest.mark.parametrize(("label", "way"), ways())
def test_no_request_makes_a_fault(api: Standing, label: str, way: str) -> None:
    api.app.state.unmatched = UnmatchedOfCaseFile(api.file, lambda case_id: None)
    number = examples(EXAMPLES)
    requests = kept()[f"{label} {way}"] if number == EXAMPLES else drawn(label, way, number)
    assert requests
    answers = asyncio.run(_answered(api, label.partition(" ")[0], requests))
    for asked, answer in zip(requests, answers, strict=True):
        as_case(label, asked).validate_response(answer, checks=conformance_checks())


async def _answered(api: Standing, method: str, requests: list[dict[str, Any]]) -> list[httpx.Response]:
    transport = httpx.ASGITransport(api.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, trust_env=False) as client:
        answers = []
        for asked in requests:
            headers = dict(asked.get("headers", {}))
            if "Authorization" in headers:
                headers["Authorization"] = headers["Authorization"].format(secret=api.secrets[Role.ADMIN])
            answers.append(
                await client.request(
                    method, asked["url"], params=asked.get("params", {}), headers=headers, **body_of(asked)
                )
            )
        return answers
