"""The invoice being collected, with the facts about it that every amount and legal gate hangs on.

Source: `practice.md`, "Five facts that every amount and gate hangs on" (BW 6:82, 6:83, 6:96, 6:119, 6:119a).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, model_validator

from domain.money import Money

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
"""Days that we count with. Accounting systems write 9999-12-31 for "never": no term can be counted from there."""


class YesNo(StrEnum):
    """An answer that is known."""

    YES = "yes"
    NO = "no"


class YesNoUnknown(StrEnum):
    """An answer that may not be known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class TermBasis(StrEnum):
    """Where the payment term comes from.

    A term that was only printed on the invoice does not by itself put the debtor in default (BW 6:82).
    """

    AGREED = "agreed"
    PRINTED = "printed"
    STATUTORY = "statutory"
    LARGE_COMPANY = "large_company"


class ClaimBasis(StrEnum):
    """What is claimed. The trade rate is for the price only, not for damages or cancellation fees (BW 6:119a)."""

    PRICE = "price"
    DAMAGES = "damages"
    CANCELLATION_FEE = "cancellation_fee"


class Kind(StrEnum):
    """Short form of the legal status, as written in files."""

    BUSINESS = "business"
    CONSUMER = "consumer"


# Asked many times a decision: of an enum itself Python 3.11 looks them up the long way.
_YES: Final = YesNoUnknown.YES
_NO: Final = YesNoUnknown.NO


class LegalStatus(BaseModel):
    """Who the debtor is in this contract: two independent axes and one special creditor right.

    `natural_person` decides the tone, `natural_person` and not `in_business` decide the 14-day letter
    (BW 6:96 lid 5-6), `in_business` decides the trade rate (6:119a). Unknown counts as consumer for
    letters and costs.
    """

    model_config = ConfigDict(frozen=True)

    natural_person: YesNoUnknown = YesNoUnknown.UNKNOWN
    in_business: YesNoUnknown = YesNoUnknown.UNKNOWN
    government: YesNo = YesNo.NO
    evidence: str = ""

    @classmethod
    def of_kind(cls, kind: Kind) -> LegalStatus:
        """The legal status behind the short form `business` or `consumer`."""
        if kind is Kind.BUSINESS:
            return cls(natural_person=YesNoUnknown.NO, in_business=YesNoUnknown.YES, evidence="kind")
        return cls(natural_person=YesNoUnknown.YES, in_business=YesNoUnknown.NO, evidence="kind")

    @property
    def protected_as_consumer(self) -> bool:
        """Whether the rules for consumers must be kept (unknown counts as yes)."""
        return self.natural_person is not _NO and self.in_business is not _YES

    @property
    def may_be_natural_person(self) -> bool:
        """Whether letters take the wording for natural persons (practice.md, fact 1)."""
        return self.natural_person is not _NO

    @property
    def trades(self) -> bool:
        """Whether the contract is a trade contract, or one with a public authority (BW 6:119a, 6:119b)."""
        return self.in_business is YesNoUnknown.YES or self.government is YesNo.YES

    @property
    def undecided(self) -> bool:
        """Whether nobody knows yet if the debtor is a consumer: he is treated as one, and a person is asked."""
        return self.protected_as_consumer and self.in_business is YesNoUnknown.UNKNOWN


class Invoice(BaseModel):
    """One invoice as it entered collection. Names and addresses stay in the case file, not here.

    Attributes:
        number: The number printed on the invoice.
        debtor: Opaque id of the debtor in the case file.
        invoice_date: Day of issue.
        due: Last day on which payment is in time.
        amount: Principal as invoiced, VAT included.
        legal_status: Who the debtor is in this contract.
        term_basis: Where the payment term comes from.
        received_on: Day on which the debtor had the invoice, if known.
        claim_basis: What is claimed.
        contract: Opaque id of the contract of which this invoice is an instalment, if it is one.
        goods: Whether goods were sold: the seller may have a right to take them back (BW 7:39).
        delivered_on: Day of delivery of the goods, if known.
        product: What was sold, in a few words; a Belgian first reminder must say so.
        payment_reference: Structured reference that a payment is to carry, if it has one.
        direct_debit_on: Day on which it is collected by direct debit, if it is: there is no ladder before that failed.
        payment_link: Page where the debtor can pay, without personal data in its address.
    """

    model_config = ConfigDict(frozen=True)

    number: str
    debtor: str
    invoice_date: date
    due: date
    amount: Money
    legal_status: LegalStatus = LegalStatus()
    term_basis: TermBasis = TermBasis.PRINTED
    received_on: date | None = None
    claim_basis: ClaimBasis = ClaimBasis.PRICE
    contract: str | None = None
    goods: bool = False
    delivered_on: date | None = None
    product: str | None = None
    payment_reference: str | None = None
    payment_link: str | None = None
    direct_debit_on: date | None = None

    @model_validator(mode="after")
    def _dates_and_amount_make_sense(self) -> Invoice:
        for field, day in (("invoice_date", self.invoice_date), ("due", self.due)):
            if not FIRST_DAY <= day <= LAST_DAY:
                raise ValueError(f"{field} {day} does not lie between {FIRST_DAY} and {LAST_DAY}")
        if self.due < self.invoice_date:
            raise ValueError(f"due {self.due} lies before invoice_date {self.invoice_date}")
        if not self.amount.is_positive:
            raise ValueError(f"amount {self.amount.text} is not above zero; credit notes are no invoices")
        return self
