"""Webhooks of payment providers: only what is proved is taken, it is durable before it is answered, never 500."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from Adyen.util import generate_notification_sig
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from api.webhooks.payment_keys import PaymentKeys
from api.webhooks.taking import LARGEST_BODY, PROVIDER_EVENTS
from casefile import payment_tables as pt
from casefile.case_file import CaseFile
from tests.casefile.builders import opened
from tests.conftest import DATABASES
from tests.gateways.test_payment_signatures import ADYEN_KEY, NOT_BASE64, item
from tests.worker.paying import MORNING, SECRET, Desk, signed, stripe_event

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
KEYS = PaymentKeys(
    stripe=(SECRET, "whsec_next"),
    adyen=(ADYEN_KEY,),
    gocardless=("gc-secret",),
    mollie=True,
    mollie_events=("mo-secret",),
)
NAMED = "tr_7UhSN1zuXS"


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> Iterator[CaseFile]:
    found = opened(tmp_path / "f.sqlite3")
    yield found
    found.database.close()


@pytest.fixture
def desk(file: CaseFile) -> Desk:
    return Desk(file, {}, KEYS)


def rows(desk: Desk) -> list[tuple[str, str, bytes, int]]:
    e = pt.provider_events.c
    with desk.file.read() as transaction:
        found = transaction.session.connection.execute(select(e.provider, e.id, e.body, e.knocks).order_by(e.seq))
        return [(row.provider, row.id, bytes(row.body), row.knocks) for row in found]


def adyens(*, success: str = "true", reference: str = "PSP1", sign: bool = True) -> bytes:
    told = item(reference, "TestMerchant", "F-1", 1000)
    told["success"] = success
    if sign:
        told["additionalData"]["hmacSignature"] = generate_notification_sig(told, ADYEN_KEY).decode()
    return json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": told}]}).encode()


def hexadecimal(secret: str, body: bytes, prefix: str = "") -> str:
    return prefix + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


STRIPES = json.dumps(stripe_event("payment_intent.succeeded", {"id": "pi_1"})).encode()
DEBITS = b'{"events":[{"id":"EV1"}]}\r\n'
MOLLIES = json.dumps({"id": "whe_1", "type": "payment.paid", "entityId": NAMED}).encode()

GOOD: dict[str, tuple[bytes, Callable[[bytes], Mapping[str, str]], int, str]] = {
    "stripe": (
        STRIPES,
        lambda body: signed(body.decode("utf-8", "surrogateescape"), MORNING),
        200,
        "evt_payment_intent_succeeded_1",
    ),
    "adyen": (adyens(), lambda _: {}, 202, "PSP1:AUTHORISATION:true"),
    "gocardless": (
        DEBITS,
        lambda body: {"Webhook-Signature": hexadecimal("gc-secret", body)},
        204,
        f"sha256:{hashlib.sha256(DEBITS).hexdigest()}",
    ),
    "mollie": (f"id={NAMED}".encode(), lambda _: {}, 200, NAMED),
    "mollie-events": (
        MOLLIES,
        lambda body: {"X-Mollie-Signature": hexadecimal("mo-secret", body, "sha256=")},
        200,
        "whe_1",
    ),
}
SIGNED = [name for name in GOOD if name != "mollie"]
HEADERS = {
    "stripe": "Stripe-Signature",
    "gocardless": "Webhook-Signature",
    "mollie-events": "X-Mollie-Signature",
}


@BOTH
async def test_what_is_proved_is_stored_byte_for_byte_once_and_answered(desk: Desk) -> None:
    for provider, (body, sign, status, _) in GOOD.items():
        for _ in range(2):
            answer = await desk.post(provider, body, sign(body))
            assert answer.status_code == status, (provider, answer.text)
    # Mollie's classic webhook says no more than "look": it is read again.
    assert rows(desk) == [
        (provider, own, body, 2 if provider == "mollie" else 1) for provider, (body, _, _, own) in GOOD.items()
    ]
    assert set(desk.rung) == {PROVIDER_EVENTS}


@BOTH
@pytest.mark.parametrize("provider", SIGNED)
async def test_another_body_is_refused(desk: Desk, provider: str) -> None:
    body, sign, _, _ = GOOD[provider]
    headers = sign(body)
    changed = body.replace(b"1", b"2", 1)
    for other in (changed, b"", b"null", b"[]", body[:-5], b"\xff\xfe" + body, b"{" * 20_000):
        answer = await desk.post(provider, other, headers)
        assert answer.status_code == 401, other[:20]
    assert (rows(desk), desk.rung) == ([], [])


@BOTH
@pytest.mark.parametrize("provider", list(HEADERS))
async def test_without_its_signature_nothing_is_taken(desk: Desk, provider: str) -> None:
    body = GOOD[provider][0]
    assert (await desk.post(provider, body)).status_code == 401
    for written in NOT_BASE64:
        headers = {HEADERS[provider]: written}
        assert (await desk.post(provider, body, headers)).status_code == 401, written
    assert rows(desk) == []


@BOTH
async def test_every_item_of_adyen_must_be_signed(desk: Desk) -> None:
    good, bad = json.loads(adyens()), json.loads(adyens(reference="PSP2", sign=False))
    both = {**good, "notificationItems": [*good["notificationItems"], *bad["notificationItems"]]}
    assert (await desk.post("adyen", json.dumps(both).encode())).status_code == 401
    senseless: list[object] = [[], [{}], [None], "x", 7]
    forms: list[dict[str, object]] = [{}, *({"notificationItems": each} for each in senseless)]
    for other in forms:
        assert (await desk.post("adyen", json.dumps(other).encode())).status_code == 401
    assert (await desk.post("adyen", b'{"live":"false","notificationItems":' + b"[" * 9000)).status_code == 401
    assert rows(desk) == []


@BOTH
async def test_adyens_name_and_password_are_asked_for_where_they_are_set(file: CaseFile) -> None:
    desk = Desk(file, {}, KEYS.model_copy(update={"adyen_user": "maan:werk"}))
    for written in (None, "", "Basic", "Basic é", "Basic !!!", f"Bearer {b64encode(b'maan:werk').decode()}"):
        headers = {} if written is None else {"Authorization": written}
        assert (await desk.post("adyen", adyens(), headers)).status_code == 401, written
    right = {"Authorization": f"Basic {b64encode(b'maan:werk').decode()}"}
    assert (await desk.post("adyen", adyens(), right)).status_code == 202


@BOTH
async def test_an_old_event_of_stripe_is_refused_and_the_second_secret_counts(desk: Desk) -> None:
    body = STRIPES.decode()
    late = signed(body, MORNING - timedelta(minutes=6))
    assert (await desk.post("stripe", STRIPES, late)).status_code == 401
    soon = signed(body, MORNING + timedelta(minutes=6))
    assert (await desk.post("stripe", STRIPES, soon)).status_code == 401
    assert (await desk.post("stripe", STRIPES, signed(body, MORNING, "whsec_next"))).status_code == 200


@BOTH
@pytest.mark.parametrize("provider", SIGNED)
async def test_what_is_proved_and_senseless_is_kept_for_people(desk: Desk, provider: str) -> None:
    if provider == "adyen":
        body = adyens(success="\x00not a word é")
        headers: Mapping[str, str] = {}
    else:
        body = b"\x00 no JSON at all"
        headers = GOOD[provider][1](body)
    assert (await desk.post(provider, body, headers)).status_code == GOOD[provider][2]
    assert [row[2] for row in rows(desk)] == [body]


@BOTH
@pytest.mark.parametrize(
    "body",
    [b"", b"id=", b"id=re_1", b"id=tr_1&id=tr_2", b"id=tr_1%00", b'{"id":"tr_1"}', b"\xff\xfe", b"id=" + b"x" * 500],
)
async def test_what_names_no_payment_of_mollie_is_malformed(desk: Desk, body: bytes) -> None:
    assert (await desk.post("mollie", body)).status_code == 400
    assert rows(desk) == []


@BOTH
@pytest.mark.parametrize("provider", list(GOOD))
async def test_five_megabytes_are_refused_before_they_are_looked_at(desk: Desk, provider: str) -> None:
    body = b"x" * 5_000_000
    assert len(body) > LARGEST_BODY
    assert (await desk.post(provider, body, GOOD[provider][1](body))).status_code == 413
    assert rows(desk) == []


@BOTH
async def test_without_the_case_file_the_provider_is_to_come_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("INSERT", {}, Exception("gone"))

    monkeypatch.setattr(desk.file.database, "append", away)
    for provider, (body, sign, _, _) in GOOD.items():
        assert (await desk.post(provider, body, sign(body))).status_code == 503, provider
    assert desk.rung == []


@BOTH
async def test_a_provider_without_its_secret_has_no_webhook(file: CaseFile) -> None:
    desk = Desk(file, {}, PaymentKeys())
    for provider, (body, sign, _, _) in GOOD.items():
        assert (await desk.post(provider, body, sign(body))).status_code == 404


@BOTH
async def test_nothing_of_a_request_is_logged(desk: Desk) -> None:
    with capture_logs() as logs:
        for provider, (body, sign, _, _) in GOOD.items():
            await desk.post(provider, body, sign(body))
            await desk.post(provider, body + b"secret", {"Stripe-Signature": "secret"})
    said: Any = json.dumps(logs, default=str)
    assert logs and "secret" not in said and NAMED not in said and "PSP1" not in said
