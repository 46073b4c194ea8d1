"""The file of a hand-off in the words of Payt's Customer API: a debtor with a contact, and his invoices.

Source: its OpenAPI document (postV1Contacts, postV1Debtors, postV1Files, postV1Invoices) and docs.paytsoftware.com
(models: invoice, file), read 2026-11-28. Interest and costs have no field there: Payt adds its own to what is open.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.send_key import opaque_key
from gateways.agencies.file_content import documents_of, manifest_of
from gateways.told import Told

__all__ = ["OURS", "PaytClaim", "PaytFile", "PaytInvoice", "case_mark", "identifier_of"]

OURS = re.compile(r"mw-([0-9a-f]{64})-([0-9a-f]{16})", re.ASCII)
"""How we call an invoice there (`invoice_identifier`): our key of the file, and a mark of the case."""
_POSTCODE = re.compile(r"([0-9]{4} ?[A-Z]{2}|[0-9]{4,5})[ ,]+(\S.*)", re.ASCII)
"""The line of an address with the town: Dutch (1000 AB Dorp), Belgian or German."""


def identifier_of(key: str, case: str) -> str:
    """How we call the invoice of a case there.

    Args:
        key: Our key of the file, as the partner sees it.
        case: Id of the case.
    """
    return f"mw-{key}-{case_mark(case)}"


def case_mark(case: str) -> str:
    """The mark of a case: it says nothing of anybody."""
    return opaque_key(case)[:16]


@dataclass(frozen=True)
class PaytFile:
    """A document that goes along with an invoice."""

    name: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def checksum(self) -> str:
        """By which Payt knows it: SHA3-512 in Base64."""
        return base64.b64encode(hashlib.sha3_512(self.content).digest()).decode("ascii")

    def announced(self) -> dict[str, object]:
        """Its place in the request for an address to upload it to."""
        return {"byte_size": len(self.content), "checksum": self.checksum, "content_type": self.media_type}


@dataclass(frozen=True)
class PaytInvoice:
    """An invoice of the claim, with what of it is a document there: its PDF and its UBL.

    Attributes:
        identifier: How we call it there.
        number: As the debtor knows it; under it Payt has an invoice once.
        says: What the manifest says of it.
    """

    identifier: str
    number: str
    says: Told = field(repr=False)
    pdf: PaytFile | None
    ubl: PaytFile | None

    def body(self, debtor: str) -> dict[str, object]:
        """Its place in the request; amounts are texts with two decimals.

        Args:
            debtor: Number of the debtor, as we have called him there.
        """
        total, open_ = (self.says.sub(name).text("amount") for name in ("invoiced", "principal"))
        body: dict[str, object] = {
            "invoice_number": self.number,
            "invoice_identifier": self.identifier,
            "debtor_number": debtor,
            "debtor_identifier": debtor,
            "currency_code": self.says.sub("principal").text("currency"),
            "invoice_date": self.says.text("invoice_date"),
            "due_date": self.says.text("due"),
            "amount_total": total,
            "amount_open": open_,
            "book_amount_total": total,
            "book_amount_open": open_,
            # Left out, Payt would send the invoice to the debtor once more.
            "sent_at": f"{self.says.text('invoice_date')}T00:00:00Z",
        }
        for name, file in (("document", self.pdf), ("ubl_document", self.ubl)):
            if file is not None:
                body[name] = {"checksum": file.checksum, "filename": file.name}
        return body


@dataclass(frozen=True)
class PaytClaim:
    """A file of a hand-off.

    Attributes:
        key: Our key of it.
        currency: Of all its amounts.
        invoices: In the order of the manifest.
        debtor: Who owes them, as the manifest says.
    """

    key: str
    currency: str
    invoices: tuple[PaytInvoice, ...]
    debtor: Mapping[str, object] = field(repr=False)

    @classmethod
    def of(cls, key: str, content: bytes) -> PaytClaim:
        """Read a file.

        Args:
            key: Our key of it, as the partner sees it.
            content: The ZIP.
        """
        manifest, documents = manifest_of(content), documents_of(content)
        invoices = tuple(_invoice(key, each, documents) for each in manifest.subs("statement"))
        currency = manifest.sub("claim").sub("total").text("currency")
        return cls(key, currency, invoices, manifest.mapping("debtor"))

    @property
    def files(self) -> tuple[PaytFile, ...]:
        """The documents of all invoices, each once."""
        found = [file for each in self.invoices for file in (each.pdf, each.ubl) if file is not None]
        return tuple({file.checksum: file for file in found}.values())

    @property
    def debtor_number(self) -> str:
        """What we call the debtor there: of the same name, address and mail address the same.

        It is a hash: Payt asks a number, and ours are nobody's business. So his later invoices meet the earlier ones.
        """
        said = Told(self.debtor)
        told = "\n".join((said.text("name"), *self._lines, said.text("email"), said.text("kvk")))
        return f"mw-{opaque_key(' '.join(told.casefold().split()))[:24]}"

    @property
    def _lines(self) -> tuple[str, ...]:
        lines = self.debtor.get("address")
        return tuple(str(line) for line in lines) if isinstance(lines, list) else ()

    def contact(self, country: str | None) -> dict[str, object]:
        """How the debtor is reached.

        Args:
            country: Where he lives, as the profile says; None: it is left out.
        """
        said, rest = Told(self.debtor), list(self._lines)
        town = next((found for line in reversed(rest) if (found := _POSTCODE.fullmatch(line.strip()))), None)
        if town is not None:
            rest = [line for line in rest if line.strip() != town[0]]
        reached = {
            "default_email_address": said.text("email"),
            "call_phone_number": said.text("phone"),
            "postal_address_street_1": rest[0] if rest else "",
            "postal_address_street_2": ", ".join(rest[1:]),
            "postal_address_postal_code": town[1] if town else "",
            "postal_address_city": town[2] if town else "",
            "postal_address_country_code": country or "",
        }
        return {"contact_identifier": self.debtor_number, **{name: value for name, value in reached.items() if value}}

    def debtor_body(self, country: str | None) -> dict[str, object]:
        """The debtor; whether he is a company is said only of whom it is known.

        Args:
            country: As `contact`.
        """
        said = Told(self.debtor)
        known = {
            "coc_number": said.text("kvk") or said.text("enterprise_number"),
            "country_code": country or "",
        }
        company = {"company": True, "public_body": True, "consumer": False}.get(said.text("kind"))
        return {
            "debtor_number": self.debtor_number,
            "debtor_identifier": self.debtor_number,
            "contact_identifier": self.debtor_number,
            "name": said.text("name"),
            **{name: value for name, value in known.items() if value},
            **({} if company is None else {"is_company": company}),
        }


def _invoice(key: str, says: Told, documents: Mapping[str, bytes]) -> PaytInvoice:
    listed = says.texts("invoice_documents")
    names = [name.removeprefix("documents/") for name in listed]
    found = {
        end: PaytFile(name, media, documents[name])
        for end, media in ((".pdf", "application/pdf"), (".xml", "application/xml"))
        for name in names
        if name.lower().endswith(end) and documents.get(name)
    }
    identifier = identifier_of(key, says.text("case"))
    return PaytInvoice(identifier, says.text("number"), says, found.get(".pdf"), found.get(".xml"))
