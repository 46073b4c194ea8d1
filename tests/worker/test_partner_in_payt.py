"""A case whose partner works in Payt, from the hand-off to its end: what both sides know of the claim agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from domain.handoffs.partners import Partner
from tests.activities.ladders import notice
from tests.activities.workplace import OWN_COPY, Workplace
from tests.casefile.builders import CASE, CREDITOR
from tests.gateways.agencies.payt_double import ADMINISTRATION, TOKEN, Payt, payt
from worker.agency_reading import AgencyReading
from worker.agency_ways import AgencyWays
from worker.gateways import gateways_of


@dataclass
class Site:
    """The case and Payt."""

    work: Workplace
    payt: Payt
    now: datetime = datetime(2026, 3, 1, 9, tzinfo=UTC)
    woken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = Settings(
            outbox=self.work.folder / "outbox",
            agency_tokens=f"payt={TOKEN}",  # type: ignore[arg-type]
        )
        ways = gateways_of(settings, self.work.file, now=lambda: self.now)
        self.work.equip(gateways=ways)
        assert isinstance(ways["agency"], AgencyWays)
        self.reading = AgencyReading(self.work.file, ways["agency"].way, self, now=lambda: self.now)

    async def nudge(self, case_id: str) -> None:
        self.woken.append(case_id)

    async def handed_off(self) -> None:
        await self.work.act()
        await self.work.act()
        self.now = self.work.now

    async def look(self) -> list[str]:
        """Read what is new there; what the case has heard of it by then."""
        self.now += timedelta(seconds=61)
        await self.reading.look()
        await self.work.advance()
        return [fact.status for fact in self.work.facts() if fact.kind == "agency_reported"]

    def changed(self, **fields: Any) -> None:
        """Something happens to the invoice there."""
        self.payt.invoices["F-1"] |= {**fields, "updated_at": f"{self.now:%Y-%m-%dT%H:%M:%SZ}"}

    def paid(self, own: int, amount: str) -> None:
        """The debtor pays over a link of Payt, or takes it back."""
        self.payt.payments.append(
            {
                "id": own,
                "invoice_id": self.payt.invoices["F-1"]["id"],
                "total_amount": amount,
                "payment_date": f"{self.now:%Y-%m-%d}",
                "transaction_type": "reversal" if amount.startswith("-") else "payment",
                "cost_type": "principal",
                "updated_at": f"{self.now:%Y-%m-%dT%H:%M:%SZ}",
                "psp_transaction": {"id": 5, "currency_code": "EUR"},
            }
        )

    def open(self) -> str:
        """What is open here."""
        return self.work.loaded().case.open.text


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with payt() as serving:
        work = Workplace(tmp_path, notice())
        partner = Partner(
            id="payt",
            name="Payt",
            register_number="000000",
            channel="payt",
            url=serving.url,
            administration=ADMINISTRATION,
        )
        with work.file.write() as transaction:
            transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (partner,)}))
        yield Site(work, serving)


async def test_the_claim_there_is_the_claim_here_to_the_cent_with_the_invoice_itself(site: Site) -> None:
    await site.handed_off()
    assert site.work.steps()[-1] == "handoff agency"
    assert site.payt.invoices["F-1"]["open_amount"] == site.open() == "1000.00"
    assert list(site.payt.documents.values()) == [OWN_COPY]
    (delivery,) = [each for each in site.work.deliveries() if each.channel == "agency"]
    assert delivery.reference == str(site.payt.invoices["F-1"]["id"])


async def test_what_is_paid_over_its_links_and_taken_back_moves_what_is_owed_once(site: Site) -> None:
    await site.handed_off()
    site.paid(1, "100.00")
    assert await site.look() == ["payment"]
    assert site.open() == "900.00"
    site.paid(2, "-100.00")
    for _ in range(2):
        assert await site.look() == ["payment", "payment_reversed"]
    assert (site.open(), set(site.woken)) == ("1000.00", {CASE})


async def test_what_is_paid_to_us_is_taken_off_there_and_does_not_come_back_as_a_payment(site: Site) -> None:
    await site.handed_off()
    await site.work.tell("payment_received", {"id": "p1", "amount": "250.00"})
    await site.work.act()
    await site.work.act()
    assert site.payt.invoices["F-1"]["open_amount"] == site.open() == "750.00"
    # Payt makes a payment of what is lower now; nobody paid it over a link.
    site.paid(1, "250.00")
    site.payt.payments[0]["psp_transaction"] = None
    assert await site.look() == [] and site.open() == "750.00"


async def test_a_dispute_blocks_the_invoice_there(site: Site) -> None:
    await site.handed_off()
    await site.work.tell("raise_dispute", {"dispute": "d1", "reason": "damaged", "actor": "els"})
    await site.work.act()
    await site.work.act()
    assert site.payt.blocked == [site.payt.invoices["F-1"]["invoice_identifier"]]


async def test_a_question_about_money_is_a_task(site: Site) -> None:
    await site.handed_off()
    site.paid(1, "100.00")
    site.payt.payments[0]["transaction_type"] = "barter"
    assert await site.look() == ["more_wanted"]
    assert "agency_asks" in site.work.tasks()


async def test_what_was_deleted_there_is_back_with_us(site: Site) -> None:
    await site.handed_off()
    site.changed(active_credit_case_id=9)
    assert await site.look() == ["accepted"]
    gone = site.payt.invoices.pop("F-1")
    site.payt.deleted.append(
        {
            "id": gone["id"],
            "origin_identifier": gone["invoice_identifier"],
            "deleted_at": f"{site.now:%Y-%m-%dT%H:%M:%SZ}",
        }
    )
    assert await site.look() == ["accepted", "recalled"]
