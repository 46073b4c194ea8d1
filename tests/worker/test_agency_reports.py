"""What partners report reaches the case that it is about, once, by whatever door; what is nobody's is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from api.webhooks.message_keys import MessageKeys
from casefile.agency_reports import keep_reports, open_reports
from casefile.deliveries import Letter
from casefile.session import reading
from config.settings import Settings
from domain.handoffs.channels import NOTICE_TYPE, SftpPlace
from domain.handoffs.partners import Partner
from domain.send_key import opaque_key
from gateways.subscribers.signature import secret_bytes, signature_headers
from services.agencies.unmatched_reports import CannotGive, dismiss_report, give_report
from services.ports import AgencyFile, CannotTell, Found, NotThere, Outgoing
from tests.activities.ladders import notice
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE, CREDITOR
from tests.conftest import DATABASES
from tests.gateways.agencies.demo_agency import TOKEN, Loopback, demo_agency
from worker.agency_reading import AgencyReading, kept_report
from worker.agency_ways import AgencyWays, problems_of_partners, way_of
from worker.door import door_app, webhooks
from worker.gateways import gateways_of

SECRETS = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
OTHERS = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture(scope="module")
def agency() -> Iterator[Loopback]:
    with demo_agency() as loopback:
        yield loopback


@dataclass
class Site:
    """A case, a partner over our API, the door and the reader.

    Attributes:
        now: The real clock.
        woken: The cases that were woken.
    """

    work: Workplace
    agency: Loopback
    now: datetime = datetime(2026, 6, 16, 9, tzinfo=UTC)
    woken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = Settings(
            outbox=self.work.folder / "outbox",
            agency_tokens=f"noordkade={TOKEN}",  # type: ignore[arg-type]
        )
        ways = gateways_of(settings, self.work.file, now=lambda: self.now)
        self.work.equip(gateways=ways)
        assert isinstance(ways["agency"], AgencyWays)
        self.reading = AgencyReading(self.work.file, ways["agency"].way, self, now=lambda: self.now)

    async def nudge(self, case_id: str) -> None:
        self.woken.append(case_id)

    async def handed_off(self) -> str:
        """Let it be handed off; our key of the file."""
        await self.work.act()
        await self.work.act()
        return opaque_key(next(each.key for each in self.work.deliveries() if each.partner == "noordkade"))

    async def look(self, **later: float) -> tuple[str, ...]:
        self.now += timedelta(**later)
        return await self.reading.look()

    async def heard(self) -> list[str]:
        """What the case has recorded of the partner."""
        await self.work.advance()
        return [fact.status for fact in self.work.facts() if fact.kind == "agency_reported"]

    async def posted(self, body: object, partner: str = "noordkade", **changes: Any) -> httpx.Response:
        """Post something, signed, as the partner would."""
        keys = MessageKeys(agencies={"noordkade": SECRETS})
        app = door_app(webhooks(None, self.work.file, lambda what: None, lambda: self.now, messages=keys))
        content = json.dumps(body).encode()
        moment = int((self.now + changes.get("late", timedelta())).timestamp())
        secret = changes.get("secret", SECRETS[0])
        headers = signature_headers("d-1", moment, content, (secret_bytes(secret),))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await client.post(
                f"/webhooks/agencies/{partner}", content=changes.get("content", content), headers=headers
            )

    def waiting(self) -> list[str]:
        with reading(self.work.file.database) as session:
            return [each.problem for each in open_reports(session)]


@pytest.fixture
def site(tmp_path: Path, agency: Loopback, kept_in: str) -> Site:
    agency.begin("accepts")
    work = Workplace(tmp_path, notice())
    partner = Partner(id="noordkade", name="Noordkade", register_number="000000", channel="rest", url=agency.url)
    with work.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (partner,)}))
    return Site(work, agency)


def accepted(key: str, **more: str) -> dict[str, str]:
    return {"id": "r1", "submission": key, "status": "accepted", "on": "2026-03-02", **more}


# By his list -----------------------------------------------------------------------------------------------------


@BOTH
async def test_what_he_lists_reaches_the_case_once_and_wakes_it(site: Site) -> None:
    key = await site.handed_off()
    assert await site.look() == (CASE,) == tuple(site.woken)
    assert await site.heard() == ["accepted"]
    site.agency.book.report(key, "paused", until="2026-07-01")
    assert await site.look(seconds=61) == (CASE,)
    assert await site.look(seconds=61) == ()
    assert await site.heard() == ["accepted", "paused"]


async def test_what_he_lists_twice_counts_once(site: Site) -> None:
    site.agency.begin("twice")
    await site.handed_off()
    await site.look()
    assert await site.heard() == ["accepted"]


async def test_he_is_asked_again_only_after_a_while_and_longer_while_he_is_down(site: Site) -> None:
    await site.handed_off()
    site.agency.begin("down")
    asked = []
    with capture_logs() as logs:
        for later in (0, 61, 60, 200, 41):
            await site.look(seconds=later)
            asked.append(len([each for each in site.agency.asked if each.path.startswith("/events")]))
    # After two minutes, then after four.
    assert asked == [1, 1, 2, 2, 3]
    assert {each["event"] for each in logs} == {"agency_not_read"} and TOKEN not in str(logs)


@pytest.mark.parametrize("point", ["before_keeping", "after_keeping", "after_telling"])
async def test_a_reader_that_ends_anywhere_leaves_nothing_out_and_tells_nothing_twice(site: Site, point: str) -> None:
    await site.handed_off()

    class Ended(BaseException):
        pass

    def ends(reached: str) -> None:
        if reached == point:
            raise Ended

    site.reading.checkpoint = ends
    with pytest.raises(Ended):
        await site.look()
    again = AgencyReading(site.work.file, site.reading.way, site, now=lambda: site.now)
    await again.look()
    await again.look()
    assert await site.heard() == ["accepted"]


# By webhook ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", SECRETS)
async def test_what_he_posts_is_kept_before_it_is_answered_by_either_of_two_secrets(site: Site, secret: str) -> None:
    key = await site.handed_off()
    assert (await site.posted(accepted(key), secret=secret)).status_code == 204
    assert site.waiting() == [""]
    await site.look()
    assert await site.heard() == ["accepted", "accepted"]  # One he posted, one he lists under another id.


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": OTHERS},
        {"late": timedelta(minutes=-6)},
        {"late": timedelta(minutes=6)},
        {"content": b'{"id": "r2"}'},
        {"partner": "another"},
    ],
)
async def test_what_he_did_not_sign_just_now_is_refused_and_not_kept(site: Site, changes: dict[str, Any]) -> None:
    key = await site.handed_off()
    assert (await site.posted(accepted(key), **changes)).status_code == 401
    assert site.waiting() == []


@pytest.mark.parametrize("body", [[], {"events": []}, {"id": "r1"}, {"submission": "k"}, {"events": [{"id": "r1"}, 7]}])
async def test_what_is_no_report_is_said_and_nothing_of_it_is_kept(site: Site, body: object) -> None:
    assert (await site.posted(body)).status_code == 422
    assert site.waiting() == []


async def test_what_is_posted_again_counts_once(site: Site) -> None:
    key = await site.handed_off()
    site.agency.begin("silent")
    for _ in range(2):
        await site.posted({"events": [accepted(key), accepted(key)]})
    await site.look()
    await site.posted(accepted(key))
    assert await site.look() == ()
    assert await site.heard() == ["accepted"]


# Whose it is -----------------------------------------------------------------------------------------------------


async def test_a_report_is_found_by_his_reference_too(site: Site) -> None:
    await site.handed_off()
    await site.posted({"id": "r9", "reference": "DEMO-00001", "status": "resumed", "on": "2026-03-02"})
    await site.look()
    assert "resumed" in await site.heard()


async def test_a_partner_reports_on_his_own_files_only(site: Site) -> None:
    key = await site.handed_off()
    keep_reports(site.work.file, "elsewhere", "webhook", [kept_report(accepted(key))], site.now)
    await site.look()
    assert site.waiting() == ["nothing that went to elsewhere has this key or reference"]


@BOTH
async def test_what_is_nobodys_waits_is_looked_at_again_and_a_person_gives_it_or_leaves_it(site: Site) -> None:
    await site.handed_off()
    site.agency.begin("silent")
    for own in ("r1", "r2"):
        await site.posted({"id": own, "reference": "unknown", "status": "paused", "on": "2026-03-02"})
    await site.look()
    assert site.waiting() == ["nothing that went to noordkade has this key or reference"] * 2
    with reading(site.work.file.database) as session:
        first, second = (each.seq for each in open_reports(session))
    give_report(site.work.file, first, CASE, site.now)
    dismiss_report(site.work.file, second, "of another office", site.now)
    assert site.waiting() == [] and await site.heard() == ["paused"]
    with pytest.raises(CannotGive, match="there is no report"):
        give_report(site.work.file, first, CASE, site.now)


async def test_a_report_that_comes_before_we_know_that_he_has_the_file_waits_for_that(site: Site) -> None:
    site.agency.begin("silent")
    await site.work.act()
    site.agency.breaks = True
    turn = await site.work.act()
    assert turn.action == "reconcile"
    key = opaque_key(next(each.key for each in site.work.deliveries() if each.partner == "noordkade"))
    await site.posted(accepted(key))
    await site.look()
    assert site.waiting() == ["the file is unknown: the case does not know yet that it was handed off"]
    # His report is proof that he has it, though he does not answer.
    site.agency.begin("down")
    site.work.later(seconds=61)
    await site.work.act()
    assert site.work.steps()[-1] == "handoff agency"
    await site.look(seconds=61)
    assert await site.heard() == ["accepted"]


# What he is told ------------------------------------------------------------------------------------------------


async def test_a_notice_goes_by_the_way_of_its_file_and_is_found_there(site: Site) -> None:
    key = await site.handed_off()
    own = f"{CASE}/agency_payment/1/agency/noordkade"
    content = json.dumps({"about": "payment", "on": "2026-03-02", "amount": "10.00", "currency": "EUR"}).encode()
    letter = Letter(
        own, "F-1/agency_payment/1", "agency_payment", 1, "agency_payment", "agency", "noordkade", "F-1",
        NOTICE_TYPE, content, "2026-03-02 agency_payment agency",
    )  # fmt: skip
    with site.work.file.write(CASE) as transaction:
        transaction.deliveries.intend(letter, [CASE], site.work.now, site.work.now)
    gateway = site.work.activities.gateways["agency"]
    assert await gateway.find(own, since=site.now) == NotThere()
    await gateway.send(
        Outgoing(own, "agency", "noordkade", "F-1", NOTICE_TYPE, content, "2026-03-02 agency_payment agency")
    )
    ((of, _),) = site.agency.book.notices
    assert of == key and isinstance(await gateway.find(own, since=site.now), Found)


async def test_money_that_comes_to_us_is_told_to_him_at_once_and_once(site: Site) -> None:
    key = await site.handed_off()
    await site.work.tell("payment_received", {"id": "p1", "amount": "100.00"})
    await site.work.act()
    await site.work.act()
    (((of, _), notice),) = site.agency.book.notices.items()
    assert (of, notice["kind"], notice["amount"], notice["case"]) == (key, "payment", "100.00", CASE)
    assert notice["open"]["principal"] == "900.00"


async def test_a_file_is_sought_only_where_it_was_to_go(site: Site) -> None:
    site.agency.breaks = True
    await site.work.act()
    await site.work.act()
    own = next(each.key for each in site.work.deliveries() if each.partner == "noordkade")
    partner = Partner(id="noordkade", name="Noordkade", channel="email", email="zaken@noordkade.example")
    with site.work.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (partner,)}))
    found = await site.work.activities.gateways["agency"].find(own, since=site.now)
    assert found == CannotTell("partner noordkade: this file was to go by rest, the profile says email")


# By file ---------------------------------------------------------------------------------------------------------


@BOTH
async def test_a_return_file_is_taken_once_and_a_bad_one_is_shown(site: Site) -> None:
    key = await site.handed_off()
    site.agency.begin("silent")
    good = f"status;submission;on;until\npaused;{key};2026-03-02;2026-07-01\n".encode()
    bad = b"status;reference;amount\npayment;DEMO-00001;12,50\n"

    class Folder:
        async def returned(self) -> tuple[AgencyFile, ...]:
            return (AgencyFile("r1.csv", good), AgencyFile("r1 again.csv", good), AgencyFile("r2.csv", bad))

    for _ in range(2):
        await site.reading._files("noordkade", Folder())
    await site.look()
    assert await site.heard() == ["paused"]
    assert site.waiting() == [
        "it can't be read: r2.csv: line 2: id is missing: give each payment and each cost an id of its own"
    ]


def test_what_is_not_set_up_is_said_by_its_setting(site: Site) -> None:
    partners = (
        Partner(id="a", name="A", channel="rest", url="https://a.example"),
        Partner(id="b", name="B", channel="email", email="b@b.example"),
        Partner(id="c", name="C", channel="sftp", sftp=SftpPlace(host="c.example", user="c", host_key=HOST_KEY)),
        Partner(id="d", name="D"),
    )
    with site.work.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": partners}))
    way = way_of(Settings(outbox=site.work.folder), site.work.file, site.work.outbox, 5, lambda: site.now)
    assert problems_of_partners(site.work.file, way, ("nobody",)) == (
        "partner a: MAANWERK_AGENCY_TOKENS has no a=token",
        "partner b: MAANWERK_PUBLIC_URL is not set: where would he fetch the file?",
        "partner c: give c=… in MAANWERK_AGENCY_KEY_FILES or in MAANWERK_AGENCY_PASSWORDS, one of them",
        "MAANWERK_AGENCY_WEBHOOK_SECRETS names nobody, who is in no profile of a creditor",
    )


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"channel": "rest"}, "channel rest needs url"),
        ({"channel": "rest", "url": "http://agency.example"}, "begins with https://"),
        ({"channel": "rest", "url": "https://user:secret@agency.example"}, "no name, password"),
        ({"channel": "sftp"}, "channel sftp needs sftp"),
        ({"channel": "email"}, "channel email needs email"),
        ({"channel": "debitura", "url": "https://d.example"}, "channel debitura needs country"),
        ({"channel": "payt", "administration": "81"}, "channel payt needs url"),
        ({"channel": "payt", "url": "https://p.example"}, "channel payt needs administration"),
        ({"channel": "payt", "url": "https://p.example", "administration": "8/1"}, "should match pattern"),
        ({"sftp": {"host": "c.example", "user": "c", "host_key": "any"}}, "public key of the server"),
        ({"sftp": {"host": "c.example/in", "user": "c", "host_key": HOST_KEY}}, "name of the server alone"),
        ({"sftp": {"host": "c.example", "user": "c", "host_key": HOST_KEY, "folder": "../x"}}, "path of a folder"),
    ],
)
def test_a_profile_that_says_too_little_of_a_partner_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Partner.model_validate({"id": "a", "name": "A", **fields})


def test_a_way_is_made_once_for_each_partner(site: Site) -> None:
    settings = Settings(outbox=site.work.folder / "outbox", agency_tokens=f"noordkade={TOKEN}")  # type: ignore[arg-type]
    way = way_of(settings, site.work.file, site.work.outbox, 5, lambda: site.now)
    with site.work.file.read() as transaction:
        creditor = transaction.parties.creditor(CREDITOR.id)
    assert way(creditor, creditor.partners[0]) is way(creditor, creditor.partners[0])
