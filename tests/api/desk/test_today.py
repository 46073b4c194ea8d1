"""Today and Figures as pages: the services' figures, the stop and the vetoes with who did it, escaped and by role."""

from __future__ import annotations

import re
from datetime import timedelta

from api.desk.figures.charts import bars_of, line_of
from api.desk.writing import money
from casefile.acts import acts
from casefile.people import DeskRole
from casefile.sending_stops import standing_stop
from casefile.session import reading
from domain import facts as f
from services.figures.figures import figures_of
from services.today.day import office_day
from services.today.morning import morning_of
from services.today.words import reasons_text
from speech.words import speaking
from tests.api.desk.world import CASE, World, words
from tests.domain.builders import eur

WORK, READ = DeskRole.WORK, DeskRole.READ


async def test_the_page_has_the_eight_blocks_in_their_order_each_with_its_key(world: World) -> None:
    browser = world.browser(world.app(), READ)
    page = await browser.get("/desk")
    assert page.status_code == 200
    heads = re.findall(r'<h2 id="k(\d)" data-key="(\d)" tabindex="-1"><span class="k">\d</span>([^<]*)</h2>', page.text)
    blocks = ["Mogen we versturen?", "Geld vannacht", "Vandaag eruit", "Wacht op u", "Termijnen die aflopen", "Bellen"]
    blocks += ["Vastzittend geld", "Cijfers"]
    assert heads == [(str(number), str(number), name) for number, name in enumerate(blocks, start=1)]
    assert (await browser.get("/desk/")).status_code == 200
    for name in ("today.css", "today.js"):
        assert (await browser.get(f"/desk/{name}")).status_code == 200
        assert f"/desk/{name}?v=" in page.text


async def test_the_figures_of_the_page_are_those_of_the_service(world: World) -> None:
    morning = morning_of(world.file, world.now)
    text = words((await world.browser(world.app(), READ).get("/desk")).text)
    with speaking("nl"):
        shown = [money(each.overdue) for each in morning.figures.ageing]
        shown += [money(row.open) for row in morning.going_out.first]
        shown += [money(each) for each in morning.going_out.amounts]
    assert shown and all(each.replace("\u00a0", " ") in text for each in shown)
    assert morning.going_out.number


async def test_each_row_says_why_in_one_click(world: World) -> None:
    on = office_day(world.now)
    raised = f.TaskRaised(id="t:fix", at=world.now, on=on, task="fix_contact")
    with world.file.write(CASE) as transaction:
        transaction.cases.append(CASE, (raised,))
    world.advance()
    page = (await world.browser(world.app(), READ).get("/desk")).text
    (row,) = morning_of(world.file, world.now).needs_me.rows
    with speaking("nl"):
        reason = reasons_text(row.why).partition(";")[0]
    assert f"<p>{reason[:1].upper()}{reason[1:]}" in page and "<details" in page


async def test_who_may_only_read_sees_no_stop_and_can_do_neither(world: World) -> None:
    browser = world.browser(world.app(), READ)
    page = await browser.get("/desk")
    assert "/desk/stoppen" not in page.text and 'name="veto"' not in page.text
    for path in ("/desk/stoppen", "/desk/doorgaan", "/desk/tegenhouden"):
        assert (await browser.post(path, {"reden": "x", "veto": CASE})).status_code == 403
    assert standing_stop(world.file, office_day(world.now)) is None


async def test_sending_is_stopped_with_its_effect_before_and_who_why_and_when_after(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    before = words((await browser.get("/desk")).text)
    assert "Alles stoppen voor vandaag?" in before and "Termijnen die lopen, lopen door" in before
    empty = await browser.post("/desk/stoppen", {"reden": "  "})
    assert empty.status_code == 422 and "zeg waarom er niets weg mag" in words(empty.text)
    await browser.follow(await browser.post("/desk/stoppen", {"reden": "<b>prijslijst</b>", "form": "f1"}))
    assert "&lt;b&gt;prijslijst&lt;/b&gt;" in browser.seen and "<b>prijslijst" not in browser.seen
    assert "Nee, gestopt" in words(browser.seen) and "Mies Work" in words(browser.seen)
    placed = standing_stop(world.file, office_day(world.now))
    assert placed is not None and (placed.actor, placed.reason) == ("Mies Work", "<b>prijslijst</b>")
    await browser.follow(await browser.post("/desk/doorgaan"))
    assert standing_stop(world.file, office_day(world.now)) is None and "Nee, gestopt" not in words(browser.seen)
    assert [(each.act, each.actor, each.outcome) for each in acts(world.file)] == [
        ("resume_sending", "Mies Work", "done"),
        ("stop_sending", "Mies Work", "done"),
        ("stop_sending", "Mies Work", "refused"),
    ]


async def test_a_ticked_message_is_kept_back_until_tomorrow_and_can_be_undone(world: World) -> None:
    # Two invoices whose reminder leaves today, large enough to be looked at first.
    browser = world.browser(world.app(), WORK)
    await browser.get("/desk")
    answer = await browser.post("/desk/tegenhouden", {"veto": "case:devaart:F-2", "form": "f2"})
    assert re.fullmatch(r"/desk\?gedaan=\d+", answer.headers["location"])
    await browser.follow(answer)
    ((case, name, content),) = world.told
    tomorrow = (office_day(world.now) + timedelta(days=1)).isoformat()
    assert (case, name, content["until"], content["actor"]) == (
        "case:devaart:F-2",
        "pause_case",
        tomorrow,
        "Mies Work",
    )
    assert "data-undo" in browser.seen
    other = world.browser(world.app(), DeskRole.APPROVE)
    assert (await other.get(answer.headers["location"])).status_code == 404, "what another user did"
    assert (await browser.post("/desk/tegenhouden", {"veto": "case:devaart:none"})).status_code == 404
    await browser.get("/desk")
    nothing = await browser.post("/desk/tegenhouden")
    assert (nothing.status_code, nothing.headers["location"]) == (303, "/desk")


async def test_figures_are_charts_tables_and_data_of_one_service(world: World) -> None:
    browser = world.browser(world.app(), READ)
    page = await browser.get("/desk/cijfers")
    with reading(world.file.database) as session:
        expected = figures_of(session, office_day(world.now))
    assert (await browser.get("/desk/cijfers?als=json")).json() == expected.model_dump(mode="json")
    text = words(page.text)
    with speaking("nl"):
        for part in expected.ageing:
            assert all(money(each.open).replace("\u00a0", " ") in text for each in part.buckets)
    assert page.text.count("<svg viewBox") >= 4 and "terugtelmethode" in text.lower()


def test_bars_and_lines_are_drawn_to_scale() -> None:
    first, second = bars_of([("a", eur("200.00").amount, "200"), ("b", eur("50.00").amount, "50")])
    assert (first.width, second.width, second.y - first.y) == (220.0, 55.0, 24)
    assert [each.width for each in bars_of([("a", eur("0.00").amount, "0")])] == [0.0]
    assert line_of([None, eur("1.00").amount]) is None
    drawn = line_of([eur("10.00").amount, None, eur("20.00").amount])
    assert drawn is not None and drawn.points == "44.0,130.0 410.0,10.0"
