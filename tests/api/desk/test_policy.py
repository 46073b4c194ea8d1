"""An edited policy is compared at the desk: refused by line and field, or told case by case; nothing is recorded."""

from __future__ import annotations

import httpx

from casefile.people import DeskRole
from policies.load import load_policy
from services.manual.manual import manual_of
from services.policy_change import policy_change
from services.today.day import office_day
from speech.words import speaking
from tests.api.desk.world import Browser, World, rules, words

WORK, READ = DeskRole.WORK, DeskRole.READ
EDITED = """policy: test
version: 2
law: NL
steps:
  - {id: reminder, when: {after_due: 5d}, send: email, claims: principal+interest}
  - {id: second_reminder, when: {after_due: 20d}, send: email, claims: principal+interest}
"""


async def compared(browser: Browser, text: str, *, as_file: bool = False) -> httpx.Response:
    await browser.get("/desk/beleid")
    form = {"csrf": browser.hidden("csrf")}
    files = {"bestand": ("beleid.yaml", text.encode())} if as_file else {"bestand": ("", b"")}
    answer = await browser.client.post("/desk/beleid", data=form if as_file else {**form, "tekst": text}, files=files)
    browser.seen = answer.text or browser.seen
    return answer


async def test_what_would_change_is_told_case_by_case_with_its_sums(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    for as_file in (False, True):
        answer = await compared(browser, EDITED, as_file=as_file)
        page = await browser.follow(answer)
        while "data-running" in browser.seen:
            page = await browser.get(page.request.url.path)
        text = words(page.text)
        assert "er is nog niets veranderd" in text and "F-1" in text and "er komt iets eerder" in text
    found = (await browser.get(f"{answer.headers['location']}?als=json")).json()
    # As the command has it.
    with speaking("nl"):
        theirs = policy_change(world.file, load_policy(EDITED, "p").policy, world.now, most=200)
    assert found == theirs.model_dump(mode="json")
    assert theirs.changed and world.told == []


async def test_a_policy_that_can_not_be_used_is_refused_by_line_and_field(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    answer = await compared(browser, EDITED.replace("20d", "soon"))
    assert answer.status_code == 422
    assert "tekst:6:" in answer.text and "steps[1].when.after_due" in answer.text
    assert "soon" in answer.text, "nothing typed is lost"
    later = await compared(browser, EDITED.replace("send: email", "send: email, letter: remindr", 1))
    assert later.status_code == 422 and "remindr" in words(later.text)
    assert (await compared(browser, " ")).status_code == 422


async def test_who_reads_along_can_not_compare(world: World) -> None:
    browser = world.browser(world.app(), READ)
    page = await browser.get("/desk/beleid")
    assert rules().policy in words(page.text) and 'action="/desk/beleid"' not in page.text
    assert (await browser.get("/desk/beleid/vergelijking/none")).status_code == 404


async def test_the_manual_of_a_policy_in_force_is_read_as_a_page_and_as_a_pdf(world: World) -> None:
    browser = world.browser(world.app(), READ)
    page = await browser.get("/desk/handleiding")
    with speaking("nl"):
        manual = manual_of(rules(), office_day(world.now))
    text = words(page.text)
    assert manual.title in text and all(part.heading in text for part in (*manual.rungs, *manual.parts))
    pdf = await browser.get("/desk/handleiding.pdf?beleid=test")
    assert pdf.headers["content-type"] == "application/pdf" and pdf.content.startswith(b"%PDF-")
    for path in ("/desk/handleiding", "/desk/handleiding.pdf"):
        assert (await browser.get(f"{path}?beleid=other")).status_code == 404
