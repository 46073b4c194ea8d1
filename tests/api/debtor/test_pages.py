"""What a debtor sees on his page, and what nobody else sees."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from structlog.testing import capture_logs

from api.debtor.rendering import LANGUAGES, words
from casefile.pay_tokens import revoke_pay_token
from domain.money import Money
from services.reports.case_claim import read_claim
from tests.api.debtor.world import NEIGHBOUR, OTHER, World, furnished, text_of
from tests.casefile.builders import CREDITOR, DEBTOR
from tests.domain.builders import invoice


@pytest.fixture
def world(tmp_path: Path) -> World:
    return furnished(tmp_path / "f.sqlite3")


def dutch(amount: Money) -> str:
    whole, cents = amount.text.split(".")
    return f"€ {int(whole):,}".replace(",", ".") + f",{cents}"


async def test_a_debtor_sees_what_he_owes_now_and_why_as_the_claim_has_it(world: World) -> None:
    made = world.link()
    async with world.client() as client:
        page = await client.get(f"/pay/{made.secret}")
    with world.file.read() as transaction:
        claims = [read_claim(transaction, each, world.now).claim for each in ("case:devaart:F-1", "case:devaart:F-2")]
    assert page.status_code == 200
    said = text_of(page.text)
    assert claims[0].interest.is_positive
    assert f"Nu te betalen {dutch(claims[0].total + claims[1].total)}" in said
    for claim in claims:
        assert (
            f"Rente tot en met 10 april 2026 {dutch(claim.interest)} Vandaag verschuldigd {dutch(claim.total)}" in said
        )
        assert f"{dutch(claim.periods[0].base)} {dutch(claim.periods[0].amount)}" in said


async def test_without_a_provider_the_page_says_how_to_pay_by_bank_with_a_code_to_scan(world: World) -> None:
    made = world.link(case_id="case:devaart:F-1")
    async with world.client() as client:
        page = (await client.get(f"/pay/{made.secret}")).text
    assert "Op naam van De Vaart BV Rekening NL91 ABNA 0417 1643 00" in text_of(page)
    assert "Vermeld F-1" in text_of(page)
    assert page.count("<svg") == 1
    assert 'action="/pay/' + made.secret + "/pay" not in page


async def test_a_link_of_one_case_shows_that_case_alone(world: World) -> None:
    made = world.link(case_id="case:devaart:F-2")
    async with world.client() as client:
        said = text_of((await client.get(f"/pay/{made.secret}")).text)
    assert "Factuur F-2" in said
    assert "F-1" not in said


async def test_nobody_sees_another_debtor_or_what_he_owes_another_creditor(world: World) -> None:
    async with world.client() as client:
        own = text_of((await client.get(f"/pay/{world.link().secret}")).text)
        elsewhere = text_of((await client.get(f"/pay/{world.link(OTHER).secret}")).text)
        neighbour = text_of((await client.get(f"/pay/{world.link(debtor=NEIGHBOUR).secret}")).text)
    assert [number in own for number in ("F-1", "F-2", "M-1", "F-9")] == [True, True, False, False]
    assert [number in elsewhere for number in ("F-1", "F-2", "M-1", "F-9")] == [False, False, True, False]
    assert [number in neighbour for number in ("F-1", "F-2", "M-1", "F-9")] == [False, False, False, True]


@pytest.mark.parametrize("page", ["", "/paid", "/disagree", "/instalments", "/contact", "/back", "/done/paid", "/x/y"])
async def test_a_wrong_an_expired_and_a_revoked_link_are_answered_alike(world: World, page: str) -> None:
    expired = world.link(lasts=timedelta(0))
    revoked = world.link()
    with world.file.write() as transaction:
        assert revoke_pay_token(transaction.session, revoked.token.id, world.now)
    async with world.client() as client:
        answers = [
            await client.get(f"/pay/{secret}{page}")
            for secret in ("wrong", "x" * 43, "%00%ff", expired.secret, revoked.secret, "é" * 5000)
        ]
    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1
    assert len({tuple(each.headers.items()) for each in answers}) == 1
    assert "Bakkerij" not in answers[0].text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_speaks_the_debtors_language_and_any_of_the_four(world: World, language: str) -> None:
    with world.file.write() as transaction:
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR.model_copy(update={"language": language}))
    made = world.link()
    async with world.client() as client:
        page = (await client.get(f"/pay/{made.secret}")).text
        asked = (await client.get(f"/pay/{made.secret}/paid?lang=fr")).text
    assert f'<html lang="{language}">' in page
    assert str(words(language)["to_pay_now"]) in text_of(page)
    assert '<html lang="fr">' in asked
    assert ("?lang=fr" in asked.partition("<main")[2]) == (language != "fr")


def test_all_languages_have_the_same_texts_with_the_same_values() -> None:
    def shape(node: object) -> object:
        if isinstance(node, dict):
            return {key: shape(value) for key, value in node.items()}
        return sorted(set(part.partition("}")[0] for part in str(node).split("{")[1:]))

    shapes = [shape(dict(words(each))) for each in LANGUAGES]
    assert shapes == [shapes[0]] * 4


async def test_what_a_debtor_is_called_is_text_and_nothing_else(world: World) -> None:
    name = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7*7 }} {0}'
    with world.file.write() as transaction:
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR.model_copy(update={"name": name}))
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"name": name}))
    made = world.link()
    async with world.client() as client:
        for page in ("", "/paid", "/disagree", "/instalments", "/contact"):
            shown = (await client.get(f"/pay/{made.secret}{page}")).text
            assert "<script" not in shown
            assert "<img" not in shown
            assert name in text_of(shown.replace("&#34;", '"')) or page


async def test_no_page_runs_script_or_is_framed_kept_or_found(world: World) -> None:
    made = world.link()
    async with world.client() as client:
        answers = [await client.get(f"/pay/{each}") for each in (made.secret, f"{made.secret}/disagree", "wrong")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert not {"<script", " style=", " onclick=", "javascript:"} & {
            sign for sign in ("<script", " style=", " onclick=", "javascript:") if sign in answer.text
        }


async def test_neither_addresses_nor_the_log_nor_the_metrics_name_anybody(world: World) -> None:
    made = world.link()
    with capture_logs() as logged:
        async with world.client() as client:
            page = (await client.get(f"/pay/{made.secret}")).text
            await client.get(f"/pay/{made.secret}/done/paid")
            metrics = (await client.get("/metrics")).text
    links = [part.partition('"')[0] for part in page.split('href="')[1:]]
    ours = [each for each in links if not each.startswith(("mailto:", "tel:"))]
    for private in ("bakker", "Bakkerij", "F-1", "1000", made.token.debtor):
        assert not [each for each in ours if private in each]
        assert private not in str(logged)
    assert made.secret not in str(logged)
    assert made.secret not in metrics
    assert 'route="/pay/{token}"' in metrics


async def test_what_is_not_due_yet_and_what_is_paid_is_said_so(world: World) -> None:
    world.open(invoice(number="F-3", invoice_date="2026-04-01", due="2026-05-01", amount="10.00"), "case:devaart:F-3")
    await world.ask(
        "case:devaart:F-2", "payment_received", {"id": "tr_1", "amount": "260.00", "credited_on": "2026-04-09"}
    )
    world.now += timedelta(minutes=1)
    made = world.link()
    async with world.client() as client:
        said = text_of((await client.get(f"/pay/{made.secret}")).text)
    assert "Factuur F-3 van 1 april 2026" in said
    assert "U hebt nog tijd om te betalen." in said
    assert said.count("De vervaldatum is voorbij.") == 1


async def test_who_is_insolvent_is_asked_for_no_money(world: World) -> None:
    await world.ask("case:devaart:F-1", "report_debtor_status", {"status": "bankruptcy", "since": "2026-04-01"})
    made = world.link(case_id="case:devaart:F-1")
    async with world.client() as client:
        page = (await client.get(f"/pay/{made.secret}")).text
    assert "Wij vragen u nu geen geld" in text_of(page)
    assert "NL91" not in page
    assert "Nu te betalen" not in text_of(page)


async def test_a_factor_and_a_blocked_account_get_what_is_theirs(world: World) -> None:
    profile = CREDITOR.model_dump() | {
        "pay_to": [{"kind": "g_account", "iban": "NL63RABO0991234567", "share": "40"}],
    }
    with world.file.write() as transaction:
        transaction.parties.save_creditor(type(CREDITOR).model_validate(profile))
        claim = read_claim(transaction, "case:devaart:F-1", world.now).claim
    made = world.link(case_id="case:devaart:F-1")
    async with world.client() as client:
        said = text_of((await client.get(f"/pay/{made.secret}")).text)
    # 40 per cent of the principal of 1000.00.
    assert "Betaal daarnaast € 400,00 op de G-rekening NL63 RABO 0991 2345 67." in said
    assert f"Bedrag {dutch(claim.total - Money.parse('400.00', 'EUR'))}" in said


async def test_who_asks_too_often_is_asked_to_wait(world: World) -> None:
    made = world.link()
    async with world.client() as client:
        answers = [(await client.get(f"/pay/{made.secret}")).status_code for _ in range(121)]
        wrong = [(await client.get(f"/pay/wrong{number}")).status_code for number in range(61)]
        other = await client.get(f"/pay/{world.link().secret}")
    assert answers == [200] * 120 + [429]
    assert wrong == [404] * 60 + [429]
    assert other.status_code == 429
    assert int(other.headers["retry-after"]) > 0


async def test_the_case_file_away_is_said_in_words(world: World) -> None:
    made = world.link()
    with world.file.write() as transaction:
        transaction.session.connection.exec_driver_sql("ALTER TABLE pay_tokens RENAME TO gone")
    async with world.client() as client:
        answer = await client.get(f"/pay/{made.secret}")
    assert answer.status_code == 503
    assert "Probeer het over een minuut opnieuw." in text_of(answer.text)


async def test_the_style_is_a_file_that_browsers_keep(world: World) -> None:
    async with world.client() as client:
        style = await client.get("/pay/page.css?v=1")
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]


def test_words_are_plain_texts() -> None:
    for language in LANGUAGES:
        assert "<" not in yaml.safe_dump(dict(words(language)), allow_unicode=True)
