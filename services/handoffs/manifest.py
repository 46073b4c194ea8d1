"""The manifest of the file of a hand-off: what a program of the partner reads. Its schema is docs/handoff.schema.json.

Fields are added, never renamed. Nothing in it is about how we work: no policy, no note of ours, nobody else's data.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Money
from letters.statement.content import Claimed, Party, Statement, TakingOver

__all__ = ["Manifest", "manifest_of", "schema"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ManifestInvoice(_Part):
    """The first invoice of the file."""

    number: str
    invoice_date: date
    due: date
    amount: Money


class ManifestPeriod(_Part):
    """Days with one rate; amounts are decimal texts in the currency of the claim."""

    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="to")]
    days: int
    rate: Decimal
    base: Decimal
    amount: Decimal


class ManifestClaim(_Part):
    """What is claimed of all invoices in the file, on its day."""

    principal_open: Money
    interest: Money
    costs: Money
    total: Money
    interest_periods: tuple[ManifestPeriod, ...]
    costs_explained: tuple[str, ...]


class ManifestEntry(_Part):
    """A line of the ledger: above zero what is owed, below zero what lowers it."""

    case: str
    id: str
    kind: str
    amount: Money
    credited_on: date
    of: str | None


class ManifestMessage(_Part):
    """A message that was sent to the debtor; its bytes are the document with this hash."""

    case: str
    step: str
    channel: str
    sent_at: str
    sha256: str


class ManifestDocument(_Part):
    """A document in the ZIP, with what it is and its SHA-256."""

    name: str
    title: str | None = None
    kind: str | None = None
    media_type: str
    size: int
    sha256: str


class Manifest(_Part):
    """`manifest.json`.

    Attributes:
        schema_version: Of this form.
        case: Our id of the first case, by which we know what you report; `cases` of all in the file.
        handed_off_on: Day of the hand-off, which is the day of the claim.
        statement: All that the claim statement says, as values.
        documents: Every document in the ZIP.
    """

    schema_version: Literal["1"] = "1"
    case: str
    cases: tuple[str, ...]
    handed_off_on: date
    law: Literal["NL", "BE"] | None
    creditor: Party
    debtor: Party
    partner: TakingOver | None
    invoice: ManifestInvoice
    due: date
    claim: ManifestClaim
    ledger: tuple[ManifestEntry, ...]
    messages: tuple[ManifestMessage, ...]
    statement: tuple[Claimed, ...]
    documents: tuple[ManifestDocument, ...] = ()


def manifest_of(
    statement: Statement, ledger: tuple[ManifestEntry, ...], messages: tuple[ManifestMessage, ...]
) -> dict[str, object]:
    """The manifest of a statement, as values; the packer adds the documents."""
    lead = statement.invoices[0]
    whole = Manifest(
        case=lead.case,
        cases=tuple(each.case for each in statement.invoices),
        handed_off_on=statement.on,
        law=statement.law,
        creditor=statement.creditor,
        debtor=statement.debtor,
        partner=statement.partner,
        invoice=ManifestInvoice(number=lead.number, invoice_date=lead.invoice_date, due=lead.due, amount=lead.invoiced),
        due=lead.due,
        claim=ManifestClaim(
            principal_open=statement.sum_of(each.principal for each in statement.invoices),
            interest=statement.sum_of(each.interest for each in statement.invoices),
            costs=statement.sum_of(each.costs for each in statement.invoices),
            total=statement.total,
            interest_periods=tuple(
                ManifestPeriod(
                    first=p.first, last=p.last, days=p.days, rate=p.rate, base=p.base.amount, amount=p.amount.amount
                )
                for each in statement.invoices
                for p in each.interest_periods
            ),
            costs_explained=tuple(how for each in statement.invoices for how in each.costs_how),
        ),
        ledger=ledger,
        messages=messages,
        statement=statement.invoices,
    )
    return whole.model_dump(exclude={"documents"}, by_alias=True)


def schema() -> dict[str, Any]:
    """The JSON schema of the manifest."""
    described = Manifest.model_json_schema(mode="serialization", by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
