"""The invoices of a scenario: as they are played, as they are written, and the way from one to the other."""

from dataclasses import dataclass

from pydantic import ValidationError

from domain.invoice import ClaimBasis, Invoice, Kind, LegalStatus, TermBasis
from domain.money import Money, minor_digits
from domain.opening import History
from domain.policy import Policy
from policies.problems import Problem, SourceError
from policies.yaml_source import Document
from simulation.written import Amount, Currency, Day, Row, Word

__all__ = ["InvoiceRow", "ScenarioInvoice", "invoice_of", "read_invoice"]


@dataclass(frozen=True, slots=True)
class ScenarioInvoice:
    """One invoice of a scenario and the policy it is collected under."""

    invoice: Invoice
    policy: Policy
    history: History | None = None

    @property
    def number(self) -> str:
        """Number of the invoice, which names it in events and output."""
        return self.invoice.number


class InvoiceRow(Row):
    """An item of `invoices`."""

    number: Word
    debtor: Word
    kind: Kind | None = None
    invoice_date: Day
    due: Day
    amount: Amount
    currency: Currency = "EUR"
    term_basis: TermBasis = TermBasis.AGREED
    received_on: Day | None = None
    legal_status: LegalStatus | None = None
    claim_basis: ClaimBasis = ClaimBasis.PRICE
    contract: Word | None = None
    goods: bool = False
    delivered_on: Day | None = None
    product: Word | None = None
    payment_reference: Word | None = None
    payment_link: Word | None = None
    direct_debit_on: Day | None = None
    history: History | None = None
    policy: Word | None = None


def read_invoice(document: Document, policy: Policy | None = None) -> Invoice:
    """Read one invoice, written as an item of `invoices` in a scenario.

    Args:
        document: A mapping with the keys of an invoice.
        policy: Its `kind` counts when the invoice gives none.

    Raises:
        SourceError: it can't be read.
    """
    row = document.validate(InvoiceRow)
    problems: list[Problem] = []
    invoice = invoice_of(row, policy, document, (), problems)
    if invoice is None:
        raise SourceError(problems)
    return invoice


def invoice_of(
    row: InvoiceRow,
    policy: Policy | None,
    document: Document,
    at: tuple[str | int, ...],
    problems: list[Problem],
) -> Invoice | None:
    """The invoice that is written; None where it can't be, which is noted.

    Args:
        row: What is written.
        policy: Its policy, as far as it is known.
        document: Where it is written.
        at: The way to it.
        problems: Takes what is wrong with it.
    """
    if minor_digits(row.currency) != 2:
        message = f"{row.currency} has no cents; only currencies with two decimals are supported"
        problems.append(document.problem((*at, "currency"), message))
        return None
    kind = row.kind or (policy.kind if policy is not None else None)
    status = row.legal_status or (LegalStatus() if kind is None else LegalStatus.of_kind(kind))
    try:
        return Invoice(
            number=row.number,
            debtor=row.debtor,
            invoice_date=row.invoice_date,
            due=row.due,
            amount=Money(row.amount, row.currency),
            legal_status=status,
            term_basis=row.term_basis,
            received_on=row.received_on,
            claim_basis=row.claim_basis,
            contract=row.contract,
            goods=row.goods,
            delivered_on=row.delivered_on,
            product=row.product,
            payment_reference=row.payment_reference,
            payment_link=row.payment_link,
            direct_debit_on=row.direct_debit_on,
        )
    except ValidationError as error:
        for each in error.errors(include_url=False):
            message = str(each["msg"]).removeprefix("Value error, ")
            problems.append(document.problem((*at, "due"), message))
        return None
