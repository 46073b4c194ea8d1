"""Partners behind Debitura: one case with all its documents, whatever breaks; its payments, and how cases stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from domain.send_key import opaque_key
from gateways.agencies.debitura import DebituraAgency
from gateways.dossier import build_dossier
from services.ports import CannotTell, Document, Found, NotTaken, NotThere, OutcomeUnknown, Outgoing, Refused
from tests.gateways.agencies.debitura_double import KEY, Debitura, debitura

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
SENT = "case:devaart:2026-F-1/handoff/1/agency/incasso"
OWN = opaque_key(SENT)[:48]
MANIFEST: dict[str, object] = {
    "debtor": {
        "name": "Bakkerij Ochtend",
        "kind": "company",
        "kvk": "12345678",
        "address": ["Weg 2", "1000 AB Dorp"],
        "email": "els@ochtend.example",
        "phone": None,
    },
    "claim": {
        "principal_open": {"amount": "1210.10", "currency": "EUR"},
        "total": {"amount": "1391.60", "currency": "EUR"},
    },
    "statement": [{"number": "F-1", "invoice_date": "2026-01-02", "due": "2026-02-01"}],
}
DOCUMENTS = [
    Document("01 samenvatting.pdf", "application/pdf", b"%PDF 1"),
    Document("02 vordering.pdf", "application/pdf", b"%PDF 2"),
    Document("03 factuur.xml", "application/xml", b"<Invoice/>"),
]
UPLOADED = ["01 samenvatting.pdf", "02 vordering.pdf"]
"""Its document takes PDF, Excel, CSV, text and pictures."""


@pytest.fixture
def double() -> Iterator[Debitura]:
    with debitura() as serving:
        yield serving


def file(manifest: dict[str, object] = MANIFEST) -> Outgoing:
    content = build_dossier(manifest, DOCUMENTS)
    return Outgoing(SENT, "agency", "agency", "F-1", "application/zip", content, "2026-03-20 handoff agency")


def partner(double: Debitura, key: str = KEY) -> DebituraAgency:
    kept = file().content
    return DebituraAgency("debitura", double.url, SecretStr(key), "NL", lambda key: kept, timeout=5, now=lambda: NOW)


async def test_a_case_is_made_with_what_its_document_asks_and_the_documents_behind_it(double: Debitura) -> None:
    assert (await partner(double).send(file())).reference == "Q8OAXF1W"
    assert json.loads(double.bodies[0]) == {
        "currencyCode": "EUR",
        "date": "2026-01-02",
        "dueDate": "2026-02-01",
        "amountToRecover": 1210.1,
        "claimDescription": "Invoices F-1 (due 2026-02-01). Interest and costs: see the claim statement.",
        "creditorReference": OWN,
        "debtor": {
            "type": "Company",
            "name": "Bakkerij Ochtend",
            "companyRegistrationNumber": "12345678",
            "address": "Weg 2, 1000 AB Dorp",
            "countryAlpha2": "NL",
            "email": "els@ochtend.example",
        },
    }
    assert '"amountToRecover": 1210.10,' in double.bodies[0]
    assert list(double.files.values()) == [UPLOADED]
    assert await partner(double).find(SENT, since=NOW) == Found("Q8OAXF1W")


async def test_what_is_there_is_not_made_again_though_the_file_is_another_one(double: Debitura) -> None:
    for due in ("2026-02-01", "2026-02-02"):
        assert (await partner(double).send(file({**MANIFEST, "due": due}))).reference == "Q8OAXF1W"
    assert (len(double.bodies), list(double.files.values())) == (1, [UPLOADED])


async def test_a_connection_that_breaks_leaves_it_unknown_and_asking_completes_it(double: Debitura) -> None:
    double.breaks = True
    with pytest.raises(OutcomeUnknown):
        await partner(double).send(file())
    double.breaks = False
    assert list(double.files.values()) == [[]]
    assert await partner(double).find(SENT, since=NOW) == Found("Q8OAXF1W")
    assert (len(double.cases), list(double.files.values())) == (1, [UPLOADED])


async def test_a_case_without_its_documents_is_under_way_and_not_handed_off(double: Debitura) -> None:
    double.uploads = 1
    with pytest.raises(OutcomeUnknown, match="a document is not"):
        await partner(double).send(file())
    assert isinstance(await partner(double).find(SENT, since=NOW), CannotTell)
    double.uploads = 10
    assert await partner(double).find(SENT, since=NOW) == Found("Q8OAXF1W")
    assert list(double.files.values()) == [UPLOADED]


async def test_what_it_never_had_is_not_there(double: Debitura) -> None:
    assert await partner(double).find(SENT, since=NOW) == NotThere()


async def test_what_it_refuses_is_said_by_its_kind_and_what_must_be_signed_waits(double: Debitura) -> None:
    double.refuses = "NoPartnerAvailable"
    with pytest.raises(Refused, match="422: NoPartnerAvailable"):
        await partner(double).send(file())
    double.refuses = "MissingPowerOfAttorney"
    with pytest.raises(NotTaken, match="MissingPowerOfAttorney") as waits:
        await partner(double).send(file())
    assert waits.value.retry_after is not None and not double.cases


async def test_a_key_that_is_not_known_takes_nothing_and_is_not_quoted(double: Debitura) -> None:
    with pytest.raises(NotTaken) as refused:
        await partner(double, "another-key").send(file())
    assert "another-key" not in str(refused.value) and not double.cases
    with pytest.raises(NotTaken, match="key is refused"):
        await partner(double, "another-key").check()
    assert "knows the key" in await partner(double).check()


async def test_how_cases_stand_and_payments_to_others_come_back(double: Debitura) -> None:
    way = partner(double)
    await way.send(file())
    first = await way.since(None)
    assert first.events == ()
    (case,) = double.cases.values()
    case |= {"lifecycle": "Closed", "closeCode": "Withdrawn by Client", "dateUpdated": "2026-03-22T10:00:00"}
    paid = {"date": "2026-03-21T00:00:00", "currency": "EUR", "invoice": {"reference": "Q8OAXF1W", "status": "Active"}}
    double.payments = [
        {"id": "p1", "grossAmount": 100.1, "recipient": "CollectionPartner", **paid},
        {"id": "p2", "grossAmount": 50.0, "recipient": "Creditor", **paid},
    ]
    page = await way.since(first.cursor)
    assert page.events == (
        {
            "id": "Q8OAXF1W:closed:2026-03-22",
            "reference": "Q8OAXF1W",
            "status": "closed",
            "on": "2026-03-22",
            "code": "withdrawn",
        },
        {
            "id": "p1",
            "reference": "Q8OAXF1W",
            "status": "payment",
            "on": "2026-03-21",
            "amount": "100.10",
            "currency": "EUR",
        },
    )
    # What comes again comes under its id, by which it counts once.
    assert (await way.since(page.cursor)).events == page.events
    assert page.cursor == "2026-03-22T10:00:00"


async def test_a_notice_is_left_to_a_person(double: Debitura, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="tell it there"):
        await partner(double).tell(SENT, file())
