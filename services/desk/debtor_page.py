"""All that the page of a debtor shows: his invoices, how he is reached and what of that is blocked, what he is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from casefile.case_file import Transaction
from casefile.debtor_statuses import statuses_of
from casefile.which_cases import Which
from domain.money import Money
from domain.parties import Contact, Debtor
from services.desk.case_lists import DeskRow, days_late
from services.reports.case_list import list_rows

__all__ = ["DebtorPage", "ReachedBy", "StatusLine", "read_debtor"]


@dataclass(frozen=True, slots=True)
class ReachedBy:
    """A person or mailbox at the debtor; `blocked` says of each way why it is not used any more."""

    contact: Contact
    blocked: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StatusLine:
    """What the debtor is in, since when, and whether he proved it."""

    status: str
    since: date
    proven: bool


@dataclass(frozen=True, slots=True)
class DebtorPage:
    """All that the page shows.

    Attributes:
        debtor: Who; None where nothing but his number is known.
        open: What he owes of his invoices, by currency.
        rows: His invoices, the latest first; what is closed last.
    """

    creditor: str
    number: str
    debtor: Debtor | None
    open: tuple[Money, ...]
    rows: tuple[DeskRow, ...]
    reached: tuple[ReachedBy, ...]
    statuses: tuple[StatusLine, ...]


def read_debtor(transaction: Transaction, creditor: str, number: str, today: date) -> DebtorPage | None:
    """Read all that the page of a debtor shows; None when there is no such debtor.

    Args:
        transaction: A reading transaction on the case file.
        creditor: Id of his creditor.
        number: His number there.
        today: The local day.
    """
    found = list_rows(transaction.session, Which(creditor=creditor, debtor_number=number), "late")
    rows = [row for row in found if row.debtor_number == number]
    debtor = transaction.parties.debtor(creditor, number)
    if debtor is None and not rows:
        return None
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row.closed is None:
            sums[row.currency] = sums.get(row.currency, Decimal(0)) + Decimal(row.open)
    blocked = {(each.channel, each.address): each.reason for each in transaction.blocked.all()}
    contacts = () if debtor is None else debtor.contacts
    return DebtorPage(
        creditor=creditor,
        number=number,
        debtor=debtor,
        open=tuple(Money(amount, currency) for currency, amount in sorted(sums.items())),
        rows=tuple(DeskRow(row, days_late(row, today)) for row in rows),
        reached=tuple(
            ReachedBy(
                contact,
                tuple(
                    (channel, reason)
                    for (channel, address), reason in blocked.items()
                    if address in (contact.email, contact.phone)
                ),
            )
            for contact in contacts
        ),
        statuses=tuple(
            StatusLine(each.status.value, each.since, each.proven)
            for each in statuses_of(transaction.session, creditor, number)
            if each.ended_on is None
        ),
    )
