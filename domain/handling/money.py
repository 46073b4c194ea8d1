"""Handling messages about money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.correspondence import letter_owed
from domain.full_discharge import asks_full_discharge
from domain.handling.envelope import Lookup
from domain.handling.refusal import Refused
from domain.handoffs.with_partner import lives_on
from domain.law import nl
from domain.law.payment_methods import PaymentMethod
from domain.ledger import EntryKind
from domain.money import Money
from domain.notices import TRIFLE
from domain.policy import Policy
from domain.tasks import TaskKind


def own_currency(case: Case, amount: Decimal, currency: str | None) -> Money:
    """The amount of a message, which must be in the currency of the case.

    Raises:
        Refused: when it is in another one.
    """
    money = m.amount_of(amount, currency, case.ledger.currency)
    if money.currency != case.ledger.currency:
        raise Refused(
            f"{money.text} {money.currency} for an invoice in {case.ledger.currency}; "
            "book it in the currency of the invoice at the rate of the day"
        )
    return money


def is_booked(case: Case, own: str, kind: EntryKind, amount: Money) -> bool:
    """Whether this payment, credit or write-off counted already.

    Raises:
        Refused: when the id was used for something else: dropping it as known would lose money.
    """
    entry = case.ledger.entry(own)
    if own not in case.seen and entry is None:
        return False
    if own not in case.seen or entry is None or entry.kind is not kind:
        raise Refused(f"id {own} is already used in this case for something else; give it an id of its own")
    if entry.amount != -amount:
        raise Refused(
            f"{own} is already booked with {abs(entry.amount).text}; now it says {abs(amount).text}. "
            "Report the difference under an id of its own"
        )
    return True


def payment_received(
    case: Case,
    policy: Policy,
    message: m.PaymentReceived,
    own: str,
    at: datetime,
    on: date,
    twice: Callable[[Case, f.PaymentReceived], tuple[f.Fact, ...]],
    lookup: Lookup,
) -> tuple[f.Fact, ...]:
    """Money came in; `twice` says what follows where another source may have told of it already.

    Raises:
        Refused: when it is in another currency, or its id is taken.
    """
    amount = own_currency(case, message.amount, message.currency)
    if is_booked(case, own, EntryKind.PAYMENT, amount):
        return ()
    credited_on = message.credited_on or on
    paid = f.PaymentReceived(
        id=own,
        at=at,
        on=on,
        amount=amount,
        credited_on=credited_on,
        reference=message.reference,
        method=message.method,
        final_on=final_by(case, policy, message.method, credited_on, lookup) if message.method else None,
    )
    return booked_payment(case, policy, paid, twice(case, paid))


def final_by(case: Case, policy: Policy, method: PaymentMethod, credited_on: date, lookup: Lookup) -> date:
    """First day on which a payment can no longer be taken back, by the creditor's contract or the table of methods."""
    return lookup.surroundings(case, policy).terms.final_on(method, credited_on)


def booked_payment(
    case: Case, policy: Policy, paid: f.PaymentReceived, twice: tuple[f.Fact, ...] = ()
) -> tuple[f.Fact, ...]:
    """A payment with what follows from it at once, whoever told it.

    Args:
        case: The case before it.
        policy: Its policy.
        paid: The payment.
        twice: What follows where another source may have told of it already; it is not confirmed to the debtor then.
    """
    return (
        paid,
        *crossed(case, paid.id, paid.credited_on, paid.at, paid.on),
        *(() if twice else receipt(case, policy, paid)),
        *offered_as_settlement(case, paid),
        *tell_agency(case, paid.id, paid.at, paid.on),
        *twice,
    )


def offered_as_settlement(case: Case, paid: f.PaymentReceived) -> tuple[f.Fact, ...]:
    """Who writes that his payment settles everything is answered by a person: silence might count as acceptance.

    Nothing is released by it; and nothing is to be answered where that was agreed before.
    """
    agreed = any(each.stands and paid.amount.minor >= each.minor for each in case.settlements)
    if agreed or case.open_task(TaskKind.ANSWER_DISCHARGE) is not None or not asks_full_discharge(paid.reference):
        return ()
    raised = f.TaskRaised(
        id=f"task:{TaskKind.ANSWER_DISCHARGE}:{paid.id}", at=paid.at, on=paid.on, task=TaskKind.ANSWER_DISCHARGE
    )
    return (raised,)


def receipt(case: Case, policy: Policy, paid: f.PaymentReceived) -> tuple[f.Fact, ...]:
    """A part payment is confirmed in writing, with reservation of interest and costs (BW 6:50); not each cent.

    Who pays all is thanked by silence; who pays after the hand-off hears of the agency. Nor is a payment confirmed
    that was taken back before we heard of it.
    """
    if any(w.of == paid.id and (w.amount is None or w.amount >= paid.amount) for w in case.ledger.waiting):
        return ()
    wanted = policy.law is not None if policy.receipts is None else policy.receipts
    rest = case.open - paid.amount
    if case.arrangement is not None:
        # He pays what was agreed: nothing is reserved towards him that was not said then.
        return ()
    if not wanted or case.handed_off or case.closed is not None or paid.amount.amount <= max(policy.tolerance, TRIFLE):
        return ()
    if rest.amount <= policy.tolerance:
        return ()
    return letter_owed(case, "receipt", paid.id, paid.at, paid.on)


def withdrawn(case: Case, credited: f.InvoiceCredited) -> tuple[f.Fact, ...]:
    """An invoice that is credited in full after its notice: the debtor is told that the claim is withdrawn, once."""
    told = any(each.letter == "claim_withdrawn" and not each.dropped for each in case.owing)
    if told or case.handed_off or not case.open_minor or credited.amount < case.open or not has_been_noticed(case):
        return ()
    return letter_owed(case, "claim_withdrawn", credited.id, credited.at, credited.on)


def has_been_noticed(case: Case) -> bool:
    """Whether a letter that sets a term has left and stands."""
    return any(t.kind == "send" and t.term_days is not None and not t.void for t in case.taken)


def crossed(case: Case, payment: str, credited_on: date, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The payment and a message to the debtor crossed: one was on its way when the other left."""
    message = None
    if case.attempt is not None and any(d.channel != "agency" for d in case.attempt.deliveries):
        message = case.attempt.message
    else:
        sent = [step for step in case.taken if step.kind == "send" and step.on >= credited_on]
        message = sent[-1].message if sent else None
    if message is None:
        return ()
    return (f.MessageCrossed(id=f"crossed:{payment}:{message}", at=at, on=on, message=message, payment=payment),)


def tell_agency(case: Case, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """Money that moves after the hand-off, or a dispute, is told to the agency at once; the fact `own` says it."""
    if lives_on(case):
        return letter_owed(case, "agency_notice", own, at, on)
    if not case.handed_off or case.open_task(TaskKind.TELL_AGENCY) is not None:
        return ()
    return (f.TaskRaised(id=f"task:tell_agency:{own}", at=at, on=on, task=TaskKind.TELL_AGENCY),)


def vat_reclaim_by(case: Case, policy: Policy) -> date | None:
    """Day by which the VAT in what is given up is to be reclaimed (art. 29 Wet OB); None where our facts know none."""
    return nl.vat_reclaim_ends(case.due) if policy.law == "NL" else None


def written_off(
    case: Case, policy: Policy, message: m.WriteOff, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """The creditor gives up all that is open, or an amount of it.

    Raises:
        Refused: when it is more than is open, or its id is taken.
    """
    given = None if message.amount is None else own_currency(case, message.amount, message.currency)
    before = case.ledger.entry(own)
    if is_booked(case, own, EntryKind.WRITE_OFF, given or (-before.amount if before else case.open)):
        return ()
    amount = given or case.open
    if not amount.is_positive or amount > case.open:
        raise Refused(f"can't write off {amount.text}: open is {case.open.text}; write off at most that")
    written = f.WrittenOff(
        id=own,
        at=at,
        on=on,
        amount=amount,
        actor=message.actor,
        note=message.words,
        reason=message.code,
        vat_reclaim_by=vat_reclaim_by(case, policy),
    )
    return (written, *tell_agency(case, own, at, on))
