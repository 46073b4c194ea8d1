"""A debtor at the desk: what the API tells of him, what was said on all his invoices, his credit, his account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from casefile.acts import acts
from casefile.people import DeskRole
from casefile.session import reading
from domain import facts as f
from domain.money import Money
from services.debtors.account import account_of
from services.debtors.record import DebtorRecord, debtor_record
from services.debtors.story import debtor_story
from tests.api.desk.world import CASE, World, words
from tests.domain.builders import eur, invoice

PAGE = "/desk/debiteuren/devaart/bakker"
SECOND = "case:devaart:F-2"
WORK, READ = DeskRole.WORK, DeskRole.READ
CREDIT = {
    "limit": "1.000,00", "insured": "20000", "currency": "EUR", "insurer": "Atradius", "rating": "B2",
    "rated_by": "Graydon", "rated_on": "2026-03-01",
}  # fmt: skip


def record(world: World, number: str = "bakker") -> DebtorRecord:
    with world.file.read() as transaction:
        found = debtor_record(transaction, "devaart", number, world.now)
    assert found is not None
    return found


def paid(world: World, number: str, late: int) -> str:
    """An invoice of the baker that he paid in full, so many days late."""
    own = invoice(number=number, amount="100.00", due="2026-01-10", invoice_date="2025-12-11")
    case = f"case:devaart:{number}"
    world.open(own, case, world.now - timedelta(days=90))
    on = own.due + timedelta(days=late)
    entry = f.PaymentReceived(id=f"p{number}", at=world.now, on=world.now.date(), amount=eur("100.00"), credited_on=on)
    with world.file.write(case) as transaction:
        transaction.cases.append(case, (entry,))
    world.advance(case)
    return case


async def test_the_list_names_who_owes_most_first_and_finds_by_name(world: World) -> None:
    browser = world.browser(world.app(), READ)
    page = await browser.get("/desk/debiteuren")
    assert re.findall(r'debiteuren/devaart/(\w+)">', page.text) == ["bakker", "slager"]
    assert "€ 1.250,50" in words(page.text)
    found = await browser.get("/desk/debiteuren?zoek=BUUR")
    assert re.findall(r'debiteuren/devaart/(\w+)">', found.text) == ["slager"]
    assert "Geen debiteur is zo" in words((await browser.get("/desk/debiteuren?zoek=%00<b>")).text)


async def test_how_late_he_pays_is_told_with_what_it_rests_on(world: World) -> None:
    for number, late in (("P-1", 4), ("P-2", 30), ("P-3", 10)):
        paid(world, number, late)
    habit = record(world).habit
    assert (habit.median, habit.invoices, habit.trend) == (10, 3, None)
    page = words((await world.browser(world.app(), READ).get(PAGE)).text)
    assert "van zijn laatste 3 betaalde facturen" in page and "10 dagen" in page and "laatste 12 facturen" in page


async def test_a_message_is_told_once_with_all_its_invoices_and_read_in_place(world: World) -> None:
    await world.ask(CASE, "log_call", {"outcome": "will pay", "note": "zijn woorden", "actor": "Bas"})
    await world.ask(SECOND, "log_call", {"outcome": "will pay", "note": "zijn woorden", "actor": "Bas"})
    page = await world.browser(world.app(), READ).get(PAGE)
    assert page.text.count("zijn woorden") == 1, "one call about two invoices"
    source = re.search(r'<iframe class="frame" sandbox loading="lazy" src="([^"]+)"', page.text)
    assert source is not None
    assert "Beste Els" in (await world.browser(world.app(), READ).get(source[1])).text


async def test_promises_are_told_with_what_came_of_them(world: World) -> None:
    await world.ask(CASE, "record_promise", {"by": "2026-04-14", "actor": "Bas"})
    world.now += timedelta(days=12)
    world.advance()
    known = record(world)
    assert [(each.number, each.outcome, each.amount.text) for each in known.promises] == [("F-1", "broken", "1000.00")]
    assert (known.kept, known.judged) == (0, 1)
    page = words((await world.browser(world.app(), READ).get(PAGE)).text)
    assert "0 van 1 beloften nagekomen" in page


async def test_what_bounced_is_told_with_its_day_and_when_it_was_mended(world: World) -> None:
    with world.file.write() as transaction:
        transaction.blocked.block("email", "els@ochtend.example", "no such mailbox", world.now, "t")
    raised = f.TaskRaised(id="t:fix", at=world.now, on=world.now.date(), task="fix_contact")
    with world.file.write(CASE) as transaction:
        transaction.cases.append(CASE, (raised,))
    await world.ask(CASE, "complete_task", {"task": "fix_contact", "actor": "Bas"})
    known = record(world)
    assert [(one.channel, one.since.isoformat()) for one in known.contacts[0].blocked] == [("email", "2026-04-10")]
    page = words((await world.browser(world.app(), READ).get(PAGE)).text)
    assert "sinds vr 10 apr" in page and "hersteld vr 10 apr" in page


async def test_credit_is_written_down_with_who_and_when_and_told_over_the_api(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    await browser.get(f"{PAGE}?doe=krediet")
    page = await browser.follow(await browser.post(f"{PAGE}/krediet", {**CREDIT, "stand": browser.hidden("stand")}))
    text = words(page.text)
    assert "Krediet: vastgelegd" in text and "Boven de limiet € 250,50" in text and "Graydon" in text
    known = record(world)
    assert known.credit is not None and known.credit.actor == "Mies Work"
    assert known.credit.credit.model_dump(mode="json") == {
        "limit": {"amount": "1000.00", "currency": "EUR"},
        "insured": {"amount": "20000.00", "currency": "EUR"},
        "insurer": "Atradius",
        "rating": "B2",
        "rated_by": "Graydon",
        "rated_on": "2026-03-01",
    }
    assert [(act.act, act.subject, act.outcome) for act in acts(world.file)] == [
        ("debtor_credit", "devaart/bakker", "done")
    ]


async def test_a_limit_of_nothing_is_a_limit(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    await browser.get(f"{PAGE}?doe=krediet")
    await browser.follow(await browser.post(f"{PAGE}/krediet", {"limit": "0", "currency": "EUR"}))
    known = record(world)
    assert known.credit is not None and known.credit.credit.limit == Money.zero("EUR")
    assert known.over_limit == eur("1250.50")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"insured": "100"}, "zeg wie het verzekert"),
        ({"rating": "AAA"}, "een beoordeling zonder bron en dag zegt niets"),
        ({"limit": "veel"}, "veel"),
        ({"rated_on": "ooit"}, "'ooit' is geen dag"),
    ],
)
async def test_what_cannot_be_used_of_it_is_said_and_nothing_typed_is_lost(
    world: World, sent: dict[str, str], says: str
) -> None:
    browser = world.browser(world.app(), WORK)
    await browser.get(f"{PAGE}?doe=krediet")
    answer = await browser.post(f"{PAGE}/krediet", {"insurer": "", "rated_by": "Bron &c", **sent})
    assert answer.status_code == 422 and says in words(answer.text) and "Bron &amp;c" in answer.text
    assert record(world).credit is None


async def test_of_two_who_change_the_credit_the_second_is_told(world: World) -> None:
    app = world.app()
    one, other = world.browser(app, WORK), world.browser(app, WORK)
    for each in (one, other):
        await each.get(f"{PAGE}?doe=krediet")
    assert (await one.post(f"{PAGE}/krediet", {"limit": "10", "stand": ""})).status_code == 303
    late = await other.post(f"{PAGE}/krediet", {"limit": "20", "stand": ""})
    assert late.status_code == 409 and "Er is niets vastgelegd" in words(late.text)
    known = record(world).credit
    assert known is not None and known.credit.limit == eur("10.00")


async def test_the_account_is_a_page_and_a_pdf_of_the_same_and_says_nothing_internal(world: World) -> None:
    await world.ask(CASE, "record_payment", {"amount": "400.00", "credited_on": "2026-04-08", "actor": "Bas"})
    await world.ask(SECOND, "write_off", {"amount": "50.50", "reason": "uncollectable", "actor": "Bas"})
    await world.ask(CASE, "pause_case", {"reason": "stille reserve", "actor": "Bas"})
    browser = world.browser(world.app(), READ)
    text = words((await browser.get(f"{PAGE}/overzicht")).text)
    with world.file.read() as transaction:
        account = account_of(transaction, "devaart", "bakker", world.now)
        ledger = sum(transaction.cases.fold_of(case)[1].ledger.balance_minor for case in (CASE, SECOND))
    assert account is not None and account.parts[0].closing.minor == ledger == 80000
    assert "Stand op 10 april 2026 € 800,00" in text and "Samen open € 800,00" in text
    assert "Correctie, factuur F-2 € -50,50" in text and "Betaling, factuur F-1 € -400,00" in text
    for internal in ("stille reserve", "uncollectable", "oninbaar", "Bas", "pauze"):
        assert internal not in text.partition("Rekeningoverzicht Debiteurnummer")[2].partition("Stand van")[0]
    pdf = await browser.get(f"{PAGE}/overzicht.pdf")
    assert pdf.headers["content-type"] == "application/pdf" and pdf.content.startswith(b"%PDF-")
    later = words((await browser.get(f"{PAGE}/overzicht?van=2026-03-01&tot=2026-03-31")).text)
    assert "Beginstand € 1.250,50" in later and "Stand op 31 maart 2026 € 1.250,50" in later


async def test_what_a_letter_asked_beside_the_invoice_is_told_as_it_asked_it(world: World) -> None:
    asked = f.StepTaken(
        id="t2", at=world.now, on=world.now.date(), step="final_demand", step_kind="send", channels=("email",),
        message="m", open=eur("1000.00"), interest=eur("10.57"), costs=eur("150.00"), total=eur("1160.57"),
        claimed=eur("1160.57"), claims="all",
    )  # fmt: skip
    with world.file.write(CASE) as transaction:
        transaction.cases.append(CASE, (asked,))
    with world.file.read() as transaction:
        account = account_of(transaction, "devaart", "bakker", world.now)
    assert account is not None
    (beside,) = account.parts[0].claimed
    assert (beside.invoice, beside.interest.text, beside.costs.text) == ("F-1", "10.57", "150.00")
    text = words((await world.browser(world.app(), READ).get(f"{PAGE}/overzicht")).text)
    assert "F-1 10 apr 2026 € 10,57 € 150,00" in text and "Samen, naast de facturen € 160,57" in text


async def test_the_account_is_in_the_language_of_the_debtor_whoever_reads_it(world: World) -> None:
    with world.file.write() as transaction:
        known = transaction.parties.debtor("devaart", "bakker")
        assert known is not None
        transaction.parties.save_debtor("devaart", known.model_copy(update={"language": "de"}))
    page = await world.browser(world.app(), READ).get(f"{PAGE}/overzicht")
    assert '<article class="sheet" lang="de">' in page.text and "Kontoauszug" in page.text


async def test_a_debtor_with_many_invoices_asks_no_more_queries(world: World) -> None:
    counted = []
    for more in (0, 25):
        for n in range(more):
            world.open(invoice(number=f"M-{n}"), f"case:devaart:M-{n}", world.now)
        asked: list[str] = []
        with world.file.read() as transaction, reading(world.file.database) as session:
            for each in (transaction.session, session):
                event.listen(each.connection, "before_cursor_execute", lambda *a, to=asked: to.append(a[2]))
            debtor_record(transaction, "devaart", "bakker", world.now)
            debtor_story(session, "devaart", "bakker")
            account_of(transaction, "devaart", "bakker", world.now)
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 16


async def test_a_debtor_is_found_whatever_signs_his_name_has(world: World) -> None:
    with world.file.write() as transaction:
        known = transaction.parties.debtor("devaart", "slager")
        assert known is not None
        transaction.parties.save_debtor("devaart", known.model_copy(update={"name": 'Ärzte "Süd" & Co'}))
    browser = world.browser(world.app(), READ)
    for sought in ("ÄRZTE", "süd", '"Süd" &', "co", "SLAG", "%C3%BC"):
        page = await browser.client.get("/desk/debiteuren", params={"zoek": sought.replace("%C3%BC", "ü")})
        assert re.findall(r'debiteuren/devaart/(\w+)">', page.text) == ["slager"], sought
    for nobody in ("%", "_", "Weg 3", '"name"'):
        page = await browser.client.get("/desk/debiteuren", params={"zoek": nobody})
        assert re.findall(r'debiteuren/devaart/(\w+)">', page.text) == [], nobody


async def test_a_debtor_owes_in_each_currency_by_itself(world: World) -> None:
    dollars = invoice(number="U-1", amount="500.00", currency="USD").model_copy(update={"debtor": "slager"})
    world.open(dollars, "case:devaart:U-1", world.now)
    page = await world.browser(world.app(), READ).get("/desk/debiteuren")
    # Who owes most euros stands first, however many dollars another owes.
    assert re.findall(r'debiteuren/devaart/(\w+)">', page.text) == ["bakker", "slager"]
    assert "€ 99,99 US$ 500,00" in words(page.text)
