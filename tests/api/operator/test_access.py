"""Who may ask what: every route is closed unless it says which role opens it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from api.operator.application import OPEN
from api.operator.rates import Rate, Rates
from api.operator.routes import operator_routes
from api.operator.telling import ADMIN
from casefile.api_keys import Role, create_key, revoke_key
from casefile.case_file import CaseFile
from domain.messages import MESSAGES
from tests.api.operator.standing import CASE, NOW, Standing, standing, without

GUARDED = ("/webhooks/", "/pay/")
"""Webhooks are signed, debtor pages have a token."""


def role_in(dependant: Dependant) -> Role | None:
    """The role that a route wants, wherever among its dependencies it says so."""
    found = getattr(dependant.call, "role", None)
    return found or next(filter(None, map(role_in, dependant.dependencies)), None)


def routes_of(routes: list[BaseRoute]) -> Iterator[Route]:
    """Every route, also those of what was included."""
    for route in routes:
        if isinstance(route, Route):
            yield route
        inner: Any = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", [])
        yield from routes_of(inner)


def open_to_all(app: FastAPI) -> list[str]:
    """The routes that nobody guards."""
    return [
        route.path
        for route in routes_of(app.router.routes)
        if not (isinstance(route, APIRoute) and role_in(route.dependant))
        and route.path not in OPEN
        and not route.path.startswith(GUARDED)
    ]


ROUTES = [
    (method, route.path, role_in(route.dependant))
    for router in operator_routes()
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]


def test_no_route_of_the_application_is_open_unless_it_is_meant_to_be(api: Standing) -> None:
    assert len(list(routes_of(api.app.router.routes))) > len(MESSAGES), "they are all looked at"
    assert open_to_all(api.app) == []


def test_a_route_that_forgot_its_role_is_found(file: CaseFile) -> None:
    forgetful = APIRouter()

    @forgetful.get("/cases/{case_id}/secrets")
    async def secrets(case_id: str) -> str:
        return case_id

    assert open_to_all(standing(file, routers=(forgetful,)).app) == ["/cases/{case_id}/secrets"]


def test_who_may_what() -> None:
    """Reading wants `read`, the audit log and what gives up money `admin`, all else `operate`."""
    wanted = {}
    for method, path, _ in ROUTES:
        name = path.rpartition("/")[2]
        admin = path == "/audit" or name in ADMIN
        wanted[method, path] = Role.ADMIN if admin else Role.READ if method == "GET" else Role.OPERATE
    wanted["POST", "/cases/search"] = Role.READ
    assert {(method, path): role for method, path, role in ROUTES} == wanted
    assert {"approve_handoff", "change_policy", "reissue_notice", "settle_send", "sign_request", "write_off"} == ADMIN


async def test_each_role_is_let_in_where_it_may_and_nowhere_else(api: Standing) -> None:
    for method, path, wanted in ROUTES:
        assert wanted is not None
        real = path.replace("{case_id}", "none")
        body: object = None if method == "GET" else {}
        nobody = await api.ask(method, real, body, role=None)
        assert (nobody.status_code, nobody.json()["rule"]) == (401, "not_signed_in"), path
        assert nobody.headers["www-authenticate"] == "Bearer"
        for role in Role:
            answer = await api.ask(method, real, body, role=role)
            if role.includes(wanted):
                assert answer.status_code not in (401, 403), (path, role, answer.text)
            else:
                assert (answer.status_code, answer.json()["rule"]) == (403, "role_too_low"), (path, role)
    assert api.worker.told == []


@pytest.mark.parametrize("path", OPEN)
async def test_what_is_open_is_open(api: Standing, path: str) -> None:
    assert (await api.ask("GET", path, role=None)).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic {secret}", "{secret}", "Bearer {secret}x", "Bearer mk_", "Bearer ÿ", "Token {id}"],
)
async def test_what_is_no_key_opens_nothing(api: Standing, header: str) -> None:
    said = header.format(secret=api.secrets[Role.ADMIN], id=api.key_ids[Role.ADMIN])
    raw = {"Authorization": said.encode("latin-1")}
    answer = await api.ask("GET", "/cases", role=None, headers=raw)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert "mk_…" in answer.json()["detail"]


async def test_a_key_opens_until_the_moment_it_expires_and_not_after_it_is_revoked(file: CaseFile) -> None:
    moment = [datetime(2026, 3, 1, tzinfo=UTC)]
    api = standing(file, now=lambda: moment[0])
    made = create_key(file, "a bank", Role.READ, NOW, datetime(2026, 4, 1, tzinfo=UTC))
    theirs = without(api, Role.READ, made.secret)
    moment[0] = datetime(2026, 4, 1, tzinfo=UTC) - timedelta(microseconds=1)
    assert (await theirs.ask("GET", "/cases", role=Role.READ)).status_code == 200
    moment[0] = datetime(2026, 4, 1, tzinfo=UTC)
    assert (await theirs.ask("GET", "/cases", role=Role.READ)).status_code == 401
    assert (await api.ask("GET", "/cases", role=Role.READ)).status_code == 200
    revoke_key(file, api.key_ids[Role.READ], NOW)
    assert (await api.ask("GET", "/cases", role=Role.READ)).status_code == 401


# How often -------------------------------------------------------------------------------------------------------


def test_a_bucket_gives_so_many_at_once_and_fills_by_itself() -> None:
    seconds = [100.0]
    rates = Rates(Rate(per_second=2, at_once=3), lambda: seconds[0])
    assert [rates.take("k") for _ in range(4)] == [0, 0, 0, 1]
    assert rates.take("other") == 0, "each key has its own"
    seconds[0] += 0.5
    assert [rates.take("k"), rates.take("k")] == [0, 1]
    seconds[0] += 1000
    assert [rates.take("k") for _ in range(4)] == [0, 0, 0, 1], "no more than that after any rest"


def test_a_slow_bucket_says_how_long_it_takes() -> None:
    rates = Rates(Rate(per_second=0.1, at_once=1), lambda: 0.0)
    assert [rates.take("k"), rates.take("k")] == [0, 10]


async def test_a_key_that_asks_too_often_is_429_and_told_when_to_come_back(file: CaseFile) -> None:
    api = standing(file, rate=Rate(per_second=1, at_once=2))
    assert [(await api.ask("GET", "/tasks")).status_code for _ in range(3)] == [200, 200, 429]
    refused = await api.ask("POST", f"/cases/{CASE}/pause_case", {})
    assert (refused.status_code, refused.headers["retry-after"], refused.json()["rule"]) == (
        429,
        "1",
        "too_many_requests",
    )
    assert (await api.ask("GET", "/tasks", role=Role.READ)).status_code == 200, "another key is not held up"
    api.seconds[0] += 1
    assert (await api.ask("GET", "/tasks")).status_code == 200


def test_paths_of_cases_are_no_others() -> None:
    """A message must not be called as something else under a case is."""
    gets = {path for method, path, _ in ROUTES if method == "GET" and re.fullmatch(r"/cases/\{case_id\}/[a-z_]+", path)}
    assert not {path.rpartition("/")[2] for path in gets} & set(MESSAGES)
