"""What somebody of ill will tries: text that is markup, ways out of the desk, doors that nobody thought of."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html

from api.desk.application import desk_application
from api.desk.people.signing_in import OPEN
from api.desk.rendering import ASSETS
from api.desk.visiting import Desk, back_path
from api.operator.inside import Inside
from casefile.acts import Act, record_act
from casefile.agency_reports import keep_reports
from casefile.notes import keep_note
from casefile.people import DeskRole, create_user
from casefile.sending_stops import PlacedStop, stop_sending
from domain.opening import open_case
from domain.parties import Contact, Creditor, Debtor, PolicyRule
from tests.api.desk.other_creditor import unmatched_payment
from tests.api.desk.test_access import ROUTES, real
from tests.api.desk.test_creditors import app_of
from tests.api.desk.world import CASE, SITE, Browser, World, furnished, rules, words
from tests.domain.builders import invoice

EVIL = "\"><xss-canary onload=alert(1)>'{{7*191}}${7*191}</script></title></textarea>"
"""Closes what it may stand in, and is an element of its own where anything lets it."""
EVIL_CASE = "case:devaart:evil"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> World:
    return with_evil_texts(furnished(tmp_path_factory.mktemp("hard") / "f.sqlite3"))


def with_evil_texts(world: World) -> World:
    """The world with markup in every text that somebody else writes: debtors, colleagues, providers, files."""
    at = datetime(2026, 2, 1, 9, tzinfo=UTC)
    creditor = Creditor(
        id="devaart", name=f"De Vaart {EVIL}", address=(EVIL, "1000 AA Stad"), iban="NL91ABNA0417164300",
        email="debiteuren@devaart.example", policies=(PolicyRule(policy="test"),),
    )  # fmt: skip
    contact = Contact(name=f"Els {EVIL}", email=f"javascript:{EVIL}@x.example", phone=f"javascript:{EVIL}")
    with world.file.write() as transaction:
        transaction.parties.save_creditor(creditor)
        transaction.parties.save_debtor(
            "devaart", Debtor(id=EVIL, name=f"Naam {EVIL}", address=(EVIL,), contacts=(contact,))
        )
        bad = invoice(number=f"N {EVIL}").model_copy(update={"debtor": EVIL})
        transaction.cases.open(EVIL_CASE, "devaart", open_case(bad, rules(), at), at)
        transaction.documents.save(EVIL_CASE, f"{EVIL}.pdf", "text/html", b"<script>alert(1)</script>")
        transaction.papers.keep(
            EVIL_CASE, f"{EVIL}.html", "text/html", b"<script>alert(1)</script>", about="", actor=EVIL, at=world.now
        )
        transaction.quarantine.keep(EVIL_CASE, "evil", EVIL, b"<xss-canary>", EVIL, world.now)
        unmatched_payment(world, transaction, "mollie:evil", EVIL, (EVIL_CASE,))
    for own, body in (("r1", {"id": EVIL, "reference": EVIL, "status": EVIL}), ("r2", {"status": [EVIL]})):
        keep_reports(world.file, EVIL, "webhook", [(own, json.dumps(body))], world.now)
    world.remind(EVIL_CASE, b"Subject: x\r\nContent-Type: text/html\r\n\r\n" + EVIL.encode())
    keep_note(world.file, EVIL_CASE, "n-evil", "x", EVIL, EVIL, world.now)
    for name, content in (
        ("raise_dispute", {"reason": "damaged", "note": EVIL, "actor": EVIL}),
        ("log_call", {"outcome": EVIL, "note": EVIL, "actor": EVIL}),
        ("pause_case", {"reason": EVIL, "actor": EVIL}),
        ("record_promise", {"amount": "1.00", "by": "2026-04-12", "note": EVIL, "actor": EVIL}),
    ):
        world._ask(EVIL_CASE, name, dict(content), f"evil {name}", None, "")
    stop_sending(world.file, PlacedStop(world.now.date(), world.now.date().replace(day=11), EVIL, EVIL, world.now), "s")
    create_user(world.file, "evil@x.example", EVIL, DeskRole.WORK, world.now)
    record_act(world.file, Act("x", EVIL, EVIL, EVIL, EVIL), world.now, "done")
    world.told.clear()
    return world


QUERIES = (
    "",
    f"?zoek={EVIL}",
    "?zoek=Naam",
    "?doe=betwisting",
    "?doe=gebeld",
    "?gedaan=1",
    "?als=json",
    f"?naar={EVIL}",
)


def words_in(page: Any) -> str:
    return "".join(map(str, page.itertext()))


async def test_what_others_wrote_is_text_on_every_page(standing: World) -> None:
    """Stored and reflected: a debtor's name, a note, a mail, a file, a bank's text, a colleague, an address."""
    browser, shown = standing.browser(app_of(standing), DeskRole.ADMIN), 0
    for method, path, _, _ in ROUTES:
        if method != "GET":
            continue
        address = real(path, standing).replace(CASE.replace(":", "%3A"), EVIL_CASE.replace(":", "%3A"))
        for query in QUERIES:
            answer = await browser.client.get(address + query.replace("#", "%23"))
            kind = answer.headers.get("content-type", "")
            policy = answer.headers["content-security-policy"]
            if not kind.startswith("text/html"):
                assert "attachment" in answer.headers.get("content-disposition", "attachment"), address
                continue
            if "sandbox" in policy:
                continue
            assert "script-src 'self'" in policy and "'unsafe" not in policy and "img-src 'self'" in policy
            page = html.document_fromstring(answer.text or "<p></p>")
            shown += "xss-canary" in words_in(page)
            assert not list(page.iter("xss-canary")), (address, query)
            for element in page.iter():
                assert isinstance(element.tag, str) or "xss-canary" not in str(element), "not in a comment either"
                for name, value in ((str(a), str(b)) for a, b in element.attrib.items()):
                    assert not name.startswith("on"), (address, name)
                    if name in ("href", "src", "action", "formaction"):
                        assert not re.match(r"\s*(javascript|data|vbscript):", value, re.I), (address, value)
            assert "1337" not in words_in(page), "nothing is worked out twice"
    assert shown > 20


async def test_every_door_of_the_application_is_one_that_the_table_knows(standing: World) -> None:
    """The application has the routes of the pages and its style sheets and scripts, and nothing beside."""
    inside = Inside(standing.file, standing.ask, standing.ask_many, lambda: standing.now)
    app = desk_application(Desk(inside))
    known = {f"/desk{path}" for _, path, _, _ in ROUTES} | {f"/desk/{name}" for name in ASSETS}
    assert {f"/desk{getattr(route, 'path', '?')}" for route in app.router.routes} == known


async def test_nothing_is_done_by_a_method_that_has_no_route(standing: World) -> None:
    browser = standing.browser(app_of(standing), DeskRole.ADMIN)
    methods: dict[str, set[str]] = {}
    for method, path, _, _ in ROUTES:
        methods.setdefault(path, set()).add(method)
    for path, own in {**methods, **{f"/{name}": {"GET"} for name in ASSETS}}.items():
        for method in {"POST", "PUT", "PATCH", "DELETE"} - own:
            answer = await browser.client.request(method, real(path, standing), data={})
            assert answer.status_code in (403, 404, 405), (method, path, answer.status_code)
    assert standing.told == []


async def test_also_who_is_not_signed_in_needs_a_form_of_ours(standing: World) -> None:
    """Each POST that anybody may send: without the seal of this browser, or from elsewhere, it does nothing."""
    for method, path, _, _ in ROUTES:
        if method != "POST" or path not in OPEN:
            continue
        browser = Browser(app_of(standing))
        await browser.get("/desk/inloggen")
        address, sealed = real(path, standing), browser.hidden("csrf")
        bare = await browser.client.post(address, data={"login": "a", "password": "b"})
        other = await Browser(app_of(standing)).client.post(address, data={"csrf": sealed})
        across = await browser.client.post(address, data={"csrf": sealed}, headers={"Sec-Fetch-Site": "cross-site"})
        assert {each.status_code for each in (bare, other, across)} == {403}, path


def led(text: str) -> str:
    """Where a browser goes that is led to a text: backslashes are slashes, tabs and line ends are nothing."""
    return urljoin(f"{SITE}/desk/inloggen", re.sub(r"[\t\r\n]", "", text).strip().replace("\\", "/"))


_PARTS = st.sampled_from(
    ["/desk", "/", "//", "\\", "%2f", "%2F%2F", "%5c", "%255c", "..", "%2e%2e", "@", ":", "?", "#", ";", "evil.example",
     "https:", "javascript:", "\t", "\n", "\r", " ", "\x00", "\u2215", "\uff0f", "zaken", "&", "=", "\u202e"]
)  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.lists(_PARTS, max_size=8).map("".join), st.lists(_PARTS, max_size=6).map(lambda p: "/desk" + "".join(p))
    )
)
@example("/desk//evil.example")
@example("/desk/%2f%2fevil.example")
@example("/desk/%252f%252fevil.example")
@example("/desk/..;/evil")
@example("/desk?//evil.example")
@example("/\\evil.example/desk")
def test_signing_in_leads_to_a_page_of_the_desk_and_nowhere_else(text: str) -> None:
    for given_text in (text, unquote(text)):
        goes = urlsplit(led(back_path(given_text)))
        assert (goes.scheme, goes.netloc) == ("http", "127.0.0.1:8236"), given_text
        path = unquote(goes.path)
        assert path == "/desk" or path.startswith("/desk/"), given_text
        assert "//" not in path and "\\" not in path and ".." not in path.split("/"), given_text


async def test_a_form_that_is_too_large_says_so_and_is_not_called_old(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"/desk/zaken/{CASE}")
    answer = await browser.post(f"/desk/zaken/{CASE}/notitie", {"text": "y" * 70_000, "form": "f"})
    assert answer.status_code == 413 and "kort in wat u schreef" in words(answer.text)


async def test_whose_session_ended_over_a_form_is_told_that_it_was_not_done_and_comes_back_to_his_page(
    world: World,
) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"/desk/zaken/{CASE}?doe=pauze")
    browser.client.cookies.clear()
    here = {"Referer": f"{SITE}/desk/zaken/{CASE}?doe=pauze"}
    page = await browser.follow(await browser.post(f"/desk/zaken/{CASE}/doen/pauze", {"reason": "weg"}, **here))
    assert "Uw sessie is voorbij: wat u invulde is niet vastgelegd." in words(page.text)
    assert browser.hidden("naar") == f"/desk/zaken/{CASE}?doe=pauze"
    # Another site, or none, is no way back.
    for elsewhere in ("https://elsewhere.example/desk/zaken", ""):
        await browser.follow(await browser.post(f"/desk/zaken/{CASE}/notitie", {}, Referer=elsewhere))
        assert browser.hidden("naar") in ("", "/desk")
    assert world.told == []
