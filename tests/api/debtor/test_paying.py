"""Paying at a provider: one link for what is owed now, never two that can be paid, nothing paid before it came."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from casefile.pay_tokens import revoke_pay_token
from casefile.payment_links import cases_of_link
from services.debtor_page.ending import EndingLinks
from services.reports.case_claim import read_claim
from tests.api.debtor.world import NEIGHBOUR, Provider, World, furnished, seal_of, text_of
from tests.casefile.builders import CREDITOR
from tests.conftest import DATABASES

pytestmark = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
def world(tmp_path: Path, kept_in: str) -> World:
    world = furnished(tmp_path / "f.sqlite3")
    world.provider = Provider()
    return world


async def pressed(client: httpx.AsyncClient, secret: str, which: int = 0) -> httpx.Response:
    """Open the page and press one of its buttons to pay."""
    page = (await client.get(f"/pay/{secret}")).text
    forms = re.findall(r'(?s)<form method="post" action="[^"]+/pay[^"]*">(.*?)</form>', page)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', forms[which]))
    return await client.post(f"/pay/{secret}/pay", data=fields)


def provider(world: World) -> Provider:
    assert world.provider is not None
    return world.provider


async def test_the_button_leads_to_the_provider_with_what_is_owed_now_on_all_invoices(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        answer = await pressed(client, secret)
    with world.file.read() as transaction:
        owed = [
            read_claim(transaction, each, world.now).claim.total for each in ("case:devaart:F-1", "case:devaart:F-2")
        ]
        assert cases_of_link(transaction, "mollie", "pl_0") == ("case:devaart:F-1", "case:devaart:F-2")
        assert cases_of_link(transaction, "mollie", "pl_1") is None
        assert cases_of_link(transaction, "stripe", "pl_0") is None
    assert (answer.status_code, answer.headers["location"]) == (303, "https://checkout.test/pl_0")
    (made,) = provider(world).made
    assert (made.amount, made.cases) == (owed[0] + owed[1], ("case:devaart:F-1", "case:devaart:F-2"))
    assert made.description == "Factuur F-1, F-2"
    assert made.back == f"http://pay.test/pay/{secret}/back"
    assert made.until == world.now + timedelta(hours=24)
    # Mollie takes no address that the outside can't reach.
    assert made.told_at is None


async def test_one_invoice_can_be_paid_alone(world: World) -> None:
    async with world.client() as client:
        await pressed(client, world.link().secret, which=2)
    (made,) = provider(world).made
    assert (made.cases, made.description) == (("case:devaart:F-2",), "Factuur F-2")


async def test_asked_again_while_the_same_is_owed_it_is_the_same_link(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        first = await pressed(client, secret)
        world.now += timedelta(hours=1)
        second = await pressed(client, secret)
    assert first.headers["location"] == second.headers["location"]
    assert len(provider(world).made) == 1


async def test_two_who_press_at_once_ask_under_one_key(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await pressed(client, secret)
        with world.file.write() as transaction:
            transaction.session.connection.exec_driver_sql("DELETE FROM payment_links")
        world.now += timedelta(minutes=20)
        await pressed(client, secret)
    first, second = provider(world).made
    # Stripe takes a key again only with the same words.
    assert first == second
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", first.key)


async def test_a_link_dies_when_the_amount_has_changed(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await pressed(client, secret)
        await world.ask(
            "case:devaart:F-1", "payment_received", {"id": "tr_1", "amount": "400.00", "credited_on": "2026-04-10"}
        )
        answer = await pressed(client, secret)
    first, second = provider(world).made
    assert provider(world).ended == ["pl_0"]
    assert answer.headers["location"] == "https://checkout.test/pl_1"
    assert (first.amount.minor - second.amount.minor, first.key == second.key) == (40000, False)


async def test_a_link_for_all_dies_when_one_invoice_is_paid_alone_and_that_of_another_debtor_does_not(
    world: World,
) -> None:
    async with world.client() as client:
        await pressed(client, world.link(debtor=NEIGHBOUR).secret)
        secret = world.link().secret
        await pressed(client, secret)
        await pressed(client, secret, which=1)
    assert provider(world).ended == ["pl_1"]


async def test_two_links_of_a_debtor_never_lead_to_two_that_can_be_paid(world: World) -> None:
    first, second = world.link().secret, world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await pressed(client, first)
        answer = await pressed(client, second)
        assert provider(world).ended == ["pl_0"]
        assert answer.headers["location"] == "https://checkout.test/pl_1"
        again = await pressed(client, first)
        assert provider(world).ended == ["pl_0", "pl_1"]
        assert again.headers["location"] == "https://checkout.test/pl_2"
    # Each leads back to the page on which the button was.
    assert [each.back.split("/")[4] for each in provider(world).made] == [first, second, first]


async def test_pressed_twice_at_once_it_is_one_link(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        answers = await asyncio.gather(*(pressed(client, secret) for _ in range(4)))
    assert {each.headers["location"] for each in answers} == {"https://checkout.test/pl_0"}
    assert provider(world).ended == []


async def test_after_it_was_ended_the_same_amount_gets_a_new_link(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await pressed(client, secret)
        await world.ask(
            "case:devaart:F-1", "payment_received", {"id": "tr_1", "amount": "400.00", "credited_on": "2026-04-10"}
        )
        await pressed(client, secret)
        await world.ask("case:devaart:F-1", "payment_reversed", {"payment": "tr_1", "amount": "400.00"})
        await pressed(client, secret)
    first, _, third = provider(world).made
    assert first.amount == third.amount
    assert first.key != third.key
    assert provider(world).ended == ["pl_0", "pl_1"]


async def test_while_the_old_one_can_not_be_ended_no_new_one_is_made(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        await pressed(client, secret)
        await world.ask(
            "case:devaart:F-1", "payment_received", {"id": "tr_1", "amount": "400.00", "credited_on": "2026-04-10"}
        )
        provider(world).away = True
        answer = await pressed(client, secret)
    assert answer.status_code == 503
    assert "Online betalen lukt nu niet." in text_of(answer.text)
    assert "NL91 ABNA 0417 1643 00" in text_of(answer.text)
    assert len(provider(world).made) == 1


async def test_who_saw_another_amount_sees_the_new_one_first(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-1").secret
    async with world.client() as client:
        page = (await client.get(f"/pay/{secret}")).text
        world.now += timedelta(days=1)
        seen = re.findall(r'name="amount" value="([^"]+)"', page)[0]
        answer = await client.post(
            f"/pay/{secret}/pay", data={"seal": seal_of((await client.get(f"/pay/{secret}")).text), "amount": seen}
        )
    assert answer.status_code == 409
    assert "Het bedrag is veranderd." in text_of(answer.text)
    assert provider(world).made == []


async def test_an_invoice_of_somebody_else_or_an_unsealed_form_pays_nothing(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        seal = seal_of((await client.get(f"/pay/{secret}")).text)
        for data, status in (
            ({"seal": seal, "case": "F-9", "amount": "99.00EUR"}, 409),
            ({"seal": "x", "amount": "1.00EUR"}, 403),
            ({}, 403),
        ):
            assert (await client.post(f"/pay/{secret}/pay", data=data)).status_code == status
    assert provider(world).made == []


async def test_what_is_paid_says_so_and_can_not_be_paid_again(world: World) -> None:
    secret = world.link(case_id="case:devaart:F-2").secret
    async with world.client() as client:
        await pressed(client, secret)
        seal = seal_of((await client.get(f"/pay/{secret}")).text)
        await world.ask(
            "case:devaart:F-2", "payment_received", {"id": "tr_1", "amount": "260.00", "credited_on": "2026-04-10"}
        )
        page = (await client.get(f"/pay/{secret}")).text
        late = await client.post(f"/pay/{secret}/pay", data={"seal": seal, "amount": "250.00EUR"})
        back = text_of((await client.get(f"/pay/{secret}/back")).text)
    assert "Er staat niets open" in text_of(page)
    assert "<form" not in page
    assert late.status_code == 409
    assert "Er staat nu niets meer open om te betalen." in back


async def test_who_comes_back_is_told_that_we_look_and_never_that_he_paid(world: World) -> None:
    secret = world.link().secret
    async with world.client() as client:
        await pressed(client, secret)
        back = text_of((await client.get(f"/pay/{secret}/back")).text)
    assert "Wij kijken of uw betaling er is" in back
    assert "Er staat nu niets meer open" not in back
    assert "bedankt" not in back.lower()


async def test_where_a_factor_gets_the_money_nobody_pays_at_our_provider(world: World) -> None:
    pay_to = [{"kind": "factor", "name": "Factor NV", "iban": "NL63RABO0991234567"}]
    with world.file.write() as transaction:
        transaction.parties.save_creditor(type(CREDITOR).model_validate(CREDITOR.model_dump() | {"pay_to": pay_to}))
    secret = world.link().secret
    async with world.client() as client:
        page = (await client.get(f"/pay/{secret}")).text
        seals = re.findall(r'name="seal"', page)
    assert seals == []
    assert "Alleen wat u aan Factor NV betaalt, telt." in text_of(page)


async def test_the_page_may_lead_to_the_sites_of_the_provider_and_nowhere_else(world: World) -> None:
    async with world.client() as client:
        answer = await client.get(f"/pay/{world.link().secret}")
    assert "form-action 'self' https://checkout.test;" in answer.headers["content-security-policy"]


async def test_a_link_ends_without_anybody_pressing_when_another_sum_is_owed(world: World) -> None:
    ending = EndingLinks(world.file, provider(world), lambda: world.now)
    async with world.client() as client:
        await pressed(client, world.link(debtor=NEIGHBOUR).secret)
        await pressed(client, world.link(case_id="case:devaart:F-1").secret)
    assert await ending.look() == 0
    await world.ask(
        "case:devaart:F-1", "payment_received", {"id": "tr_1", "amount": "400.00", "credited_on": "2026-04-10"}
    )
    assert (await ending.look(), await ending.look()) == (1, 0)
    assert provider(world).ended == ["pl_1"]


@pytest.mark.parametrize(
    "change",
    ["paid in full", "disputed", "revoked", "a day of interest", "another invoice"],
)
async def test_a_link_ends_whatever_changed_what_it_asks_and_only_then(world: World, change: str) -> None:
    ending = EndingLinks(world.file, provider(world), lambda: world.now)
    token = world.link(case_id="case:devaart:F-1")
    async with world.client() as client:
        await pressed(client, token.secret)
    assert await ending.look() == 0
    match change:
        case "paid in full":
            paid = {"id": "tr_1", "amount": provider(world).made[0].amount.text, "credited_on": "2026-04-10"}
            await world.ask("case:devaart:F-1", "payment_received", paid)
        case "disputed":
            await world.ask("case:devaart:F-1", "dispute_raised", {"id": "D1", "amount": "100.00", "reason": "other"})
        case "revoked":
            with world.file.write() as transaction:
                assert revoke_pay_token(transaction.session, token.token.id, world.now)
        case "a day of interest":
            world.now += timedelta(hours=18)
        case _:
            await world.ask(
                "case:devaart:F-2", "payment_received", {"id": "t", "amount": "1.00", "credited_on": "2026-04-10"}
            )
    assert await ending.look() == (0 if change == "another invoice" else 1)


async def test_what_the_provider_does_not_end_is_tried_again(world: World) -> None:
    ending = EndingLinks(world.file, provider(world), lambda: world.now)
    async with world.client() as client:
        await pressed(client, world.link(case_id="case:devaart:F-1").secret)
    await world.ask(
        "case:devaart:F-1", "payment_received", {"id": "tr_1", "amount": "400.00", "credited_on": "2026-04-10"}
    )
    provider(world).away = True
    assert await ending.look() == 0
    provider(world).away = False
    assert await ending.look() == 1
    async with world.client() as client:
        await pressed(client, world.link(case_id="case:devaart:F-1").secret)
    assert (provider(world).ended, await ending.look()) == (["pl_0"], 0)
