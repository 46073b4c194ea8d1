"""The same for many cases: shown before it is done, done once, a result for each, one row in the log."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from sqlalchemy import func, select

from api.desk.bulk.bulk_running import AT_ONCE, BulkRunning
from api.desk.jobs import Jobs
from api.operator.asking import Answered
from api.operator.inside import Inside
from casefile import tables as t
from casefile.acts import acts
from casefile.assignments import assign_debtors, assignees_of
from casefile.bulk_jobs import job_cases, job_of
from casefile.people import DeskRole
from casefile.session import reading
from tests.api.desk.world import CASE, Browser, World, furnished, rules, words
from tests.conftest import DATABASES
from tests.domain.builders import invoice, policy, send

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
def world(kept_in: str, tmp_path: Path) -> World:
    return furnished(tmp_path / "f.sqlite3")


@pytest.fixture
def browser(world: World) -> Browser:
    return world.browser(world.app(), DeskRole.WORK)


TWO = (CASE, "case:devaart:F-2")


async def draft(
    browser: Browser, act: str, cases: tuple[str, ...] = TWO, path: str = "/desk/zaken", **more: str
) -> str:
    """Tick rows of a list, and choose an act; gives the address of the job."""
    await browser.get(path)
    data = {"csrf": browser.hidden("csrf"), "form": browser.hidden("form"), "keuze": browser.hidden("keuze"), **more}
    answer = await browser.client.post(f"/desk/bulk/{act}/vooraf", data={**data, "zaak": list(cases)})
    assert answer.status_code == 303, words(answer.text)
    await browser.get(answer.headers["location"])
    return str(answer.headers["location"])


async def press(browser: Browser, job: str, act: str, wat: str = "doen", **fields: str) -> httpx.Response:
    return await browser.post(f"/desk/bulk/{act}/{job.rpartition('/')[2]}/{wat}", fields)


def results(world: World, job: str) -> dict[str, str | None]:
    with reading(world.file.database) as session:
        found = job_cases(session, job.rpartition("/")[2], None, offset=0, limit=1000)
    return {each.number: each.outcome for each in found}


async def finished(world: World) -> None:
    assert world.desk is not None
    await world.desk.jobs.finished()


# Before ------------------------------------------------------------------------------------------------------


async def test_nothing_changes_before_it_was_shown_and_pressed(world: World, browser: Browser) -> None:
    await draft(browser, "aanhouden")
    page = words(browser.seen)
    assert "Aanhouden, 2 zaken" in page and "er is nog niets veranderd" in page
    # F-1 is 1,000.00 and F-2 250.50, as typed in the invoices; both are of one debtor.
    assert "2 zaken, 1 debiteur, € 1.250,50" in page
    assert world.told == []


async def test_who_has_no_part_in_it_is_named_with_the_reason(world: World, browser: Browser) -> None:
    await world.ask("case:devaart:F-2", "raise_task", {"task": "look_at_it"})
    world.told.clear()
    job = await draft(browser, "taken")
    page = words(browser.seen)
    assert "1 zaak doet niet mee" in page and "Taken afronden, 1 zaak" in page
    await press(browser, job, "taken", "vooraf", task="look_at_it", outcome="gezien")
    await browser.get(job)
    await press(browser, job, "taken", task="look_at_it", outcome="gezien")
    await finished(world)
    assert [case for case, *_ in world.told] == ["case:devaart:F-2"]
    assert results(world, job) == {"F-1": "left_out", "F-2": "accepted"}


async def test_only_what_was_shown_is_done(world: World, browser: Browser) -> None:
    job = await draft(browser, "aanhouden")
    answer = await press(browser, job, "aanhouden", until="2026-05-01")
    await browser.follow(answer)
    assert world.told == [] and "er is nog niets veranderd" in words(browser.seen)
    await press(browser, job, "aanhouden", until="2026-05-01")
    await finished(world)
    assert {(name, content["until"]) for _, name, content in world.told} == {("pause_case", "2026-05-01")}


async def test_a_debtor_that_is_ticked_has_no_part_in_it(world: World, browser: Browser) -> None:
    job = await draft(browser, "aanhouden", (*TWO, "case:devaart:F-3"))
    await press(browser, job, "aanhouden", "vooraf", zonder="devaart\nbakker")
    await browser.get(job)
    await press(browser, job, "aanhouden", zonder="devaart\nbakker")
    await finished(world)
    assert [case for case, *_ in world.told] == ["case:devaart:F-3"]


async def test_a_field_that_can_not_be_used_is_told_and_nothing_is_done(world: World, browser: Browser) -> None:
    job = await draft(browser, "aanhouden")
    await browser.follow(await press(browser, job, "aanhouden", until="ooit"))
    assert "aria-invalid" in browser.seen and 'value="ooit"' in browser.seen
    await press(browser, job, "aanhouden", until="ooit")
    assert world.told == []


async def test_without_a_case_there_is_no_job(browser: Browser) -> None:
    await browser.get("/desk/zaken")
    answer = await browser.post("/desk/bulk/aanhouden/vooraf", {"form": "f"})
    assert answer.status_code == 422


# Done --------------------------------------------------------------------------------------------------------


async def test_each_case_has_a_result_and_all_of_it_is_one_row_in_the_log(world: World, browser: Browser) -> None:
    job = await draft(browser, "aanhouden", path="/desk/zaken?dagen=90%2B", alle="ja")
    answer = await press(browser, job, "aanhouden")
    await finished(world)
    page = words((await browser.follow(answer)).text)
    assert "1 van 1 afgehandeld" in page and "alles is gedaan" in page
    # Of the filter only F-2 is so late, whatever was ticked.
    assert results(world, job) == {"F-2": "accepted"}
    (row,) = acts(world.file, name="bulk aanhouden")
    assert (row.actor, row.subject, row.outcome) == ("Mies Work", "1 cases", "done")
    assert '"accepted": 1' in row.detail


@BOTH
async def test_who_presses_twice_does_it_once(world: World, browser: Browser) -> None:
    job = await draft(browser, "aanhouden")
    form = {"csrf": browser.hidden("csrf")}
    path = f"/desk/bulk/aanhouden/{job.rpartition('/')[2]}/doen"
    await asyncio.gather(*(browser.client.post(path, data=form) for _ in range(3)))
    await finished(world)
    assert sorted(case for case, *_ in world.told) == sorted(TWO)
    assert len(acts(world.file, name="bulk aanhouden")) == 1


async def test_a_case_that_somebody_else_told_something_meanwhile_is_left_as_it_is(
    world: World, browser: Browser
) -> None:
    job = await draft(browser, "aanhouden")
    await world.ask(CASE, "raise_task", {"task": "look_at_it"})
    world.told.clear()
    answer = await press(browser, job, "aanhouden")
    await finished(world)
    assert results(world, job) == {"F-1": "changed", "F-2": "accepted"}
    assert "door een ander veranderd" in words((await browser.follow(answer)).text).lower()


async def test_a_debtor_is_assigned_with_all_his_invoices(world: World, browser: Browser) -> None:
    job = await draft(browser, "toewijzen", (CASE,))
    user = world.users[DeskRole.WORK].id
    await press(browser, job, "toewijzen", "vooraf", user=user)
    await browser.get(job)
    await press(browser, job, "toewijzen", user=user)
    await finished(world)
    mine = (await browser.get("/desk/zaken?van=ik&op=nr")).text
    assert re.findall(r'name="zaak" value="([^"]+)"', mine) == list(TWO)
    assert "Mies Work" in words(mine)
    others = (await browser.get("/desk/zaken?van=niemand")).text
    assert re.findall(r'name="zaak" value="([^"]+)"', others) == ["case:devaart:F-3"]


async def test_what_needs_approval_needs_it_for_many_too(world: World, browser: Browser) -> None:
    await browser.get("/desk/zaken")
    assert "/desk/bulk/beleid/" not in browser.seen
    answer = await browser.post("/desk/bulk/beleid/vooraf", {"zaak": CASE})
    assert answer.status_code == 403


@pytest.mark.parametrize(("name", "offered"), [("rustig", ">rustig 3<"), ("nl-business", ">nl-business<")])
async def test_another_policy_may_be_one_of_the_case_file_or_a_shipped_one_and_is_shown_before(
    world: World, name: str, offered: str
) -> None:
    """`rustig` sends its reminder 120 days after the due date of F-2, 5 January 2026: on Tuesday 5 May."""
    quiet = policy(send("reminder", {"after_due": "120d"}, claims="principal+interest"), law="NL")
    with world.file.write() as transaction:
        transaction.parties.save_policy(quiet.model_copy(update={"policy": "rustig", "version": 3}))
    browser = world.browser(world.app(), DeskRole.APPROVE)
    job = await draft(browser, "beleid", ("case:devaart:F-2",))
    assert offered in browser.seen
    await browser.follow(await press(browser, job, "beleid", "vooraf", policy=name))
    page = words(browser.seen)
    assert "Beleid wijzigen, 1 zaak" in page and "doet niet mee" not in page and "er is nog niets veranderd" in page
    if name == "rustig":
        assert "Op di 5 mei : 1 × herinnering" in page
    assert world.told == []
    await press(browser, job, "beleid", policy=name)
    await finished(world)
    ((_, told, content),) = world.told
    assert (told, content["policy"]) == ("change_policy", name)


async def test_a_draft_is_of_who_made_it(world: World, browser: Browser) -> None:
    job = await draft(browser, "aanhouden")
    other = world.browser(browser.client._transport.app, DeskRole.ADMIN)  # type: ignore[attr-defined]
    assert (await other.get(job)).status_code == 404
    await other.get("/desk/zaken")
    assert (await press(other, job, "aanhouden")).status_code == 404
    assert world.told == []


# Interrupted -------------------------------------------------------------------------------------------------


async def many(world: World, number: int) -> tuple[str, ...]:
    for each in range(4, 4 + number):
        world.open(invoice(number=f"F-{each}"), f"case:devaart:F-{each}")
    return tuple(f"case:devaart:F-{each}" for each in range(4, 4 + number))


class Dies(BaseException):
    """The process is gone."""


@BOTH
async def test_after_a_process_died_half_way_another_goes_on_and_tells_nobody_twice(world: World) -> None:
    cases = await many(world, AT_ONCE + 10)
    app = world.app()
    browser = world.browser(app, DeskRole.WORK)
    job = await draft(browser, "aanhouden", cases)
    ask, told = world.ask, 0

    async def dying(
        case_id: str,
        name: str,
        content: Mapping[str, object],
        *,
        message: str | None = None,
        mark: str | None = None,
        by: str = "",
    ) -> Answered:
        nonlocal told
        told += 1
        if told > AT_ONCE + 4:
            raise asyncio.CancelledError
        return await ask(case_id, name, content, message=message, mark=mark, by=by)

    world.ask = dying  # type: ignore[method-assign]
    await press(browser, job, "aanhouden")
    await finished(world)
    with reading(world.file.database) as session:
        found = job_of(session, job.rpartition("/")[2])
    assert found is not None and found.state == "under_way"
    assert list(results(world, job).values()).count("accepted") == AT_ONCE
    world.ask = ask  # type: ignore[method-assign]

    world.now += timedelta(minutes=5)
    page = await browser.get(job)
    assert "het staat stil" in words(page.text) and "10 zaken zijn niet gedaan" in words(page.text)
    jobs = Jobs()
    await BulkRunning(Inside(world.file, world.ask, world.ask_many, lambda: world.now), jobs).take_up()
    await jobs.finished()
    assert set(results(world, job).values()) == {"accepted"}
    with world.file.read() as transaction:
        for case in cases:
            # The four that were told before the process died have one message, as the others.
            told_to = select(func.count()).select_from(t.inbox).where(t.inbox.c.case_id == case)
            assert transaction.session.connection.scalar(told_to) == 1, case


async def test_what_is_stopped_keeps_what_was_done(world: World) -> None:
    cases = await many(world, AT_ONCE * 2)
    app = world.app()
    browser = world.browser(app, DeskRole.WORK)
    job = await draft(browser, "aanhouden", cases)
    ask = world.ask

    async def stopping(
        case_id: str,
        name: str,
        content: Mapping[str, object],
        *,
        message: str | None = None,
        mark: str | None = None,
        by: str = "",
    ) -> Answered:
        if len(world.told) == 5:
            await browser.client.post(f"{job}/stoppen", data={"csrf": browser.hidden("csrf")})
        return await ask(case_id, name, content, message=message, mark=mark, by=by)

    world.ask = stopping  # type: ignore[method-assign]
    await press(browser, job, "aanhouden")
    await finished(world)
    assert len(world.told) == AT_ONCE
    page = words((await browser.get(job)).text)
    assert f"{AT_ONCE} van {AT_ONCE * 2} afgehandeld" in page and "gestopt door Mies Work" in page
    (row,) = acts(world.file, name="bulk aanhouden")
    assert (
        row.outcome == "stopped" and f'"not_done": {AT_ONCE}' in row.detail and f'"accepted": {AT_ONCE}' in row.detail
    )


async def test_without_script_the_page_of_a_job_looks_again_by_itself(world: World, browser: Browser) -> None:
    job = await draft(browser, "aanhouden")
    await press(browser, job, "aanhouden")
    page = await browser.get(job)
    assert '<noscript><meta http-equiv="refresh"' in page.text or "alles is gedaan" in words(page.text)
    assert unquote(job).startswith("/desk/bulk/")


# Undone ------------------------------------------------------------------------------------------------------


async def did(world: World, browser: Browser, act: str, cases: tuple[str, ...] = TWO, **fields: str) -> str:
    """A job that is done; gives its address."""
    job = await draft(browser, act, cases)
    if fields:
        await press(browser, job, act, "vooraf", **fields)
        await browser.get(job)
    await press(browser, job, act, **fields)
    await finished(world)
    await browser.get(job)
    world.told.clear()
    return job


async def undoing(browser: Browser, job: str) -> str:
    """Press the button of a job; gives the address of the one that undoes it, which is shown."""
    answer = await browser.post(f"{job}/ongedaan")
    await browser.follow(answer)
    return str(answer.headers["location"])


def says(world: World, job: str) -> dict[str, str]:
    with reading(world.file.database) as session:
        found = job_cases(session, job.rpartition("/")[2], None, offset=0, limit=1000)
    return {each.number: each.says for each in found}


async def test_a_whole_job_is_undone_by_one_of_its_own_after_it_was_shown(world: World, browser: Browser) -> None:
    held = await did(world, browser, "aanhouden")
    own = await undoing(browser, held)
    page = words(browser.seen)
    # Before: two pauses; then: none. Nothing is done yet.
    assert "Opdracht ongedaan maken, 2 zaken" in page and "Aangehouden: pauze 2 0" in page.replace("Pauze", "pauze")
    assert world.told == []
    await press(browser, own, "ongedaan")
    await finished(world)
    assert {(case, name) for case, name, _ in world.told} == {(case, "resume_case") for case in TWO}
    assert results(world, own) == {"F-1": "accepted", "F-2": "accepted"}
    (row,) = acts(world.file, name="bulk ongedaan")
    assert (row.actor, row.subject, row.outcome) == ("Mies Work", "2 cases", "done")
    # Who presses again comes to the same job.
    await browser.get(held)
    assert await undoing(browser, held) == own and "alles is gedaan" in words(browser.seen)


async def test_what_can_not_be_undone_says_so_case_by_case(world: World, browser: Browser) -> None:
    job = await draft(browser, "aanhouden")
    await world.ask(CASE, "raise_task", {"task": "look_at_it"})
    await press(browser, job, "aanhouden")
    await finished(world)
    await browser.get(job)
    own = await undoing(browser, job)
    assert says(world, own)["F-1"] == "nothing was done to it, so there is nothing to undo"
    # Somebody ended the other pause meanwhile: the rule says that there is none.
    await world.ask("case:devaart:F-2", "resume_case", {"actor": "Mies Admin"})
    await press(browser, own, "ongedaan", "vooraf")
    assert results(world, own) == {"F-1": "left_out", "F-2": "left_out"} and says(world, own)["F-2"]


async def test_pauses_that_a_job_ended_come_back_and_a_change_of_policy_is_taken_back_by_who_approves(
    world: World, browser: Browser
) -> None:
    for case in TWO:
        await world.ask(case, "pause_case", {"until": "2026-04-20", "reason": "prijslijst"})
    own = await undoing(browser, await did(world, browser, "hervatten"))
    await press(browser, own, "ongedaan")
    await finished(world)
    again = ("pause_case", {"until": "2026-04-20", "reason": "prijslijst", "actor": "Mies Work"})
    assert [(name, content) for _, name, content in world.told] == [again] * 2
    with world.file.write() as transaction:
        transaction.parties.save_policy(rules().model_copy(update={"policy": "other"}))
    approves = world.browser(browser.client._transport.app, DeskRole.APPROVE)  # type: ignore[attr-defined]
    changed = await did(world, approves, "beleid", policy="other")
    await browser.get(changed)
    assert "Alles ongedaan maken" not in browser.seen
    assert (await browser.post(f"{changed}/ongedaan")).status_code == 403
    own = await undoing(approves, changed)
    await press(approves, own, "ongedaan")
    await finished(world)
    assert {(name, content["policy"]) for _, name, content in world.told} == {("change_policy", "test")}


async def test_tasks_that_were_finished_are_asked_again_but_not_with_the_hold_that_they_ended(
    world: World, browser: Browser
) -> None:
    for case in TWO:
        await world.ask(case, "raise_task", {"task": "look_at_it"})
    job = await did(world, browser, "taken", task="look_at_it", outcome="gezien")
    own = await undoing(browser, job)
    await press(browser, own, "ongedaan")
    await finished(world)
    assert [(name, content["task"]) for _, name, content in world.told] == [("raise_task", "look_at_it")] * 2
    assert set(results(world, own).values()) == {"accepted"}


async def test_debtors_go_back_to_whom_they_were_given_before_unless_somebody_gave_them_away_since(
    world: World, browser: Browser
) -> None:
    mine, other = world.users[DeskRole.WORK].id, world.users[DeskRole.ADMIN].id
    assign_debtors(world.file, [("devaart", "bakker")], other, world.now)
    job = await did(world, browser, "toewijzen", (CASE, "case:devaart:F-3"), user=mine)
    own = await undoing(browser, job)
    assign_debtors(world.file, [("devaart", "slager")], world.users[DeskRole.READ].id, world.now)
    await press(browser, own, "ongedaan")
    await finished(world)
    assert says(world, own)["F-3"].startswith("somebody else was given this debtor since")
    with reading(world.file.database) as session:
        assert assignees_of(session, [("devaart", "bakker"), ("devaart", "slager")]) == {
            ("devaart", "bakker"): other,
            ("devaart", "slager"): world.users[DeskRole.READ].id,
        }


async def test_a_job_under_way_and_one_that_undid_another_are_not_undone(world: World, browser: Browser) -> None:
    job = await did(world, browser, "aanhouden")
    own = await undoing(browser, job)
    assert (await browser.post(f"{own}/ongedaan")).status_code == 409
    await browser.get(own)
    await press(browser, own, "ongedaan")
    await finished(world)
    await browser.get(own)
    assert "Alles ongedaan maken" not in words(browser.seen)
    assert (await browser.post(f"{own}/ongedaan")).status_code == 409
