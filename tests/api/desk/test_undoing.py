"""What was done by mistake is undone as it stood before, by who may do it, unless somebody went on from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from casefile.people import DeskRole
from services.desk.undoing import undoing_of
from services.reports.case_report import report_of
from tests.api.desk.world import CASE, World, furnished, rules, words

PAGE = f"/desk/zaken/{CASE}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = furnished(tmp_path / "f.sqlite3")
    with made.file.write() as transaction:
        transaction.parties.save_policy(rules().model_copy(update={"policy": "other"}))
    return made


@pytest.fixture
def app(world: World) -> FastAPI:
    return world.app()


def standing(world: World) -> tuple[object, ...]:
    with world.file.read() as transaction:
        report = report_of(transaction, CASE, world.now)
        case = transaction.cases.load(CASE).case
    return tuple((hold.kind, str(hold.until)) for hold in report.holds), case.policy


def undoes(world: World, message: str) -> object:
    with world.file.read() as transaction:
        return undoing_of(transaction, CASE, message)


async def test_a_pause_that_was_ended_by_mistake_comes_back_with_its_end(world: World, app: FastAPI) -> None:
    await world.ask(CASE, "pause_case", {"until": "2026-04-20", "reason": "op vakantie"})
    before = standing(world)
    browser = world.browser(app, DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=hervatten")
    await browser.follow(await browser.record(f"{PAGE}/doen/hervatten", {}))
    assert standing(world) != before
    await browser.follow(await browser.post(f"{PAGE}/ongedaan", {"gedaan": browser.hidden("gedaan")}))
    assert standing(world) == before == ((("pause", "2026-04-20"),), "test")
    assert world.told[-1][1:] == (
        "pause_case",
        {"until": "2026-04-20", "reason": "op vakantie", "actor": "Mies Work"},
    )


async def test_it_does_not_come_back_where_somebody_held_the_case_since_or_its_end_has_passed(world: World) -> None:
    await world.ask(CASE, "pause_case", {"until": "2026-04-20"}, message="p1")
    await world.ask(CASE, "resume_case", {}, message="r1")
    await world.ask(CASE, "pause_case", {"until": "2026-05-01"}, message="p2")
    assert undoes(world, "r1") is None
    await world.ask(CASE, "resume_case", {}, message="r2")
    assert undoes(world, "r2") == ("pause_case", {"until": "2026-05-01", "reason": ""})
    assert undoes(world, "no such message") is None


async def test_a_pause_beside_another_is_not_undone_for_both_would_end(world: World) -> None:
    await world.ask(CASE, "pause_case", {"until": "2026-04-20"}, message="p1")
    assert undoes(world, "p1") == ("resume_case", {})
    await world.ask(CASE, "pause_case", {}, message="p2")
    assert undoes(world, "p2") is None


async def test_another_policy_is_taken_back_by_who_approves_alone(world: World, app: FastAPI) -> None:
    approves, works = world.browser(app, DeskRole.APPROVE), world.browser(app, DeskRole.WORK)
    await approves.get(f"{PAGE}?doe=beleid")
    await approves.follow(await approves.record(f"{PAGE}/doen/beleid", {"policy": "other"}))
    assert standing(world)[1] == "other"
    act = {"gedaan": approves.hidden("gedaan")}
    await works.get(f"{PAGE}?gedaan={act['gedaan']}")
    assert (await works.post(f"{PAGE}/ongedaan", act)).status_code == 403 and standing(world)[1] == "other"
    await approves.follow(await approves.post(f"{PAGE}/ongedaan", act))
    assert standing(world)[1] == "test"
    assert "Beleid" in words(approves.seen)


async def test_another_policy_stays_where_it_was_changed_once_more(world: World) -> None:
    await world.ask(CASE, "change_policy", {"policy": "other"}, message="c1")
    assert undoes(world, "c1") == ("change_policy", {"policy": "test", "version": 1})
    await world.ask(CASE, "change_policy", {"policy": "test"}, message="c2")
    assert undoes(world, "c1") is None


async def test_who_is_crossed_by_another_sees_what_happened_in_between_and_nothing_else(
    world: World, app: FastAPI
) -> None:
    browser = world.browser(app, DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=pauze")
    await browser.post(f"{PAGE}/doen/pauze", {"until": "2026-04-20", "wat": "vooraf", **browser.form()})
    form = browser.form()
    await world.ask(CASE, "raise_task", {"task": "call_again", "actor": "Mies Admin"})
    crossed = await browser.post(f"{PAGE}/doen/pauze", {"until": "2026-04-20", "wat": "vastleggen", **form})
    assert crossed.status_code == 409
    between = words(crossed.text).partition("Er is niets vastgelegd.")[2].partition("Uw formulier staat er")[0]
    assert between.strip() == "vr 10 apr : taak gesteld: bel de debiteur weer"
    # A mark that is none of ours is as far as nothing: it does no harm.
    odd = await browser.post(
        f"{PAGE}/doen/pauze", {"until": "2026-04-20", "wat": "vastleggen", **form, "mark": "9" * 40}
    )
    assert odd.status_code == 409


async def test_another_policy_is_chosen_among_those_of_the_case_file_and_shipped_ones(
    world: World, app: FastAPI
) -> None:
    browser = world.browser(app, DeskRole.APPROVE)
    page = await browser.get(f"{PAGE}?doe=beleid")
    assert ">other 1<" in page.text and ">nl-business<" in page.text
    shown = await browser.post(f"{PAGE}/doen/beleid", {"policy": "nl-business", "wat": "vooraf", **browser.form()})
    assert shown.status_code == 200 and "Dit gebeurt er als u vastlegt" in words(shown.text)
    refused = await browser.post(f"{PAGE}/doen/beleid", {"policy": "no such", "wat": "vooraf", **browser.form()})
    assert refused.status_code == 422 and world.told == []
