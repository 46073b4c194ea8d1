"""Partners who take claims over, and which of them takes one: configuration of the creditor.

Source: law.md §6 (Wki: who collects from natural persons in the Netherlands for others is registered; bailiffs and
lawyers need not be), §10, 50 and 51.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.handoffs.channels import ASKED, ChannelKind, SftpPlace, checked_address
from domain.invoice import Invoice, YesNoUnknown
from domain.money import Money

__all__ = ["Fees", "Partner", "PartnerRule", "choose", "needs_register_number"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class PartnerRule(_Part):
    """Which claims a partner takes; what is left out is not looked at.

    Attributes:
        law: Under this law only.
        debtor: `consumer` (or who may be one) or `business` only.
        amount_at_least: With at least this much open.
        amount_below: With less than this open.
    """

    law: Literal["NL", "BE"] | None = None
    debtor: Literal["business", "consumer"] | None = None
    amount_at_least: Annotated[Decimal, Field(ge=0)] | None = None
    amount_below: Annotated[Decimal, Field(gt=0)] | None = None

    def fits(self, invoice: Invoice, open_: Money, law: str | None) -> bool:
        """Whether the partner takes this claim."""
        kind = "consumer" if invoice.legal_status.protected_as_consumer else "business"
        return (
            self.law in (None, law)
            and self.debtor in (None, kind)
            and (self.amount_at_least is None or open_.amount >= self.amount_at_least)
            and (self.amount_below is None or open_.amount < self.amount_below)
        )


class Fees(_Part):
    """What a partner asks of the creditor, without VAT, as it was agreed.

    Attributes:
        fixed: For opening a file.
        percent: Of what he brings in.
        when_nothing: What is due when he brings nothing in.
        source: Where that stands: the agreement, and the day on which it was read.
    """

    fixed: Annotated[Decimal, Field(ge=0, decimal_places=2)] = Decimal("0.00")
    percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)
    when_nothing: Annotated[Decimal, Field(ge=0, decimal_places=2)] = Decimal("0.00")
    source: Annotated[str, Field(min_length=1, max_length=400)]


class Partner(_Part):
    """Who takes claims over.

    Attributes:
        id: Short, for files and lists.
        kind: An agency acts amicably only; a bailiff serves and seizes; a lawyer pleads.
        register_number: In the Dutch register of collection services (Wki), or at FPS Economy in Belgium.
        iso: His certificate, such as `ISO 9001`.
        guarantee_fund: Where the money of creditors is safe with him: the fund, or the account apart.
        tone: What was agreed on how he speaks with debtors.
        address: Where he is, a line each.
        channel: How the file reaches him: `folder` is the outbox `agency`; `email` needs his address.
        sftp: The server, for the channel `sftp`.
        url: Address of his API, for the channels `rest`, `debitura` and `payt`.
        country: Where his debtors live: ISO 3166-1, like NL. `debitura` asks it of each, `payt` need not be told.
        administration: Id of the administration there, for the channel `payt`.
        iban: From which account he passes on what was paid to him; it tells his transfers from payments of debtors.
        takes: Which claims; several rules are alternatives; none: every claim.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["agency", "bailiff", "lawyer"] = "agency"
    register_number: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    iso: Annotated[str, Field(max_length=200)] | None = None
    guarantee_fund: Annotated[str, Field(max_length=200)] | None = None
    tone: Annotated[str, Field(max_length=1000)] | None = None
    address: tuple[Annotated[str, Field(max_length=200)], ...] = ()
    email: str | None = None
    channel: ChannelKind = "folder"
    sftp: SftpPlace | None = None
    url: str | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    administration: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    iban: str | None = None
    fees: Fees | None = None
    takes: tuple[PartnerRule, ...] = ()

    @model_validator(mode="after")
    def _says_who_he_is(self) -> Partner:
        if not self.name.strip():
            raise ValueError("name: give the name that the file and letters are to say")
        return self

    @field_validator("url")
    @classmethod
    def _of_an_api(cls, value: str | None) -> str | None:
        return None if value is None else checked_address(value)

    @field_validator("iban")
    @classmethod
    def _of_an_account(cls, value: str | None) -> str | None:
        return None if value is None else "".join(value.split()).upper()

    @model_validator(mode="after")
    def _says_how_he_is_reached(self) -> Partner:
        needs: dict[str, object] = {"sftp": self.sftp} if self.channel == "sftp" else {}
        needs |= {"email": self.email} if self.channel == "email" else {}
        needs |= {"url": self.url} if self.channel in ASKED else {}
        needs |= {"country": self.country} if self.channel == "debitura" else {}
        needs |= {"administration": self.administration} if self.channel == "payt" else {}
        for field, value in needs.items():
            if value is None:
                raise ValueError(f"channel {self.channel} needs {field}: give it")
        return self

    def fits(self, invoice: Invoice, open_: Money, law: str | None) -> bool:
        """Whether he takes this claim by his rules."""
        return not self.takes or any(rule.fits(invoice, open_, law) for rule in self.takes)


def choose(partners: tuple[Partner, ...], invoice: Invoice, open_: Money, law: str | None) -> Partner | None:
    """The first partner that takes a claim and may; else the first that takes it; None where none does.

    Args:
        partners: In the order of the profile.
        invoice: The invoice.
        open_: What is open of it.
        law: The law of the case.
    """
    fitting = [partner for partner in partners if partner.fits(invoice, open_, law)]
    may = [each for each in fitting if each.register_number or not needs_register_number(each.kind, invoice, law)]
    return next(iter((*may, *fitting)), None)


def needs_register_number(kind: str, invoice: Invoice, law: str | None) -> bool:
    """Whether the law asks a number in a register of this partner: of an agency, of a debtor who may be a person.

    Sole traders count as natural persons for the Wki, too (law.md §6).
    """
    return law == "NL" and kind == "agency" and invoice.legal_status.natural_person is not YesNoUnknown.NO
