"""One request for many cases: a result for each, one row in the audit log."""

from __future__ import annotations

from typing import Any

import pytest

from api.operator.bulk import MOST_CASES
from casefile.case_file import CaseFile
from tests.api.operator.standing import CASE, Standing
from tests.casefile.builders import furnish
from tests.conftest import DATABASES

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
def three(api: Standing, file: CaseFile) -> Standing:
    with file.write() as transaction:
        for number in (2, 3):
            furnish(transaction, case_id=f"case:devaart:2026-F-{number}", number=f"F-{number}")
    return api


def outcomes(told: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(row["case"], row["outcome"], row["status"]) for row in told["results"]]


@BOTH
async def test_each_case_has_a_result_and_all_of_it_is_one_act(three: Standing) -> None:
    await three.json("POST", "/cases/F-2/write_off", {})
    answer = await three.ask(
        "POST",
        "/bulk/record_promise",
        {"cases": ["F-1", "F-2", "case:devaart:2026-F-3", "F-9", "F-1"], "content": {"by": "2026-03-10"}},
    )
    assert answer.status_code == 207
    told = answer.json()
    assert outcomes(told) == [
        (CASE, "accepted", 200),
        ("case:devaart:2026-F-2", "refused", 409),
        ("case:devaart:2026-F-3", "accepted", 200),
        ("F-9", "unknown", 404),
    ]
    assert told["counts"] == {"accepted": 2, "refused": 1, "unknown": 1}
    assert "closed" in told["results"][1]["says"]
    assert all(row["state"] for row in told["results"][:3])
    act = (await three.json("GET", "/audit"))["acts"][0]
    assert (act["act"], act["subject"], act["outcome"]) == ("bulk record_promise", "3 cases", "done")
    assert CASE in act["detail"]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"debtor": "bakker"}, {"F-1", "F-3"}),
        ({"debtor": "bakker", "closed": True}, {"F-2"}),
        ({"search": "F-3"}, {"F-3"}),
        ({"hold": "dispute"}, set()),
    ],
)
async def test_cases_are_chosen_by_what_they_have_in_common_closed_ones_only_when_asked_for(
    three: Standing, chosen: dict[str, object], found: set[str]
) -> None:
    await three.json("POST", "/cases/F-2/write_off", {})
    told = await three.json("POST", "/bulk/log_call", {"filter": chosen})
    assert {case.rpartition("2026-")[2] for case, _, _ in outcomes(told)} == found


async def test_they_are_told_only_when_they_are_as_many_as_expected(three: Standing) -> None:
    refused = await three.ask("POST", "/bulk/pause_case", {"filter": {"debtor": "bakker"}, "expect": 2})
    assert (refused.status_code, refused.json()["rule"]) == (409, "not_as_many")
    assert three.worker.told == []
    told = await three.json("POST", "/bulk/pause_case", {"filter": {"debtor": "bakker"}, "expect": 3})
    assert told["counts"] == {"accepted": 3}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"cases": []},
        {"filter": {}},
        {"filter": {"debtor": None}},
        {"cases": ["F-1"], "filter": {"debtor": "bakker"}},
        {"cases": ["F-1"], "content": {"until": "soon"}},
        {"cases": ["F-1"], "content": []},
        {"cases": ["F-1"], "contents": {}},
        {"cases": ["F-1"] * (MOST_CASES + 1)},
        {"cases": [1]},
        {"cases": "F-1"},
    ],
)
async def test_who_does_not_say_which_cases_or_what_tells_nobody(three: Standing, body: object) -> None:
    refused = await three.ask("POST", "/bulk/pause_case", body)
    assert refused.status_code == 422, refused.text
    assert three.worker.told == []


@BOTH
async def test_after_a_crash_the_same_cases_are_told_whatever_is_chosen_by_then(three: Standing) -> None:
    """The filter finds others when some were told: those of the first time count."""
    asked = ("POST", "/bulk/raise_dispute", {"filter": {"debtor": "bakker", "attention": False}})
    key = {"Idempotency-Key": "bulk-1"}
    told_one = three.worker.many

    async def dies(messages: Any, name: str, content: Any) -> Any:
        first = next(iter(messages))
        await told_one({first: messages[first]}, name, content)
        raise RuntimeError("the process was killed")

    inside = three.app.state.inside
    object.__setattr__(inside, "ask_many", dies)
    assert (await three.ask(*asked, headers=key)).status_code == 500
    object.__setattr__(inside, "ask_many", told_one)
    again = await three.ask(*asked, headers=key)
    assert again.status_code == 207
    assert [outcome for _, outcome, _ in outcomes(again.json())] == ["accepted"] * 3
    with three.file.read() as transaction:
        for case, _, _ in outcomes(again.json()):
            assert len(transaction.cases.load(case).case.disputes) == 1, "each was told once"
    assert (await three.ask(*asked, headers=key)).content == again.content
