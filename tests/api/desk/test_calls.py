"""Calls at the desk: whom one gets, what one is told and may say, what comes of it, and that two don't call one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from api.desk.calls.call_form import PARTS
from casefile.people import DeskRole, create_user
from casefile.session import reading
from domain import facts as f
from domain.parties import Contact, Debtor
from services.calling.outcomes import OUTCOMES
from services.reports.case_report import CaseReport, report_of
from services.today.calling import to_call
from services.today.morning import morning_of
from tests.api.desk.world import CASE, NOW, Browser, World, furnished, words
from tests.domain.builders import invoice

WORK, READ = DeskRole.WORK, DeskRole.READ
SECOND = "case:devaart:F-2"
BAKKER, SLAGER = "/desk/bellen/devaart/bakker", "/desk/bellen/devaart/slager"
ELS = "+31612345678"


def ask_for_calls(world: World, *cases: str) -> None:
    for case in cases:
        with world.file.write(case) as transaction:
            raised = f.TaskRaised(id="t:call", at=world.now, on=world.now.date(), task="call")
            transaction.cases.append(case, (raised,))
        world.advance(case)


@pytest.fixture
def called(world: World) -> World:
    """The baker is to be called about both his invoices, the butcher about his."""
    ask_for_calls(world, CASE, SECOND, "case:devaart:F-3")
    return world


def report(world: World, case: str = CASE) -> CaseReport:
    with world.file.read() as transaction:
        return report_of(transaction, case, world.now)


def form(browser: Browser, outcome: str, *cases: str, **more: str) -> dict[str, str | list[str]]:
    kept = {name: browser.hidden(name) for name in ("form", "mark", "gezien")}
    return {**kept, "uitkomst": outcome, "zaak": list(cases or (CASE, SECOND)), **more}


async def record(browser: Browser, outcome: str, *cases: str, path: str = BAKKER, **more: str) -> str:
    """Show what it would do, and record it as it was shown; gives the address that one is led to."""
    shown = await browser.post(path, form(browser, outcome, *cases, **more, wat="vooraf"))  # type: ignore[arg-type]
    assert shown.status_code == 200, words(shown.text)
    sent = await browser.post(path, form(browser, outcome, *cases, **more, wat="vastleggen"))  # type: ignore[arg-type]
    assert sent.status_code == 303, words(sent.text)
    return sent.headers["location"]


async def test_the_page_gives_the_first_of_the_list_that_today_shows(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    page = await browser.get("/desk/bellen")
    rows = morning_of(called.file, called.now).calls.rows
    assert [row.debtor for row in rows] == ["Bakkerij Ochtend", "Slagerij Buur"]
    # 1000.00 × 40 days + 250.50 × 95 days, × 1/2: nothing was promised yet.
    assert str(rows[0].rank) == "31898.75" and rows[0].open.text == "1250.50"
    assert re.findall(r'<span class="name">([^<]*)</span>', page.text) == [row.debtor for row in rows]
    text = words(page.text)
    assert "Bakkerij Ochtend" in text and ELS in text and "€ 1.250,50" in text and "2 facturen" in text


async def test_nothing_is_recorded_before_its_effect_was_shown(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    bold = await browser.post(BAKKER, form(browser, "promise", dag="+4", wat="vastleggen"))  # type: ignore[arg-type]
    assert bold.status_code == 200 and called.told == []
    assert "Dit gebeurt er als u vastlegt" in words(bold.text) and "uiterlijk di 14 apr" in words(bold.text)
    other = form(browser, "promise", dag="+5", wat="vastleggen")
    assert (await browser.post(BAKKER, other)).status_code == 200, "changed after it was shown"  # type: ignore[arg-type]
    assert called.told == []


async def test_a_promise_is_noted_on_each_invoice_with_the_call_and_the_next_one_comes(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    led = await record(browser, "promise", dag="14/4", woorden="maandag tekent de baas")
    assert re.fullmatch(rf"{SLAGER}\?gedaan=\d+(\.\d+){{3}}", led)
    assert [(case, name) for case, name, _ in called.told] == [
        (CASE, "record_promise"),
        (CASE, "log_call"),
        (SECOND, "record_promise"),
        (SECOND, "log_call"),
    ]
    for case in (CASE, SECOND):
        (agreed,) = report(called, case).agreed
        assert (agreed.kind, agreed.by) == ("promise", "2026-04-14") and report(called, case).tasks == ()
    page = words((await browser.get(led)).text)
    assert "Belofte: vastgelegd" in page and "door Mies Work" in page and "Slagerij Buur" in page
    back = words((await browser.get(BAKKER)).text)
    assert "maandag tekent de baas" in back


@pytest.mark.parametrize(
    ("outcome", "more", "hold"),
    [
        ("dispute", {"reden": "damaged", "woorden": "de dozen waren nat"}, "dispute"),
        ("says_paid", {"betaald_op": "ma"}, "payment_claimed"),
        ("arrangement", {"termijnen": "2", "eerste": "20/4"}, "arrangement"),
    ],
)
async def test_what_was_said_holds_the_cases_and_can_be_undone_and_he_is_called_again(
    called: World, outcome: str, more: dict[str, str], hold: str
) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    led = await record(browser, outcome, **more)
    for case in (CASE, SECOND):
        assert [each.kind for each in report(called, case).holds] == [hold]
        assert "call" not in [each.kind for each in report(called, case).tasks]
    await browser.get(led)
    seqs = browser.hidden("gedaan")
    assert seqs and "data-undo" in browser.seen
    await browser.follow(await browser.post(f"{BAKKER}/ongedaan", {"gedaan": seqs}))
    for case in (CASE, SECOND):
        assert report(called, case).holds == ()
        assert "call_again" in [each.kind for each in report(called, case).tasks]
    assert morning_of(called.file, called.now).calls.number == 2


async def test_one_arrangement_is_over_all_invoices_of_the_call(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    await record(browser, "arrangement", termijnen="3")
    found = [report(called, case).arrangements[0] for case in (CASE, SECOND)]
    assert {each.id for each in found} == {found[0].id} and all(len(each.instalments) <= 3 for each in found)


async def test_who_is_called_again_leaves_the_list_until_his_hour(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    await record(browser, "call_again", weer="+3", uur="1030", woorden="is er maandag weer")
    morning = morning_of(called.file, called.now).calls
    assert ([row.debtor for row in morning.rows], morning.later) == (["Slagerij Buur"], 1)
    assert {task.again for task in report(called).tasks} == {"2026-04-13 10:30"}
    called.now = datetime(2026, 4, 13, 8, 30, tzinfo=UTC)  # 10:30 at the office
    browser = called.browser(called.app(), WORK)
    assert morning_of(called.file, called.now).calls.rows[0].again == "2026-04-13 10:30"
    assert "is er maandag weer" in words((await browser.get("/desk/bellen")).text)


async def test_without_a_day_no_answer_finishes_the_call(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    await record(browser, "no_answer", morgen="")
    assert report(called).tasks == ()


async def test_a_wrong_number_is_called_no_more_and_the_contact_is_to_be_mended(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    page = await browser.get(BAKKER)
    assert f'href="tel:{ELS}"' in page.text
    led = await record(browser, "wrong_number", CASE, nummer=ELS)
    assert [each.kind for each in report(called).tasks] == ["fix_contact"]
    again = await browser.get(BAKKER)
    assert f'href="tel:{ELS}"' not in again.text and "iemand anders heeft dit nummer" in words(again.text)
    await browser.get(led)
    await browser.post(f"{BAKKER}/ongedaan", {"gedaan": browser.hidden("gedaan")})
    assert f'href="tel:{ELS}"' in (await browser.get(BAKKER)).text
    assert [each.kind for each in report(called).tasks] == ["call_again"]


@pytest.mark.parametrize(
    ("outcome", "more", "says"),
    [
        ("", {}, ""),
        ("promise", {}, "dit is leeg: vul het in"),
        ("promise", {"dag": "ooit"}, "'ooit' is geen dag"),
        ("promise", {"dag": "+4", "bedrag": "100"}, "een bedrag hoort bij één factuur"),
        ("call_again", {"weer": "+3", "uur": "half elf"}, "'half elf' is geen uur"),
        ("call_again", {"weer": "2026-04-01"}, "is voorbij"),
    ],
)
async def test_what_cannot_be_used_is_said_and_nothing_typed_is_lost(
    called: World, outcome: str, more: dict[str, str], says: str
) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    sent = form(browser, outcome, **more, woorden="zijn woorden", wat="vastleggen")
    answer = await browser.post(BAKKER, sent)  # type: ignore[arg-type]
    assert answer.status_code in (409, 422) and says in words(answer.text) and "zijn woorden" in answer.text
    assert called.told == []


async def test_an_invoice_of_another_debtor_is_none_of_the_call(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    sent = form(browser, "other", "case:devaart:F-3", wat="vooraf")
    answer = await browser.post(BAKKER, sent)  # type: ignore[arg-type]
    assert answer.status_code == 422 and "kies ten minste één factuur" in words(answer.text)


async def test_what_changed_meanwhile_is_told_and_nothing_recorded(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    await browser.post(BAKKER, form(browser, "other", wat="vooraf"))  # type: ignore[arg-type]
    sent = form(browser, "other", wat="vastleggen")
    await called.ask(SECOND, "pause_case", {"actor": "Bas"})
    called.told.clear()
    answer = await browser.post(BAKKER, sent)  # type: ignore[arg-type]
    # The effect is another one, so it is shown anew; or the same, and then the mark tells.
    assert answer.status_code == 409 and "Er is niets vastgelegd" in words(answer.text)
    assert called.told == []


async def test_sent_twice_a_call_counts_once(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    await browser.post(BAKKER, form(browser, "other", CASE, woorden="x", wat="vooraf"))  # type: ignore[arg-type]
    sent = form(browser, "other", CASE, woorden="x", wat="vastleggen")
    for _ in range(2):
        await browser.post(BAKKER, sent)  # type: ignore[arg-type]
    with called.file.read() as transaction:
        assert [fact.kind for fact in transaction.cases.facts(CASE)].count("call_logged") == 1


async def test_two_people_do_not_call_one_debtor(called: World) -> None:
    """A debtor whom one has opened is given to nobody else, and the page says who has him; it lapses by itself."""
    app = called.app()
    mies = called.browser(app, WORK)
    called.users[WORK] = create_user(called.file, "bas@devaart.example", "Bas Kuiper", WORK, NOW, language="nl")
    bas = called.browser(app, WORK)
    assert '<h2 id="c1">' in (await mies.get("/desk/bellen")).text and "Bakkerij Ochtend" in mies.seen
    other = await bas.get("/desk/bellen")
    assert 'id="c1"><a class="quiet" href="/desk/debiteuren/devaart/slager">' in other.text
    assert "Mies Work belt" in words(other.text)
    assert "Mies Work belt deze debiteur nu" in words((await bas.get(BAKKER)).text)
    assert 'devaart/bakker">Bakkerij' in (await mies.get("/desk/bellen")).text, "one keeps whom one has"
    called.now = called.now.replace(hour=called.now.hour + 1)
    assert 'devaart/bakker">Bakkerij' in (await bas.get("/desk/bellen")).text, "it lapses"


async def test_who_may_only_read_has_nobody_and_sees_no_form(called: World) -> None:
    app = called.app()
    reader, worker = called.browser(app, READ), called.browser(app, WORK)
    page = await reader.get(BAKKER)
    assert page.status_code == 200 and '<form class="panel outcome' not in page.text
    assert 'devaart/bakker">Bakkerij' in (await worker.get("/desk/bellen")).text
    assert (await reader.get("/desk/bellen/devaart/nobody")).status_code == 404


async def test_a_consumer_is_not_called_at_night_and_his_script_names_no_amount_before_his_name(world: World) -> None:
    world.open(
        invoice(number="C-1", kind="consumer").model_copy(update={"debtor": "wit"}),  # type: ignore[arg-type]
        "case:devaart:C-1",
        datetime(2026, 2, 1, 9, tzinfo=UTC),
    )
    with world.file.write() as transaction:
        contact = Contact(name="Anna de Wit", phone="+31201234567")
        transaction.parties.save_debtor("devaart", Debtor(id="wit", name="A. de Wit", contacts=(contact,)))
    ask_for_calls(world, "case:devaart:C-1")
    browser = world.browser(world.app(), WORK)
    page = await browser.get("/desk/bellen")
    said = re.findall(r'<q lang="nl">([^<]*)</q>', page.text)
    assert "Anna de Wit" in said[0] and "geboortedatum" in said[0] and "€" not in said[0] and "€" in said[1]
    assert "Wat u tegen een consument mag zeggen" in words(page.text)
    assert "Hij mag gebeld worden tot 20:00" in words(page.text)
    world.now = datetime(2026, 4, 10, 18, 30, tzinfo=UTC)  # 20:30
    browser = world.browser(world.app(), WORK)
    late = await browser.get("/desk/bellen/devaart/wit")
    assert "Hij mag nu niet gebeld worden" in words(late.text) and 'href="tel:' not in late.text
    assert "za 11 apr" in words(late.text)
    # Nor is he given to anybody.
    assert 'id="c1"' not in (await browser.get("/desk/bellen")).text


async def test_a_call_speaks_the_language_of_the_debtor_with_hints_in_that_of_the_caller(called: World) -> None:
    with called.file.write() as transaction:
        known = transaction.parties.debtor("devaart", "bakker")
        assert known is not None
        transaction.parties.save_debtor("devaart", known.model_copy(update={"language": "fr"}))
    page = await called.browser(called.app(), WORK).get(BAKKER)
    assert '<q lang="fr">Bonjour, Mies Work de De Vaart BV.' in page.text
    assert "Français" in page.text and "<small>Dit is het eerste contact." in page.text


async def test_what_people_wrote_is_text(called: World) -> None:
    browser = called.browser(called.app(), WORK)
    await browser.get(BAKKER)
    await record(browser, "other", CASE, woorden="<script>alert(1)</script>")
    assert "<script>alert" not in (await browser.get(BAKKER)).text
    sent = form(browser, "<b>", CASE, dag="<b>", wat="deel")
    part = await browser.post(BAKKER, sent)  # type: ignore[arg-type]
    assert part.status_code == 200 and "<b><" not in part.text


async def test_what_the_engine_gives_as_a_reason_is_nobody_s_last_words(called: World) -> None:
    with called.file.write(CASE) as transaction:
        held = f.HoldPlaced(
            id="h:1", at=called.now, on=called.now.date(), hold=f.HoldKind.SIBLING_WITH_PARTNER, note="nobody looked"
        )
        transaction.cases.append(CASE, (held,))
    page = await called.browser(called.app(), WORK).get(BAKKER)
    assert "Laatste woorden" in page.text and "nobody looked" not in page.text


def test_the_outcomes_have_the_keys_in_their_order() -> None:
    assert tuple(part.outcome for part in PARTS) == OUTCOMES and len(OUTCOMES) == 8


async def test_a_longer_list_asks_no_more_queries(tmp_path: Path) -> None:
    world = furnished(tmp_path / "f.sqlite3")
    asked: list[str] = []
    counted: list[int] = []
    for number in (3, 23):
        for n in range(number):
            case = f"case:devaart:L{number}-{n}"
            debtor = f"d{number}-{n % 5}"
            world.open(invoice(number=f"L{number}-{n}").model_copy(update={"debtor": debtor}), case, world.now)
            ask_for_calls(world, case)
        with reading(world.file.database) as session:
            asked.clear()
            event.listen(session.connection, "before_cursor_execute", lambda *a: asked.append(a[2]))
            assert to_call(session, ["call"], (), world.now).number
            counted.append(len(asked))
    assert counted[0] == counted[1] <= 4
