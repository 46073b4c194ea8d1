"""What proves a webhook of a payment provider: each vendor's own vectors, and its own library as the signer."""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from Adyen.util import generate_notification_sig
from gocardless_pro import webhooks as gocardless
from stripe import WebhookSignature

from gateways.adyen.signature import is_adyens
from gateways.gocardless.signature import is_by_gocardless
from gateways.mollie.signature import is_mollies
from gateways.stripe.signature import TOLERANCE, is_stripes

# Computed with Stripe's own signer (stripe 16.1.0, WebhookSignature.generate_signature_header).
STRIPE_SECRET = "whsec_test_secret"
STRIPE_BODY = b'{"id":"evt_1","object":"event","type":"payment_intent.succeeded","data":{"object":{}}}'
STRIPE_MOMENT = datetime.fromtimestamp(1_760_000_000, UTC)
STRIPE_SIGNED = "t=1760000000,v1=e5d1b2accfddc305dd50a5aba80c495cd76cf8e1c3ce6da8ec9f46b3796ba2e9"

# adyen-python-api-library, test/UtilTest.py and test/mocks/util (MIT).
ADYEN_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
SLASHES_KEY = "74F490DD33F7327BAECC88B2947C011FC02D014A473AAA33A8EC93E4DC069174"
ADYEN_VECTORS = [
    (ADYEN_KEY, "7914073381342284", "TestMerchant", "TestPayment-1407325143704", 1130,
     "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="),
    (SLASHES_KEY, "T7FD4VM4D3RZNN82", "AntoniStroinski", r"\\slashes are fun", 1000,
     "nIgT81gaB5oJpn2jPXupDq68iRo2wUlBsuYjtYfwKqo="),
    (SLASHES_KEY, "M8NB66SBZSGLNK82", "AntoniStroinski", ":slashes are fun", 1000,
     "2EQYm7YJpKO4EtHSPu55SQTyWf8dkW5u2nD1tJFpViA="),
    (SLASHES_KEY, "X3GWNS6KJ8NKGK82", "AntoniStroinski", "//slashes are fun", 1000,
     "9Z0xdpG9Xi3zcmXv14t/BvMBut77O/Xq9D4CQXSDUi4="),
    (SLASHES_KEY, "ZVWN7D3WSMK2WN82", "AntoniStroinski", r"\:/\/slashes are fun", 1000,
     "CZErGCNQaSsxbaQfZaJlakqo7KPP+mIa8a+wx3yNs9A="),
]  # fmt: skip

# mollie-api-php, tests/Webhooks/SignatureValidatorTest.php (BSD), computed from its secret and body.
MOLLIE_SECRET = "test_webhook_secret"
MOLLIE_BODY = b'{"id":"tr_12345","event_type":"payment-link.paid"}'
MOLLIE_SIGNED = "sha256=e479a5e4aaa17db94cfc546071e10e91c0b37f21e464e751ebdd7d7ad2ffd146"

# gocardless-pro-python, tests/webhooks_test.py (MIT).
GOCARDLESS_SECRET = "ED7D658C-D8EB-4941-948B-3973214F2D49"
GOCARDLESS_SIGNED = "2693754819d3e32d7e8fcb13c729631f316c6de8dc1cf634d6527f1c07276e7e"

NOT_BASE64 = ["", "é", "not base64 at all", "=", "\x00", "ab" * 5000]


# Stripe ----------------------------------------------------------------------------------------------------


def test_what_stripe_signed_now_is_stripes() -> None:
    assert is_stripes(STRIPE_BODY, STRIPE_SIGNED, [STRIPE_SECRET], STRIPE_MOMENT)
    assert not is_stripes(STRIPE_BODY + b"\n", STRIPE_SIGNED, [STRIPE_SECRET], STRIPE_MOMENT)
    assert not is_stripes(STRIPE_BODY, STRIPE_SIGNED, ["whsec_other"], STRIPE_MOMENT)
    assert not is_stripes(STRIPE_BODY, None, [STRIPE_SECRET], STRIPE_MOMENT)


@pytest.mark.parametrize("way", [-1, 1])
def test_what_was_signed_long_ago_or_will_be_is_not_stripes(way: int) -> None:
    assert is_stripes(STRIPE_BODY, STRIPE_SIGNED, [STRIPE_SECRET], STRIPE_MOMENT + way * TOLERANCE)
    late = STRIPE_MOMENT + way * (TOLERANCE + timedelta(seconds=1))
    assert not is_stripes(STRIPE_BODY, STRIPE_SIGNED, [STRIPE_SECRET], late)


def test_either_secret_counts_while_one_is_rotated_on_either_side() -> None:
    assert is_stripes(STRIPE_BODY, STRIPE_SIGNED, ["whsec_new", STRIPE_SECRET], STRIPE_MOMENT)
    both = f"{STRIPE_SIGNED},v1={'0' * 64}"
    assert is_stripes(STRIPE_BODY, both, [STRIPE_SECRET], STRIPE_MOMENT)


def test_stripes_own_signer_agrees() -> None:
    body = '{"a":"é\\r\\n"}\r\n'
    header = WebhookSignature.generate_signature_header(body, STRIPE_SECRET, timestamp=1_760_000_000)
    assert is_stripes(body.encode(), header, [STRIPE_SECRET], STRIPE_MOMENT)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=",
        "v1=",
        "t=1760000000",
        "=,=,=",
        *(f"t={moment},v1={'0' * 64}" for moment in ("x", "-1", "٣", "99999999999")),
        STRIPE_SIGNED.upper(),
        STRIPE_SIGNED + ",t=1760000001",
        STRIPE_SIGNED.replace("v1", "v0"),
        "t=1760000000,v1=é",
    ],
)
def test_a_header_of_another_form_is_not_stripes(header: str) -> None:
    assert not is_stripes(STRIPE_BODY, header, [STRIPE_SECRET], STRIPE_MOMENT)


# Adyen -----------------------------------------------------------------------------------------------------


def item(reference: str, merchant: str, text: str, value: int, signature: object = "") -> dict[str, Any]:
    return {
        "pspReference": reference,
        "merchantAccountCode": merchant,
        "merchantReference": text,
        "amount": {"value": value, "currency": "EUR"},
        "eventCode": "AUTHORISATION",
        "success": "true",
        "eventDate": "2026-03-18T09:00:00+01:00",
        "additionalData": {"hmacSignature": signature},
    }


@pytest.mark.parametrize(("key", "reference", "merchant", "text", "value", "signature"), ADYEN_VECTORS)
def test_what_adyen_signed_is_adyens(
    key: str, reference: str, merchant: str, text: str, value: int, signature: str
) -> None:
    told = item(reference, merchant, text, value, signature)
    assert is_adyens(told, [key])
    assert is_adyens(told, ["00" * 32, key]), "while it is rotated"
    assert not is_adyens(told, ["00" * 32])
    assert not is_adyens({**told, "success": "false"}, [key])
    assert not is_adyens({**told, "amount": {"value": value + 1, "currency": "EUR"}}, [key])


def test_adyens_own_signer_agrees_also_on_what_happens_later() -> None:
    told = {**item("993617894906488A", "TestMerchant", "F-1", 500), "originalReference": "9914", "eventCode": "REFUND"}
    signed = generate_notification_sig(told, ADYEN_KEY).decode()
    assert is_adyens({**told, "additionalData": {"hmacSignature": signed}}, [ADYEN_KEY])


@pytest.mark.parametrize("signature", [*NOT_BASE64, None, 7, [], {}, True])
def test_an_item_with_another_signature_or_none_is_not_adyens(signature: object) -> None:
    assert not is_adyens(item("7914", "TestMerchant", "F-1", 1130, signature), [ADYEN_KEY])
    assert not is_adyens({"additionalData": signature}, [ADYEN_KEY])
    assert not is_adyens({}, [ADYEN_KEY])


# GoCardless ------------------------------------------------------------------------------------------------


def vendors_body() -> bytes:
    folder = os.environ.get("CONFORMANCE_DATA")
    if folder is None:
        pytest.skip("CONFORMANCE_DATA is not set: the vendor's body is not here")
    return (Path(folder) / "gocardless" / "webhook_body.json").read_bytes().rstrip(b"\n")


def test_what_gocardless_signed_is_gocardlesss() -> None:
    body = vendors_body()
    assert is_by_gocardless(body, GOCARDLESS_SIGNED, [GOCARDLESS_SECRET])
    assert not is_by_gocardless(body + b"\n", GOCARDLESS_SIGNED, [GOCARDLESS_SECRET])
    assert len(gocardless.parse(body.decode(), GOCARDLESS_SECRET, GOCARDLESS_SIGNED)) == 2


@pytest.mark.parametrize("header", [None, *NOT_BASE64])
def test_without_its_signature_it_is_not_gocardlesss(header: str | None) -> None:
    assert not is_by_gocardless(b'{"events":[]}', header, [GOCARDLESS_SECRET])


def test_either_secret_of_gocardless_counts_while_it_is_rotated() -> None:
    body = b'{"events":[]}'
    signed = hmac.new(b"new", body, hashlib.sha256).hexdigest()
    assert is_by_gocardless(body, signed, ["old", "new"])
    assert not is_by_gocardless(body, signed, ["old"])


# Mollie ----------------------------------------------------------------------------------------------------


def test_what_mollie_signed_is_mollies() -> None:
    assert is_mollies(MOLLIE_BODY, [MOLLIE_SIGNED], [MOLLIE_SECRET])
    assert not is_mollies(MOLLIE_BODY + b" ", [MOLLIE_SIGNED], [MOLLIE_SECRET])
    assert not is_mollies(MOLLIE_BODY, [MOLLIE_SIGNED], ["other"])


def test_mollies_own_signer_agrees() -> None:
    from mollie.utils.webhooks.signature_validator import SignatureValidator

    signed = SignatureValidator.create_signature(MOLLIE_BODY.decode(), MOLLIE_SECRET)
    assert is_mollies(MOLLIE_BODY, [signed], [MOLLIE_SECRET])


def test_mollies_header_comes_twice_while_the_secret_is_rotated_there() -> None:
    assert is_mollies(MOLLIE_BODY, ["sha256=" + "0" * 64, MOLLIE_SIGNED], [MOLLIE_SECRET])
    assert is_mollies(MOLLIE_BODY, [f"sha256={'0' * 64}, {MOLLIE_SIGNED}"], ["old", MOLLIE_SECRET])


@pytest.mark.parametrize("headers", [[], [""], ["sha256="], ["sha1=" + "0" * 40], *[[each] for each in NOT_BASE64]])
def test_without_its_signature_it_is_not_mollies(headers: list[str]) -> None:
    assert not is_mollies(MOLLIE_BODY, headers, [MOLLIE_SECRET])
