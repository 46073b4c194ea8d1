"""Payments of which nobody knows whose they are, as the operator's endpoints ask for them: out of the case file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from api.operator.unmatched import CannotAssign, UnmatchedPayment
from casefile.case_file import CaseFile
from casefile.debtor_money import KnownDebtor
from casefile.named_cases import debtors_numbered
from casefile.narrowed import narrowed
from casefile.partner_transfers import remittance_numbers
from casefile.provider_payments import provider_payment
from casefile.session import reading
from services.provider_money import unmatched as services

__all__ = ["UnmatchedOfCaseFile"]


@dataclass(frozen=True, slots=True)
class UnmatchedOfCaseFile:
    """An `api.operator.unmatched.UnmatchedPayments`.

    Attributes:
        file: The case file.
        ring: Told of each case that has something waiting; called in any thread.
        creditors: Ids of the creditors whom somebody sees who asks; None: all.
    """

    file: CaseFile
    ring: Callable[[str], None]
    creditors: frozenset[str] | None = None

    def seen_by(self, creditors: frozenset[str]) -> UnmatchedOfCaseFile:
        """The same as somebody sees it who sees these creditors."""
        return replace(self, creditors=creditors)

    def waiting(self) -> tuple[UnmatchedPayment, ...]:
        """All of them, the first first."""
        with reading(narrowed(self.file, self.creditors).database) as session:
            return tuple(_shown(each) for each in services.unmatched(session))

    def assign(self, payment: str, case: str | None, debtor: str | None, actor: str, at: datetime) -> tuple[str, ...]:
        """Give a payment to a case, or to a debtor by his number; returns the ids of the cases that were told.

        Raises:
            CannotAssign: it is not unmatched, or can't be booked there.
        """
        to = case if case is not None else self._debtor(debtor or "")
        self._must_see(payment, case)
        try:
            with self.file.write() as transaction:
                told = services.assign(transaction, payment, to, actor, at)
        except services.CannotBook as problem:
            raise CannotAssign(str(problem)) from None
        for each in told:
            self.ring(each)
        return told

    def assign_remittance(self, payment: str, remittance: str, actor: str, at: datetime) -> None:
        """Say that a payment is a remittance of a collection partner, `PARTNER/NUMBER`; no case is told.

        Raises:
            CannotAssign: it is not unmatched, or there is no such remittance that did not come in yet.
        """
        partner, _, number = remittance.partition("/")
        self._must_see(payment)
        if self.creditors is not None:
            with reading(narrowed(self.file, self.creditors).database) as session:
                if number not in remittance_numbers(session, partner):
                    raise CannotAssign(f"there is no remittance {number} of {partner}")
        try:
            with self.file.write() as transaction:
                services.assign_to_remittance(transaction, payment, partner, number, actor, at)
        except services.CannotBook as problem:
            raise CannotAssign(str(problem)) from None

    def dismiss(self, payment: str, reason: str, actor: str, at: datetime) -> None:
        """Say that a payment is none of ours.

        Raises:
            CannotAssign: it is not unmatched.
        """
        self._must_see(payment)
        try:
            with self.file.write() as transaction:
                services.dismiss(transaction, payment, reason, actor, at)
        except services.CannotBook as problem:
            raise CannotAssign(str(problem)) from None

    def _must_see(self, payment: str, case: str | None = None) -> None:
        """Refuse what is not there for who asks; what is there for nobody the service refuses."""
        if self.creditors is None:
            return
        with narrowed(self.file, self.creditors).read() as transaction:
            if provider_payment(transaction.session, payment) is None:
                raise CannotAssign(f"{payment}: there is no such payment")
            if case is not None and not transaction.cases.find(case):
                raise CannotAssign(f"there is no case {case!r} in the case file")

    def _debtor(self, number: str) -> KnownDebtor:
        with reading(narrowed(self.file, self.creditors).database) as session:
            found = debtors_numbered(session, number, None)
        if len(found) == 1:
            return found[0]
        several = "debtors of several creditors have this number: name a case"
        raise CannotAssign(several if found else "no debtor has this number")


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
