"""A case file with debtors of two creditors, their pages over HTTP, and a payment provider that does as it is told."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
from fastapi import FastAPI

from api.debtor.pages import debtor_router
from api.debtor.visit import Pages
from api.operator.application import api_application
from api.operator.asking import Answered
from api.operator.inside import Inside
from casefile.case_file import CaseFile
from casefile.pay_tokens import NewPayToken, make_pay_token
from domain.invoice import Invoice
from domain.messages import read_message
from domain.opening import open_case
from domain.parties import Creditor, Debtor
from domain.policy import Policy
from services.current_case import CurrentCase, current_case
from services.debtor_page.paying import Paying
from services.ports import LinkMade, LinkWanted, NoLink
from services.recording import record
from tests.casefile.builders import CREDITOR, DEBTOR, prepared
from tests.domain.builders import invoice, policy, send

NOW = datetime(2026, 4, 10, 9, tzinfo=UTC)
SITE = "http://pay.test"
OTHER = CREDITOR.model_copy(update={"id": "molen", "name": "De Molen BV"})
NEIGHBOUR = DEBTOR.model_copy(update={"id": "slager", "name": "Slagerij Buur"})
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PDF = b"%PDF-1.7\n1 0 obj\n"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20


def rules(**fields: object) -> Policy:
    """A ladder under Dutch law: interest is owed."""
    return policy(
        send("reminder", {"after_due": "5d"}, claims="principal+interest"),
        send("second_reminder", {"after_due": "12d"}, claims="principal+interest"),
        law="NL",
        **fields,
    )


@dataclass
class Provider:
    """A payment provider.

    Attributes:
        made: What was asked of it, and `ended` what was ended.
        away: Whether it answers at all.
    """

    name: str = "mollie"
    origins: tuple[str, ...] = ("https://checkout.test",)
    made: list[LinkWanted] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    away: bool = False
    url: str = "https://checkout.test/pl"

    async def make(self, wanted: LinkWanted) -> LinkMade:
        if self.away:
            raise NoLink("mollie: 500")
        keys = list(dict.fromkeys(each.key for each in self.made))
        number = keys.index(wanted.key) if wanted.key in keys else len(keys)
        self.made.append(wanted)
        return LinkMade(f"pl_{number}", f"{self.url}_{number}")

    async def end(self, link_id: str) -> None:
        if self.away:
            raise NoLink("mollie: 500")
        self.ended.append(link_id)


@dataclass
class World:
    """All of it.

    Attributes:
        refusing: What the cases answer instead of their rules, if anything.
        told: What cases were told.
    """

    file: CaseFile
    now: datetime = NOW
    provider: Provider | None = None
    refusing: str = ""
    told: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)
    site: str = SITE

    async def ask(
        self,
        case_id: str,
        name: str,
        content: Mapping[str, object],
        *,
        message: str | None = None,
        mark: str | None = None,
        by: str = "",
    ) -> Answered:
        """Tell a case something as a desk does where no worker runs: written down, or refused by its rules."""
        return await asyncio.to_thread(self._write_down, case_id, name, dict(content))

    async def ask_many(
        self, messages: Mapping[str, str], name: str, content: Mapping[str, object], *, by: str = ""
    ) -> Mapping[str, Answered]:
        """Tell several cases the same."""
        return {case_id: await self.ask(case_id, name, content) for case_id in messages}

    def _write_down(self, case_id: str, name: str, content: dict[str, object]) -> Answered:
        raw = json.dumps(content).encode()
        read_message(name, raw)
        self.told.append((case_id, name, content))
        if self.refusing:
            return Answered("refused", self.refusing)
        message = f"desk:{len(self.told)}"
        with self.file.write(case_id) as transaction:
            transaction.inbox.accept(case_id, message, name, raw, self.now, answered=True)
            refusal = current_case(transaction, case_id, self.now).refusals.get(message)
            if refusal is None:
                return Answered("written", "no worker has taken it yet")
            transaction.inbox.refuse(case_id, message, self.now, refusal)
            return Answered("refused", refusal)

    def worked(self, case_id: str) -> None:
        """A worker records what the case was told."""
        with self.file.write(case_id) as transaction:
            record(transaction, transaction.cases.load(case_id), self.now)

    def open(self, found: Invoice, case_id: str, creditor: Creditor = CREDITOR, of: Policy | None = None) -> None:
        """One more case."""
        with self.file.write() as transaction:
            transaction.cases.open(case_id, creditor.id, open_case(found, of or rules(), self.now), self.now)

    def link(
        self,
        creditor: Creditor = CREDITOR,
        debtor: Debtor = DEBTOR,
        case_id: str | None = None,
        lasts: timedelta = timedelta(days=30),
    ) -> NewPayToken:
        """A link of a debtor."""
        with self.file.write() as transaction:
            return make_pay_token(
                transaction.session, creditor.id, debtor.id, by="test", at=self.now, case_id=case_id, lasts=lasts
            )

    def case(self, case_id: str) -> CurrentCase:
        """A case with what waits for it."""
        with self.file.read() as transaction:
            return current_case(transaction, case_id, self.now)

    def app(self) -> FastAPI:
        paying = None if self.provider is None else Paying(self.file, self.provider, self.site, lambda: self.now)
        pages = Pages(self.file, self.ask, lambda: self.now, self.site, paying)
        inside = Inside(self.file, self.ask, self.ask_many, lambda: self.now)
        return api_application(inside, (debtor_router(pages),))

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app(), client=("192.0.2.1", 1000))
        return httpx.AsyncClient(transport=transport, base_url=self.site)


def furnished(path: Path) -> World:
    """Two invoices of a baker at one creditor, one of his at another, and one of his neighbour."""
    return World(prepared(path, _furnish))


def _furnish(file: CaseFile) -> None:
    world = World(file)
    with file.write() as transaction:
        transaction.parties.save_policy(rules())
        for creditor in (CREDITOR, OTHER):
            transaction.parties.save_creditor(creditor)
            transaction.parties.save_debtor(creditor.id, DEBTOR)
        transaction.parties.save_debtor(CREDITOR.id, NEIGHBOUR)
    world.open(invoice(number="F-1"), "case:devaart:F-1")
    world.open(invoice(number="F-2", due="2026-03-15", amount="250.00"), "case:devaart:F-2")
    world.open(invoice(number="M-1", amount="77.00"), "case:molen:M-1", OTHER)
    world.open(invoice(number="F-9", amount="99.00").model_copy(update={"debtor": "slager"}), "case:devaart:F-9")


def text_of(page: str) -> str:
    """What a reader sees of a page, in one line."""
    body = re.sub(r"(?s)<(head|svg)\b.*?</\1>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\xa0", " ").split())


def seal_of(page: str) -> str:
    """The seal of the last form of a page."""
    seals: list[str] = re.findall(r'name="seal" value="([^"]+)"', page)
    return seals[-1]


async def filled_and_sent(
    client: httpx.AsyncClient,
    secret: str,
    form: str,
    fields: Mapping[str, object],
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
) -> httpx.Response:
    """Open a form, fill it in and send it."""
    page = await client.get(f"/pay/{secret}/{form}")
    data = {"seal": seal_of(page.text), **fields}
    return await client.post(f"/pay/{secret}/{form}", data=data, files=files or {})
