"""Other systems that are told: who they are, and what a person does about what they did not take."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casefile.api_keys import Role
from casefile.case_file import CaseFile
from casefile.outgoing_events import Tried, take_up, write_tries
from casefile.subscribers import set_subscribers, stop_subscriber
from domain import facts as f
from tests.api.operator.standing import CASE, NOW, Standing
from tests.conftest import DATABASES

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
async def given_up(api: Standing, file: CaseFile) -> str:
    """Of two events of a subscriber one was given up."""
    set_subscribers(file, {"erp": ("erp.example", ("task.raised",))}, NOW)
    with file.write() as transaction:
        tasks = [f.TaskRaised(id=f"task:{name}", at=NOW, on=date(2026, 3, 1), task=name) for name in ("a", "b")]
        transaction.cases.append(CASE, tasks)
    (event,) = take_up(file, "erp", NOW, NOW + timedelta(minutes=1), 1)
    write_tries(file, [Tried(event, "set_aside", problem="it answered 500")], NOW)
    found = await api.json("GET", "/subscribers", role=Role.READ)
    assert [(each["name"], each["state"], each["waiting"], each["set_aside"]) for each in found["subscribers"]] == [
        ("erp", "told", 1, 1)
    ]
    (row,) = found["set_aside"]
    assert (row["case"], row["event"], row["reason"]) == (CASE, "task.raised", "it answered 500")
    return str(row["id"])


async def test_nobody_is_told_unless_the_settings_say_so(api: Standing) -> None:
    assert await api.json("GET", "/subscribers") == {"subscribers": [], "set_aside": []}


@BOTH
@pytest.mark.parametrize("by", ["event", "subscriber"])
async def test_what_was_given_up_is_sent_again_once(api: Standing, given_up: str, by: str) -> None:
    asked = {"event": given_up} if by == "event" else {"subscriber": "erp"}
    assert await api.json("POST", "/subscribers/resend", asked, role=Role.OPERATE) == {"events": 1}
    found = await api.json("GET", "/subscribers")
    assert (found["subscribers"][0]["waiting"], found["set_aside"]) == (2, [])
    again = await api.ask("POST", "/subscribers/resend", asked)
    assert (again.status_code, again.json()["rule"]) == (404, "nothing_given_up")


async def test_what_was_given_up_is_left_and_the_log_says_by_whom(api: Standing, given_up: str) -> None:
    left = {"event": given_up, "actor": "m.postma"}
    assert await api.json("POST", "/subscribers/dismiss", left) == {"events": 1}
    found = await api.json("GET", "/subscribers")
    assert (found["subscribers"][0]["waiting"], found["set_aside"]) == (1, [])
    act = (await api.json("GET", "/audit"))["acts"][0]
    assert (act["act"], act["subject"], act["outcome"]) == ("subscriber dismiss", given_up, "done")
    assert "m.postma" in act["actor"]


@BOTH
async def test_who_wanted_no_more_is_told_again(api: Standing, file: CaseFile, given_up: str) -> None:
    stop_subscriber(file, "erp", "it answered 410", NOW)
    (row,) = (await api.json("GET", "/subscribers"))["subscribers"]
    assert (row["state"], row["reason"]) == ("stopped", "it answered 410")
    assert await api.json("POST", "/subscribers/resume", {"subscriber": "erp"}) == {"subscriber": "erp"}
    assert (await api.json("GET", "/subscribers"))["subscribers"][0]["state"] == "told"
    for name in ("erp", "other"):
        refused = await api.ask("POST", "/subscribers/resume", {"subscriber": name})
        assert (refused.status_code, refused.json()["rule"]) == (404, "no_such_subscriber")


@pytest.mark.parametrize(
    "asked", [{}, {"event": "evt_1", "subscriber": "erp"}, {"event": "a\0b"}, {"subscriber": ""}, {"other": "erp"}]
)
async def test_neither_or_both_are_refused(api: Standing, asked: dict[str, str]) -> None:
    for what in ("resend", "dismiss"):
        refused = await api.ask("POST", f"/subscribers/{what}", asked)
        assert (refused.status_code, refused.json()["rule"]) == (422, "unusable_request")
