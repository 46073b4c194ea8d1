"""What Mollie says of money: payments as they stand when they are read, with their refunds and chargebacks.

Source: docs.mollie.com, "Webhooks", "Get payment", "Webhooks (next-gen)". A payment stays `paid` when it is refunded or
charged back, so `paid` alone says little.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Protocol
from urllib.parse import parse_qs

from domain.calendar import any_day
from domain.money import Money
from domain.provider_money import Movement, MovementKind, PaymentReport, PaymentState
from gateways.mollie.account import NotThere
from gateways.told import Told, designation_of, whole_text
from services.ports import Unreadable

__all__ = ["Lookup", "MollieEventsReader", "MollieReader"]

_PAYMENT = re.compile(r"tr_[A-Za-z0-9]{1,60}", re.ASCII)
_STATES: dict[str, PaymentState] = {
    "pending": "pending",
    "paid": "paid",
    "failed": "failed",
    "canceled": "failed",
    "expired": "failed",
}
_MOMENTS = {"paid": "paidAt", "failed": "failedAt", "canceled": "canceledAt", "expired": "expiredAt"}
_GIVEN_BACK = frozenset({"processing", "refunded"})
_NOT_GIVEN_BACK = frozenset({"failed", "canceled"})


class Lookup(Protocol):
    """Looks things up at Mollie, as `gateways.mollie.account.MollieAccount` does."""

    def payment(self, own: str) -> Told:
        """A payment."""
        ...

    def refunds(self, payment: str) -> Sequence[Told]:
        """The refunds of a payment."""
        ...

    def chargebacks(self, payment: str) -> Sequence[Told]:
        """The chargebacks of a payment."""
        ...

    def payments_of_link(self, link: str) -> Sequence[Told]:
        """The payments of a payment link."""
        ...

    def event(self, own: str) -> Told:
        """An event with all that it is about."""
        ...


class MollieReader:
    """Reads the classic webhook: an id in a form, of which everything is read back."""

    def __init__(self, account: Lookup, zone: str = "Europe/Amsterdam") -> None:
        """Read for creditors on this clock.

        Args:
            account: Looks things up.
            zone: The clock.
        """
        self._account = account
        self._calendar = any_day(zone)

    def read(self, body: bytes, about: str = "") -> tuple[PaymentReport, ...]:
        """The payment that is named; none where Mollie does not know it.

        Raises:
            Unreadable: nothing of Mollie is named.
            CannotReadNow: Mollie does not answer.
        """
        named = parse_qs(body.decode("ascii", "replace")).get("id", [""])[0]
        if not _PAYMENT.fullmatch(named):
            raise Unreadable("it names no payment of Mollie")
        return self.payment(named)

    def payment(self, own: str, aliases: tuple[str, ...] = ()) -> tuple[PaymentReport, ...]:
        """A payment as it stands at Mollie; none where it does not know it."""
        try:
            told = self._account.payment(own)
            report = self._report(told, aliases)
            moved = (*report.movements, *self._refunded(own, told), *self._charged_back(own, told))
        except NotThere:
            return ()
        return (
            PaymentReport(
                report.payment,
                report.state_at,
                report.state,
                moved,
                report.expected_on,
                report.method,
                report.designation,
                aliases,
            ),
        )

    def _report(self, told: Told, aliases: tuple[str, ...]) -> PaymentReport:
        own, status, made = told.text("id"), told.text("status"), told.moment("createdAt")
        if not own or not status or made is None:
            raise Unreadable("Mollie's answer is no payment")
        at = told.moment(_MOMENTS.get(status, "createdAt")) or made
        moved = [self._moved(f"mollie:{own}", "received", told.sub("amount"), at)] if status == "paid" else []
        details = told.sub("details")
        return PaymentReport(
            f"mollie:{own}",
            at,
            _STATES.get(status, ""),
            tuple(moved),
            method=told.text("method"),
            designation=designation_of(
                told.mapping("metadata"),
                whole_text(told.text("description")),
                details.text("consumerName") or details.text("cardHolder"),
                details.text("consumerAccount"),
            ),
            aliases=aliases,
        )

    def _refunded(self, payment: str, told: Told) -> list[Movement]:
        if not _has(told, "amountRefunded", "refunds"):
            return []
        found = []
        for each in self._account.refunds(payment):
            own, status, at = f"mollie:{each.text('id')}", each.text("status"), each.moment("createdAt")
            if not each.text("id") or at is None:
                raise Unreadable("Mollie tells of a refund without id or day")
            if status in _GIVEN_BACK:
                found.append(self._moved(own, "refund", each.sub("amount"), at))
            elif status in _NOT_GIVEN_BACK:
                found.append(self._moved(f"{own}:undone", "undone", each.sub("amount"), at, of=own))
        return found

    def _charged_back(self, payment: str, told: Told) -> list[Movement]:
        if not _has(told, "amountChargedBack", "chargebacks"):
            return []
        found = []
        for each in self._account.chargebacks(payment):
            own, at, won = f"mollie:{each.text('id')}", each.moment("createdAt"), each.moment("reversedAt")
            if not each.text("id") or at is None:
                raise Unreadable("Mollie tells of a chargeback without id or day")
            reason = each.sub("reason").text("code") or "refused"
            found.append(self._moved(own, "chargeback", each.sub("amount"), at, reason=reason))
            if won is not None:
                found.append(self._moved(f"{own}:reversed", "undone", each.sub("amount"), won, of=own))
        return found

    def _moved(
        self, own: str, kind: MovementKind, amount: Told, at: datetime, *, of: str | None = None, reason: str = ""
    ) -> Movement:
        return Movement(own, kind, _money(amount), self._calendar.local_date(at), at, of, reason)

    def credit_transfer(self, told: Told, kind: str, at: datetime) -> PaymentReport:
        """A transfer to an account at Mollie that Mollie itself could not match to a payment.

        Once it is matched there, its money is told of as that payment's; so this one counts no more.
        """
        own = f"mollie:{told.text('id')}"
        remittance = told.sub("remittanceInformation")
        reference = remittance.sub("references").text("creditorReference")
        moved = [self._moved(own, "received", told.sub("amount"), at)]
        if kind in ("matched", "returned"):
            moved.append(self._moved(f"{own}:{kind}", "undone", told.sub("amount"), at, of=own))
        return PaymentReport(
            own,
            at,
            "paid",
            tuple(moved),
            method="banktransfer",
            designation=designation_of(
                {},
                whole_text(reference, remittance.text("unstructured")),
                told.sub("source").text("accountHolderName"),
            ),
        )


class MollieEventsReader:
    """Reads the next-generation webhooks: signed events, whose payments are read back all the same."""

    def __init__(self, account: Lookup, zone: str = "Europe/Amsterdam") -> None:
        """Read for creditors on this clock; the arguments are those of `MollieReader`."""
        self._account = account
        self._payments = MollieReader(account, zone)

    def read(self, body: bytes, about: str = "") -> tuple[PaymentReport, ...]:
        """The payments that an event is about; none where it says nothing of money that debtors pay.

        Raises:
            Unreadable: it is no event of Mollie.
            CannotReadNow: Mollie does not answer.
        """
        try:
            event = Told.of_body(body)
        except ValueError as problem:
            raise Unreadable(str(problem)) from None
        kind, entity = event.text("type"), event.text("entityId")
        subject, _, what = kind.partition(".")
        if not kind or not entity:
            raise Unreadable("it is no event of Mollie: without type or entity")
        if subject == "payment":
            return self._payments.payment(entity)
        if subject in ("refund", "chargeback", "capture"):
            payment = self._entity(event).text("paymentId")
            return self._payments.payment(payment) if payment else ()
        if subject == "payment-link":
            return self._link(entity)
        if subject == "unmatched-credit-transfer" and what in ("received", "matched", "returned"):
            told, at = self._entity(event), event.moment("createdAt")
            if not told.text("id") or at is None:
                raise Unreadable("a credit transfer without id or day")
            return (self._payments.credit_transfer(told, what, at),)
        # Payouts, balances, transfers of our own and Mollie's invoices: no debtor pays by them.
        return ()

    def _link(self, link: str) -> tuple[PaymentReport, ...]:
        try:
            payments = self._account.payments_of_link(link)
        except NotThere:
            return ()
        alias = (f"mollie:{link}",)
        named = [each.text("id") for each in payments if each.text("id")]
        return tuple(report for own in named for report in self._payments.payment(own, alias))

    def _entity(self, event: Told) -> Told:
        """What an event is about: it stands in it, or is read."""
        there = event.sub("_embedded").sub("entity")
        if there:
            return there
        try:
            return self._account.event(event.text("id")).sub("_embedded").sub("entity")
        except NotThere:
            return Told(None)


def _has(told: Told, amount: str, link: str) -> bool:
    return bool(told.sub(amount)) or bool(told.sub("_links").sub(link))


def _money(told: Told) -> Money:
    """An amount as Mollie writes it: `{"value": "10.00", "currency": "EUR"}`; of a chargeback it may be negative.

    Raises:
        Unreadable: it is none.
    """
    try:
        return abs(Money(Decimal(told.text("value")), told.text("currency")))
    except (InvalidOperation, ValueError):
        raise Unreadable("Mollie tells of an amount that is none") from None
