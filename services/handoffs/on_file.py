"""What the case file holds for a hand-off: names, the invoice itself, the partner that takes it."""

from __future__ import annotations

from casefile.case_file import Transaction
from domain.case import Case
from domain.handoffs.on_file import OnFile
from domain.handoffs.partners import needs_register_number
from domain.handoffs.with_partner import former_partners
from domain.money import Money
from domain.parties import Creditor
from domain.policy import Policy

__all__ = ["invoice_copies", "on_file_of"]

_CREDIT = "credit-"
_INVOICES = (".pdf", ".xml")


def invoice_copies(transaction: Transaction, case_id: str) -> tuple[str, ...]:
    """Names of the documents of a case that are the invoice itself: a PDF, or UBL."""
    names = transaction.documents.hashes_of(case_id)
    return tuple(name for name in names if name.lower().endswith(_INVOICES) and not name.startswith(_CREDIT))


def on_file_of(
    transaction: Transaction,
    case_id: str,
    creditor: Creditor,
    case: Case,
    policy: Policy,
    whole: Money,
    having: str | None,
) -> OnFile:
    """What is on file about a case.

    Args:
        transaction: On the case file.
        case_id: The case.
        creditor: Its creditor.
        case: The case, as it stands.
        policy: Its policy.
        whole: What is open of all that leaves in one file.
        having: Id of the partner who has a case of its debtor now.
    """
    debtor = transaction.parties.debtor(creditor.id, case.invoice.debtor)
    copies = invoice_copies(transaction, case_id)
    partner = creditor.partner_of(case.invoice, whole, policy.law, having, but=former_partners(case))
    return OnFile(
        named=debtor is not None and bool(debtor.name.strip()),
        addressed=debtor is not None and any(line.strip() for line in debtor.address),
        invoice_copy=copies[0] if copies else "",
        described_by="product" if case.invoice.product else "invoice" if copies else "",
        partner="" if partner is None else partner.name,
        partner_number="" if partner is None else partner.register_number or "",
        partner_needs_number=partner is not None and needs_register_number(partner.kind, case.invoice, policy.law),
        asks_partner=bool(creditor.partners) or creditor.partner is not None,
        partner_elsewhere=having or "",
    )
