"""A case file, the webhooks of payment providers over it, and the worker's reading of them: all in one process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import httpx
from fastapi import FastAPI
from stripe import WebhookSignature

from api.webhooks.payment_keys import PaymentKeys
from casefile.case_file import CaseFile
from casefile.debtor_money import entries_of, loose_money
from casefile.provider_events import count_unread
from casefile.provider_payments import ProviderPayment, provider_payment
from services.current_case import current_case
from services.ports import PaymentReader
from tests.casefile.builders import CASE
from worker.door import door_app, webhooks
from worker.provider_reading import ProviderReading

SECRET = "whsec_test_secret"
MORNING = datetime.fromisoformat("2026-03-20T09:00:00+00:00")
KEYS = PaymentKeys(stripe=(SECRET,))


@dataclass
class Desk:
    """What is posted, read and booked.

    Attributes:
        file: The case file.
        readers: Who reads the events of each provider.
        now: The clock of door and reader.
        rung: What the door rang.
        woken: The cases that were woken.
    """

    file: CaseFile
    readers: Mapping[str, PaymentReader]
    keys: PaymentKeys = KEYS
    now: datetime = MORNING
    rung: list[str] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)

    async def nudge(self, case_id: str) -> None:
        self.woken.append(case_id)

    @cached_property
    def app(self) -> FastAPI:
        return door_app(webhooks(None, self.file, self.rung.append, lambda: self.now, self.keys))

    @property
    def reading(self) -> ProviderReading:
        return ProviderReading(self.file, self.readers, self, now=lambda: self.now)

    async def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://desk") as client:
            written = [(name.encode(), value.encode("latin-1", "replace")) for name, value in (headers or {}).items()]
            return await client.post(f"/webhooks/{path}", content=body, headers=written)

    async def stripe(self, *events: Mapping[str, Any]) -> list[int]:
        """Post events as Stripe signs them, by its own library, and read them."""
        answers = []
        for event in events:
            body = json.dumps(event)
            answer = await self.post("stripe", body.encode(), signed(body, self.now))
            answers.append(answer.status_code)
        await self.read()
        return answers

    async def read(self) -> None:
        while await self.reading.look():
            pass

    def unread(self) -> int:
        with self.file.read() as transaction:
            return count_unread(transaction.session)

    def open(self, case_id: str = CASE) -> str:
        """What is open on a case, with what waits in its inbox."""
        with self.file.read() as transaction:
            case = current_case(transaction, case_id, self.now)
            assert not case.refusals, case.refusals
            return case.case.ledger.balance.text

    def loose(self, creditor: str = "devaart", debtor: str = "bakker") -> list[tuple[str, str, str]]:
        with self.file.read() as transaction:
            found = loose_money(transaction, creditor, debtor)
            return [(each.id, each.left.text, each.left.currency) for each in found]

    def journal(self, creditor: str = "devaart", debtor: str = "bakker") -> list[tuple[str, str]]:
        with self.file.read() as transaction:
            return [(each.id, each.amount.text) for each in entries_of(transaction, creditor, debtor)]

    def payment(self, own: str) -> ProviderPayment | None:
        with self.file.read() as transaction:
            return provider_payment(transaction.session, own)


def signed(body: str, at: datetime, secret: str = SECRET) -> dict[str, str]:
    """The header that Stripe sends along, made by its own library."""
    return {"Stripe-Signature": WebhookSignature.generate_signature_header(body, secret, timestamp=int(at.timestamp()))}


def stripe_event(kind: str, told: Mapping[str, Any], number: int = 1, at: datetime = MORNING) -> dict[str, Any]:
    """An event of Stripe (docs.stripe.com/api/events/object)."""
    return {
        "id": f"evt_{kind.replace('.', '_')}_{number}",
        "object": "event",
        "type": kind,
        "created": int(at.timestamp()),
        "data": {"object": dict(told)},
    }


def intent(amount: int, own: str = "pi_1", currency: str = "eur", **more: Any) -> dict[str, Any]:
    """A payment intent that succeeded, with the amount in cents."""
    return {
        "id": own,
        "object": "payment_intent",
        "amount": amount,
        "amount_received": amount,
        "currency": currency,
        "status": "succeeded",
        "metadata": {},
        **more,
    }


def refund(amount: int, own: str = "re_1", payment: str = "pi_1", status: str = "succeeded") -> dict[str, Any]:
    """A refund of a payment intent."""
    return {
        "id": own,
        "object": "refund",
        "amount": amount,
        "currency": "eur",
        "payment_intent": payment,
        "charge": "ch_1",
        "status": status,
    }


def dispute(amount: int, status: str, own: str = "dp_1", reason: str = "fraudulent") -> dict[str, Any]:
    """A dispute about the charge of a payment intent."""
    return {
        "id": own,
        "object": "dispute",
        "amount": amount,
        "currency": "eur",
        "payment_intent": "pi_1",
        "charge": "ch_1",
        "status": status,
        "reason": reason,
    }


def later(minutes: int) -> datetime:
    """So many minutes after the morning."""
    return MORNING + timedelta(minutes=minutes)
