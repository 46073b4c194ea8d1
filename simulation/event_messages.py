"""From the events of a scenario to the messages that the cases are told.

Shared by both runners, so that the pure simulation and the engine hear exactly the same. A debtor's payment that
names no invoice is spread over his open cases by the law (`domain.debtor_money`); what no case takes is kept, on no
invoice, until it is put on one or given back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from domain.case import Case
from domain.debtor_money import LooseMoney, spread_payment
from domain.facts import AgreedInstalment
from domain.law.allocation import OpenClaim
from domain.money import Money
from domain.shared_arrangements import shares
from simulation.events import FORMS, BankCovers, Event, Payment, ResumeSending, Reversal, StopSending
from simulation.feedback_events import Delivery
from simulation.money_events import Allocate, Refund
from simulation.scenario import Scenario
from simulation.talk_events import Arrangement, WrittenInstalment

__all__ = ["CaseMessage", "CaseOf", "Cue", "EventMessages", "Moved", "Refusal", "message_names"]

ClaimOn = Callable[[str, date], OpenClaim | None]
"""What is open on an invoice on a day; None when nothing is, or its case is not open yet."""

ArrangeOn = Callable[[str, date, bool], OpenClaim | None]
"""What instalments on an invoice come to on a day, or its principal alone; None when its case is not open yet."""


CaseOf = Callable[[str], Case | None]
"""The case of an invoice; None when it is not open yet."""


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """One message for one case, as a signal would carry it.

    Attributes:
        number: The invoice that the case is about.
        name: Name of the message.
        payload: Its content, JSON values only.
        id: Id of its delivery, the same in every run.
    """

    number: str
    name: str
    payload: Mapping[str, object]
    id: str

    @property
    def by(self) -> str:
        """Who is known to tell it: in a scenario people are who they say they are."""
        return f"called {self.payload.get('actor') or 'somebody'}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that reaches no case, and why; money that no case takes is kept all the same."""

    on: date
    event: str
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Money on no invoice that came, or went.

    Attributes:
        payment: Id of the payment.
        kind: What became of it.
        amount: Signed: what came is positive.
        number: The invoice on which it was put.
    """

    id: str
    payment: str
    debtor: str
    kind: Literal["received", "allocated", "refunded", "reversed"]
    amount: Money
    credited_on: date
    on: date
    reference: str = ""
    number: str | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """What an event comes down to.

    Attributes:
        messages: What the cases are told, in this order.
        bank_covers: Last day that the bank statements cover from now on; None: unchanged.
        refusal: Why it reaches no case, if so.
        moved: Money on no invoice that came or went.
    """

    messages: tuple[CaseMessage, ...] = ()
    bank_covers: date | None = None
    refusal: Refusal | None = None
    moved: tuple[Moved, ...] = ()


def message_names() -> Mapping[str, str]:
    """The word of the scenario file for each message: `payment` for `payment_received`."""
    return {event.form.message: word for word, event in FORMS.items() if event.form.message is not None}


class EventMessages:
    """Turns events into messages, one after another in the order of playing.

    It remembers the payments that were spread over a debtor's cases, so that one told twice counts once, and what is
    left of those that no case took.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._spread: dict[tuple[str, str], Money] = {}
        self._loose: dict[str, tuple[LooseMoney, ...]] = {}
        self._put: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}

    def loose(self, debtor: str) -> tuple[LooseMoney, ...]:
        """What stands on no invoice of a debtor."""
        return self._loose.get(debtor, ())

    def cue(self, event: Event, claim_on: ClaimOn, arrange_on: ArrangeOn, case_of: CaseOf) -> Cue:
        """What an event comes down to, now.

        Args:
            event: The event.
            claim_on: What is open on an invoice on a day; only a debtor's payment asks.
            arrange_on: What instalments come to; only an arrangement over several invoices asks.
            case_of: A case as it stands; only what a provider tells of a message asks.
        """
        match event:
            case Arrangement() if event.others:
                return self._arranged(event, arrange_on)
            case Payment(invoice=None):
                return self._debtor_paid(event, claim_on)
            case Payment(invoice=str()) if self._is_foreign(event):
                return self._paid_in_another(event)
            case Reversal(invoice=None):
                return self._took_back(event)
            case Refund(invoice=None):
                return self._gave_back(event)
            case Allocate():
                return self._put_on(event)
            case Delivery():
                return _about_message(event, case_of)
            case BankCovers():
                return Cue(bank_covers=event.until)
            case StopSending() | ResumeSending():
                return Cue()
            case _ if event.form.about_debtor:
                return self._of_debtor(event)
            case _:
                return Cue(messages=(_told(event),))

    def _of_debtor(self, event: Event) -> Cue:
        """Each case that the debtor has by then is told the same; one that is opened later finds it with the debtor."""
        scenario = self._scenario
        family = scenario.by_debtor[scenario.by_number[event.invoice or ""].invoice.debtor]
        numbers = [each.number for each in family if scenario.opens_on(each.number) <= event.on]
        return Cue(messages=tuple(_told(replace(event, invoice=number)) for number in numbers))

    def _arranged(self, event: Arrangement, arrange_on: ArrangeOn) -> Cue:
        """Each invoice of one arrangement is told its share of the instalments, as a payment would be spread (6:43)."""
        scenario, first = self._scenario, event.invoice or ""
        family = {each.number for each in scenario.by_debtor[scenario.by_number[first].invoice.debtor]}
        numbers = list(dict.fromkeys((first, *event.others)))
        strange = [number for number in numbers if number not in family]
        if strange:
            why = f"{', '.join(strange)}: no invoice of the debtor of {first}"
            return Cue(refusal=Refusal(event.on, "arrangement", why))
        wanted = sum((each.amount for each in event.instalments[1:]), start=event.instalments[0].amount)
        owed: list[OpenClaim] = []
        for principal_only in (False, True):
            found = [arrange_on(number, event.on, principal_only) for number in numbers]
            owed = [claim for claim in found if claim is not None and claim.open.currency == wanted.currency]
            if len(owed) == len(numbers) and sum(claim.open.minor for claim in owed) == wanted.minor:
                break
        else:
            come_to = Money.from_minor(sum(claim.open.minor for claim in owed), wanted.currency)
            why = f"the instalments come to {wanted.text}, but {come_to.text} of principal is owed on these invoices"
            return Cue(refusal=Refusal(event.on, "arrangement", why))
        if not all(claim.open.is_positive for claim in owed):
            return Cue(refusal=Refusal(event.on, "arrangement", "nothing is owed on one of these invoices"))
        agreed = [AgreedInstalment(due=each.due, amount=each.amount) for each in event.instalments]
        parts = shares(agreed, owed)
        return Cue(
            messages=tuple(
                _told(
                    replace(
                        event,
                        invoice=number,
                        instalments=tuple(WrittenInstalment(each.due, each.amount) for each in parts[number]),
                        others=tuple(other for other in numbers if other != number),
                        whole=event.instalments,
                    )
                )
                for number in numbers
            )
        )

    def _debtor_paid(self, event: Payment, claim_on: ClaimOn) -> Cue:
        debtor = event.debtor or ""
        known = self._spread.setdefault((debtor, event.id), event.amount)
        if known is not event.amount:
            if known == event.amount:
                return Cue()
            reason = f"{event.id} of {debtor} was {known.text} before; now it says {event.amount.text}"
            return Cue(refusal=Refusal(event.on, "payment", reason))
        counts_on = event.credited or event.on
        claims = [
            claim
            for each in self._scenario.by_debtor[debtor]
            if (claim := claim_on(each.number, counts_on)) is not None and claim.open.currency == event.amount.currency
        ]
        numbers = [(each.number, each.number) for each in self._scenario.by_debtor[debtor]]
        found = spread_payment(event.amount, event.reference, claims, numbers, counts_on)
        if not found.shares:
            what = f"no open case of {debtor} in {event.amount.currency} to book {event.amount.text} on"
            if found.named:
                what = f"{event.amount.text} of {debtor} names {', '.join(found.named)}, where nothing is open"
            kept = LooseMoney(event.id, event.amount, counts_on, event.on, event.reference, event.method)
            return Cue(
                refusal=Refusal(event.on, "payment", f"{what}: kept, on no invoice"),
                moved=(self._moved(debtor, kept, event.amount, "received", event.id, event.on),),
            )
        self._put[debtor, event.id] = tuple((number, event.id) for number, _ in found.shares)
        last = len(found.shares) - 1
        return Cue(
            messages=tuple(
                _told(replace(event, invoice=number, amount=share + found.left if index == last else share))
                for index, (number, share) in enumerate(found.shares)
            )
        )

    def _is_foreign(self, event: Payment) -> bool:
        about = self._scenario.by_number[event.invoice or ""].invoice
        return event.amount.currency != about.amount.currency

    def _paid_in_another(self, event: Payment) -> Cue:
        """Money in another currency than that of its invoice: nobody sends it back, it is kept on no invoice."""
        debtor = self._scenario.by_number[event.invoice or ""].invoice.debtor
        known = self._spread.setdefault((debtor, event.id), event.amount)
        if known is not event.amount:
            if known == event.amount:
                return Cue()
            reason = f"{event.id} of {debtor} was {known.text} before; now it says {event.amount.text}"
            return Cue(refusal=Refusal(event.on, "payment", reason))
        text = event.reference or event.invoice or ""
        kept = LooseMoney(event.id, event.amount, event.credited or event.on, event.on, text, event.method)
        why = f"{event.amount.text} {event.amount.currency} for {event.invoice}, which is in another currency"
        return Cue(
            refusal=Refusal(event.on, "payment", f"{why}: kept, on no invoice"),
            moved=(self._moved(debtor, kept, event.amount, "received", event.id, event.on),),
        )

    def _put_on(self, event: Allocate) -> Cue:
        number = event.invoice or ""
        about = self._scenario.by_number[number].invoice
        found = next((each for each in self.loose(about.debtor) if each.id == event.payment), None)
        amount = event.amount or (found.left if found is not None else None)
        if found is None or amount is None or amount.currency != found.left.currency or amount > found.left:
            left = "nothing" if found is None else f"only {found.left.text} {found.left.currency}"
            return Cue(refusal=Refusal(event.on, "allocate", f"{left} of {event.payment} stands on no invoice"))
        if amount.currency != about.amount.currency:
            why = f"{amount.currency} for an invoice in {about.amount.currency}"
            return Cue(refusal=Refusal(event.on, "allocate", why))
        own = f"{event.payment}:{event.id}"
        content = {
            "id": own,
            "amount": amount.text,
            "currency": amount.currency,
            "credited_on": found.credited_on.isoformat(),
            **({"method": found.method} if found.method else {}),
        }
        before = self._put.get((about.debtor, event.payment), ())
        self._put[about.debtor, event.payment] = (*before, (number, own))
        return Cue(
            messages=(CaseMessage(number, event.form.message or "", content, event.id),),
            moved=(self._moved(about.debtor, found, -amount, "allocated", event.id, event.on, number),),
        )

    def _took_back(self, event: Reversal) -> Cue:
        """The bank took a payment of a debtor back: what is on no invoice, then what was put on invoices."""
        debtor = event.debtor or ""
        found = next((each for each in self.loose(debtor) if each.id == event.of), None)
        put = self._put.get((debtor, event.of), ()) if event.amount is None else ()
        loose = (None if found is None else found.left) if event.amount is None else event.amount
        if event.amount is not None and (
            found is None or event.amount.currency != found.left.currency or event.amount > found.left
        ):
            there = "nothing" if found is None else f"only {found.left.text} {found.left.currency}"
            return Cue(refusal=Refusal(event.on, "reverse", f"{there} of {event.of} stands on no invoice"))
        if found is None and not put:
            return Cue(refusal=Refusal(event.on, "reverse", f"nothing of {event.of} of {debtor} is with us"))
        if event.amount is None:
            self._put.pop((debtor, event.of), None)
        told = {"reason": event.reason} if event.reason else {}
        messages = tuple(
            CaseMessage(
                number,
                event.form.message or "",
                {"id": f"{event.id}:{own}", "payment": own, **told},
                f"{event.id}:{own}",
            )
            for number, own in put
        )
        if found is None or loose is None:
            return Cue(messages=messages)
        moved = self._moved(debtor, found, -loose, "reversed", f"{event.id}:{event.of}", event.on)
        return Cue(messages=messages, moved=(moved,))

    def _gave_back(self, event: Refund) -> Cue:
        debtor, left = event.debtor or "", event.amount
        wanted = [
            each
            for each in self.loose(debtor)
            if event.of in (None, each.id) and each.left.currency == event.amount.currency
        ]
        there = sum((each.left for each in wanted), Money.zero(event.amount.currency))
        if there < left:
            why = f"{left.text} given back, but only {there.text} of {debtor} stands on no invoice"
            return Cue(refusal=Refusal(event.on, "refund", why))
        moved = []
        for each in wanted:
            part = min(left, each.left)
            if part.is_positive:
                own = f"{event.id}:{each.id}"
                moved.append(self._moved(debtor, each, -part, "refunded", own, event.on))
                left = left - part
        return Cue(moved=tuple(moved))

    def _moved(
        self,
        debtor: str,
        money: LooseMoney,
        amount: Money,
        kind: Literal["received", "allocated", "refunded", "reversed"],
        own: str,
        on: date,
        number: str | None = None,
    ) -> Moved:
        """Note what came or went, and tell the runner."""
        if kind == "received":
            self._loose[debtor] = (*self.loose(debtor), money)
        else:
            left = tuple(
                replace(each, left=each.left + amount) if each.id == money.id else each for each in self.loose(debtor)
            )
            self._loose[debtor] = tuple(each for each in left if each.left.is_positive)
        counts_on = on if kind in ("refunded", "reversed") else money.credited_on
        return Moved(own, money.id, debtor, kind, amount, counts_on, on, money.reference, number, money.method)


def _about_message(event: Delivery, case_of: CaseOf) -> Cue:
    """The case is told under the send key of its message."""
    case = case_of(event.invoice or "")
    key = None if case is None else event.key_in(case)
    if key is None:
        what = event.step if event.channel is None else f"{event.step} by {event.channel}"
        return Cue(refusal=Refusal(event.on, "delivery", f"{event.invoice}: no {what} has left"))
    return Cue(messages=(_told(replace(event, key=key)),))


def _told(event: Event) -> CaseMessage:
    """The message by which the case of an event about one invoice is told."""
    number, name = event.invoice, event.form.message
    if number is None or name is None:
        raise ValueError(f"{event.form.word} {event.id} is about no one case")
    return CaseMessage(number, name, event.content(), event.id)
