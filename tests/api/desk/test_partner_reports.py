"""Reports of partners, and lines of remittances, that are of no case, at the desk; and links that end there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from casefile.agency_links import make_link
from casefile.agency_reports import keep_line, keep_reports
from casefile.people import DeskRole
from services.agencies.telling import tell_reported
from tests.api.desk.world import CASE, World, words
from tests.casefile.builders import letter

OTHER = "case:devaart:F-2"
SENT = f"{CASE}/handoff/1/agency/incasso"


def reported(world: World) -> None:
    """F-1 and F-2 went to noordkade in one file, who reports a payment without saying on which."""
    with world.file.write() as transaction:
        handed = replace(letter(SENT), channel="agency", partner="noordkade", way="email")
        transaction.deliveries.intend(handed, [CASE, OTHER], world.now, world.now)
        transaction.deliveries.conclude(SENT, "sent", world.now, "")
        transaction.deliveries.taken_as(SENT, "NK-1")
        line = {"remittance": "2026-04", "line": 3, "status": "payment", "amount": "40.00", "creditor": "devaart"}
        keep_line(transaction.session, "noordkade", "remittance:3", json.dumps(line), "no case is meant", world.now)
    report = {"id": "r1", "reference": "NK-1", "status": "payment", "amount": "25.00", "on": "2026-04-09"}
    keep_reports(world.file, "noordkade", "webhook", [("r1", json.dumps(report))], world.now)
    tell_reported(world.file, lambda: world.now)


async def test_who_gave_a_report_to_its_case_reads_it_and_the_case_heard_it(world: World) -> None:
    reported(world)
    app = world.app()
    browser = world.browser(app, DeskRole.WORK)
    assert "2 meldingen van partners horen bij geen zaak" in words((await browser.get("/desk")).text)
    page = words((await browser.get("/desk/partnermeldingen")).text)
    assert "noordkade: betaald bij de partner" in page and "het dossier is van meer facturen" in page
    assert f"Meld het aan {CASE}" in page and f"Meld het aan {OTHER}" in page
    assert "een regel van een afdracht: betaling" in page
    number = browser.seen.partition('id="m')[2].partition('"')[0]
    for to, says in (("nergens", "er is geen zo'n zaak"), ("F-3", "F-3 is nooit overgedragen aan noordkade")):
        refused = await browser.post("/desk/partnermeldingen/koppelen", {"report": "2", "to": to})
        assert refused.status_code == 409 and says in words(refused.text)
    answer = await browser.post("/desk/partnermeldingen/koppelen", {"report": "2", "to": CASE})
    said = "Melding 2: vastgelegd, door Mies Work"
    assert said in words((await browser.follow(answer)).text)
    assert said not in words((await world.browser(app, DeskRole.APPROVE).get(answer.headers["location"])).text)
    assert number == "1"
    again = await browser.post("/desk/partnermeldingen/koppelen", {"report": "2", "to": CASE})
    assert again.status_code == 404


async def test_a_line_of_a_remittance_becomes_the_task_of_its_case(world: World) -> None:
    reported(world)
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get("/desk/partnermeldingen")
    await browser.follow(await browser.post("/desk/partnermeldingen/koppelen", {"report": "1", "to": "F-2"}))
    with world.file.read() as transaction:
        tasks = [each.kind for each in transaction.cases.load(OTHER).case.tasks]
    assert tasks == ["check_remittance"]


async def test_one_that_is_none_of_ours_is_laid_aside_by_who_works(world: World) -> None:
    reported(world)
    app = world.app()
    reader = world.browser(app, DeskRole.READ)
    page = await reader.get("/desk/partnermeldingen")
    assert "Meld het aan" not in words(page.text)
    browser = world.browser(app, DeskRole.WORK)
    await browser.get("/desk/partnermeldingen")
    for number in ("1", "2"):
        await browser.follow(await browser.post("/desk/partnermeldingen/opzij", {"report": number, "reason": "x"}))
    assert "Geen melding zonder zaak" in words(browser.seen)
    for wrong in ("", "x", "-1", "9" * 30, "99"):
        answer = await browser.client.post(
            "/desk/partnermeldingen/opzij", data={"report": wrong, "reason": "x", "csrf": browser.hidden("csrf")}
        )
        assert answer.status_code in (403, 404)


async def test_a_link_is_shown_to_who_administers_without_what_opens_it_and_ends_there(world: World) -> None:
    reported(world)
    token = make_link(world.file, SENT, "noordkade", world.now, timedelta(days=14))
    app = world.app()
    assert (await world.browser(app, DeskRole.APPROVE).get("/desk/partnerlinks")).status_code == 403
    browser = world.browser(app, DeskRole.ADMIN)
    page = await browser.get("/desk/partnerlinks")
    assert "noordkade F-1 , F-2" in words(page.text) and token not in page.text
    link = browser.hidden("link")
    done = await browser.follow(await browser.post("/desk/partnerlinks/intrekken", {"link": link}))
    assert f"De link {link} opent niets meer." in words(done.text) and "ingetrokken" in words(done.text)
    for wrong in (link, "", "none", "a\0"):
        answer = await browser.client.post(
            "/desk/partnerlinks/intrekken", data={"link": wrong, "csrf": browser.hidden("csrf")}
        )
        assert answer.status_code == 404
