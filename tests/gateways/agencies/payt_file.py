"""A file of two invoices for Payt, and a partner who gets it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import SecretStr

from domain.handoffs.channels import NOTICE_TYPE
from domain.send_key import opaque_key
from gateways.agencies.payt import PaytAgency
from gateways.dossier import build_dossier
from services.ports import Document, Outgoing
from tests.gateways.agencies.payt_double import ADMINISTRATION, TOKEN, Payt

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
SENT = "case:devaart:2026-F-1/handoff/1/agency/incasso"
KEY = opaque_key(SENT)
FIRST, SECOND = "devaart:F-1", "devaart:F-2"
DEBTOR: dict[str, object] = {
    "name": "Bakkerij Ochtend",
    "kind": "company",
    "kvk": "12345678",
    "vat": "NL001234567B01",
    "address": ["t.a.v. Els", "Weg 2", "1000 AB Dorp"],
    "email": "els@ochtend.example",
    "phone": None,
}


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def claimed(case: str, number: str, invoiced: str, principal: str, *documents: str) -> dict[str, object]:
    return {
        "case": case,
        "number": number,
        "invoice_date": "2026-01-02",
        "due": "2026-02-01",
        "invoiced": euro(invoiced),
        "principal": euro(principal),
        "interest": euro("12.34"),
        "costs": euro("169.16"),
        "invoice_documents": list(documents),
    }


MANIFEST: dict[str, object] = {
    "debtor": DEBTOR,
    "claim": {"principal_open": euro("1460.10"), "total": euro("1823.10")},
    "statement": [
        claimed(FIRST, "F-1", "1210.10", "1110.10", "03 factuur a.pdf", "04 factuur b.xml"),
        claimed(SECOND, "F-2", "350.00", "350.00"),
    ],
}
DOCUMENTS = [
    Document("01 samenvatting.pdf", "application/pdf", b"%PDF 1"),
    Document("03 factuur a.pdf", "application/pdf", b"%PDF 3"),
    Document("04 factuur b.xml", "application/xml", b"<Invoice/>"),
]


def file(manifest: Mapping[str, object] = MANIFEST) -> Outgoing:
    content = build_dossier(manifest, DOCUMENTS)
    return Outgoing(SENT, "agency", "agency", "F-1", "application/zip", content, "2026-03-20 handoff agency")


def partner(double: Payt, token: str = TOKEN, country: str | None = None) -> PaytAgency:
    kept, cases = file().content, {KEY: (FIRST, SECOND)}
    return PaytAgency(
        "payt",
        double.url,
        SecretStr(token),
        ADMINISTRATION,
        country,
        lambda key: kept,
        lambda key: cases.get(key, ()),
        timeout=5,
        now=lambda: NOW,
    )


def notice(about: str, principal: str = "910.10") -> Outgoing:
    told = {"key": "n", "case": FIRST, "about": about, "on": "2026-03-22", "open": {"principal": principal}}
    return Outgoing("n1", "agency", "payt", "F-1", NOTICE_TYPE, json.dumps(told).encode(), "notice")
