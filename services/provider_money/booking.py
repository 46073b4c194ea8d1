"""Booking what a provider told of a payment: the cases hear it, and what no case takes stands with its debtor.

Each movement is told once, under its own id, as the difference that it makes. All in the transaction in which the
event is marked as read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from casefile.case_file import Transaction
from casefile.debtor_money import KnownDebtor, MoneyEntry, add_entry, entries_of
from casefile.named_cases import case_named, debtor_of_cases
from casefile.provider_payments import ProviderPayment
from domain.calendar import any_day
from domain.messages.money import known_method
from domain.money import Money
from domain.provider_money import Movement, in_order, net_of, steps_of
from services.current_case import current_case
from services.debtor_payments import CannotBook, Payment, book_payment, tell_case
from services.provider_money.finding import Found
from services.provider_money.standing import Standing, standing_of

__all__ = ["CannotBook", "book_movements", "bring_up_to", "cases_of", "found_of", "local_day"]

_ZONE = any_day("Europe/Amsterdam")


def local_day(at: datetime) -> date:
    """The day on which money came at a moment, where our creditors live."""
    return _ZONE.local_date(at)


def book_movements(
    transaction: Transaction,
    payment: ProviderPayment,
    found: Found,
    known: Iterable[Movement],
    fresh: Iterable[Movement],
    at: datetime,
) -> tuple[str, ...]:
    """Tell the cases of a payment what its movements changed.

    Args:
        transaction: The case file, locked as a whole.
        payment: The payment.
        found: Whose it is.
        known: Movements that were told before.
        fresh: Those that are new.
        at: Moment of the booking, aware.

    Returns:
        Ids of the cases that were told.

    Raises:
        CannotBook: a rule of a case forbids it; the transaction (or a savepoint) must be undone.
    """
    told: dict[str, None] = {}
    booking = _Booking(transaction, payment, found, at, told)
    known, fresh = tuple(known), tuple(fresh)
    if not booking.standing().begun:
        # Whatever of it was known before could not be told: it begins now.
        known, fresh = (), (*known, *fresh)
    for movement, net in steps_of(known, fresh):
        booking.bring_to(net, movement)
    return tuple(told)


def bring_up_to(
    transaction: Transaction, payment: ProviderPayment, found: Found, movements: Iterable[Movement], at: datetime
) -> tuple[str, ...]:
    """Tell what was not told yet of a payment, in one difference; the arguments are those of `book_movements`."""
    all_of = in_order(movements)
    told: dict[str, None] = {}
    booking = _Booking(transaction, payment, found, at, told)
    if not booking.standing().begun:
        return book_movements(transaction, payment, found, (), all_of, at)
    if all_of:
        booking.bring_to(max(net_of(all_of), 0), all_of[-1])
    return tuple(told)


def cases_of(transaction: Transaction, payment: ProviderPayment) -> tuple[str, ...]:
    """The cases on which money of a payment stands or stood."""
    if payment.creditor is None or payment.debtor is None:
        return ()
    standing = standing_of(entries_of(transaction, payment.creditor, payment.debtor), payment.id)
    return tuple(standing.shares)


@dataclass(frozen=True, slots=True)
class _Booking:
    transaction: Transaction
    payment: ProviderPayment
    found: Found
    at: datetime
    told: dict[str, None]

    def standing(self) -> Standing:
        debtor = self.found.debtor
        return standing_of(entries_of(self.transaction, debtor.creditor, debtor.id), self.payment.id)

    def bring_to(self, net: int, movement: Movement) -> None:
        """Let so much of the payment stand with us, because of a movement."""
        standing = self.standing()
        difference = net - standing.total
        if difference > 0 and not standing.begun:
            self._first(Money.from_minor(difference, movement.amount.currency), movement)
        elif difference > 0:
            self._again(standing, difference, movement)
        elif difference < 0:
            self._back(standing, -difference, movement)

    def _first(self, amount: Money, movement: Movement) -> None:
        found, credited_on = self.found, self._day(movement)
        if self._for_one_case(amount):
            assert found.case_id is not None
            self._keep("received", amount, self.payment.id, credited_on)
            self._tell_received(found.case_id, self.payment.id, amount, credited_on)
            self._keep("allocated", -amount, f"{self.payment.id}:{found.case_id}", credited_on, found.case_id)
            return
        paid = book_payment(
            self.transaction,
            found.debtor,
            Payment(
                amount,
                credited_on,
                found.reference,
                id=self.payment.id,
                message="payment_received",
                method=known_method(self.payment.method),
            ),
            self.at,
        )
        self.told.update(dict.fromkeys(share.case_id for share in paid.shares))

    def _for_one_case(self, amount: Money) -> bool:
        """Whether all of it goes to one case, also where that is more than it takes.

        Who pays one invoice and more than it asks pays the others too, if he has others (BW 6:43).
        """
        found = self.found
        case = None if found.case_id is None else case_named(self.transaction.session, found.case_id)
        if case is None or case.currency != amount.currency:
            return False
        if found.whole:
            return True
        others = self.transaction.cases.siblings(case.creditor, case.debtor, case.id)
        is_open = current_case(self.transaction, case.id, self.at).case.open
        if not is_open.is_positive or amount <= is_open:
            return True
        return not any(current_case(self.transaction, each, self.at).case.open_minor for each in others)

    def _again(self, standing: Standing, minor: int, movement: Movement) -> None:
        """Money of it that comes again, or more of it than before."""
        credited_on = self._day(movement)
        parts = standing.filling(minor)
        for part in parts:
            amount = Money.from_minor(part.minor, movement.amount.currency)
            case_id = part.case_id
            if case_id is None and self._for_one_case(amount) and len(standing.shares) == 1:
                case_id = self.found.case_id
            if case_id is None:
                self._keep("received", amount, f"{movement.id}:loose", credited_on)
                continue
            self._keep("received", amount, f"{movement.id}:{case_id}:in", credited_on)
            own = movement.id
            self._tell_received(case_id, own, amount, credited_on)
            self._keep("allocated", -amount, f"{own}:{case_id}", credited_on, case_id)

    def _back(self, standing: Standing, minor: int, movement: Movement) -> None:
        on, count = self._day(movement), dict[str, int]()
        for part in standing.taking(minor):
            amount = Money.from_minor(part.minor, movement.amount.currency)
            if part.case_id is None:
                self._keep("refunded", -amount, f"{movement.id}:loose", on)
                continue
            count[part.case_id] = count.get(part.case_id, 0) + 1
            number = count[part.case_id]
            own = movement.id if number == 1 else f"{movement.id}#{number}"
            content: dict[str, object] = {
                "id": own,
                "payment": part.of,
                "amount": amount.text,
                "currency": amount.currency,
                "credited_on": on.isoformat(),
                "reason": movement.reason,
            }
            self._tell(part.case_id, "payment_reversed", content)
            self._keep("allocated", amount, f"{own}:{part.case_id}", on, part.case_id)
            self._keep("refunded", -amount, f"{own}:{part.case_id}:out", on)

    def _tell_received(self, case_id: str, own: str, amount: Money, credited_on: date) -> None:
        content: dict[str, object] = {
            "id": own,
            "amount": amount.text,
            "currency": amount.currency,
            "credited_on": credited_on.isoformat(),
            "reference": self.found.reference,
        }
        if self.payment.method:
            content["method"] = self.payment.method
        self._tell(case_id, "payment_received", content)

    def _tell(self, case_id: str, name: str, content: dict[str, object]) -> None:
        tell_case(self.transaction, case_id, name, content, self.at)
        self.told[case_id] = None

    def _day(self, movement: Movement) -> date:
        """The day on which it counts; a provider's clock may be before ours."""
        return min(movement.on, local_day(self.at))

    def _keep(self, kind: str, amount: Money, own: str, on: date, case_id: str | None = None) -> None:
        debtor: KnownDebtor = self.found.debtor
        entry = MoneyEntry(
            creditor=debtor.creditor,
            debtor=debtor.id,
            id=own,
            of=self.payment.id,
            kind="received" if kind == "received" else "allocated" if kind == "allocated" else "refunded",
            amount=amount,
            credited_on=on,
            known_on=local_day(self.at),
            reference=self.found.reference,
            case_id=case_id,
        )
        if not add_entry(self.transaction, entry, self.at):
            raise CannotBook(f"{own} is booked already")


def found_of(transaction: Transaction, payment: ProviderPayment, reference: str = "") -> Found:
    """Whose a payment is that has an owner already."""
    assert payment.creditor is not None and payment.debtor is not None
    debtor = debtor_of_cases(transaction.session, payment.creditor, payment.debtor)
    return Found(debtor, payment.case_id, reference, whole=payment.case_id is not None)
