"""Partners over our own API: one file under one key, whatever breaks; each request as the document has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from domain.handoffs.channels import NOTICE_TYPE
from domain.send_key import opaque_key
from gateways.agencies.rest import RestAgency
from gateways.dossier import build_dossier
from services.ports import CannotReadNow, CannotTell, Found, NotTaken, NotThere, OutcomeUnknown, Outgoing, Refused
from simulation.agency.book import Conduct
from tests.gateways.agencies.demo_agency import TOKEN, Asked, Loopback, demo_agency

DOCUMENT = Path(__file__).parents[3] / "docs/agency.openapi.yaml"
NOW = datetime(2026, 6, 16, 9, tzinfo=UTC)
KEY = "case:devaart:2026-F-1/handoff/1/agency/incasso"
CASE = "case:devaart:2026-F-1"
MANIFEST: dict[str, object] = {
    "schema_version": "1",
    "case": CASE,
    "cases": [CASE],
    "claim": {"total": {"amount": "1210.00", "currency": "EUR"}},
    "creditor": {"name": "De Vaart BV"},
    "debtor": {"name": "Bakkerij Ochtend"},
    "statement": [{"case": CASE, "number": "F-1", "total": {"amount": "1210.00", "currency": "EUR"}}],
}


@pytest.fixture(scope="module")
def served() -> Iterator[Loopback]:
    with demo_agency() as loopback:
        yield loopback


@pytest.fixture
def loopback(served: Loopback) -> Loopback:
    served.begin("accepts")
    return served


def partner(loopback: Loopback, *, url: str = "", token: str = TOKEN, timeout: float = 5.0) -> RestAgency:
    return RestAgency("noordkade", url or loopback.url, SecretStr(token), timeout=timeout, now=lambda: NOW)


def file(key: str = KEY, manifest: dict[str, object] = MANIFEST) -> Outgoing:
    content = build_dossier(manifest, ())
    return Outgoing(key, "agency", "agency", "F-1", "application/zip", content, "2026-06-16 handoff agency")


async def test_a_file_is_submitted_under_our_key_and_named_by_his_reference(loopback: Loopback) -> None:
    sent = await partner(loopback).send(file())
    assert sent.reference == "DEMO-00001"
    taken = loopback.book.taken[opaque_key(KEY)]
    assert (taken.content, taken.claim["case"]) == (file().content, CASE)
    assert loopback.asked[0].headers["idempotency-key"] == opaque_key(KEY)
    assert await partner(loopback).find(KEY, since=NOW) == Found("DEMO-00001")


async def test_the_same_key_is_one_file_however_often_it_comes(loopback: Loopback) -> None:
    assert {(await partner(loopback).send(file())).reference for _ in range(3)} == {"DEMO-00001"}
    assert len(loopback.book.taken) == 1


async def test_a_connection_that_breaks_leaves_it_unknown_and_asking_finds_it(loopback: Loopback) -> None:
    loopback.breaks = True
    with pytest.raises(OutcomeUnknown):
        await partner(loopback).send(file())
    loopback.breaks = False
    assert await partner(loopback).find(KEY, since=NOW) == Found("DEMO-00001")
    assert loopback.book.submitted == [opaque_key(KEY)]


async def test_an_answer_that_comes_too_late_is_no_answer(loopback: Loopback) -> None:
    loopback.begin("slow")
    with pytest.raises(OutcomeUnknown):
        await partner(loopback, timeout=0.1).send(file())
    assert await partner(loopback).find(KEY, since=NOW) == Found("DEMO-00001")


async def test_what_he_never_had_is_not_there_only_in_his_own_words(loopback: Loopback) -> None:
    assert await partner(loopback).find(KEY, since=NOW) == NotThere()
    # A page that is not there is no word of his.
    lost = await partner(loopback, url=f"{loopback.url}/elsewhere").find(KEY, since=NOW)
    assert isinstance(lost, CannotTell)


async def test_another_file_under_the_same_key_is_asked_for_and_not_sent_again(loopback: Loopback) -> None:
    await partner(loopback).send(file())
    with pytest.raises(OutcomeUnknown):
        await partner(loopback).send(file(manifest={**MANIFEST, "due": "2026-01-01"}))
    assert await partner(loopback).find(KEY, since=NOW) == Found("DEMO-00001")


@pytest.mark.parametrize(("conduct", "token"), [("down", TOKEN), ("accepts", "another")])
async def test_down_or_unknown_to_him_nothing_was_taken(loopback: Loopback, conduct: Conduct, token: str) -> None:
    loopback.begin(conduct)
    with pytest.raises(NotTaken) as refused:
        await partner(loopback, token=token).send(file())
    assert refused.value.retry_after is not None and token not in str(refused.value)
    assert not loopback.book.taken


async def test_without_a_connection_nothing_was_taken(loopback: Loopback) -> None:
    with pytest.raises(NotTaken):
        await partner(loopback, url="http://127.0.0.1:1").send(file())


async def test_what_he_can_not_read_is_refused_for_good(loopback: Loopback) -> None:
    with pytest.raises(Refused) as refused:
        await partner(loopback).send(file(manifest={**MANIFEST, "cases": []}))
    assert refused.value.reason == "agency noordkade: 400: unreadable"


async def test_his_reports_are_read_by_a_cursor_each_once_and_in_his_order(loopback: Loopback) -> None:
    loopback.begin("pays")
    way = partner(loopback)
    await way.send(file())
    page = await way.since(None)
    assert [each["status"] for each in page.events] == ["accepted", "payment", "closed"]
    assert (page.events[1]["amount"], page.events[1]["case"], page.more) == ("1210.00", CASE, False)
    assert (await way.since(page.cursor)).events == ()
    loopback.book.report(opaque_key(KEY), "costs", amount="25.00", currency="EUR", case=CASE)
    assert [each["status"] for each in (await way.since(page.cursor)).events] == ["costs"]


async def test_a_list_that_does_not_know_our_cursor_is_read_from_the_beginning(loopback: Loopback) -> None:
    way = partner(loopback)
    await way.send(file())
    assert [each["status"] for each in (await way.since("99")).events] == ["accepted"]


async def test_reports_of_who_is_down_are_read_later(loopback: Loopback) -> None:
    loopback.begin("down")
    with pytest.raises(CannotReadNow) as away:
        await partner(loopback).since(None)
    assert away.value.retry_after == timedelta(seconds=1)


def notice(key: str, about: str, **says: object) -> Outgoing:
    """As the hand-off's service composes one."""
    content = json.dumps({"about": about, "on": "2026-07-01", "case": CASE, "key": key, **says}).encode()
    return Outgoing(key, "agency", "noordkade", "F-1", NOTICE_TYPE, content, "2026-07-01 agency_recall agency")


async def test_a_notice_is_told_once_and_found_again(loopback: Loopback) -> None:
    way = partner(loopback)
    await way.send(file())
    assert await way.told(KEY, "recall/1") == NotThere()
    for _ in range(2):
        await way.tell(KEY, notice("recall/1", "recall", reason="settled"))
    assert await way.told(KEY, "recall/1") == Found(opaque_key("recall/1"))
    assert [each["status"] for each in (await way.since(None)).events] == ["accepted", "recalled"]


async def test_of_what_he_does_not_know_a_notice_is_refused(loopback: Loopback) -> None:
    with pytest.raises(NotTaken):
        await partner(loopback).tell(KEY, notice("n1", "payment", amount="10.00", currency="EUR"))


async def test_trying_it_says_who_answers_and_submits_nothing(loopback: Loopback) -> None:
    assert await partner(loopback).check() == "Demo Incasso, API 1"
    with pytest.raises(NotTaken, match="token is refused"):
        await partner(loopback, token="another").check()
    assert not loopback.book.taken


# The document ------------------------------------------------------------------------------------------------


class _Request:
    """A request of ours, as the validator wants it."""

    def __init__(self, asked: Asked, host: str) -> None:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import Headers, ImmutableMultiDict

        path, _, query = asked.path.partition("?")
        self.host_url, self.path, self.method = host, path, asked.method.lower()
        arguments: Any = ImmutableMultiDict(dict(each.split("=", 1) for each in query.split("&") if each))
        self.parameters = RequestParameters(query=arguments, header=Headers(asked.headers))
        self.body, self.content_type = asked.body or None, asked.headers.get("content-type", "application/json")


async def test_every_request_of_ours_is_one_of_the_document(loopback: Loopback) -> None:
    import openapi_core

    loopback.begin("pays")
    way = partner(loopback)
    await way.send(file())
    await way.find(KEY, since=NOW)
    owed = {
        "principal": "0.00",
        "interest": "1.00",
        "costs": "40.00",
        "total": "41.00",
        "currency": "EUR",
        "on": "2026-07-01",
    }
    for about in ("payment", "something_new"):
        await way.tell(KEY, notice("n1", about, amount="10.00", currency="EUR", payment="p1", open=owed))
    await way.told(KEY, "n1")
    page = await way.since(None)
    await way.since(page.cursor)
    await way.check()
    document: Any = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    document["servers"] = [{"url": loopback.url}]
    validator = openapi_core.OpenAPI.from_dict(document)
    for asked in loopback.asked:
        validator.validate_request(_Request(asked, loopback.url))
    hashes = {opaque_key(KEY): "{key}", opaque_key("n1"): "{notice}"}
    asked_for = {
        (asked.method.lower(), "/".join(hashes.get(part, part) for part in asked.path.partition("?")[0].split("/")))
        for asked in loopback.asked
    }
    documented = {(method, path) for path, item in document["paths"].items() for method in item}
    assert asked_for == {(method, path) for method, path in documented if method != "parameters"}
