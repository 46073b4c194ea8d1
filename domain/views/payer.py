"""How an invoice stands for who owes it, and what it asks of him now: what the debtor's page shows."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.arrangements import schedule_of
from domain.case import Case
from domain.claims.claim import Claim
from domain.facts import CloseReason
from domain.money import Money

State = Literal["open", "not_due", "disputed", "arranged", "settlement", "handed_off", "paid", "ended", "nothing_asked"]
"""How an invoice stands, for who owes it."""


def state_for_payer(case: Case, claim: Claim, on: date, stopped: bool) -> State:
    """How an invoice stands on a day; `stopped` says that what the debtor is in forbids to ask for money."""
    if case.closed is not None and case.closed is not CloseReason.HANDED_OFF:
        return "paid" if case.closed in (CloseReason.PAID, CloseReason.BELOW_TOLERANCE) else "ended"
    if case.handed_off:
        return "handed_off"
    if stopped:
        return "nothing_asked"
    if case.open_minor <= 0 and not case.contested_minor and not claim.total.is_positive:
        # It closes once he was told, of what he paid too much say.
        return "paid"
    if case.arrangement is not None:
        return "arranged"
    if any(each.stands for each in case.settlements):
        return "settlement"
    if case.undisputed.is_zero and case.contested_minor:
        return "disputed"
    return "not_due" if on <= case.due else "open"


def asked_now(case: Case, claim: Claim, state: State, on: date) -> Money:
    """What is to be paid now: of an arrangement what is due, else the next instalment; of a settlement its rest."""
    currency = case.ledger.currency
    if state in ("paid", "ended", "handed_off", "nothing_asked"):
        return Money.zero(currency)
    if case.arrangement is not None:
        left = [each for each in schedule_of(case.arrangement, case.ledger) if each.open.is_positive]
        due = [each for each in left if each.due <= on] or left[:1]
        return Money.from_minor(sum(each.open.minor for each in due), currency)
    settlement = next((each for each in case.settlements if each.stands), None)
    if settlement is not None:
        return Money.from_minor(max(0, settlement.minor - settlement.paid_minor(case.ledger)), currency)
    return claim.total
