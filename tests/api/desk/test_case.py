"""A case at the desk: what it shows is what the API tells, and what is done there is tried before and undone after."""

from __future__ import annotations

import re

import pytest

from api.desk.cases.case_forms import FORMS
from casefile.acts import acts
from casefile.people import DeskRole
from domain.messages import REQUESTS
from services.reports.case_claim import read_claim
from services.reports.case_report import report_of
from tests.api.desk.world import CASE, MAIL, World, words

PAGE = f"/desk/zaken/{CASE}"
ON_THEIR_OWN_PAGE = {"resubmit_quarantined", "dismiss_quarantined"}


def test_there_is_a_form_for_every_request() -> None:
    assert {form.message for form in FORMS} - {"payment_reversed"} == set(REQUESTS) - ON_THEIR_OWN_PAGE
    assert len({form.key for form in FORMS}) == len(FORMS)


async def test_the_figures_of_a_case_are_those_of_the_api(world: World) -> None:
    page = words((await world.browser(world.app(), DeskRole.READ).get(PAGE)).text)
    with world.file.read() as transaction:
        claim = read_claim(transaction, CASE, world.now).claim
        report = report_of(transaction, CASE, world.now)
    # 1000.00 at 10.15% from 4 March (the fourth day after a due date on Sunday) to 10 April: 38 of 365 days.
    assert (claim.open.text, claim.interest.text, claim.total.text) == ("1000.00", "10.57", "1010.57")
    assert "Hoofdsom € 1.000,00 Rente € 10,57" in page and "Te betalen € 1.010,57" in page
    assert "Te betalen op vr 10 apr € 1.010,57" in page
    assert report.policy in page and report.next_at == "Thu 2026-04-30 12:00" and "do 30 apr 12:00" in page


async def test_a_mail_is_read_in_a_frame_in_which_nothing_can_happen(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.READ)
    page = await browser.get(PAGE)
    source = re.search(r'<iframe class="frame" sandbox loading="lazy" src="([^"]+)"', page.text)
    assert source is not None
    mail = await browser.get(source[1])
    policy = mail.headers["content-security-policy"]
    assert "sandbox;" in policy and "allow-" not in policy and "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy and mail.headers["x-frame-options"] == "SAMEORIGIN"
    assert "Beste Els" in mail.text
    kept = await browser.get(source[1].replace("/lezen", "/inhoud"))
    assert kept.content == MAIL and kept.headers["content-disposition"].startswith("attachment")
    assert (await browser.get(source[1].replace("/0/", "/1/"))).status_code == 404


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
async def test_what_people_wrote_is_text(world: World, text: str) -> None:
    """Stored XSS, by a name, a note, a reason and what is searched for."""
    with world.file.write() as transaction:
        debtor = transaction.parties.debtor("devaart", "bakker")
        assert debtor is not None
        transaction.parties.save_debtor("devaart", debtor.model_copy(update={"name": text}))
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(PAGE)
    await browser.follow(await browser.post(f"{PAGE}/notitie", {"text": text, "form": browser.hidden("form")}))
    await browser.get(f"{PAGE}?doe=pauze")
    await browser.follow(await browser.record(f"{PAGE}/doen/pauze", {"until": "2026-04-20", "reason": text}))
    for path in (PAGE, "/desk/zaken", "/desk/debiteuren/devaart/bakker", "/desk/taken"):
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert (
            "<script>alert" not in answer.text
            and "<img src=x" not in answer.text
            and "49" not in words(answer.text)[:80]
        )
    sought = await browser.client.get("/desk/zaken", params={"zoek": text, "reden": text, "vanaf": text, "op": text})
    assert "<script>alert" not in sought.text and "<img src=x" not in sought.text


async def test_a_form_says_before_what_it_will_do_and_does_nothing_yet(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=pauze")
    tried = await browser.post(f"{PAGE}/doen/pauze", {"until": "20-04-2026", "wat": "vooraf", **browser.form()})
    page = words(tried.text)
    assert "Dit gebeurt er als u vastlegt" in page and "aangehouden: pauze tot ma 20 apr" in page
    assert world.told == [] and acts(world.file) == ()


async def test_what_is_recorded_is_what_was_shown(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=pauze")
    await browser.post(f"{PAGE}/doen/pauze", {"until": "2026-04-20", "wat": "vooraf", **browser.form()})
    changed = await browser.post(f"{PAGE}/doen/pauze", {"until": "2026-04-21", "wat": "vastleggen", **browser.form()})
    assert changed.status_code == 200 and "ma 21 apr" not in changed.text and world.told == []
    assert "di 21 apr" in words(changed.text), "the effect of what was changed is shown first"
    done = await browser.post(f"{PAGE}/doen/pauze", {"until": "2026-04-21", "wat": "vastleggen", **browser.form()})
    assert done.status_code == 303
    ((case, name, content),) = world.told
    assert (case, name, content) == (CASE, "pause_case", {"until": "2026-04-21", "actor": "Mies Work"})


async def test_an_act_is_in_the_log_under_a_name_and_can_be_undone(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=pauze")
    page = await browser.follow(await browser.record(f"{PAGE}/doen/pauze", {"reason": "op vakantie"}))
    assert "Pauze: vastgelegd." in words(page.text) and "door Mies Work" in words(page.text)
    undone = await browser.follow(await browser.post(f"{PAGE}/ongedaan", {"gedaan": browser.hidden("gedaan")}))
    assert undone.status_code == 200
    with world.file.read() as transaction:
        assert report_of(transaction, CASE, world.now).holds == ()
    assert [(act.act, act.actor, act.outcome) for act in acts(world.file)] == [
        ("resume_case", "Mies Work", "accepted"),
        ("pause_case", "Mies Work", "accepted"),
    ]


async def test_a_payment_booked_by_mistake_is_undone_by_its_reversal(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=betaald")
    sent = {"amount": "€ 1.000,00", "credited_on": "2026-04-09"}
    await browser.follow(await browser.record(f"{PAGE}/doen/betaald", sent))
    with world.file.read() as transaction:
        assert report_of(transaction, CASE, world.now).open == "0.00"
    await browser.follow(await browser.post(f"{PAGE}/ongedaan", {"gedaan": browser.hidden("gedaan")}))
    with world.file.read() as transaction:
        assert report_of(transaction, CASE, world.now).open == "1000.00"


async def test_a_note_is_kept_and_withdrawn(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(PAGE)
    empty = await browser.post(f"{PAGE}/notitie", {"text": "  ", "form": "f"})
    assert empty.status_code == 422
    sent = {"text": "Hun boekhouder is er op vrijdag.\nBel dan.", "form": "f"}
    page = await browser.follow(await browser.post(f"{PAGE}/notitie", sent))
    assert "Hun boekhouder is er op vrijdag." in page.text
    await browser.follow(await browser.post(f"{PAGE}/notitie", sent))
    assert browser.seen.count("Hun boekhouder is er op vrijdag.") == 1, "pressed twice it is kept once"
    await browser.follow(await browser.post(f"{PAGE}/ongedaan", {"gedaan": browser.hidden("gedaan")}))
    assert "Hun boekhouder is er op vrijdag." not in browser.seen


async def test_who_presses_twice_does_it_once(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=gebeld")
    await browser.post(f"{PAGE}/doen/gebeld", {"outcome": "geen gehoor", "wat": "vooraf", **browser.form()})
    again = {"outcome": "geen gehoor", "wat": "vastleggen", "csrf": browser.hidden("csrf"), **browser.form()}
    answers = [await browser.client.post(f"{PAGE}/doen/gebeld", data=again) for _ in range(2)]
    assert answers[0].status_code == 303
    with world.file.read() as transaction:
        calls = [fact for fact in transaction.cases.facts(CASE) if fact.kind == "call_logged"]
    assert len(calls) == 1


async def test_what_somebody_else_changed_meanwhile_is_shown_and_nothing_is_recorded(world: World) -> None:
    mine, theirs = world.browser(world.app(), DeskRole.WORK), world.browser(world.app(), DeskRole.APPROVE)
    await mine.get(f"{PAGE}?doe=belofte")
    await mine.post(f"{PAGE}/doen/belofte", {"by": "2026-04-15", "note": "vrijdag", "wat": "vooraf", **mine.form()})
    await theirs.get(f"{PAGE}?doe=gebeld")
    await theirs.record(f"{PAGE}/doen/gebeld", {"outcome": "hij betaalt niet"})
    told = len(world.told)
    answer = await mine.post(
        f"{PAGE}/doen/belofte", {"by": "2026-04-15", "note": "vrijdag", "wat": "vastleggen", **mine.form()}
    )
    page = words(answer.text)
    assert answer.status_code == 409 and "Iemand anders heeft deze zaak intussen gewijzigd" in page
    assert "hij betaalt niet" in page and "Mies Approve" in page, "who did what"
    assert ">vrijdag</textarea>" in answer.text, "nothing typed is lost"
    with world.file.read() as transaction:
        assert not report_of(transaction, CASE, world.now).agreed
    assert len(world.told) == told + 1
    # With what he has seen now he may go on.
    done = await mine.post(
        f"{PAGE}/doen/belofte", {"by": "2026-04-15", "note": "vrijdag", "wat": "vastleggen", **mine.form()}
    )
    assert done.status_code == 303


async def test_what_a_rule_forbids_is_said_before_and_can_not_be_recorded(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=betwisting")
    sent = {"reason": "damaged", "amount": "5.000,00", "note": "nat brood"}
    answer = await browser.post(f"{PAGE}/doen/betwisting", {**sent, "wat": "vooraf", **browser.form()})
    assert answer.status_code == 409 and 'value="vastleggen"' not in answer.text
    forced = await browser.post(
        f"{PAGE}/doen/betwisting",
        {**sent, "wat": "vastleggen", "form": "f", "mark": "", "gezien": browser.hidden("gezien")},
    )
    assert forced.status_code == 409
    with world.file.read() as transaction:
        assert not report_of(transaction, CASE, world.now).disputes


async def test_what_can_not_be_used_is_told_by_field_and_nothing_typed_is_lost(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=belofte")
    sent = {"amount": "veel", "by": "gisteren", "note": "hij zei iets", "wat": "vooraf", "form": "f"}
    answer = await browser.post(f"{PAGE}/doen/belofte", sent)
    assert answer.status_code == 422
    assert 'href="#d-amount"' in answer.text and 'href="#d-by"' in answer.text and "hij zei iets" in answer.text
    assert 'value="veel"' in answer.text and answer.text.count('aria-invalid="true"') == 2
    assert world.told == []


async def test_without_a_worker_it_is_written_down_and_says_so(world: World) -> None:
    world.away = True
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=pauze")
    page = await browser.follow(await browser.record(f"{PAGE}/doen/pauze", {}))
    assert "opgeschreven, nog niet uitgevoerd" in words(page.text)
    assert "pause_case" in words(page.text)


async def test_who_reads_along_sees_all_and_has_no_forms(world: World) -> None:
    page = await world.browser(world.app(), DeskRole.READ).get(PAGE)
    assert "U leest mee" in page.text and "/doen/" not in page.text and "doe=" not in page.text


async def test_a_message_of_one_case_is_not_read_through_another(world: World) -> None:
    """IDOR: what belongs to a case is looked for in that case alone."""
    browser = world.browser(world.app(), DeskRole.READ)
    assert (await browser.get("/desk/zaken/case:devaart:F-3/berichten/0/lezen")).status_code == 404
    other = world.browser(world.app(), DeskRole.WORK)
    await other.get(PAGE)
    note = await other.post(f"{PAGE}/notitie", {"text": "van F-1", "form": "f"})
    seq = note.headers["location"].rpartition("=")[2]
    page = await other.get(f"/desk/zaken/case:devaart:F-3?gedaan={seq}")
    assert 'id="gedaan"' not in page.text
    assert (await other.post("/desk/zaken/case:devaart:F-3/ongedaan", {"gedaan": seq})).status_code == 404


@pytest.mark.parametrize("number", [2, 3])
async def test_instalments_are_worked_out_as_the_command_does(world: World, number: int) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    await browser.get(f"{PAGE}?doe=regeling")
    sent = {"over": "all", "number": str(number), "interest": "frozen"}
    await browser.record(f"{PAGE}/doen/regeling", sent)
    with world.file.read() as transaction:
        (agreed,) = report_of(transaction, CASE, world.now).arrangements
    assert len(agreed.instalments) == number and agreed.total == "1010.57"
