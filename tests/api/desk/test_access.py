"""Who may what at the desk: every route says which role it wants, and lets in that role and those above it alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.desk.pages import desk_routers
from api.desk.people.signing_in import OPEN
from api.operator.telling import ADMIN
from casefile.people import DeskRole
from tests.api.desk.world import CASE, Browser, World, furnished

FACTS_AT_THE_DESK = {"payment_reversed"}


def role_in(dependant: Dependant) -> DeskRole | None:
    """The role that a route wants, wherever among its dependencies it says so."""
    found = getattr(dependant.call, "role", None)
    return found or next(filter(None, map(role_in, dependant.dependencies)), None)


def routes() -> Iterator[tuple[str, str, str, DeskRole | None]]:
    for router in desk_routers():
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, route.path, route.name, role_in(route.dependant)


ROUTES = list(routes())


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> World:
    return furnished(tmp_path_factory.mktemp("desk") / "f.sqlite3")


def test_every_route_wants_a_role_but_those_that_let_in() -> None:
    assert {path for _, path, _, role in ROUTES if role is None} == set(OPEN)


def test_who_may_what() -> None:
    """Looking wants `read`; giving up money or handing over `approve`; people and log `admin`; all else `work`."""
    for method, path, name, role in ROUTES:
        if path in OPEN:
            continue
        wanted = DeskRole.READ if method == "GET" or path in ("/uitloggen", "/ik", "/zoeken") else DeskRole.WORK
        if path.endswith((".xlsx", ".csv")):
            # What leaves the desk as a file is for who works with it.
            wanted = DeskRole.WORK
        if name in ADMIN:
            wanted = DeskRole.APPROVE
        if path.endswith("/doen/eerder-overdragen") or path.startswith(
            ("/mensen", "/schuldeisers", "/logboek", "/partnerlinks")
        ):
            wanted = DeskRole.ADMIN
        assert role == wanted, (method, path)


def real(path: str, world: World) -> str:
    values = {
        "case_id": CASE.replace(":", "%3A"), "place": "0", "name": "none", "sha256": "0" * 64, "creditor": "devaart",
        "number": "bakker", "user_id": "none", "upload_id": "none", "job_id": "none", "job": "none", "view": "none",
    }  # fmt: skip
    return f"/desk{path.format(**values)}" if "{secret}" not in path else f"/desk{path.format(secret='none')}"


async def test_each_role_is_let_in_where_it_may_and_nowhere_else(standing: World) -> None:
    app = standing.app()
    visitors = {role: standing.browser(app, role) for role in DeskRole}
    sealed = {}
    for role, visitor in visitors.items():
        await visitor.get("/desk/ik")
        sealed[role] = {"csrf": visitor.hidden("csrf")}
        assert sealed[role]["csrf"]
    for method, path, _, wanted in ROUTES:
        if wanted is None or path == "/uitloggen":
            continue
        for role, visitor in visitors.items():
            # A form without what it needs: nothing is done, and whether he is let in shows before that.
            form = None if method == "GET" else sealed[role]
            answer = await visitor.client.request(method, real(path, standing), data=form)
            may_not = answer.status_code == 403
            assert may_not == (not role.includes(wanted)), (method, path, role, answer.status_code)
    assert standing.told == []


async def test_nobody_is_let_in_who_is_not_signed_in(standing: World) -> None:
    stranger = standing.browser(standing.app())
    for method, path, _, wanted in ROUTES:
        if wanted is None:
            continue
        answer = await stranger.client.request(method, real(path, standing))
        assert answer.status_code == 303, (method, path)
        assert answer.headers["location"].startswith("/desk/inloggen"), (method, path)


async def test_a_form_of_another_site_does_nothing(standing: World) -> None:
    """CSRF: without the seal, with that of another session, or sent from elsewhere."""
    app = standing.app()
    own, other = standing.browser(app, DeskRole.ADMIN), standing.browser(app, DeskRole.ADMIN)
    await own.get("/desk/ik")
    await other.get("/desk/ik")
    for method, path, _, wanted in ROUTES:
        if method != "POST" or wanted is None:
            continue
        address = real(path, standing)
        bare = await own.client.post(address, data={})
        foreign = await own.client.post(address, data={"csrf": other.hidden("csrf")})
        across = await own.client.post(
            address, data={"csrf": own.hidden("csrf")}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        elsewhere = await own.client.post(
            address, data={"csrf": own.hidden("csrf")}, headers={"Origin": "https://evil.example"}
        )
        assert {each.status_code for each in (bare, foreign, across, elsewhere)} == {403}, path
    assert standing.told == []


async def test_signing_in_wants_a_form_of_ours_too(standing: World) -> None:
    browser = Browser(standing.app())
    answer = await browser.client.post("/desk/inloggen", data={"login": "a", "password": "b"})
    assert answer.status_code == 403


async def test_pages_forbid_what_they_do_not_need(standing: World) -> None:
    browser = standing.browser(standing.app(), DeskRole.ADMIN)
    for path in ("/desk/zaken", f"/desk/zaken/{CASE}", "/desk/nothing", "/desk/inloggen"):
        answer = await browser.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        # Nothing inline, which the policy would refuse, and nothing from elsewhere.
        assert "<style" not in answer.text and "style=" not in answer.text and " onclick" not in answer.text
        assert 'src="http' not in answer.text and 'href="http' not in answer.text
    for name in ("desk.css", "desk.js"):
        answer = await Browser(standing.app()).get(f"/desk/{name}")
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]


def test_every_file_of_the_desk_ships() -> None:
    kinds = {path.suffix for path in Path("api/desk").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert kinds == {".py", ".html", ".css", ".js", ".svg"}
