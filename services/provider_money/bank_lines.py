"""A line of a bank statement from a collection partner: taken in as a payment, and matched with his remittance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from casefile.case_file import Transaction
from casefile.partner_transfers import transfers
from casefile.provider_payments import provider_payment
from domain.money import Money
from domain.provider_money import Designation, Movement, PaymentReport
from services.provider_money.recording import record_reports

__all__ = ["BankLine", "TakenLine", "line_id", "take_in_line"]


@dataclass(frozen=True, slots=True)
class BankLine:
    """Money that came from a partner.

    Attributes:
        creditor: Id of the creditor to whose account it came; None where several have this partner.
        partner: Id of the partner.
        account: His account.
        on: Day of the booking.
        text: What stands with it.
        own: The bank's id of it, or which one it is of the same sum and day, counted from 1.
    """

    creditor: str | None
    partner: str
    account: str
    amount: Money
    on: date
    text: str
    own: str = "1"


@dataclass(frozen=True, slots=True)
class TakenLine:
    """What came of a line: the remittance that it is, or (`reason`, in English) why a person is to look."""

    payment: str
    remittance: str
    reason: str


def line_id(line: BankLine) -> str:
    """Under what a line is kept: by day and sum, so that in whatever file it comes it is the same one."""
    return f"bank:{line.partner}:{line.on.isoformat()}:{line.amount.currency}{line.amount.text}:{line.own}"[:200]


def take_in_line(transaction: Transaction, line: BankLine, at: datetime) -> TakenLine:
    """Take a line in; one that is known counts once.

    Args:
        transaction: The case file, locked as a whole.
        line: The line.
        at: Moment, aware.
    """
    own = line_id(line)
    noon = datetime.combine(line.on, time(12), tzinfo=UTC)
    report = PaymentReport(
        payment=own,
        state_at=noon,
        state="paid",
        movements=(Movement(own, "received", line.amount, line.on, noon),),
        method="transfer",
        designation=Designation(creditor=line.creditor, texts=(line.text,), payer=line.partner, account=line.account),
    )
    record_reports(transaction, [report], at)
    found = next(iter(transfers(transaction.session, payment=own)), None)
    kept = provider_payment(transaction.session, own)
    return TakenLine(own, "" if found is None else found.number, "" if kept is None else kept.reason)
