"""Payments that debtors make at a provider: they come in over HTTP, signed, as Stripe and Adyen post them.

The webhooks of production are served on a free port of the loopback interface, with secrets made for this run. What is
posted there is stored before it is answered; the worker's reader reads, matches and books it, by the clock of the demo.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from hashlib import sha256

import httpx
import structlog

from api.serving.server import served_by
from api.webhooks.payment_keys import PaymentKeys
from casefile.case_file import CaseFile
from casefile.provider_payments import provider_payment
from config.connection_limits import WEBHOOKS
from domain.calendar import any_day
from domain.provider_money import source_of
from gateways.adyen.reading import AdyenReader
from gateways.stripe.reading import StripeReader
from services.ports import PaymentReader
from simulation.events import Event, Payment
from worker.door import door_app, webhooks
from worker.provider_reading import ProviderReading

__all__ = ["NotTaken", "Posted", "ProviderPosts"]

_CALENDAR = any_day("Europe/Amsterdam")
_MERCHANT = "DeMolenaar"


class NotTaken(RuntimeError):
    """A webhook answered with anything but 2xx: the demo can't go on."""


@dataclass(frozen=True, slots=True)
class Posted:
    """One payment that came in over HTTP.

    Attributes:
        path: Where it was posted.
        event: What the provider calls it.
        payment: Its id, behind the provider's name.
        amount: What was paid, as text, with its currency.
        text: What it says it is for.
        status: How it was answered.
    """

    path: str
    event: str
    payment: str
    amount: str
    text: str
    status: int


@dataclass
class ProviderPosts:
    """Posts the payments of a script whose id begins with the name of a provider, and lets them be read.

    Attributes:
        file: The case file.
        at: The moment of the demo, aware: by it signatures are made and checked.
        posted: What came in so far.
    """

    file: CaseFile
    at: datetime
    posted: list[Posted] = field(default_factory=list)
    _stripe: str = field(default_factory=lambda: f"whsec_{secrets.token_urlsafe(24)}", repr=False)
    _adyen: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    _client: httpx.AsyncClient | None = None

    @staticmethod
    def takes(event: Event) -> bool:
        """Whether an event is a payment that a provider tells of."""
        return isinstance(event, Payment) and event.invoice is not None and source_of(event.id) in ("stripe", "adyen")

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve the webhooks as long as the block runs."""
        keys = PaymentKeys(stripe=(self._stripe,), adyen=(self._adyen,))
        listener = socket.create_server(("127.0.0.1", 0))
        site = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with _only_warnings():
            app = door_app(webhooks(None, self.file, lambda _: None, lambda: self.at, keys))
            async with served_by(app, listener, WEBHOOKS), httpx.AsyncClient(base_url=site, trust_env=False) as client:
                self._client = client
                yield

    async def post(self, event: Event) -> None:
        """Tell of a payment, as its provider does; it is stored when this returns.

        Raises:
            NotTaken: it was not answered with 2xx.
        """
        assert self._client is not None and isinstance(event, Payment)
        provider, _, own = event.id.partition(":")
        credited = _CALENDAR.moment(event.credited or event.on, time(0, 0))
        text = f"Factuur {event.invoice}"
        if provider == "stripe":
            name, body = "payment_intent.succeeded", _stripe_event(event, own, text, credited)
            headers = {"Stripe-Signature": self._stripe_signature(body)}
        else:
            name, text = "AUTHORISATION", event.invoice or ""
            body, headers = self._adyen_request(event, own, credited), {}
        path = f"/webhooks/{provider}"
        answer = await self._client.post(path, content=body, headers={**headers, "Content-Type": "application/json"})
        if not answer.is_success:
            raise NotTaken(f"POST {path} was answered with {answer.status_code}: {answer.text.strip()}")
        amount = f"{event.amount.text} {event.amount.currency}"
        self.posted.append(Posted(path, name, event.id, amount, text, answer.status_code))

    async def read(self, wake: Callable[[str], Awaitable[None]]) -> tuple[str, ...]:
        """Read and book what was posted; ids of the cases that were told, each woken."""
        told: list[str] = []

        class _Wakes:
            async def nudge(self, case_id: str) -> None:
                told.append(case_id)
                await wake(case_id)

        readers: dict[str, PaymentReader] = {"stripe": StripeReader(), "adyen": AdyenReader()}
        reading = ProviderReading(self.file, readers, _Wakes(), now=lambda: self.at)
        while await reading.look():
            pass
        return tuple(dict.fromkeys(told))

    def matched(self) -> int:
        """How many of the payments that came in found their invoice."""
        with self.file.read() as transaction:
            found = [provider_payment(transaction.session, each.payment) for each in self.posted]
        return sum(each is not None and each.status == "booked" for each in found)

    def _stripe_signature(self, body: bytes) -> str:
        moment = int(self.at.timestamp())
        signed = hmac.new(self._stripe.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
        return f"t={moment},v1={signed}"

    def _adyen_request(self, event: Payment, own: str, credited: datetime) -> bytes:
        item: dict[str, object] = {
            "pspReference": own,
            "merchantAccountCode": _MERCHANT,
            "merchantReference": event.invoice,
            "amount": {"value": event.amount.minor, "currency": event.amount.currency},
            "eventCode": "AUTHORISATION",
            "success": "true",
            "eventDate": credited.isoformat(),
            "paymentMethod": event.method or "ideal",
        }
        signed = (
            f"{own}::{_MERCHANT}:{event.invoice}:{event.amount.minor}:{event.amount.currency}:AUTHORISATION:true"
        ).encode()
        digest = hmac.new(bytes.fromhex(self._adyen), signed, sha256).digest()
        item["additionalData"] = {"hmacSignature": base64.b64encode(digest).decode()}
        return json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}).encode()


def _stripe_event(event: Payment, own: str, text: str, credited: datetime) -> bytes:
    intent: Mapping[str, object] = {
        "id": own,
        "object": "payment_intent",
        "amount": event.amount.minor,
        "amount_received": event.amount.minor,
        "currency": event.amount.currency.lower(),
        "description": text,
        "metadata": {},
        "status": "succeeded",
    }
    told = {
        "id": f"evt_{own}",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": int(credited.astimezone(UTC).timestamp()),
        "data": {"object": intent},
    }
    return json.dumps(told).encode()


@contextlib.contextmanager
def _only_warnings() -> Iterator[None]:
    """What the webhooks log of each request is no news here."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)
