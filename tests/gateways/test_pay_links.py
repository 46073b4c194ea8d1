"""Payment links of each provider, made with its own client: what is asked, and what its answers come to."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from domain.money import Money
from gateways.adyen.pay_links import AdyenPayLinks
from gateways.checkout_address import checked_checkout, origins_with
from gateways.mollie.pay_links import MolliePayLinks
from gateways.stripe.pay_links import StripePayLinks
from services.ports import LinkWanted, NoLink, PayLinks
from tests.gateways.loopback_checkout import Checkout, Failure, checkout
from tests.gateways.loopback_vendor import nobody

SECRET = "test_dHar4XY7LxsDOtmnkVtjNVWXLSlXsM"
WANTED = LinkWanted(
    key="0e4c1f6e-4d4f-4d3c-a1b2-1d2a3b4c5d6e",
    amount=Money.parse("1012.50", "EUR"),
    description="Factuur F-1, F-2",
    cases=("case:devaart:F-1", "case:devaart:F-2"),
    back="https://pay.example.nl/pay/token/back",
    told_at="https://pay.example.nl/webhooks/mollie",
    until=datetime(2026, 4, 11, 9, tzinfo=UTC),
    language="nl",
)
MAKERS: dict[str, Callable[[str], PayLinks]] = {
    "mollie": lambda url: MolliePayLinks(SecretStr(SECRET), url, seconds=5),
    "stripe": lambda url: StripePayLinks(SecretStr(SECRET), url, seconds=5),
    "adyen": lambda url: AdyenPayLinks(SecretStr(SECRET), "Papierhuis", f"{url}/v72", seconds=5),
}
EACH = pytest.mark.parametrize("name", MAKERS)


@pytest.fixture
def vendor() -> Iterator[Checkout]:
    with checkout() as server:
        yield server


ASKED: dict[str, dict[str, Any]] = {
    "mollie": {
        "description": "Factuur F-1, F-2",
        "amount": {"currency": "EUR", "value": "1012.50"},
        "redirectUrl": WANTED.back,
        # HMAC-SHA256 of WANTED.key under the API key, by `openssl dgst -sha256 -hmac`: its first 32 digits.
        "webhookUrl": f"{WANTED.told_at}?link=c84acdb27ec9abdbe9d38a29b5477655",
        "reusable": False,
        "expiresAt": "2026-04-11T09:00:00+00:00",
    },
    "stripe": {
        "mode": "payment",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "101250",
        "line_items[0][price_data][product_data][name]": "Factuur F-1, F-2",
        "success_url": WANTED.back,
        "cancel_url": WANTED.back,
        # Ten minutes before 24 hours: a session lives no longer than that by Stripe's clock.
        "expires_at": "1775897400",
        "locale": "nl",
        "metadata[case_1]": "case:devaart:F-1",
        "metadata[case_2]": "case:devaart:F-2",
        "payment_intent_data[description]": "Factuur F-1, F-2",
        "payment_intent_data[metadata][case_1]": "case:devaart:F-1",
        "payment_intent_data[metadata][case_2]": "case:devaart:F-2",
    },
    "adyen": {
        "merchantAccount": "Papierhuis",
        "amount": {"currency": "EUR", "value": 101250},
        "reference": "Factuur F-1, F-2",
        "description": "Factuur F-1, F-2",
        "returnUrl": WANTED.back,
        "expiresAt": "2026-04-11T09:00:00+00:00",
        "reusable": False,
        "shopperLocale": "nl-NL",
        "metadata": {"case_1": "case:devaart:F-1", "case_2": "case:devaart:F-2"},
    },
}


@EACH
async def test_a_link_asks_what_is_owed_and_leads_to_the_providers_page(name: str, vendor: Checkout) -> None:
    links = MAKERS[name](vendor.url)
    made = await links.make(WANTED)
    (there,) = vendor.made
    assert (links.name, made.id) == (name, there.id)
    assert made.url == f"{vendor.url}/checkout/{there.id}"
    assert there.asked == ASKED[name]
    assert there.key == WANTED.key
    assert vendor.keys == {SECRET}


def mollies_own_link() -> dict[str, Any]:
    """The vendor's own payment link (`mollie-responses`): its OpenAPI may not be kept, so this stands in for it."""
    folder = os.environ.get("CONFORMANCE_DATA")
    if folder is None:
        pytest.skip("CONFORMANCE_DATA is not set: the vendor's answers are not here")
    written = (Path(folder) / "mollie-responses" / "payment-link.json").read_text().replace("{{ RESOURCE_ID }}", "pl_1")
    return dict(json.loads(written))


async def test_what_mollie_is_asked_are_fields_of_its_own_links_in_their_form(vendor: Checkout) -> None:
    known = mollies_own_link()
    await MAKERS["mollie"](vendor.url).make(WANTED)
    for name, value in vendor.made[0].asked.items():
        assert type(value) is type(known[name]), name
        if isinstance(value, dict):
            assert value.keys() == known[name].keys(), name
        elif name.endswith("Url"):
            assert urlsplit(value).scheme == urlsplit(known[name]).scheme == "https", name


async def test_mollies_own_link_is_read(vendor: Checkout) -> None:
    vendor.failures.append(Failure(201, mollies_own_link(), "application/hal+json"))
    made = await MAKERS["mollie"](vendor.url).make(WANTED)
    assert (made.id, made.url) == ("pl_1", "https://payment-links.mollie.com/payment/4Y0eZitmBnQ6IDoMqZQKh")


@EACH
async def test_the_same_key_is_the_same_link(name: str, vendor: Checkout) -> None:
    links = MAKERS[name](vendor.url)
    first, second = await links.make(WANTED), await links.make(WANTED)
    other = await links.make(replace(WANTED, key="1e4c1f6e-4d4f-4d3c-a1b2-1d2a3b4c5d6e"))
    assert first == second != other


@EACH
async def test_a_link_that_ended_can_not_be_paid(name: str, vendor: Checkout) -> None:
    links = MAKERS[name](vendor.url)
    made = await links.make(WANTED)
    await links.end(made.id)
    assert vendor.made[0].state == "ended"


@EACH
async def test_ending_one_that_ended_already_is_harmless(name: str, vendor: Checkout) -> None:
    links = MAKERS[name](vendor.url)
    made = await links.make(WANTED)
    await links.end(made.id)
    await links.end(made.id)


@pytest.mark.parametrize("name", ["stripe", "adyen"])
async def test_one_that_was_paid_needs_no_end_and_one_that_may_be_paid_still_is_said(
    name: str, vendor: Checkout
) -> None:
    links = MAKERS[name](vendor.url)
    made = await links.make(WANTED)
    vendor.failures.append(Failure(400 if name == "stripe" else 422, {"error": {"type": "invalid_request_error"}}))
    with pytest.raises(NoLink):
        await links.end(made.id)
    vendor.made[0].state = "paid"
    await links.end(made.id)


@EACH
@pytest.mark.parametrize("status", [401, 422, 429, 500, 503])
async def test_an_error_gives_no_link_and_says_nothing_of_what_was_sent(
    name: str, status: int, vendor: Checkout
) -> None:
    vendor.failures.append(Failure(status, {"status": status, "title": "x", "detail": f"{SECRET} Factuur F-1"}))
    with pytest.raises(NoLink) as told:
        await MAKERS[name](vendor.url).make(WANTED)
    assert SECRET not in str(told.value)
    assert "F-1" not in str(told.value)
    # Asked once: whoever presses the button again asks under the same key.
    assert vendor.made == []


@EACH
async def test_nobody_there_gives_no_link(name: str) -> None:
    with nobody() as url, pytest.raises(NoLink):
        await MAKERS[name](url).make(WANTED)


@EACH
async def test_an_answer_that_leads_elsewhere_leads_nobody(name: str, vendor: Checkout) -> None:
    vendor.leads_to = "https://evil.example/checkout"
    with pytest.raises(NoLink, match="not its own"):
        await MAKERS[name](vendor.url).make(WANTED)


@EACH
async def test_neither_key_nor_invoice_reaches_a_log(
    name: str, vendor: Checkout, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await MAKERS[name](vendor.url).make(WANTED)
    assert SECRET not in caplog.text
    assert "F-1" not in caplog.text


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://paymentlink.mollie.com/payment/x", "https://*.mollie.com"),
        ("https://checkout.stripe.com/c/pay/cs_1#x", "https://*.stripe.com"),
        ("https://eu.adyen.link/PL1", "https://*.adyen.link"),
    ],
)
def test_pages_of_a_provider_are_its_own(url: str, origin: str) -> None:
    assert checked_checkout(url, [origin]) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://www.mollie.com/x",
        "https://mollie.com.evil.example/x",
        "https://evilmollie.com/x",
        "https://www.mollie.com@evil.example/x",
        "https://www.mollie.com:8443/x",
        "javascript:alert(1)",
        "//www.mollie.com/x",
    ],
)
def test_anything_else_is_not(url: str | None) -> None:
    with pytest.raises(NoLink):
        checked_checkout(url, ["https://*.mollie.com"])


def test_a_provider_of_this_machine_leads_to_itself_and_a_real_one_never() -> None:
    known = ("https://*.mollie.com",)
    assert origins_with(known, "http://127.0.0.1:4010", "https://api.mollie.com") == (*known, "http://127.0.0.1:4010")
    assert origins_with(known, "https://api.mollie.com", "https://api.mollie.com") == known
    assert origins_with(known, "https://proxy.example", "https://api.mollie.com") == known
