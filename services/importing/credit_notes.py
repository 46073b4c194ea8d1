"""Booking a credit note on the case of its invoice: once, by whatever way it is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from casefile import credits as held
from casefile.case_file import Transaction
from casefile.cases import UnknownCase
from casefile.credits import UnallocatedCredit
from intake.comparing import Change, ChangeKind
from services.importing.results import Imported, known_case, tell_known

__all__ = ["Booked", "CreditKind", "book_credit", "document_name"]


CreditKind = Literal["correction", "return", "rebate"]


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of a credit note.

    Attributes:
        rows: What it changed.
        remark: What a person should know of it, or None.
    """

    rows: tuple[Imported, ...]
    remark: str | None


def book_credit(
    transaction: Transaction,
    case: str,
    credit: UnallocatedCredit,
    at: datetime,
    *,
    line: int | None = None,
    kind: CreditKind = "correction",
) -> Booked:
    """Tell a case that its invoice was credited, and remember that the credit note is on it.

    Unless a person says otherwise it counts as a correction, which voids the letters before it (`docs/ubl.md`). The
    caller commits.

    Args:
        transaction: The case file.
        case: Id of the case.
        credit: The credit note, whether it was held or comes in just now.
        at: Moment of the booking, aware.
        line: Line for the result.
        kind: What it gives back for; a `rebate` counts as a payment.

    Raises:
        UnknownCase: there is no such case.
        ValueError: the case is kept in another currency.
    """
    known = known_case(transaction, case, at)
    if known is None:
        raise UnknownCase(f"there is no case {case!r} in the case file")
    number, currency = known.case.invoice.number, known.case.ledger.currency
    if credit.amount.currency != currency:
        raise ValueError(f"credit note {credit.number} is in {credit.amount.currency}, invoice {number} in {currency}")
    own = f"import:credit:{credit.id}"
    content = {
        "id": own,
        "amount": credit.amount.text,
        "currency": currency,
        "kind": kind,
        "actor": "import",
    }
    says = f"{credit.amount.text} {currency} credited by {credit.number}"
    remark = None
    changes = [Change(ChangeKind.CREDIT, "invoice_credited", content, says)]
    if own in known.case.seen:
        changes = []
    elif credit.amount > known.case.open:
        remark = (
            f"credit note {credit.number} gives {credit.amount.text}, more than the {known.case.open.text} that is open"
            f" on invoice {number}: the rest is the debtor's"
        )
    rows = tell_known(transaction, known, line, changes, at)
    # Remembered also when it was never held: once booked, it stays on this case whatever comes later.
    held.hold_credit(transaction, credit, at)
    held.allocate(transaction, credit, case, at)
    transaction.documents.save(case, document_name(credit.number, credit=True), "application/xml", credit.content)
    return Booked(tuple(rows), remark)


def document_name(number: str, *, credit: bool = False) -> str:
    """Name of the XML of an invoice or credit note among the documents of a case."""
    stem = re.sub(r"[^\w.-]", "-", number).strip(".") or "document"
    return f"credit-{stem}.xml" if credit else f"{stem}.xml"
