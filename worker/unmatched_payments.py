"""Payments of which nobody knows whose they are, as the operator's endpoints ask for them: out of the case file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.operator.unmatched import CannotAssign, UnmatchedPayment
from casefile.case_file import CaseFile, Transaction
from casefile.debtor_money import KnownDebtor
from casefile.named_cases import debtors_numbered
from casefile.session import reading
from services.provider_money import unmatched as services

__all__ = ["UnmatchedOfCaseFile"]


@dataclass(frozen=True, slots=True)
class UnmatchedOfCaseFile:
    """An `api.operator.unmatched.UnmatchedPayments`.

    Attributes:
        file: The case file.
        ring: Told of each case that has something waiting; called in any thread.
    """

    file: CaseFile
    ring: Callable[[str], None]

    def waiting(self) -> tuple[UnmatchedPayment, ...]:
        """All of them, the first first."""
        with reading(self.file.database) as session:
            return tuple(_shown(each) for each in services.unmatched(session))

    def assign(self, payment: str, case: str | None, debtor: str | None, actor: str, at: datetime) -> tuple[str, ...]:
        """Give a payment to a case, or to a debtor by his number; returns the ids of the cases that were told.

        Raises:
            CannotAssign: it is not unmatched, or can't be booked there.
        """
        try:
            with self.file.write() as transaction:
                to = case if case is not None else _debtor(transaction, debtor or "")
                told = services.assign(transaction, payment, to, actor, at)
        except services.CannotBook as problem:
            raise CannotAssign(str(problem)) from None
        for each in told:
            self.ring(each)
        return told

    def dismiss(self, payment: str, reason: str, actor: str, at: datetime) -> None:
        """Say that a payment is none of ours.

        Raises:
            CannotAssign: it is not unmatched.
        """
        try:
            with self.file.write() as transaction:
                services.dismiss(transaction, payment, reason, actor, at)
        except services.CannotBook as problem:
            raise CannotAssign(str(problem)) from None


def _debtor(transaction: Transaction, number: str) -> KnownDebtor:
    found = debtors_numbered(transaction.session, number, None)
    if len(found) == 1:
        return found[0]
    known = "no debtor has this number" if not found else "debtors of several creditors have this number: name a case"
    raise CannotAssign(known)


def _shown(each: services.Unmatched) -> UnmatchedPayment:
    payment = each.payment
    said = payment.designation
    return UnmatchedPayment(
        id=payment.id,
        received=each.received.text,
        left=each.left.text,
        currency=each.received.currency,
        received_on=min((movement.on for movement in each.movements), default=None),
        says=tuple(text for text in (*said.invoices, *said.texts) if text.strip()),
        payer=said.payer,
        why=payment.reason,
        guesses=tuple(payment.guesses),
    )
