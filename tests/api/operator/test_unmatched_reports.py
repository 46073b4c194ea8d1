"""Reports of partners that no case could be told, over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from casefile.agency_reports import keep_reports
from casefile.api_keys import Role
from casefile.case_file import CaseFile
from services.agencies.telling import tell_reported
from tests.api.operator.standing import CASE, NOW, Standing
from tests.casefile.builders import letter

SENT = f"{CASE}/handoff/1/agency/incasso"
REPORT: dict[str, object] = {"id": "r1", "reference": "NK-9", "status": "paused", "on": "2026-02-02"}


@pytest.fixture
def reported(api: Standing) -> Standing:
    """The case was handed to noordkade, who reports on a file that nobody knows."""
    with api.file.write() as transaction:
        handed = replace(letter(SENT), channel="agency", partner="noordkade", way="rest")
        transaction.deliveries.intend(handed, [CASE], NOW, NOW)
        transaction.deliveries.conclude(SENT, "sent", NOW, "")
    keep(api.file, REPORT)
    return api


def keep(file: CaseFile, *reports: dict[str, object]) -> None:
    kept = [(str(each["id"]), json.dumps(each)) for each in reports]
    keep_reports(file, "noordkade", "webhook", kept, NOW)
    tell_reported(file, lambda: NOW)


async def test_they_are_listed_with_what_they_say_and_why_no_case_was_told(reported: Standing) -> None:
    page = await reported.json("GET", "/unmatched-reports", role=Role.READ)
    (row,) = page["reports"]
    assert (page["total"], row["partner"], row["report"], row["guesses"]) == (1, "noordkade", REPORT, [])
    assert row["why"] == "nothing that went to noordkade has this key or reference"
    assert (await reported.json("GET", "/today", role=Role.READ))["needs_me"]["reports"] == 1


async def test_one_is_given_once_by_who_may(reported: Standing) -> None:
    (row,) = (await reported.json("GET", "/unmatched-reports"))["reports"]
    asked = {"report": row["number"], "case": "F-1", "actor": "els"}
    assert (await reported.ask("POST", "/unmatched-reports/give", asked, role=Role.READ)).status_code == 403
    key = {"Idempotency-Key": "g-1"}
    for _ in range(2):
        told = await reported.json("POST", "/unmatched-reports/give", asked, role=Role.OPERATE, headers=key)
        assert told == {"report": row["number"], "outcome": "given", "cases": [CASE]}
    late = await reported.ask("POST", "/unmatched-reports/give", asked)
    assert (late.status_code, late.json()["rule"]) == (404, "no_such_report")
    with reported.file.read() as transaction:
        assert [each.name for each in transaction.inbox.waiting(CASE)] == ["agency_reported"]


async def test_one_is_left_for_a_reason(reported: Standing) -> None:
    (row,) = (await reported.json("GET", "/unmatched-reports"))["reports"]
    asked = {"report": row["number"], "reason": "of another office"}
    told = await reported.json("POST", "/unmatched-reports/dismiss", asked)
    assert told == {"report": row["number"], "outcome": "dismissed", "cases": []}
    assert (await reported.json("GET", "/unmatched-reports"))["total"] == 0
    assert (await reported.ask("POST", "/unmatched-reports/dismiss", asked)).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"report": "1", "case": "F-1"}, 422),
        ({"report": 0, "case": "F-1"}, 422),
        ({"report": 2**63, "case": "F-1"}, 422),
        ({"report": 1, "case": "F\0"}, 422),
        ({"report": 1, "case": "none"}, 404),
        ({"report": 999, "case": "F-1"}, 404),
    ],
)
async def test_who_does_not_say_whose_it_is_gives_nothing(
    reported: Standing, body: dict[str, object], status: int
) -> None:
    assert (await reported.ask("POST", "/unmatched-reports/give", body)).status_code == status
    assert (await reported.json("GET", "/unmatched-reports"))["total"] == 1


async def test_a_case_that_this_partner_never_had_and_a_report_that_is_none_are_refused(reported: Standing) -> None:
    keep_reports(reported.file, "zuidkade", "webhook", [("r1", json.dumps(REPORT))], NOW)
    keep(reported.file, {"id": "", "status": ["paused"]})
    numbers = {each["partner"]: each for each in (await reported.json("GET", "/unmatched-reports"))["reports"]}
    of_another = {"report": numbers["zuidkade"]["number"], "case": CASE}
    refused = await reported.ask("POST", "/unmatched-reports/give", of_another)
    assert (refused.status_code, refused.json()["rule"]) == (409, "can_not_give")
    assert "never handed to zuidkade" in refused.json()["detail"]
    unreadable = await reported.ask(
        "POST", "/unmatched-reports/give", {"report": numbers["noordkade"]["number"], "case": CASE}
    )
    assert (unreadable.status_code, "can't be read: id is missing" in unreadable.text) == (409, True)
