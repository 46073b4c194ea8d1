"""What every act has in common: a row of the audit log, and one answer however often it is brought."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from casefile.acts import KEPT_FOR
from casefile.api_keys import Role
from casefile.case_file import CaseFile
from tests.api.operator.standing import CASE, NOW, Standing, standing
from tests.conftest import DATABASES

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
AGAIN = {"Idempotency-Key": "k-1"}


def stored(file: CaseFile) -> list[str]:
    """The ids of what the case was told, in its order."""
    with file.database.read() as connection:
        return list(connection.exec_driver_sql("SELECT id FROM inbox ORDER BY seq").scalars())


@BOTH
async def test_the_same_request_under_its_key_is_done_once_and_answered_the_same(api: Standing) -> None:
    first = await api.ask("POST", f"/cases/{CASE}/log_call", {"outcome": "no answer"}, headers=AGAIN)
    again = await api.ask("POST", f"/cases/{CASE}/log_call", {"outcome": "no answer"}, headers=AGAIN)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (200, first.content)
    assert (again.headers["idempotency-replayed"], "idempotency-replayed" in first.headers) == ("true", False)
    assert len(stored(api.file)) == len(api.worker.told) == 1
    await api.json("POST", f"/cases/{CASE}/log_call", {"outcome": "no answer"}, headers={"Idempotency-Key": "k-2"})
    assert len(stored(api.file)) == 2, "another key is another call"


async def test_without_a_key_the_same_request_is_done_twice(api: Standing) -> None:
    for _ in range(2):
        await api.json("POST", f"/cases/{CASE}/log_call", {"outcome": "no answer"})
    assert len(stored(api.file)) == 2


async def test_a_refusal_is_answered_the_same_too(api: Standing) -> None:
    first = await api.ask("POST", f"/cases/{CASE}/approve_handoff", {}, headers=AGAIN)
    again = await api.ask("POST", f"/cases/{CASE}/approve_handoff", {}, headers=AGAIN)
    assert (again.status_code, again.content) == (409, first.content)
    assert again.headers["content-type"] == first.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/cases/{CASE}/log_call", {"outcome": "will pay"}),
        (f"/cases/{CASE}/pause_case", {"outcome": "no answer"}),
    ],
)
async def test_another_request_under_the_same_key_is_422_and_not_done(
    api: Standing, path: str, body: dict[str, str]
) -> None:
    await api.json("POST", f"/cases/{CASE}/log_call", {"outcome": "no answer"}, headers=AGAIN)
    refused = await api.ask("POST", path, body, headers=AGAIN)
    assert (refused.status_code, refused.json()["rule"]) == (422, "idempotency_key_reused")
    assert len(stored(api.file)) == 1


async def test_keys_of_one_client_are_not_those_of_another(api: Standing) -> None:
    for role, outcome in ((Role.ADMIN, "no answer"), (Role.OPERATE, "will pay")):
        await api.json("POST", f"/cases/{CASE}/log_call", {"outcome": outcome}, role=role, headers=AGAIN)
    assert len(stored(api.file)) == 2


@BOTH
async def test_a_crash_between_is_made_good_by_bringing_it_again(api: Standing) -> None:
    api.worker.breaks_after = RuntimeError("the process was killed")
    died = await api.ask("POST", f"/cases/{CASE}/log_call", {"outcome": "no answer"}, headers=AGAIN)
    assert died.status_code == 500
    assert [row["outcome"] for row in (await api.json("GET", "/audit"))["acts"]] == ["begun"]
    api.worker.breaks_after = None
    again = await api.ask("POST", f"/cases/{CASE}/log_call", {"outcome": "no answer"}, headers=AGAIN)
    assert (again.status_code, again.json()["outcome"]) == (200, "accepted")
    assert len(stored(api.file)) == 1, "the case was told once"
    assert [row["outcome"] for row in (await api.json("GET", "/audit"))["acts"]] == ["accepted"], "it is one act"


async def test_a_case_that_moved_on_by_the_request_itself_does_not_refuse_it_again(api: Standing) -> None:
    tag = (await api.ask("GET", f"/cases/{CASE}")).headers["etag"]
    there = {**AGAIN, "If-Match": tag}
    api.worker.breaks_after = RuntimeError("the process was killed")
    await api.ask("POST", f"/cases/{CASE}/pause_case", {}, headers=there)
    api.worker.breaks_after = None
    again = await api.ask("POST", f"/cases/{CASE}/pause_case", {}, headers=there)
    assert again.status_code == 200, again.text


@BOTH
async def test_the_same_request_twice_at_once_is_done_once(api: Standing) -> None:
    asked = [api.ask("POST", f"/cases/{CASE}/log_call", {"outcome": "no answer"}, headers=AGAIN) for _ in range(4)]
    answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} == {200}
    assert len(stored(api.file)) == 1


async def test_an_answer_is_kept_for_a_day_at_least_and_not_for_ever(file: CaseFile) -> None:
    moment = [NOW]
    api = standing(file, now=lambda: moment[0])
    call = ("POST", f"/cases/{CASE}/log_call", {"outcome": "no answer"})
    await api.json(*call, headers=AGAIN)
    assert timedelta(hours=24) <= KEPT_FOR
    moment[0] = NOW + KEPT_FOR
    assert (await api.ask(*call, headers=AGAIN)).headers["idempotency-replayed"] == "true"
    moment[0] = NOW + KEPT_FOR + timedelta(seconds=1)
    assert "idempotency-replayed" not in (await api.ask(*call, headers=AGAIN)).headers


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "a\tb"])
async def test_a_key_that_is_none_is_422(api: Standing, key: str) -> None:
    refused = await api.ask("POST", f"/cases/{CASE}/log_call", {}, headers={"Idempotency-Key": key})
    assert refused.status_code == 422


# The audit log ---------------------------------------------------------------------------------------------------


@BOTH
async def test_every_act_stands_in_the_audit_log_with_who_what_and_its_outcome(api: Standing) -> None:
    await api.json("POST", f"/cases/{CASE}/log_call", {"actor": "j.devries", "note": "he says: my wife is ill"})
    await api.ask("POST", f"/cases/{CASE}/approve_handoff", {})
    api.worker.away = True
    await api.ask("POST", f"/cases/{CASE}/resume_case", {}, role=Role.OPERATE)
    acts = (await api.json("GET", "/audit"))["acts"]
    assert [(act["act"], act["subject"], act["outcome"]) for act in acts] == [
        ("resume_case", CASE, "written"),
        ("approve_handoff", CASE, "refused"),
        ("log_call", CASE, "accepted"),
    ]
    own = f"admin key (api key {api.key_ids[Role.ADMIN]})"
    assert [act["actor"] for act in acts][1:] == [own, f"j.devries, by {own}"]
    assert acts[0]["key_id"] == api.key_ids[Role.OPERATE]
    assert "wife" not in str(acts), "no free text"
    assert "(actor, note)" in acts[2]["detail"], "but which fields there were"


async def test_what_is_only_looked_at_is_no_act(api: Standing) -> None:
    for path in ("/cases", f"/cases/{CASE}", "/tasks", "/quarantine", "/audit"):
        await api.json("GET", path)
    await api.json("POST", "/cases/search", {})
    assert (await api.json("GET", "/audit"))["acts"] == []


async def test_the_audit_log_is_read_page_by_page_and_chosen(api: Standing) -> None:
    for _ in range(3):
        await api.json("POST", f"/cases/{CASE}/log_call", {})
    await api.json("POST", f"/cases/{CASE}/pause_case", {}, role=Role.OPERATE)
    first = await api.json("GET", "/audit?limit=3")
    rest = await api.json("GET", f"/audit?limit=3&before={first['next_before']}")
    assert [act["act"] for act in (*first["acts"], *rest["acts"])] == ["pause_case", *["log_call"] * 3]
    assert rest["next_before"] is None
    for query, found in (
        ("act=pause_case", 1),
        (f"key={api.key_ids[Role.ADMIN]}", 3),
        (f"subject={CASE}", 4),
        ("act=%27--", 0),
    ):
        assert len((await api.json("GET", f"/audit?{query}"))["acts"]) == found
