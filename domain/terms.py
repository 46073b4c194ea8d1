"""What the law must know of the creditor: his terms, his mail product, his VAT, his insurer.

They are part of the creditor's profile (`terms` in `creditor.yaml`) and reach a decision through its surroundings.
Source: practice.md, facts 2 and 4, "Rules that hang on them".
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.law.be import Clause, DamagesClause
from domain.law.dated import Dated, DatedTable
from domain.law.nl_tables import POST_DELIVERY_DAYS
from domain.law.payment_methods import PaymentMethod, final_on
from domain.money import Money

_LAST_DAY = date(2199, 12, 31)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True)


class DeliveryDays(_Part):
    """From a day on, the number of delivery days after which a letter counts as received.

    Attributes:
        since: First day of posting for which it holds (`from` in the file).
        days: The n-th delivery day after posting; 2 is the postal norm of 2026, 3 the norm with a day of margin.
    """

    since: date = Field(default=date(1900, 1, 1), alias="from")
    days: Annotated[int, Field(ge=1, le=20)]


class MethodFinality(_Part):
    """From a day on, for how long payments of one method can be taken back, by the creditor's own contract.

    Attributes:
        method: How debtors pay.
        since: First day of crediting for which it holds (`from` in the file).
        days: Calendar days after crediting; 0: final at once.
        source: Where that stands: contract, article, the day on which it was read.
    """

    method: PaymentMethod
    since: date = Field(default=date(2010, 1, 1), alias="from")
    days: Annotated[int, Field(ge=0, le=800)]
    source: Annotated[str, Field(min_length=1, max_length=400)]


class ClauseTerms(_Part):
    """A clause for damages (a fixed share of the invoice) in the creditor's terms, under Belgian law.

    Attributes:
        percent: Share of the balance, in per cent.
        minimum: Least amount in EUR.
    """

    percent: Annotated[Decimal, Field(gt=0, le=100)]
    minimum: Annotated[Decimal, Field(ge=0, decimal_places=2)] = Decimal("0.00")


class CreditorTerms(_Part):
    """The creditor's terms and habits on which amounts and gates hang.

    Attributes:
        mail: When his letters count as received; without it the postal norm and one day of margin.
        contract_rate: Interest agreed with businesses, in per cent a year, instead of the statutory (BW 6:119 lid 3).
        contract_compound: Whether the agreed interest is itself capitalised each year.
        contract_rate_for_consumers: Also for consumers; off by default, for such a clause is tested for fairness.
        damages_clause: Belgian law: the clause for damages, or `legal_maximum`.
        interest_clause: Belgian law: whether the terms carry an interest clause for consumers.
        small_enterprise: Belgian law: whether the creditor is an SME (interest may run from the reminder on).
        clauses_reviewed_on: Day on which a person reviewed the interest and cost clauses towards consumers.
        vat_on_costs: Whether VAT comes on top of collection costs: only where a collection service with VAT is really
            used and the creditor can't deduct that VAT. Each letter then says so (Besluit BIK art. 2 lid 3).
        insurer_notice_days: Days after due within which the credit insurer must be told, if there is one.
        finality: For how long payments can be taken back, where his contract with a provider says other than the table.
    """

    mail: tuple[DeliveryDays, ...] = ()
    contract_rate: Annotated[Decimal, Field(gt=0, le=100)] | None = None
    contract_compound: bool = False
    contract_rate_for_consumers: bool = False
    damages_clause: ClauseTerms | Literal["legal_maximum"] | None = None
    interest_clause: bool = False
    small_enterprise: bool = True
    clauses_reviewed_on: date | None = None
    vat_on_costs: bool = False
    insurer_notice_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    finality: tuple[MethodFinality, ...] = ()

    @model_validator(mode="after")
    def _mail_in_order(self) -> CreditorTerms:
        days = [row.since for row in self.mail]
        if days != sorted(set(days)):
            raise ValueError("mail: give the rows in the order of their day, each day once")
        return self

    @model_validator(mode="after")
    def _finality_in_order(self) -> CreditorTerms:
        for method in {row.method for row in self.finality}:
            days = [row.since for row in self.finality if row.method == method]
            if days != sorted(set(days)):
                raise ValueError(f"finality of {method}: give the rows in the order of their day, each day once")
        return self

    def finality_of(self, method: PaymentMethod, credited_on: date) -> MethodFinality | None:
        """What his own contract says of a payment; None where the table of the methods counts."""
        rows = [row for row in self.finality if row.method == method and row.since <= credited_on]
        return rows[-1] if rows else None

    def final_on(self, method: PaymentMethod, credited_on: date) -> date:
        """First day on which a payment of his debtor can no longer be taken back."""
        own = self.finality_of(method, credited_on)
        return final_on(method, credited_on, None if own is None else own.days)

    @cached_property
    def delivery_days(self) -> DatedTable[int] | None:
        """Delivery days by day of posting; None: the norm with its margin."""
        if not self.mail:
            return None
        rows = tuple(Dated(row.since, row.days, "profile") for row in self.mail)
        # Of letters from before the first row the norm says when they arrived.
        rows = (*(row for row in POST_DELIVERY_DAYS.rows if row.since < rows[0].since), *rows)
        return DatedTable("the delivery days of the profile", rows, _LAST_DAY)

    @property
    def damages(self) -> Clause:
        """The Belgian clause for damages as the law's own value."""
        clause = self.damages_clause
        if isinstance(clause, ClauseTerms):
            return DamagesClause(clause.percent, Money(clause.minimum, "EUR"))
        return clause

    @property
    def at_risk(self) -> bool:
        """Whether there are clauses towards consumers that no person has reviewed."""
        given = self.contract_rate_for_consumers or self.damages_clause is not None or self.interest_clause
        return given and self.clauses_reviewed_on is None


PLAIN_TERMS = CreditorTerms()
"""No clauses, no VAT on costs, no insurer: what the law says, and the postal norm."""
