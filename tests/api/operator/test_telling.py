"""Telling a case something over HTTP: every message has a route, and a rule answers."""

from __future__ import annotations

import json
import re

import pytest
from fastapi.routing import APIRoute

from api.operator.routes import operator_routes
from api.operator.telling import example_of, words_of
from casefile.api_keys import Role
from domain.messages import FACTS, MESSAGES, REQUESTS, inbox_id
from tests.api.operator.standing import CASE, NOW, Standing
from tests.conftest import DATABASES

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


def _routes() -> list[APIRoute]:
    return [route for router in operator_routes() for route in router.routes if isinstance(route, APIRoute)]


def test_every_message_that_there_is_has_a_route_and_there_are_no_others() -> None:
    told = [route.path.removeprefix("/cases/{case_id}/") for route in _routes() if route.methods == {"POST"}]
    assert {name for name in told if re.fullmatch("[a-z_]+", name)} == set(MESSAGES) == {*FACTS, *REQUESTS}
    bulk = {route.path.removeprefix("/bulk/") for route in _routes() if route.path.startswith("/bulk/")}
    assert bulk == set(REQUESTS)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_route_says_what_the_table_of_messages_says(name: str) -> None:
    route = next(each for each in _routes() if each.path == f"/cases/{{case_id}}/{name}")
    assert route.description.startswith(words_of(name))
    content = (route.openapi_extra or {})["requestBody"]["content"]["application/json"]
    assert content["example"] == example_of(name)
    fields = set(MESSAGES[name].model_fields) - {"name", "notes"}
    assert set(content["schema"]["properties"]) == fields


@BOTH
async def test_a_request_that_a_rule_allows_is_accepted_and_says_where_the_case_stands(api: Standing) -> None:
    told = await api.ask("POST", f"/cases/{CASE}/pause_case", {"until": "2026-03-20"}, role=Role.OPERATE)
    assert told.status_code == 200
    assert told.json().keys() == {"case", "outcome", "says", "state"}
    assert (told.json()["case"], told.json()["outcome"], told.json()["says"]) == (CASE, "accepted", "")
    assert "On hold (pause)" in told.json()["state"]


async def test_a_case_may_be_named_by_its_invoice_number(api: Standing) -> None:
    assert (await api.json("POST", "/cases/F-1/pause_case", {}))["case"] == CASE


@BOTH
async def test_what_a_rule_refuses_is_409_and_names_the_rule(api: Standing) -> None:
    refused = await api.ask("POST", f"/cases/{CASE}/approve_handoff", {})
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["rule"] == "refused_by_rule"
    with api.file.read() as transaction:
        assert transaction.cases.load(CASE).case.taken == ()
    assert "hand-off" in refused.json()["detail"]


async def test_what_no_worker_takes_is_written_down_and_202(api: Standing) -> None:
    api.worker.away = True
    told = await api.ask("POST", f"/cases/{CASE}/pause_case", {"until": "2026-03-20"})
    assert (told.status_code, told.json()["outcome"]) == (202, "written")
    assert told.json()["says"] == "no worker has taken it yet"
    assert "On hold (pause)" in told.json()["state"], "what waits is looked at"


async def test_a_fact_may_be_reported_too_and_counts_once_by_whatever_door_it_comes(api: Standing) -> None:
    paid = {"id": "tr_1", "amount": "40.00", "credited_on": "2026-02-27"}
    for role in (Role.OPERATE, Role.OPERATE, Role.ADMIN):
        told = await api.json("POST", f"/cases/{CASE}/payment_received", paid, role=role)
        assert told["outcome"] == "accepted"
    with api.file.write(CASE) as transaction:
        raw = json.dumps(paid).encode()
        transaction.inbox.accept(CASE, inbox_id("payment_received", raw, "m1"), "payment_received", raw, NOW)
    shown = await api.json("POST", f"/cases/{CASE}/log_call", {}) and await api.json("GET", f"/cases/{CASE}")
    assert [entry["amount"] for entry in shown["ledger"] if entry["kind"] == "payment"] in (["40.00"], ["-40.00"])
    assert shown["quarantined"] == []


async def test_who_decides_is_whom_the_request_names_by_whose_key(api: Standing) -> None:
    await api.json("POST", f"/cases/{CASE}/pause_case", {"actor": "j.devries", "reason": "on holiday"})
    await api.json("POST", f"/cases/{CASE}/resume_case", {})
    (_, _, first), (_, _, second) = api.worker.told
    own = f"admin key (api key {api.key_ids[Role.ADMIN]})"
    assert (first["actor"], second["actor"]) == (f"j.devries, by {own}", own)


async def test_a_long_name_never_hides_whose_key_it_was(api: Standing) -> None:
    await api.json("POST", f"/cases/{CASE}/pause_case", {"actor": "x" * 200})
    actor = str(api.worker.told[0][2]["actor"])
    assert actor.endswith(f"(api key {api.key_ids[Role.ADMIN]})")
    assert len(actor) <= 200


@pytest.mark.parametrize(
    ("name", "body", "field", "says"),
    [
        ("change_due_date", {}, "due", "is missing"),
        ("change_due_date", {"due": "sesame-day"}, "due", "day"),
        ("record_payment", {"amount": "sesame"}, "amount", "amount"),
        ("record_payment", {"amount": 12.5}, "amount", "string"),
        ("write_off", {"amount": "-1"}, "amount", "greater than 0"),
        ("settle_send", {"step": "x", "outcome": "sesame"}, "outcome", "'sent' or 'not_sent'"),
        ("agree_arrangement", {"instalments": [{"due": "sesame", "amount": "1"}]}, "instalments.0.due", "day"),
        ("pause_case", {"until": "sesame"}, "until", "day"),
        ("log_call", {"note": "sesame\0"}, "note", "NUL"),
    ],
)
async def test_what_can_not_be_used_is_422_and_named_by_field_without_what_was_sent(
    api: Standing, name: str, body: object, field: str, says: str
) -> None:
    refused = await api.ask("POST", f"/cases/{CASE}/{name}", body)
    assert refused.status_code == 422, refused.text
    assert says in refused.json()["fields"][field]
    assert "sesame" not in refused.text
    assert api.worker.told == []


async def test_a_field_that_may_be_mistyped_makes_nothing_count_for_all(api: Standing) -> None:
    refused = await api.ask("POST", f"/cases/{CASE}/write_off", {"amuont": "10.00"})
    assert (refused.status_code, refused.json()["rule"]) == (422, "may_be_mistyped")
    assert api.worker.told == []


async def test_a_name_in_the_body_is_not_the_name_of_the_message(api: Standing) -> None:
    told = await api.json("POST", f"/cases/{CASE}/payment_received", {"name": "J. Bakker", "id": "p", "amount": "1.00"})
    assert told["outcome"] == "accepted"


@BOTH
@pytest.mark.parametrize("named", ["case:devaart:none", "none", "a%00b", "%F0%9F%98%80", "%ff", "x" * 700])
async def test_a_case_that_there_is_not_is_404_whatever_it_is_called(api: Standing, named: str) -> None:
    for method, path, body in (("POST", "/pause_case", {}), ("GET", "", None), ("GET", "/timeline", None)):
        refused = await api.ask(method, f"/cases/{named}{path}", body)
        assert (refused.status_code, refused.json()["rule"]) == (404, "no_such_case")


# As far as one has seen it ---------------------------------------------------------------------------------------


@BOTH
async def test_a_request_on_a_case_that_was_told_something_since_is_412_and_changes_nothing(api: Standing) -> None:
    seen = (await api.ask("GET", f"/cases/{CASE}")).headers["etag"]
    await api.json("POST", f"/cases/{CASE}/pause_case", {})
    late = await api.ask("POST", f"/cases/{CASE}/write_off", {}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["rule"]) == (412, "case_changed")
    now = (await api.ask("GET", f"/cases/{CASE}")).headers["etag"]
    assert (await api.json("GET", f"/cases/{CASE}"))["closed"] is None
    in_time = await api.ask("POST", f"/cases/{CASE}/write_off", {}, headers={"If-Match": now})
    assert in_time.status_code == 200, in_time.text


@pytest.mark.parametrize(
    ("tags", "status"), [("*", 200), ('"other", {now}', 412), ("{now}", 200), ("W/{now}", 412), ("nonsense", 412)]
)
async def test_entity_tags_are_read_as_their_rfc_says(api: Standing, tags: str, status: int) -> None:
    now = (await api.ask("GET", f"/cases/{CASE}")).headers["etag"]
    told = await api.ask("POST", f"/cases/{CASE}/pause_case", {}, headers={"If-Match": tags.format(now=now)})
    assert told.status_code == status


# Bodies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "status", "rule"),
    [
        (b'{"until": "2026-0', "application/json", 422, "no_json"),
        (b"", "application/json", 422, "no_json"),
        (b"null", "application/json", 422, "no_object"),
        (b"[]", "application/json", 422, "no_object"),
        (b'"{}"', "application/json", 422, "no_object"),
        (b'{"amount": NaN}', "application/json", 422, "no_json"),
        (b'{"reason": "caf\xe9"}', "application/json", 422, "no_json"),
        (b"\x00\x01\x02", "application/json", 422, "no_json"),
        ('{"reason": "x"}'.encode("utf-16"), "application/json", 422, "no_json"),
        (b"{}", "application/json; charset=iso-8859-1", 415, "no_utf_8"),
        (b"{}", "text/plain", 415, "no_json"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "no_json"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "application/json", 422, "too_deep"),
        (b"[" * 100_000, "application/json", 422, "no_json"),
        (json.dumps({"reason": "x" * 1_000_000}).encode(), "application/json", 413, "too_large"),
        (b'{"n": ' + b"9" * 5000 + b"}", "application/json", 422, "no_json"),
    ],
)
async def test_a_body_that_is_no_object_in_json_is_refused(
    api: Standing, content: bytes, kind: str, status: int, rule: str
) -> None:
    refused = await api.ask("POST", f"/cases/{CASE}/pause_case", content=content, headers={"Content-Type": kind})
    assert (refused.status_code, refused.json()["rule"]) == (status, rule)
    assert api.worker.told == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json; charset=UTF-8"),
        (b"\xef\xbb\xbf{}", "application/json"),
        (b'{"reason": "\\ud800"}', "application/json"),
        (b'{"later": 1e999}', "application/json"),
    ],
)
async def test_what_json_allows_is_no_fault(api: Standing, content: bytes, kind: str) -> None:
    told = await api.ask("POST", f"/cases/{CASE}/resume_case", content=content, headers={"Content-Type": kind})
    assert told.status_code in (200, 409, 422), told.text
