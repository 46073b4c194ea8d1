"""A case at the desk: its story in parts, its claim of another day, what the debtor wrote, what can be taken back."""

from __future__ import annotations

import re

import pytest

from casefile.people import DeskRole
from domain import facts as f
from domain.promises import Promise
from services.reports.case_claim import read_claim
from services.reports.case_report import report_of
from tests.api.desk.world import CASE, World, words

PAGE = f"/desk/zaken/{CASE}"
WORK, READ = DeskRole.WORK, DeskRole.READ


async def test_a_task_that_was_finished_by_mistake_is_asked_anew(world: World) -> None:
    raised = f.TaskRaised(id="t:look", at=world.now, on=world.now.date(), task="look")
    with world.file.write(CASE) as transaction:
        transaction.cases.append(CASE, (raised,))
    browser = world.browser(world.app(), WORK)
    await browser.get(f"{PAGE}?doe=taak&task=look")
    await browser.follow(await browser.record(f"{PAGE}/doen/taak", {"task": "look", "outcome": "gedaan"}))
    await browser.follow(await browser.post(f"{PAGE}/ongedaan", {"gedaan": browser.hidden("gedaan")}))
    with world.file.read() as transaction:
        assert [task.kind for task in report_of(transaction, CASE, world.now).tasks] == ["look"]


async def test_a_task_that_took_a_hold_along_can_not_be_undone(world: World) -> None:
    await world.ask(CASE, "hold_case", {"hold": "payment_claimed", "actor": "Bas"})
    browser = world.browser(world.app(), WORK)
    await browser.get(f"{PAGE}?doe=taak&task=check_payment")
    page = await browser.record(f"{PAGE}/doen/taak", {"task": "check_payment", "outcome": "niets gezien"})
    await browser.follow(page)
    assert "data-undo" not in browser.seen


async def test_the_story_is_shown_in_parts(world: World) -> None:
    await world.ask(CASE, "record_payment", {"amount": "10.00", "credited_on": "2026-04-08", "actor": "Bas"})
    await world.ask(CASE, "pause_case", {"reason": "even wachten", "actor": "Bas"})
    browser = world.browser(world.app(), READ)

    async def story(part: str) -> str:
        page = (await browser.get(f"{PAGE}?toon={part}")).text
        return words(page.partition('<ol class="story">')[2].partition("</ol>")[0])

    whole, mails, money, decided = [await story(part) for part in ("", "berichten", "geld", "besluiten")]
    assert all(each in whole for each in ("Herinnering, e-mail", "10,00", "even wachten"))
    assert "Herinnering, e-mail" in mails and "even wachten" not in mails
    assert "10,00" in money and "Herinnering, e-mail" not in money
    assert "even wachten" in decided and "Herinnering, e-mail" not in decided
    assert await story("<x>") == whole


async def test_the_claim_of_another_day_is_that_of_the_api(world: World) -> None:
    browser = world.browser(world.app(), READ)
    text = words((await browser.get(f"{PAGE}?op=2026-05-10")).text)
    with world.file.read() as transaction:
        claim = read_claim(transaction, CASE, world.now, world.now.date().replace(month=5)).claim
    # 1000.00 at 10.15% from 4 March to 10 May: 68 of 365 days.
    assert claim.interest.text == "18.91" and "Rente € 18,91" in text and "Te betalen op zo 10 mei" in text
    assert "Te betalen op vr 10 apr" in words((await browser.get(f"{PAGE}?op=nooit")).text)


async def test_a_payment_that_does_not_belong_here_leads_to_the_form_that_books_it_back(world: World) -> None:
    await world.ask(CASE, "record_payment", {"amount": "10.00", "credited_on": "2026-04-08", "actor": "Bas"})
    browser = world.browser(world.app(), WORK)
    page = await browser.get(PAGE)
    found = re.search(r'href="([^"]+doe=teruggeboekt&amp;payment=[^"#]+)#doen">Hoort hier niet', page.text)
    assert found is not None
    form = await browser.get(found[1].replace("&amp;", "&"))
    assert (
        "Dit gebeurt er als u vastlegt" in words(form.text)
        and '<option value=""' not in form.text.partition('name="payment"')[2].partition("</select>")[0]
    )
    assert "Hoort hier niet" not in (await world.browser(world.app(), READ).get(PAGE)).text


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("pause_case", {}, "doe=hervatten#doen"),
        ("hold_case", {"hold": "set_off"}, "doe=opheffen&amp;hold=set_off#doen"),
        ("raise_dispute", {"reason": "other"}, "doe=betwisting-beslist#doen"),
    ],
)
async def test_each_hold_leads_to_what_ends_it(world: World, name: str, content: dict[str, str], form: str) -> None:
    await world.ask(CASE, name, {**content, "actor": "Bas"})
    page = await world.browser(world.app(), WORK).get(PAGE)
    assert f'{form}">Opheffen…' in page.text
    assert "Opheffen…" not in (await world.browser(world.app(), READ).get(PAGE)).text


async def test_what_the_debtor_wrote_is_read_in_a_frame_as_text_and_nothing_else_is_shown(world: World) -> None:
    with world.file.write() as transaction:
        keep = transaction.papers.keep
        text = keep(CASE, "antwoord.txt", "text/plain; charset=utf-8", b"<b>Wij</b> betalen in drie delen.", about="",
                    actor="sendgrid", at=world.now)  # fmt: skip
        page = keep(CASE, "p.html", "text/html", b"<script>1</script>", about="", actor="sendgrid", at=world.now)
    browser = world.browser(world.app(), READ)
    shown = await browser.get(PAGE)
    assert "Wat de debiteur schreef" in words(shown.text) and f"ontvangen/{text}/lezen" in shown.text
    read = await browser.get(f"{PAGE}/ontvangen/{text}/lezen")
    assert "&lt;b&gt;Wij&lt;/b&gt; betalen" in read.text and "sandbox" in read.headers["content-security-policy"]
    assert (await browser.get(f"{PAGE}/ontvangen/{page}/lezen")).status_code == 404
    other = PAGE.replace("F-1", "F-2")
    assert (await browser.get(f"{other}/ontvangen/{text}/lezen")).status_code == 404, "of another case"


def promises(world: World) -> tuple[Promise, ...]:
    with world.file.read() as transaction:
        return transaction.cases.load(CASE).case.promises


def holds(world: World) -> list[str]:
    with world.file.read() as transaction:
        return [hold.kind for hold in report_of(transaction, CASE, world.now).holds]


def confirmed(world: World) -> None:
    """The letter that confirms the promise went out."""
    on, step = world.now.date(), "promise_confirmation"
    key = f"{CASE}/{step}/1/email/finance"
    with world.file.write(CASE) as transaction:
        owed = transaction.cases.load(CASE).case.open
        transaction.cases.append(
            CASE,
            (
                f.StepIntended(
                    id="i-c", at=world.now, on=on, step=step, issue=1, message="c", deliveries=(("email", key),)
                ),
                f.DeliveryConcluded(id="c-c", at=world.now, on=on, key=key, status=f.DeliveryStatus.SENT),
                f.StepTaken(
                    id="t-c", at=world.now, on=on, step=step, step_kind="answer", channels=("email",), message="c",
                    open=owed, interest=owed - owed, costs=owed - owed, total=owed, claimed=owed, reminds=False,
                ),
            ),
        )  # fmt: skip


async def test_a_promise_that_was_noted_by_mistake_is_undone_until_the_debtor_has_it_in_writing(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    await browser.get(f"{PAGE}?doe=belofte")
    await browser.follow(await browser.record(f"{PAGE}/doen/belofte", {"by": "20-04-2026"}))
    assert promises(world)[0].outcome is None
    undone = await browser.post(f"{PAGE}/ongedaan", {"gedaan": browser.hidden("gedaan")})
    page = words((await browser.follow(undone)).text)
    assert "ingetrokken, ze was bij vergissing genoteerd" in page
    (one,) = promises(world)
    assert one.outcome == "withdrawn" and not holds(world)


async def test_one_that_he_has_in_writing_is_withdrawn_by_a_form_that_says_that_he_was_told(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    await world.ask(CASE, "record_promise", {"by": "2026-04-20", "promise": "w1", "actor": "Bas"})
    confirmed(world)
    await browser.get(f"{PAGE}?doe=belofte-intrekken")
    fields = {"promise": "w1", "note": "verkeerde debiteur"}
    refused = await browser.post(
        f"{PAGE}/doen/belofte-intrekken",
        {**fields, "wat": "vooraf", "form": browser.hidden("form"), "mark": browser.hidden("mark")},
    )
    assert refused.status_code == 409 and "schriftelijk bevestigd" in words(refused.text)
    await browser.follow(await browser.record(f"{PAGE}/doen/belofte-intrekken", {**fields, "told": "ja"}))
    assert promises(world)[0].outcome == "withdrawn"
