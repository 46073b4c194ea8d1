"""The route of SendGrid's event webhook over a case file, and events as SendGrid makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from api.webhooks.sendgrid import sendgrid_events
from casefile import tables as t
from casefile.case_file import CaseFile
from domain.send_key import opaque_key
from gateways.sendgrid.signature import SendgridSignature
from tests.api.signing import event, public, signed, written
from tests.casefile.builders import CASE, NOW

KEY = f"{CASE}/reminder/1/email/finance"
OPAQUE = opaque_key(KEY)
ROUTE = "/webhooks/sendgrid"
SENT = int(NOW.timestamp())


def stray(kind: str = "bounce", **more: object) -> dict[str, object]:
    """A bounce as another server's late message makes it: nothing of ours is in it (found/webhook, batch E)."""
    given = {**event("", kind), "type": kind, "sg_message_id": "", "status": "5.1.10", "timestamp": SENT + 60, **more}
    del given["send_key"], given["smtp-id"]
    return given


class Desk:
    """The route over a case file; what it tells goes into the inbox."""

    def __init__(self, file: CaseFile, key: str = "", now: datetime = NOW) -> None:
        self.file, self.now = file, now
        self.told: list[tuple[str, dict[str, object]]] = []
        self.app = FastAPI()
        self.app.include_router(sendgrid_events(SendgridSignature(key or public()), file, self.tell, lambda: self.now))

    async def tell(self, case_id: str, name: str, content: Mapping[str, object], delivery: str) -> None:
        assert name in ("delivery_reported", "raise_task") and delivery == content["id"]
        self.told.append((case_id, dict(content)))
        with self.file.write(case_id) as transaction:
            transaction.inbox.accept(case_id, delivery, name, json.dumps(content).encode(), self.now)

    async def bring(self, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://desk") as client:
            given = signed(body, self.now) if headers is None else dict(headers)
            return await client.post(ROUTE, content=body, headers=given)

    async def status(self, *events: object) -> int:
        return (await self.bring(written(*events))).status_code

    def rows(self) -> list[tuple[Any, ...]]:
        with self.file.read() as transaction:
            return [tuple(row) for row in transaction.session.connection.execute(select(t.mail_events).order_by("id"))]
