"""Requests that fit our documentation, or nearly do: drawn of it, and kept, for drawing takes longer than answering.

They are the same in every run as long as the documentation is: `test_fuzzed.py` holds that they were drawn of today's,
and draws more of them where somebody has the time (`MAANWERK_EXAMPLES=10`).
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from hypothesis import HealthCheck, given, settings

from domain.messages import MESSAGES
from tests.api.operator.standing import CASE, KEPT, described_once

REQUESTS = Path(__file__).with_name("drawn_requests.json")
EXAMPLES = 3
"""Of each operation, in each of both ways."""
BASE = "http://desk"
OWN = "Bearer {secret}"
"""Stands where a request is to have the secret of who asks; some come without."""
_OF_THE_CLIENT = ("User-Agent", "Accept-Encoding", "Accept", "Connection", "X-Schemathesis-TestCaseId")

LABELS = tuple(
    f"{method.upper()} {path}"
    for path, all_of in json.loads(KEPT.read_text("utf-8"))["paths"].items()
    for method in all_of
)
"""The operations as the repository documents them, which every process that collects tests can read at once."""


def ways() -> list[tuple[str, str]]:
    """Both ways for each; of the routes that one function makes of the table of messages, one way each in turn."""
    both = ("positive", "negative")
    found = []
    for number, label in enumerate(LABELS):
        made = label.rpartition("/")[2] in MESSAGES
        found += [(label, way) for way in (both[number % 2 : number % 2 + 1] if made else both)]
    return found


@cache
def operations() -> dict[str, Any]:
    """The operations of the application."""
    import schemathesis

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


def documented() -> str:
    """What tells one documentation from another."""
    return sha256(KEPT.read_bytes()).hexdigest()


def drawn(label: str, way: str, number: int) -> list[dict[str, Any]]:
    """So many requests of an operation: those that fit its documentation, or those that do not."""
    from schemathesis.generation import GenerationMode

    found: list[dict[str, Any]] = []

    @settings(
        max_examples=number, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(operations()[label].as_strategy(generation_mode=GenerationMode(way)))
    def tries(case: Any) -> None:
        # Every other one is about the case that there is.
        if len(found) % 2 and "case_id" in case.path_parameters:
            case.path_parameters["case_id"] = CASE
        asked = case.as_transport_kwargs(base_url=BASE, headers={"Authorization": OWN})
        headers = {name: value for name, value in asked["headers"].items() if name not in _OF_THE_CLIENT}
        request = {"url": asked["url"], "params": asked["params"], "headers": headers}
        if "json" in asked:
            request["json"] = asked["json"]
        if "data" in asked:
            request["bytes"] = b64encode(asked["data"]).decode()
        found.append({name: value for name, value in request.items() if value or name == "json"})

    tries()
    return found


def write() -> None:
    """Draw all of them anew, and keep them."""
    kept = [f" {json.dumps(f'{label} {way}')}: {json.dumps(drawn(label, way, EXAMPLES))}" for label, way in ways()]
    lines = [f' "documentation": "{documented()}"', *kept]
    REQUESTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


@cache
def kept() -> dict[str, Any]:
    """What is kept: the requests of each operation and way, and of which documentation."""
    return dict(json.loads(REQUESTS.read_text("utf-8")))


def as_case(label: str, request: dict[str, Any]) -> Any:
    """A request as it can be held against the documentation, which says what it is answered."""
    path = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", re.escape(label.partition(" ")[2]))
    named = re.fullmatch(path, request["url"].removeprefix(BASE))
    assert named is not None, request["url"]
    return operations()[label].Case(
        path_parameters={name: unquote(value) for name, value in named.groupdict().items()},
        headers=request.get("headers"),
        query=request.get("params"),
    )


def body_of(request: dict[str, Any]) -> dict[str, Any]:
    """What of a request is its body, as httpx takes it."""
    if "bytes" in request:
        return {"content": b64decode(request["bytes"])}
    return {"json": request["json"]} if "json" in request else {}
