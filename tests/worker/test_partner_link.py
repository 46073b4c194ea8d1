"""A file that goes by mail: the mail names nobody, the link opens with the code alone; each fetch is written down."""

from __future__ import annotations

import email
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from email.policy import default as modern
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from structlog.testing import capture_logs

from api.partner.fetching import FilesOfPartners, fetching_router
from casefile.acts import acts
from casefile.agency_links import MOST_WRONG, agency_links, revoke_link
from casefile.session import reading
from config.settings import Settings
from domain.handoffs.partners import Partner
from domain.send_key import opaque_key
from services.ports import NotTaken
from tests.activities.ladders import notice
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE, CREDITOR, DEBTOR
from worker.gateways import gateways_of

CODE = "code-van-de-proef"
PARTNER = Partner(
    id="noordkade", name="Noordkade", register_number="000000", channel="email", email="zaken@noordkade.example"
)


class Site:
    """A case that is handed off by mail, and the page of the link."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.now = datetime(2026, 6, 16, 9, tzinfo=UTC)
        self.work = Workplace(folder, notice())
        with self.work.file.write() as transaction:
            transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (PARTNER,)}))
        set_up = {"agency_codes": f"noordkade={CODE}", "public_url": "https://pay.example", **settings}
        self.settings = Settings(outbox=folder / "outbox", **{k: v for k, v in set_up.items() if v})  # type: ignore[arg-type]
        self.work.equip(gateways=gateways_of(self.settings, self.work.file, now=lambda: self.now))
        app = FastAPI()
        pages = FilesOfPartners(self.work.file, self.settings.agency_code, "https://pay.example", lambda: self.now)
        app.router.routes.extend(fetching_router(pages).routes)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://pay.example")

    async def mailed(self) -> tuple[str, str]:
        """Let it be handed off; the mail, and the path of its link."""
        await self.work.act()
        await self.work.act()
        (mail,) = [each for each in self.work.taken() if each.channel == "email"]
        message = email.message_from_bytes(mail.file.read_bytes(), policy=modern)
        body = message.get_body(("plain",))
        assert body is not None and message["To"] == PARTNER.email
        text = str(body.get_content())
        link = re.search(r"https://pay\.example(/dossier/[0-9a-f]+)", text)
        assert link is not None
        return f"{message['Subject']}\n{text}", link[1]

    async def fetch(self, path: str, code: str = CODE) -> httpx.Response:
        return await self.client.post(path, data={"code": code})


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


async def test_the_mail_names_neither_debtor_nor_invoice_and_the_file_comes_with_the_code(site: Site) -> None:
    said, path = await site.mailed()
    assert not [word for word in (DEBTOR.name, "Ochtend", "F-1", "els@", "1210", CASE) if word in said]
    assert opaque_key(next(d.key for d in site.work.deliveries() if d.partner)) in said
    asked = await site.client.get(path)
    assert (asked.status_code, asked.headers["Cache-Control"]) == (200, "no-store")
    assert "Ochtend" not in asked.text and "De Vaart" not in asked.text
    got = await site.fetch(path)
    assert (got.status_code, got.headers["Content-Type"]) == (200, "application/octet-stream")
    with zipfile.ZipFile(io.BytesIO(got.content)) as packed:
        assert json.loads(packed.read("manifest.json"))["case"] == CASE


async def test_each_fetch_is_counted_and_stands_in_the_audit_log(site: Site) -> None:
    _, path = await site.mailed()
    for _ in range(2):
        await site.fetch(path)
    with reading(site.work.file.database) as session:
        (link,) = agency_links(session)
    assert (link.fetched, link.partner) == (2, "noordkade")
    assert [(each.act, each.actor, each.subject) for each in acts(site.work.file)] == [
        ("fetch dossier", "partner noordkade", CASE)
    ] * 2


async def test_a_wrong_code_gets_nothing_and_after_some_the_right_one_neither(site: Site) -> None:
    _, path = await site.mailed()
    with capture_logs() as logs:
        for _ in range(MOST_WRONG):
            assert (await site.fetch(path, "another code")).status_code == 403
    assert (await site.fetch(path)).status_code == 404
    assert "another code" not in str(logs) and len(logs) == MOST_WRONG


async def test_a_link_opens_for_its_days_and_until_it_is_revoked(site: Site) -> None:
    _, path = await site.mailed()
    site.now += timedelta(days=13)
    assert (await site.fetch(path)).status_code == 200
    with reading(site.work.file.database) as session:
        (link,) = agency_links(session)
    assert revoke_link(site.work.file, link.id, site.now) and not revoke_link(site.work.file, link.id, site.now)
    revoked = await site.fetch(path)
    site.now += timedelta(days=2)
    assert (revoked.status_code, (await site.client.get(path)).status_code) == (404, 404)
    assert (await site.client.get("/dossier/" + "0" * 64)).text == revoked.text


@pytest.mark.parametrize(("missing", "says"), [("agency_codes", "MAANWERK_AGENCY_CODES"), ("public_url", "PUBLIC_URL")])
async def test_without_code_or_address_nothing_leaves_and_it_is_said(tmp_path: Path, missing: str, says: str) -> None:
    site = Site(tmp_path, **{missing: ""})
    await site.work.act()
    turn = await site.work.act()
    assert turn.action != "end" and not [each for each in site.work.taken() if each.channel == "email"]
    (delivery,) = [each for each in site.work.deliveries() if each.partner]
    assert delivery.status == "not_sent" and says in (delivery.reason or "")


async def test_trying_it_sends_nothing(site: Site) -> None:
    with site.work.file.read() as transaction:
        creditor = transaction.parties.creditor(CREDITOR.id)
    ways = gateways_of(site.settings, site.work.file)
    way = ways["agency"].way(creditor, PARTNER)  # type: ignore[attr-defined]
    assert "zaken@noordkade.example" in await way.check() and not site.work.taken()
    with pytest.raises(NotTaken, match="no https"):
        await type(way)(**{**way.__dict__, "public_url": "http://pay.example"}).check()
    assert SecretStr(CODE) == site.settings.agency_code("noordkade")
