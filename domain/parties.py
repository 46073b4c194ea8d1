"""Who collects and who owes: the creditor's profile, the debtor and the people to write to.

These are personal data: they stand in the case file and never enter a workflow, a log or a search attribute.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.handoffs.partners import Partner, choose
from domain.invoice import Invoice, Kind
from domain.law import check_supported
from domain.money import Money
from domain.terms import PLAIN_TERMS, CreditorTerms

Role = Literal["finance", "purchasing", "management", "debtor"]


class _Party(BaseModel):
    # An error that quotes what it read would carry it into logs and histories.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Contact(_Party):
    """A person or mailbox at the debtor."""

    role: Role = "finance"
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Debtor(_Party):
    """Who owes. `id` is opaque.

    Attributes:
        kvk: His number in the Dutch trade register, and `enterprise_number` in the Belgian one (KBO), if known.
        legal_form: Such as `BV`, as the register names it, if known.
    """

    id: str
    name: str
    kvk: str | None = None
    enterprise_number: str | None = None
    legal_form: str | None = None
    address: tuple[str, ...] = ()
    language: Literal["nl", "en", "fr", "de"] = "nl"
    contacts: tuple[Contact, ...] = ()

    def contact(self, role: Role) -> Contact | None:
        """The contact for a role, else the first one there is."""
        return next((c for c in self.contacts if c.role == role), self.contacts[0] if self.contacts else None)

    def address_for(self, channel: str, role: Role) -> str | None:
        """Where a channel reaches the debtor, None when that is not known."""
        if channel in ("post", "registered"):
            return ", ".join((self.name, *self.address)) if self.address else None
        contact = self.contact(role)
        if contact is None:
            return None
        candidates = (contact, *self.contacts)
        if channel == "email":
            return next((c.email for c in candidates if c.email), None)
        return next((c.phone for c in candidates if c.phone), None)


class PolicyRule(_Party):
    """One line of the rule that picks a policy; the first that fits counts.

    Attributes:
        policy: Name of the policy.
        kind: For invoices to businesses or to consumers only.
        amount_at_least: For principals of at least this amount only.
        tag: For invoices with this tag only.
        law: For contracts under this law only; the debtor's country does not decide it.
    """

    policy: str
    kind: Kind | None = None
    amount_at_least: Annotated[Decimal, Field(ge=0)] | None = None
    tag: str | None = None
    law: Literal["NL", "BE"] | None = None

    @field_validator("law", mode="before")
    @classmethod
    def _law_is_known(cls, value: object) -> object:
        if isinstance(value, str):
            check_supported(value)
        return value

    def fits(self, invoice: Invoice, tags: tuple[str, ...], law: str | None) -> bool:
        """Whether the rule is for this invoice; who may be a consumer is treated as one."""
        consumer = invoice.legal_status.protected_as_consumer
        if self.kind is not None and (self.kind is Kind.CONSUMER) != consumer:
            return False
        if self.amount_at_least is not None and invoice.amount.amount < self.amount_at_least:
            return False
        if self.law is not None and self.law != law:
            return False
        return self.tag is None or self.tag in tags


class CollectionPartner(_Party):
    """Who takes a case over when the ladder ends.

    Attributes:
        kind: An agency must be registered; a bailiff or lawyer need not be.
        register_number: In the Dutch register of collection services (Wki), or at FPS Economy in Belgium.
    """

    name: str
    kind: Literal["agency", "bailiff", "lawyer"] = "agency"
    register_number: str | None = None


class PayTo(_Party):
    """Another account that debtors pay into.

    Attributes:
        kind: `factor` has taken the claims over: only what is paid to it counts. A `g_account` (G-rekening) is a
            blocked account for wage tax, into which a part of each invoice to a business goes.
        name: In whose name the account is; of a factor.
        share: Of a G account: how much of the invoice goes there, in per cent.
    """

    kind: Literal["factor", "g_account"]
    iban: str
    bic: str | None = None
    name: str | None = None
    share: Annotated[Decimal, Field(gt=0, lt=100)] | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:
        if self.kind == "factor" and not (self.name or "").strip():
            raise ValueError("name: a factor has one; letters say to whom the claim was assigned")
        if self.kind == "g_account" and self.share is None:
            raise ValueError("share: say how many per cent of an invoice go to the G account")
        if self.kind == "factor" and self.share is not None:
            raise ValueError("share: a factor gets all of it; leave it out")
        return self


class Creditor(_Party):
    """The profile of who collects: `creditor.yaml`.

    Attributes:
        agency: Where the dossier of a hand-off goes.
        partner: Who that is, as letters name it; a consumer's final demand needs it.
        partners: Who takes claims over, each with the claims that he takes; the first that fits gets one. Where they
            are given, letters name the one that fits.
        enterprise_number: Number in the Belgian Crossroads Bank for Enterprises.
        terms: What the law must know of him.
        pay_to: Where debtors pay instead of to `iban`, or a part of it; at most one of a kind. Consumers and other
            natural persons pay into one account: theirs is that of the factor, or `iban`.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    name: str
    address: tuple[str, ...] = ()
    kvk: str | None = None
    vat: str | None = None
    iban: str
    bic: str | None = None
    email: str
    phone: str | None = None
    agency: str = "agency"
    partner: CollectionPartner | None = None
    partners: tuple[Partner, ...] = ()
    enterprise_number: str | None = None
    terms: CreditorTerms = PLAIN_TERMS
    pay_to: tuple[PayTo, ...] = ()
    policies: Annotated[tuple[PolicyRule, ...], Field(min_length=1)]

    @field_validator("pay_to")
    @classmethod
    def _one_of_a_kind(cls, value: tuple[PayTo, ...]) -> tuple[PayTo, ...]:
        if len({each.kind for each in value}) < len(value):
            raise ValueError("give one factor and one g_account at most")
        return value

    @field_validator("partners")
    @classmethod
    def _each_partner_once(cls, value: tuple[Partner, ...]) -> tuple[Partner, ...]:
        if len({each.id for each in value}) < len(value):
            raise ValueError("two partners have the same id; give each its own")
        return value

    def partner_of(
        self,
        invoice: Invoice,
        open_: Money,
        law: str | None,
        having: str | None = None,
        *,
        but: frozenset[str] = frozenset(),
    ) -> Partner | None:
        """Who takes a claim over; None where nobody does, or the profile names nobody.

        Args:
            invoice: The invoice.
            open_: What is open of it, and of all that goes with it.
            law: The law of the case.
            having: Id of the partner who has other invoices of this debtor: it goes to him, or to nobody.
            but: Ids of partners who had it before and gave it back: none of them gets it again.
        """
        others = tuple(each for each in self.partners if each.id not in but)
        if self.partners and having is not None:
            return next((each for each in others if each.id == having and each.fits(invoice, open_, law)), None)
        if self.partners:
            return choose(others, invoice, open_, law)
        one = self.partner
        if one is None or "partner" in but:
            return None
        return Partner(id="partner", name=one.name, kind=one.kind, register_number=one.register_number)

    def paid_to(self, kind: Literal["factor", "g_account"]) -> PayTo | None:
        """The other account of a kind, if there is one."""
        return next((each for each in self.pay_to if each.kind == kind), None)

    def policy_for(self, invoice: Invoice, tags: tuple[str, ...] = (), law: str | None = None) -> str | None:
        """Name of the policy for an invoice, None when no rule fits.

        Args:
            invoice: The invoice.
            tags: Its tags.
            law: The law of its contract, if it is known.
        """
        return next((rule.policy for rule in self.policies if rule.fits(invoice, tags, law)), None)
