"""Handling settlements: a lower amount that is agreed, by whom, and what is released once it is paid."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.claims.claim import claim_of
from domain.correspondence import letter_owed
from domain.handling.envelope import Envelope, Lookup
from domain.handling.money import own_currency, vat_reclaim_by
from domain.handling.promises import last_day_of_grace, standing_replaced
from domain.handling.refusal import Refused
from domain.money import Money
from domain.policy import Policy
from domain.settlements import Settlement

CONFIRMATION = "settlement_confirmation"
"""The letter without which nothing is released: never silently (practice.md, letters that would be struck down)."""


def settlement_agreed(
    case: Case, policy: Policy, message: m.AgreeSettlement, own: str, envelope: Envelope, lookup: Lookup
) -> tuple[f.Fact, ...]:
    """A lower amount is agreed: the case is held until its day; then the rest is released, or all is owed as before.

    Raises:
        Refused: when there is nothing to release, the day can't be, or the release needs an approval.
    """
    at, on = envelope.at, envelope.on
    settlement = message.settlement or own[:60]
    amount = own_currency(case, message.amount, message.currency)
    if _is_known(case, message, own, settlement, amount):
        return ()
    released = _released(case, policy, amount, on, lookup)
    _may_be_agreed(message, policy, amount, released, on)
    agreed = f.SettlementAgreed(
        id=f"settlement:{own}",
        at=at,
        on=on,
        settlement=settlement,
        amount=amount,
        by=message.by,
        grace_until=last_day_of_grace(message.by, policy.settlements.grace),
        released=released,
        approved_by=message.approved_by,
        actor=message.actor,
        note=message.note,
    )
    hold = f.HoldPlaced(
        id=f"hold:settlement:{own}",
        at=at,
        on=on,
        hold=f.HoldKind.SETTLEMENT,
        until=agreed.grace_until + timedelta(days=1),
        actor=message.actor,
        of=settlement,
    )
    before = tuple(
        fact
        for each in case.settlements
        if each.stands
        for fact in settlement_ended(case, each, "replaced", each.paid_minor(case.ledger), at, on)
    )
    return (
        *before,
        *standing_replaced(case, at, on),
        agreed,
        hold,
        *letter_owed(case, CONFIRMATION, settlement, at, on),
    )


def settlement_ended(
    case: Case, settlement: Settlement, outcome: f.SettlementOutcome, paid_minor: int, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """What came of a settlement; its hold ends with it."""
    own = f"{settlement.id}:{settlement.judgements}"
    paid = Money.from_minor(paid_minor, case.ledger.currency)
    judged = f.SettlementJudged(
        id=f"judged:settlement:{own}", at=at, on=on, settlement=settlement.id, outcome=outcome, paid=paid
    )
    if not any(h.kind is f.HoldKind.SETTLEMENT and h.of == settlement.id and h.covers(on) for h in case.holds):
        return (judged,)
    lifted = f.HoldLifted(id=f"lift:settlement:{own}", at=at, on=on, hold=f.HoldKind.SETTLEMENT, of=settlement.id)
    return (judged, lifted)


def rest_released(case: Case, policy: Policy, settlement: Settlement, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The rest of the invoice is written off; interest and costs fall with the closing of the case."""
    if not case.open_minor:
        return ()
    return (
        f.WrittenOff(
            id=settlement.write_off,
            at=at,
            on=on,
            amount=case.open,
            reason="settlement",
            vat_reclaim_by=vat_reclaim_by(case, policy),
        ),
    )


def _is_known(case: Case, message: m.AgreeSettlement, own: str, settlement: str, amount: Money) -> bool:
    """Whether this settlement is on record already, just so.

    Raises:
        Refused: when its id, or that of the message, was used for another one.
    """
    known = next((each for each in case.settlements if each.id == settlement), None)
    if known is None:
        if f"settlement:{own}" in case.seen:
            raise Refused(f"id {own} is already used for another settlement; give this one an id of its own")
        return False
    if (known.minor, known.by) == (amount.minor, message.by):
        return True
    raise Refused(f"settlement {settlement} is on record already; give another one an id of its own")


def _released(case: Case, policy: Policy, amount: Money, on: date, lookup: Lookup) -> Money:
    """What is given up: the whole claim of the day without what is to be paid."""
    if case.handed_off:
        raise Refused("the case was handed off; agree on it through the agency")
    if case.closed is not None or not case.open_minor:
        why = f"the case is closed ({case.closed.value})" if case.closed else "nothing is open"
        raise Refused(f"{why}; there is nothing to settle")
    if case.open_disputes:
        names = ", ".join(each.id for each in case.open_disputes)
        raise Refused(f"what is owed is disputed ({names}); decide on that first, also as withdrawn or partly")
    whole = claim_of(case, policy, on, lookup.surroundings(case, policy)).total
    if amount >= whole:
        raise Refused(
            f"{amount.text} releases nothing, for {whole.text} is owed; agree on less, or record a promise to pay it"
        )
    return whole - amount


def _may_be_agreed(message: m.AgreeSettlement, policy: Policy, amount: Money, released: Money, on: date) -> None:
    rules = policy.settlements
    latest = on + timedelta(days=rules.longest)
    if message.by < on:
        raise Refused(f"by {message.by} has passed; agree on {on} or later")
    if message.by > latest:
        raise Refused(f"by {message.by} is more than {rules.longest} days ahead; {latest} at the latest")
    if message.actor == "debtor":
        raise Refused("the debtor can't release himself: name who of yours agreed as actor")
    whole = amount + released
    most = min(rules.most_amount, whole.amount * rules.most_percent / Decimal(100))
    if released.amount > most and not message.approved_by:
        raise Refused(
            f"{released.text} of {whole.text} would be released; without approval at most {rules.most_percent} % and "
            f"{rules.most_amount}: name who approved it as approved_by, or agree on more"
        )
