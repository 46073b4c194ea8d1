"""The morning screen, the figures and the stop of sending over HTTP: the same values, and each act written down."""

from __future__ import annotations

import pytest

from casefile.acts import acts
from casefile.api_keys import Role
from casefile.case_file import CaseFile
from casefile.session import reading
from services.figures.figures import figures_of
from services.today.day import office_day
from services.today.morning import morning_of
from tests.api.operator.standing import NOW, Standing, described_once

WHY = {"reason": "the price list is wrong", "actor": "els"}


async def test_the_screen_and_the_figures_are_those_of_the_services(api: Standing, file: CaseFile) -> None:
    told = await api.json("GET", "/today", role=Role.READ)
    assert told == morning_of(file, NOW).model_dump(mode="json")
    assert list(told)[2:] == [
        "may_send", "money", "going_out", "needs_me", "dates", "calls", "stuck", "figures",
    ]  # fmt: skip
    with reading(file.database) as session:
        expected = figures_of(session, office_day(NOW)).model_dump(mode="json")
    assert await api.json("GET", "/figures", role=Role.READ) == expected


async def test_a_login_that_nobody_has_is_not_found_as_documented(api: Standing) -> None:
    told = await api.ask("GET", "/today?of=nobody@devaart.example", role=Role.READ)
    assert (told.status_code, told.json()["rule"]) == (404, "no_such_user")
    assert "404" in described_once()["paths"]["/today"]["get"]["responses"]


async def test_sending_is_stopped_by_who_may_and_shown_with_why(api: Standing, file: CaseFile) -> None:
    assert (await api.ask("POST", "/sending/stop", WHY, role=Role.READ)).status_code == 403
    assert await api.json("GET", "/sending", role=Role.READ) == {"stopped": None}
    told = await api.json("POST", "/sending/stop", WHY, role=Role.OPERATE)
    actor = f"els, by operate key (api key {api.key_ids[Role.OPERATE]})"
    stopped = told["stopped"]
    assert (stopped["since"], stopped["until"]) == ("2026-03-01", "2026-03-02")
    assert (stopped["reason"], stopped["actor"]) == (WHY["reason"], actor)
    assert await api.json("GET", "/sending", role=Role.READ) == told
    screen = await api.json("GET", "/today", role=Role.READ)
    assert (screen["may_send"]["answer"], screen["may_send"]["stop"]["actor"]) == ("no", actor)
    assert await api.json("POST", "/sending/resume", {}, role=Role.OPERATE) == {"stopped": None}
    late = await api.ask("POST", "/sending/resume", {}, role=Role.OPERATE)
    assert (late.status_code, late.json()["rule"]) == (409, "not_stopped")
    assert [(each.act, each.outcome) for each in acts(file)] == [
        ("resume_sending", "refused"),
        ("resume_sending", "done"),
        ("stop_sending", "done"),
    ]


@pytest.mark.parametrize("until", ["2026-03-01", "2026-02-01", "2026-04-02"])
async def test_a_stop_that_can_not_be_is_refused(api: Standing, until: str) -> None:
    told = await api.ask("POST", "/sending/stop", {**WHY, "until": until})
    assert (told.status_code, told.json()["rule"]) == (409, "cannot_stop")
    assert await api.json("GET", "/sending", role=Role.READ) == {"stopped": None}


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "x", "until": "soon"}])
async def test_a_stop_without_a_readable_reason_or_day_is_bad_input(api: Standing, body: dict[str, str]) -> None:
    assert (await api.ask("POST", "/sending/stop", body)).status_code == 422


async def test_a_stop_that_is_brought_again_is_placed_once(api: Standing) -> None:
    key = {"Idempotency-Key": "stop-1"}
    first = await api.json("POST", "/sending/stop", WHY, headers=key)
    await api.json("POST", "/sending/resume", {})
    assert await api.json("POST", "/sending/stop", WHY, headers=key) == first, "the answer of then"
    assert await api.json("GET", "/sending", role=Role.READ) == {"stopped": None}, "and nothing is stopped again"
