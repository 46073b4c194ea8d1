"""A worker that is killed at any point of a hand-off, or of a notice: over each channel the partner has each once."""

from __future__ import annotations

import json
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casefile.agency_links import agency_links
from casefile.session import reading
from domain.handoffs.channels import ChannelKind
from domain.handoffs.partners import Partner
from domain.send_key import opaque_key
from tests.activities.ladders import notice
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE, CREDITOR, url_of
from tests.forking import Forked
from tests.gateways.agencies.debitura_double import debitura
from tests.gateways.agencies.demo_agency import TOKEN, Loopback, demo_agency
from tests.gateways.agencies.payt_double import ADMINISTRATION, payt
from tests.gateways.agencies.sftp_server import PASSWORD, sftp_server
from tests.worker.killed_handoff import ways

POINTS = ("before_intent", "after_intent", "after_provider", "before_record")
CHANNELS: tuple[ChannelKind, ...] = ("rest", "sftp", "email", "debitura", "payt")
SETTINGS = {
    "agency_tokens": f"noordkade={TOKEN}",
    "agency_passwords": f"noordkade={PASSWORD}",
    "agency_codes": "noordkade=code-van-de-proef",
    "public_url": "https://pay.example",
}


@pytest.fixture(scope="module")
def agency() -> Iterator[Loopback]:
    with demo_agency() as loopback:
        yield loopback


@dataclass
class Site:
    """A case whose hand-off is due, and a partner; `submitted` are our keys of what he got, one each time.

    `noted` are the notices that he got, in the same way.
    """

    work: Workplace
    channel: ChannelKind
    submitted: Callable[[], list[str]]
    noted: Callable[[], list[str]]

    @property
    def key(self) -> str:
        return next(each.key for each in self.work.deliveries() if each.channel == "agency")


@pytest.fixture
async def site(tmp_path: Path, agency: Loopback, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    channel: ChannelKind = request.param
    agency.begin("accepts")
    async with AsyncExitStack() as stack:
        more: dict[str, Any] = {"url": agency.url, "email": "zaken@noordkade.example", "country": "NL"}
        if channel == "debitura":
            double = stack.enter_context(debitura(TOKEN))
            more["url"] = double.url
        if channel == "payt":
            administration = stack.enter_context(payt(TOKEN))
            more |= {"url": administration.url, "administration": ADMINISTRATION}
        if channel == "sftp":
            server = await stack.enter_async_context(sftp_server(tmp_path))
            more["sftp"] = server.place
        work = Workplace(tmp_path, notice())
        partner = Partner(id="noordkade", name="Noordkade", register_number="000000", channel=channel, **more)
        with work.file.write() as transaction:
            transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (partner,)}))
        await work.act()

        def submitted() -> list[str]:
            match channel:
                case "rest":
                    return agency.book.submitted
                case "debitura":
                    assert len(double.cases) == len(double.bodies)
                    return list(double.kept)
                case "payt":
                    posted = [each for invoices in administration.of("/v1/invoices") for each in invoices]
                    return [each["invoice_identifier"].split("-")[1] for each in posted]
                case "sftp":
                    return [name.removesuffix(".csv") for name in server.names() if name.endswith(".csv")]
                case _:
                    return [opaque_key(each.key) for each in work.taken() if each.channel == "email"]

        def noted() -> list[str]:
            match channel:
                case "rest":
                    return [each.path.rpartition("/")[2] for each in agency.asked if each.path.endswith("/notices")]
                case "sftp":
                    return [name.removesuffix(".json") for name in server.names() if name.endswith(".json")]
                case "payt":
                    # It keeps no notices; done again it finds that the invoice is lowered.
                    return [asked for asked, _ in administration.asked if asked == "PATCH /v1/invoices"]
                case _:
                    return submitted()[1:]

        yield Site(work, channel, submitted, noted)


async def killed(site: Site, point: str) -> None:
    """A worker takes the step that is due and is killed at a point; another one works on until nothing is due."""
    work = site.work
    work.now = max(work.now, work.last["F-1"].at or work.now)
    asked = {
        "now": work.now.isoformat(),
        "database": url_of(work.folder / "case-file.sqlite3"),
        "outbox": str(work.folder / "outbox"),
        "settings": SETTINGS,
        "case": CASE,
        "point": point,
    }
    assert await Forked("tests.worker.killed_handoff", json.dumps(asked)).ended() == -signal.SIGKILL
    work.equip(gateways=ways(work.file, work.folder / "outbox", SETTINGS, work.now))
    # Nobody asks what became of it while the killed step might still run.
    work.later(seconds=61)
    await work.advance()
    for _ in range(6):
        if work.last["F-1"].action != "wait":
            await work.act()


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("site", CHANNELS, indirect=True)
async def test_a_file_and_a_notice_reach_their_partner_once_whenever_the_worker_is_killed(
    site: Site, point: str
) -> None:
    work = site.work
    await killed(site, point)
    assert site.submitted() == [opaque_key(site.key)]
    assert work.steps()[-1] == "handoff agency"
    await work.tell("payment_received", {"id": "p1", "amount": "100.00"})
    assert work.last["F-1"].action == "send"
    if site.channel == "debitura":
        # Its API knows of none, so none leaves: a person tells him.
        await work.act()
        assert "tell_agency" in work.tasks()
        return
    await killed(site, point)
    (notice,) = [each for each in work.deliveries() if each.letter == "agency_notice"]
    assert notice.status == "sent"
    assert len(site.noted()) == 1
    assert site.submitted()[:1] == [opaque_key(site.key)]
    with reading(work.file.database) as session:
        assert len(agency_links(session)) == 2 * (site.channel == "email")
