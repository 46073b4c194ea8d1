"""Handling promises of payment: whether one is accepted, what it holds, and what it takes the place of."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain import facts as f
from domain import messages as m
from domain.calendar import banking_day_after
from domain.case import Case
from domain.claims.claim import claim_of
from domain.correspondence import is_leaving, letter_owed
from domain.handling.disputes import SELF_SERVICE
from domain.handling.envelope import Envelope, Lookup
from domain.handling.money import own_currency
from domain.handling.refusal import Refused
from domain.handling.tasks import task_done, task_raised
from domain.money import Money
from domain.policy import Policy
from domain.promises import CONFIRMATION, Promise, paid_of
from domain.tasks import TaskKind

MOST_OF_HIS_OWN = 1
"""Promises that the debtor notes himself and that hold (practice.md, "What debtors misuse")."""


def last_day_of_grace(by: date, grace: int) -> date:
    """Last day on which money for a day still is in time, so many banking days later."""
    return banking_day_after(by, grace) if grace else by


def promise_made(
    case: Case, policy: Policy, message: m.RecordPromise, own: str, envelope: Envelope, lookup: Lookup
) -> tuple[f.Fact, ...]:
    """The debtor promises to pay: the case is held until that day, unless too many promises did before.

    Raises:
        Refused: when nothing is open, the amount or the day can't be, or its id was used before.
    """
    at, on = envelope.at, envelope.on
    promise = message.promise or own[:60]
    if _is_known(case, message, own, promise):
        return ()
    rules = policy.promises
    whole = _whole_claim(case, policy, on, lookup)
    amount = _amount(case, message, whole)
    self_service = message.actor in SELF_SERVICE
    latest = on + timedelta(days=rules.longest)
    _may_be_promised(message, on, latest, rules.longest, self_service=self_service, answered=envelope.answered)
    too_long, too_far = message.by > latest, message.extends_term and self_service
    by = min(message.by, latest)
    held = sum(1 for each in case.promises if each.holds and each.was_made)
    most = min(MOST_OF_HIS_OWN, rules.at_most) if self_service else rules.at_most
    made = f.PromiseMade(
        id=f"promise:{own}",
        at=at,
        on=on,
        promise=promise,
        amount=amount,
        by=by,
        wished=message.by if too_long else None,
        grace_until=last_day_of_grace(by, rules.grace),
        holds=held < most,
        extends_term=message.extends_term and not self_service and held < most,
        actor=message.actor,
        note=message.note,
    )
    doubtful = too_long or too_far or not made.holds
    asked = task_raised(case, TaskKind.REVIEW_PROMISE, None, at, on) if doubtful else ()
    if not made.holds:
        # It is noted, a person is told, and it stops nothing: to confirm it would tell him that we wait.
        return (made, *asked)
    hold = f.HoldPlaced(
        id=f"hold:promise:{own}",
        at=at,
        on=on,
        hold=f.HoldKind.PROMISE,
        until=made.grace_until + timedelta(days=1),
        actor=message.actor,
        of=promise,
    )
    return (
        *_replaced(case, amount, whole, own, at, on),
        made,
        hold,
        *asked,
        *letter_owed(case, CONFIRMATION, promise, at, on),
    )


def promise_ended(
    case: Case, promise: Promise, outcome: f.PromiseOutcome, paid_minor: int, at: datetime, on: date, then: str = ""
) -> tuple[f.Fact, ...]:
    """What came of a promise; its hold ends with it."""
    own = f"{promise.id}:{promise.judgements}"
    paid = Money.from_minor(paid_minor, case.ledger.currency)
    judged = f.PromiseJudged(
        id=f"judged:promise:{own}", at=at, on=on, promise=promise.id, outcome=outcome, paid=paid, then=then
    )
    if not any(h.kind is f.HoldKind.PROMISE and h.of == promise.id and h.covers(on) for h in case.holds):
        return (judged,)
    lifted = f.HoldLifted(id=f"lift:promise:{own}", at=at, on=on, hold=f.HoldKind.PROMISE, of=promise.id)
    return (judged, lifted)


def promise_withdrawn(case: Case, message: m.WithdrawPromise, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A promise that was noted by mistake ends: it holds and acknowledges nothing, and what it replaced stays ended.

    Raises:
        Refused: when none stands, or the debtor has it in writing and was not told: he may rely on that.
    """
    if f"promise-withdrawn:{own}" in case.seen:
        return ()
    if message.actor in SELF_SERVICE:
        raise Refused("only a person of ours says that a promise was noted by mistake")
    named = [each for each in case.promises if message.promise in (None, each.id)]
    promise = next((each for each in reversed(named) if each.stands), None)
    if promise is None:
        if message.promise is None or not named:
            which = "no promise stands" if message.promise is None else f"there is no promise {message.promise}"
            raise Refused(f"{which}; there is nothing to withdraw")
        raise Refused(f"promise {named[-1].id} does not stand any more ({named[-1].outcome}); there is nothing to undo")
    letter = next((each for each in case.owing if each.letter == CONFIRMATION and each.of == promise.id), None)
    if letter is not None and not message.told and (letter.sent_on is not None or is_leaving(case, letter)):
        raise Refused(
            f"promise {promise.id} was confirmed in writing, and the debtor may rely on that: tell him that it does "
            "not stand, and say that he was told"
        )
    judged, *lifted = promise_ended(case, promise, "withdrawn", 0, at, on)
    assert isinstance(judged, f.PromiseJudged)
    return (
        judged.model_copy(update={"id": f"promise-withdrawn:{own}", "actor": message.actor, "note": message.note}),
        *lifted,
        *task_done(case, TaskKind.REVIEW_PROMISE, "withdrawn", own, at, on),
    )


def standing_replaced(case: Case, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """All promises that stand, ended by what took their place."""
    paid = paid_of(case.promises, case.ledger)
    return tuple(
        fact
        for each in case.promises
        if each.stands
        for fact in promise_ended(case, each, "replaced", paid[each.id], at, on)
    )


def _is_known(case: Case, message: m.RecordPromise, own: str, promise: str) -> bool:
    """Whether this promise is on record already, just so.

    Raises:
        Refused: when its id, or that of the message, was used for another one.
    """
    known = next((each for each in case.promises if each.id == promise), None)
    if known is None:
        if f"promise:{own}" in case.seen:
            raise Refused(f"id {own} is already used for another promise; give this one an id of its own")
        return False
    minor = None if message.amount is None else own_currency(case, message.amount, message.currency).minor
    moves = message.extends_term and message.actor not in SELF_SERVICE and known.holds
    if known.wished == message.by and minor in (None, known.minor) and moves == known.extends_term:
        return True
    raise Refused(f"promise {promise} is on record already; give another one an id of its own")


def _whole_claim(case: Case, policy: Policy, on: date, lookup: Lookup) -> Money:
    """All that he could pay today: principal, interest and costs; nothing of what he disputes."""
    return claim_of(case, policy, on, lookup.surroundings(case, policy)).total


def _amount(case: Case, message: m.RecordPromise, whole: Money) -> Money:
    amount = None if message.amount is None else own_currency(case, message.amount, message.currency)
    if case.handed_off:
        raise Refused("the case was handed off; what he promises is for the agency: tell it")
    if case.closed is not None:
        raise Refused(f"the case is closed ({case.closed.value}); there is nothing to promise")
    if not case.undisputed.is_positive:
        why = "all that is open is disputed" if case.open_minor else "nothing is open"
        raise Refused(f"{why}; there is nothing to promise")
    most = max(whole, case.undisputed)
    if amount is not None and amount > most:
        raise Refused(f"{amount.text} is promised, but only {most.text} is owed and not disputed; name at most that")
    return amount or case.undisputed


def _may_be_promised(
    message: m.RecordPromise, on: date, latest: date, longest: int, *, self_service: bool, answered: bool
) -> None:
    if message.by < on:
        raise Refused(f"by {message.by} has passed; a promise is for {on} or later")
    if answered and message.by > latest:
        raise Refused(
            f"by {message.by} is more than {longest} days ahead; {latest} at the latest, or agree on instalments"
        )
    if answered and message.extends_term and self_service:
        raise Refused("only a person of ours moves a term: name him as actor, or leave extends_term out")


def _replaced(case: Case, amount: Money, whole: Money, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A new promise takes the place of those that stand, where all together are more than is owed."""
    standing = [each for each in case.promises if each.stands]
    paid = paid_of(case.promises, case.ledger)
    still = sum(each.minor - paid[each.id] for each in standing)
    if amount.minor + still <= max(whole.minor, case.undisputed.minor):
        return ()
    return standing_replaced(case, at, on)
