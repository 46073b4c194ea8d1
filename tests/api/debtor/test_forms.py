"""What a debtor does on his page: it reaches his own cases under the rules for debtors, once, and nothing else does."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from api.debtor.rendering import LANGUAGES
from api.debtor.sealing import Sealing
from casefile.papers import Paper
from domain.facts import HoldKind
from domain.parties import Contact
from services.arranging import arrangeable
from tests.api.debtor.world import (
    JPEG,
    NEIGHBOUR,
    PDF,
    PNG,
    World,
    filled_and_sent,
    furnished,
    rules,
    seal_of,
    text_of,
)
from tests.casefile.builders import CREDITOR, DEBTOR
from tests.domain.builders import invoice


@pytest.fixture
def world(tmp_path: Path) -> World:
    return furnished(tmp_path / "f.sqlite3")


def holds(world: World, case_id: str) -> list[tuple[HoldKind, str]]:
    case = world.case(case_id).case
    on = world.now.date()
    return [(hold.kind, str(hold.end)) for hold in case.holds if hold.covers(on)]


def papers(world: World, case_id: str) -> tuple[Paper, ...]:
    with world.file.read() as transaction:
        return transaction.papers.of_case(case_id)


DISPUTE = {"invoice": "F-1", "reason": "damaged", "how_much": "part", "amount": "200,50", "note": "Het brood was nat."}


# I have paid ----------------------------------------------------------------------------------------------------


async def test_who_says_that_he_paid_is_left_alone_for_three_banking_days(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        sent = await filled_and_sent(
            client,
            secret,
            "paid",
            {"invoice": ["F-1"], "day": "2026-04-09", "note": "via de spaarrekening"},
            {"proof": ("bewijs.pdf", PDF, "application/pdf")},
        )
        assert (sent.status_code, sent.headers["location"]) == (303, f"/pay/{secret}/done/paid")
        done = text_of((await client.get(sent.headers["location"])).text)
    # Friday 10 April: the third banking day after it is Wednesday 15 April.
    assert holds(world, "case:devaart:F-1") == [(HoldKind.PAYMENT_CLAIMED, "2026-04-15")]
    assert holds(world, "case:devaart:F-2") == []
    assert "Tot 15 april 2026 sturen wij u geen herinnering." in done
    assert "Pas als onze bank het geld meldt, is de factuur betaald." in done
    case_id, name, content = world.told[0]
    assert (case_id, name, content["actor"]) == ("case:devaart:F-1", "hold_case", "debtor")
    assert content["note"] == "paid on 2026-04-09 via de spaarrekening"
    assert [(each.name, each.media_type, each.actor) for each in papers(world, "case:devaart:F-1")] == [
        ("bewijs.pdf", "application/pdf", "debtor")
    ]


async def test_a_second_time_is_noted_and_holds_nothing_and_the_page_says_so(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await filled_and_sent(client, secret, "paid", {})
        world.worked("case:devaart:F-1")
        world.now += timedelta(days=7)
        await filled_and_sent(client, secret, "paid", {})
        done = text_of((await client.get(f"/pay/{secret}/done/paid")).text)
    assert holds(world, "case:devaart:F-1") == []
    assert "hiervoor wachten wij niet, of niet nog eens" in done


async def test_a_day_to_come_is_no_day_on_which_somebody_paid(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        for typed, said in (("2026-04-11", "Deze dag kan niet."), ("gisteren", "Dit is geen datum.")):
            answer = await filled_and_sent(client, secret, "paid", {"day": typed})
            assert answer.status_code == 422
            assert said in text_of(answer.text)
            assert f'value="{typed}"' in answer.text
    assert world.told == []


# I disagree -----------------------------------------------------------------------------------------------------


async def test_a_dispute_holds_the_part_that_is_named_and_says_when_the_answer_comes(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        sent = await filled_and_sent(client, secret, "disagree", DISPUTE, {"proof": ("foto.JPG", JPEG, "image/jpeg")})
        assert sent.status_code == 303
        done = text_of((await client.get(sent.headers["location"])).text)
        overview = text_of((await client.get(f"/pay/{secret}")).text)
    (dispute,) = world.case("case:devaart:F-1").case.disputes
    assert (dispute.minor, dispute.reason, dispute.needs_person) == (20050, "damaged", False)
    assert dispute.id == "F-1-D1"
    assert "u krijgt antwoord over € 200,50, uiterlijk op 24 april 2026. Het nummer van uw bezwaar is F-1-D1." in done
    assert "Niet gevraagd: u bent het er niet mee eens − € 200,50" in overview
    assert [(each.name, each.about) for each in papers(world, "case:devaart:F-1")] == [("foto.JPG", "F-1-D1")]
    assert world.case("case:devaart:F-2").case.disputes == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"note": "  "}, "Vul dit in."),
        ({"reason": "weather"}, "Kies er één."),
        ({"reason": ""}, "Kies er één."),
        ({"invoice": ""}, "Kies een factuur."),
        ({"amount": "1.000,01"}, "hoogstens € 1.000,00"),
        ({"amount": "0"}, "hoogstens € 1.000,00"),
        ({"amount": "-5"}, "hoogstens € 1.000,00"),
        ({"amount": "veel"}, "Dit is geen bedrag."),
        ({"amount": "$ 5"}, "Dit is geen bedrag."),
        ({"amount": ""}, "Vul het bedrag in, hoogstens € 1.000,00."),
        ({"note": "x" * 3001}, "hoogstens 3000 tekens"),
    ],
)
async def test_what_is_missing_in_a_dispute_is_said_with_what_would_do(
    world: World, changed: dict[str, str], said: str
) -> None:
    secret = world.link().secret
    async with world.client() as client:
        answer = await filled_and_sent(client, secret, "disagree", {**DISPUTE, **changed})
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert world.told == []
    # Nothing that was typed is lost.
    assert 'value="damaged" checked' in answer.text or "reason" in changed
    assert "Het brood was nat." in answer.text or "note" in changed


async def test_a_second_dispute_is_taken_and_holds_five_days_until_a_person_looked(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await filled_and_sent(client, secret, "disagree", DISPUTE)
        world.now += timedelta(days=1)
        await filled_and_sent(client, secret, "disagree", {**DISPUTE, "how_much": "all"})
        done = text_of((await client.get(f"/pay/{secret}/done/disagree")).text)
    first, second = world.case("case:devaart:F-1").case.disputes
    assert (first.needs_person, second.needs_person) == (False, True)
    assert holds(world, "case:devaart:F-1") == [(HoldKind.DISPUTE, "2026-04-16")]
    assert "kijkt een medewerker er eerst naar, binnen vijf dagen" in done


async def test_what_is_disputed_whole_can_not_be_disputed_again(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await filled_and_sent(client, secret, "disagree", {**DISPUTE, "how_much": "all"})
        page = await client.get(f"/pay/{secret}/disagree")
    assert "Er is geen bedrag waarover u nog bezwaar kunt maken." in text_of(page.text)
    assert "<form" not in page.text


async def test_what_a_debtor_wrote_is_never_a_page(world: World) -> None:
    wicked = "</textarea><script>alert(1)</script>"
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        refused = await filled_and_sent(client, secret, "disagree", {**DISPUTE, "note": wicked, "amount": "x"})
        assert refused.status_code == 422
        await filled_and_sent(client, secret, "disagree", {**DISPUTE, "note": wicked})
        pages = [refused.text, (await client.get(f"/pay/{secret}")).text]
    assert not [each for each in pages if "<script" in each]
    assert world.told[0][2]["note"] == wicked


# I can't pay at once --------------------------------------------------------------------------------------------


async def test_a_schedule_is_proposed_over_all_invoices_and_a_person_answers_within_a_week(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        page = (await client.get(f"/pay/{secret}/instalments?pay_day=25")).text
        assert 'name="number" value="3"' in page
        sent = await filled_and_sent(client, secret, "instalments", {"number": "3", "pay_day": "25", "note": "AOW"})
        assert sent.status_code == 303
        done = text_of((await client.get(sent.headers["location"])).text)
    with world.file.read() as transaction:
        claims = {
            each: arrangeable(transaction, each, world.now).claim.open
            for each in ("case:devaart:F-1", "case:devaart:F-2")
        }
    assert sorted((each[0], each[1]) for each in world.told) == [
        ("case:devaart:F-1", "arrangement_proposed"),
        ("case:devaart:F-2", "arrangement_proposed"),
    ]
    shares: dict[str, int] = {}
    for case_id, _, content in world.told:
        parts = content["instalments"]
        assert isinstance(parts, list)
        shares[case_id] = sum(round(float(each["amount"]) * 100) for each in parts)
        # The 25th, or by the fourteenth day for the first one.
        assert {each["due"] for each in parts} <= {"2026-04-24", "2026-05-26", "2026-05-25", "2026-06-25"}
    assert shares == {case_id: claim.minor for case_id, claim in claims.items()}
    assert holds(world, "case:devaart:F-1") == [(HoldKind.ARRANGEMENT_PROPOSED, "2026-04-17")]
    assert "Factuur F-1: tot 17 april 2026 sturen wij u geen herinnering." in done


async def test_where_the_policy_lets_the_debtor_agree_a_sum_himself_it_is_agreed_at_once(tmp_path: Path) -> None:
    world = furnished(tmp_path / "f.sqlite3")
    own = rules(arrangements={"authority": {"debtor": "500.00"}}).model_copy(update={"version": 2})
    with world.file.write() as transaction:
        transaction.parties.save_policy(own)
    world.open(invoice(number="F-5", amount="300.00"), "case:devaart:F-5", of=own)
    secret = world.link(case_id="case:devaart:F-5").secret
    async with world.client() as client:
        sent = await filled_and_sent(client, secret, "instalments", {"number": "3"})
        assert sent.status_code == 303
        done = text_of((await client.get(sent.headers["location"])).text)
        overview = text_of((await client.get(f"/pay/{secret}")).text)
    standing = world.case("case:devaart:F-5").case.arrangement
    assert standing is not None
    assert len(standing.instalments) == 3
    assert "Factuur F-5: de eerste termijn is" in done
    assert "Wij hebben een betalingsregeling afgesproken." in overview
    assert "Uw termijnen" in overview


async def test_only_schedules_that_are_offered_can_be_chosen(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-2").secret
    async with world.client() as client:
        # 250 euro and interest, of 25 euro at least each: never 12.
        page = (await client.get(f"/pay/{secret}/instalments")).text
        assert re.findall(r'name="number" value="(\d+)"', page) == ["2", "3", "4", "6", "9"]
        for number in ("12", "1", "0", "-2", "2.5", ""):
            answer = await filled_and_sent(client, secret, "instalments", {"number": number})
            assert answer.status_code == 422
        answer = await client.get(f"/pay/{secret}/instalments?pay_day=32")
        assert "Vul een getal in van 1 tot 31." in text_of(answer.text)
    assert world.told == []


# My data --------------------------------------------------------------------------------------------------------


async def test_other_contact_data_change_nothing_before_they_are_confirmed_over_the_old_channel(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        sent = await filled_and_sent(client, secret, "contact", {"about": "email", "value": "nieuw@ochtend.example"})
        assert sent.status_code == 303
        done = text_of((await client.get(sent.headers["location"])).text)
        again = await client.get(f"/pay/{secret}/contact")
    with world.file.read() as transaction:
        debtor = transaction.parties.debtor(CREDITOR.id, DEBTOR.id)
    assert debtor is not None
    assert debtor.contacts == (Contact(name="Els Ochtend", email="els@ochtend.example", phone="+31612345678"),)
    case = world.case("case:devaart:F-1").case
    assert [each.kind for each in case.holds] == [HoldKind.CONTACT_CHANGED]
    assert [each.letter for each in case.owing] == ["contact_change"]
    assert "Er verandert niets voordat u dat bevestigd hebt." in done
    assert "<form" not in again.text


@pytest.mark.parametrize(
    ("about", "value"), [("email", "geen adres"), ("phone", "bel maar"), ("iban", "NL91ABNA0417164300"), ("email", "")]
)
async def test_data_that_are_none_are_not_taken(world: World, about: str, value: str) -> None:
    secret = world.link().secret
    async with world.client() as client:
        answer = await filled_and_sent(client, secret, "contact", {"about": about, "value": value})
    assert answer.status_code == 422
    assert world.told == []


# Who may send ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["paid", "disagree", "instalments", "contact"])
async def test_a_form_counts_only_from_the_page_that_gave_it_and_not_for_ever(world: World, form: str) -> None:
    secret = world.link().secret
    stranger = world.link(debtor=NEIGHBOUR).secret
    fields = {**DISPUTE, "number": "3", "about": "email", "value": "a@b.example"}
    async with world.client() as client:
        own = seal_of((await client.get(f"/pay/{secret}/{form}")).text)
        other = seal_of((await client.get(f"/pay/{stranger}/{form}")).text)
        wrong = ["", "x", "9999999999.abc.def", other, own[:-1] + ("0" if own[-1] != "0" else "1")]
        wrong.append(seal_of((await client.get(f"/pay/{secret}/{'paid' if form != 'paid' else 'disagree'}")).text))
        wrong.append(Sealing(secret, lambda: world.now.timestamp() - 13 * 3600).seal(form))
        for seal in wrong:
            answer = await client.post(f"/pay/{secret}/{form}", data={**fields, "seal": seal})
            assert answer.status_code == 403
            assert "stond te lang open" in text_of(answer.text)
    assert world.told == []


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}]
)
async def test_another_site_can_not_send_a_form(world: World, headers: dict[str, str]) -> None:
    secret = world.link().secret
    async with world.client() as client:
        seal = seal_of((await client.get(f"/pay/{secret}/disagree")).text)
        answer = await client.post(f"/pay/{secret}/disagree", data={**DISPUTE, "seal": seal}, headers=headers)
    assert answer.status_code == 403
    assert world.told == []


async def test_a_form_that_is_sent_twice_counts_once(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        seal = seal_of((await client.get(f"/pay/{secret}/disagree")).text)
        for _ in range(2):
            sent = await client.post(f"/pay/{secret}/disagree", data={**DISPUTE, "seal": seal})
            assert sent.status_code == 303
    assert len(world.case("case:devaart:F-1").case.disputes) == 1


async def test_nobody_reaches_the_case_of_another(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        for number in ("F-9", "M-1", "case:devaart:F-9"):
            answer = await filled_and_sent(client, secret, "disagree", {**DISPUTE, "invoice": number})
            assert answer.status_code == 422
            answer = await filled_and_sent(client, secret, "paid", {"invoice": number})
            assert answer.status_code == 422
    assert world.told == []


async def test_what_a_rule_refuses_is_said_in_words_and_nothing_typed_is_lost(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    world.refusing = "the case is handed off"
    async with world.client() as client:
        answer = await filled_and_sent(client, secret, "disagree", DISPUTE, {"proof": ("a.png", PNG, "image/png")})
    assert answer.status_code == 409
    assert "Dit kunnen wij zo niet verwerken" in text_of(answer.text)
    assert "Het brood was nat." in answer.text
    assert papers(world, "case:devaart:F-1") == ()


async def test_what_one_invoice_refuses_the_others_take(world: World) -> None:
    secret = world.link().secret
    await world.ask("case:devaart:F-2", "write_off", {"id": "w1", "reason": "goodwill", "actor": "els"})
    async with world.client() as client:
        page = (await client.get(f"/pay/{secret}/paid")).text
        answer = await client.post(f"/pay/{secret}/paid", data={"seal": seal_of(page), "invoice": ["F-1", "F-2"]})
    assert answer.status_code == 303
    assert holds(world, "case:devaart:F-1") != []


async def test_the_case_file_going_away_while_it_is_told_is_said_in_words(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        page = (await client.get(f"/pay/{secret}/paid")).text
        with world.file.write() as transaction:
            transaction.session.connection.exec_driver_sql("ALTER TABLE inbox RENAME TO gone")
        answer = await client.post(f"/pay/{secret}/paid", data={"seal": seal_of(page)})
    assert answer.status_code == 503
    assert "Probeer het over een minuut opnieuw." in text_of(answer.text)


async def test_who_sends_too_often_is_asked_to_wait(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        answers = [(await client.post(f"/pay/{secret}/paid", data={})).status_code for _ in range(21)]
    assert answers == [403] * 20 + [429]


# What is sent along ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.pdf", b"<html><script>alert(1)</script>", "Stuur een pdf, PNG of JPEG."),
        ("page.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Stuur een pdf, PNG of JPEG."),
        ("page.pdf", b"<html><body>%PDF-1.7", "Stuur een pdf, PNG of JPEG."),
        ("run.exe", b"MZ\x90\0", "Stuur een pdf, PNG of JPEG."),
        ("big.png", PNG + b"\0" * 10_000_000, "Het mag hoogstens 10 MB zijn."),
        ("empty.png", b"", "Dit bestand is leeg."),
    ],
)
async def test_only_pdf_png_and_jpeg_of_ten_megabytes_are_kept_by_what_they_are(
    world: World, name: str, content: bytes, said: str
) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        answer = await filled_and_sent(client, secret, "paid", {}, {"proof": (name, content, "application/pdf")})
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert papers(world, "case:devaart:F-1") == ()
    assert world.told == []


async def test_a_file_is_kept_under_a_safe_name_that_ends_as_what_it_is(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await filled_and_sent(client, secret, "paid", {}, {"proof": ("../../etc/x.html", PNG, "text/html")})
    (kept,) = papers(world, "case:devaart:F-1")
    assert (kept.media_type, kept.name.endswith(".png"), "/" in kept.name) == ("image/png", True, False)


async def test_no_address_gives_back_what_was_sent(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await filled_and_sent(client, secret, "paid", {}, {"proof": ("a.png", PNG, "image/png")})
        (kept,) = papers(world, "case:devaart:F-1")
        for path in (f"papers/{kept.sha256}", kept.sha256, kept.name):
            assert (await client.get(f"/pay/{secret}/{path}")).status_code == 404


async def test_twenty_files_are_enough_for_a_case(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    with world.file.write("case:devaart:F-1") as transaction:
        for number in range(20):
            transaction.papers.keep(
                "case:devaart:F-1",
                f"{number}.png",
                "image/png",
                PNG + bytes([number]),
                about="",
                actor="debtor",
                at=world.now,
            )
    async with world.client() as client:
        answer = await filled_and_sent(client, secret, "paid", {}, {"proof": ("a.png", PNG, "image/png")})
    assert answer.status_code == 422
    assert "U hebt al 20 bestanden gestuurd." in text_of(answer.text)


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"\xff" * 100, b"seal=" + b"x" * 200_000])
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "application/json"]
)
async def test_a_body_that_is_no_form_is_never_a_fault_of_ours(world: World, body: bytes, kind: str) -> None:
    secret = world.link().secret
    async with world.client() as client:
        answer = await client.post(f"/pay/{secret}/paid", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_can_be_said_in_every_language(world: World, language: str) -> None:
    secret = world.link().secret
    async with world.client() as client:
        for form in ("paid", "disagree", "instalments", "contact"):
            path = f"/pay/{secret}/{form}?lang={language}"
            page = await client.get(path)
            assert page.status_code == 200
            wrong = await client.post(path, data={"seal": seal_of(page.text), "day": "x", "amount": "x"})
            assert wrong.status_code in (303, 422)
            assert (await client.get(f"/pay/{secret}/done/{form}?lang={language}")).status_code == 200
