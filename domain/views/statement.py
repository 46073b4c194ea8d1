"""A debtor's account with his creditor: what stood open on a day, what came and went since, what stands open now.

Only what is his to see: entries of the ledger under names that say nothing of why we made them. What was written off is
an adjustment like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from domain.ledger import EntryKind
from domain.money import Money

__all__ = ["AccountEntry", "AccountLine", "AccountPart", "ClaimedBeside", "LineKind", "OpenInvoice", "account_parts"]

LineKind = Literal["invoice", "payment", "credit_note", "adjustment", "returned", "refund"]
"""What a line of a statement is to the debtor."""

_KINDS: Final[dict[EntryKind, LineKind]] = {
    EntryKind.PRINCIPAL: "invoice",
    EntryKind.PAYMENT: "payment",
    EntryKind.CREDIT: "credit_note",
    EntryKind.WRITE_OFF: "adjustment",
    EntryKind.REVERSAL: "returned",
    EntryKind.REFUND: "refund",
}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class AccountEntry(_Value):
    """An entry of the ledger of one of a debtor's invoices.

    Attributes:
        amount: Signed: what raises the debt is positive.
        on: Day from which it counts.
    """

    invoice: str
    due: date | None
    kind: EntryKind
    amount: Money
    on: date


class AccountLine(_Value):
    """A line of the statement; `balance` is what stands open after it."""

    on: date
    kind: LineKind
    invoice: str
    amount: Money
    balance: Money


class OpenInvoice(_Value):
    """An invoice that is open: what it was about, what came of it, and what is left, below zero where too much came."""

    invoice: str
    invoiced: date
    due: date | None
    amount: Money
    settled: Money
    open: Money


class ClaimedBeside(_Value):
    """Interest and costs that a letter asked for beside an invoice, as it asked for them."""

    invoice: str
    letter_on: date
    interest: Money
    costs: Money


class AccountPart(_Value):
    """The account in one currency.

    Attributes:
        opening: What stood open at the beginning of the first day.
        closing: What stands open at the end of the last.
        overdue: What of that is past its due date.
        loose: Money of his that stands with us and is on no invoice.
    """

    currency: str
    opening: Money
    lines: tuple[AccountLine, ...]
    closing: Money
    overdue: Money
    invoices: tuple[OpenInvoice, ...]
    claimed: tuple[ClaimedBeside, ...] = ()
    loose: Money | None = None


def account_parts(entries: Iterable[AccountEntry], since: date, until: date) -> tuple[AccountPart, ...]:
    """The account of a debtor, a part for each currency, the euro first.

    Args:
        entries: All entries of all his invoices.
        since: The first day of which lines are shown.
        until: The last day that counts.
    """
    by_currency: dict[str, list[AccountEntry]] = defaultdict(list)
    for each in entries:
        if each.on <= until:
            by_currency[each.amount.currency].append(each)
    return tuple(
        _part(currency, by_currency[currency], since, until)
        for currency in sorted(by_currency, key=lambda one: (one != "EUR", one))
    )


def _part(currency: str, entries: Sequence[AccountEntry], since: date, until: date) -> AccountPart:
    ordered = sorted(entries, key=lambda each: (each.on, each.kind is not EntryKind.PRINCIPAL, each.invoice))
    opening = sum(each.amount.minor for each in ordered if each.on < since)
    balance, lines = opening, []
    for each in ordered:
        if each.on < since or not each.amount.minor:
            continue
        balance += each.amount.minor
        lines.append(
            AccountLine(
                on=each.on,
                kind=_KINDS[each.kind],
                invoice=each.invoice,
                amount=each.amount,
                balance=Money.from_minor(balance, currency),
            )
        )
    invoices = _invoices(currency, ordered)
    overdue = sum(each.open.minor for each in invoices if each.due is not None and each.due < until)
    return AccountPart(
        currency=currency,
        opening=Money.from_minor(opening, currency),
        lines=tuple(lines),
        closing=Money.from_minor(balance, currency),
        overdue=Money.from_minor(max(0, overdue), currency),
        invoices=invoices,
    )


def _invoices(currency: str, entries: Sequence[AccountEntry]) -> tuple[OpenInvoice, ...]:
    by_invoice: dict[str, list[AccountEntry]] = defaultdict(list)
    for each in entries:
        by_invoice[each.invoice].append(each)
    found = []
    for number, of in by_invoice.items():
        amount = sum(each.amount.minor for each in of if each.kind is EntryKind.PRINCIPAL)
        left = sum(each.amount.minor for each in of)
        if not left:
            continue
        found.append(
            OpenInvoice(
                invoice=number,
                invoiced=of[0].on,
                due=of[0].due,
                amount=Money.from_minor(amount, currency),
                settled=Money.from_minor(left - amount, currency),
                open=Money.from_minor(left, currency),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.due or date.max, each.invoice)))
