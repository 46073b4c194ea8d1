"""What follows from a settlement: paid in full and in time, the rest is released; else all is owed as before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain import facts as f
from domain.case import Case
from domain.claims.claim import claim_of
from domain.correspondence import is_leaving, letter_dropped, still_owed
from domain.handling.settlements import CONFIRMATION, rest_released, settlement_ended
from domain.handling.tasks import task_raised
from domain.planning.settlement import close_reason
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.settlements import Settlement
from domain.surroundings import Surroundings, bank_covers
from domain.tasks import TaskKind


def settlement_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """What follows at this moment from the settlements of a case."""
    if not case.settlements or case.closed is not None:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    facts: list[f.Fact] = []
    later: list[date] = []
    for each in case.settlements:
        outcome = _outcome(each, case, policy, surroundings, today)
        if outcome is None:
            if each.stands:
                later.append(max(each.grace_until, today) + timedelta(days=1))
            continue
        facts.extend(settlement_ended(case, each, outcome, each.paid_minor(case.ledger), now, today))
        if outcome == "kept":
            facts.extend(rest_released(case, policy, each, now, today))
        elif each.outcome == "kept":
            facts.extend(_owed_again(case, each, now, today))
    facts.extend(_dropped(case, policy, surroundings, now, today))
    next_at = policy.sending_calendar.early(min(later)) if later else None
    return Timely(tuple(fact for fact in facts if fact.id not in case.seen), next_at)


def _outcome(
    settlement: Settlement, case: Case, policy: Policy, surroundings: Surroundings, today: date
) -> f.SettlementOutcome | None:
    """What has come of a settlement that stood, or was kept; None when nothing new has."""
    least = settlement.minor - policy.minor_tolerance(case.ledger.currency)
    is_paid = settlement.paid_minor(case.ledger) >= least
    if settlement.outcome == "kept":
        return None if is_paid else "unpaid"
    if not settlement.stands:
        return None
    if is_paid:
        return "kept"
    if close_reason(case, policy, surroundings) is not None:
        return "moot"
    covered = settlement.grace_until < today and bank_covers(surroundings, settlement.grace_until, today)
    return "unpaid" if covered else None


def _owed_again(case: Case, settlement: Settlement, now: datetime, today: date) -> tuple[f.Fact, ...]:
    """The money was taken back, so that nothing was released: interest on the rest never stopped."""
    released = case.ledger.entry(settlement.write_off)
    if released is None or not case.ledger.left_of(released.id):
        return ()
    own = f"reversal:{released.id}"
    return (f.PaymentReversed(id=own, at=now, on=today, of=released.id, credited_on=released.credited_on),)


def _dropped(case: Case, policy: Policy, surroundings: Surroundings, now: datetime, today: date) -> Iterator[f.Fact]:
    """Letters that say what is no longer so; none of which is on its way."""
    of = {each.id: each for each in case.settlements}
    kept = any(each.outcome == "kept" for each in case.settlements)
    for owed in still_owed(case):
        if is_leaving(case, owed):
            continue
        if owed.letter == "receipt" and kept:
            # A receipt names what is left to pay: nothing is.
            yield letter_dropped(owed.letter, owed.issue, "the rest is released", now, today)
        elif owed.letter == CONFIRMATION:
            settlement = of[owed.of]
            if (
                settlement.stands
                and settlement.by >= today
                and _releases(settlement, case, policy, surroundings, today)
            ):
                continue
            yield letter_dropped(owed.letter, owed.issue, "it no longer says what is so", now, today)
            if settlement.outcome in ("kept", None):
                # Nothing is released without a word to him.
                yield from task_raised(case, TaskKind.CONFIRM_SETTLEMENT, None, now, today)


def _releases(settlement: Settlement, case: Case, policy: Policy, surroundings: Surroundings, today: date) -> bool:
    """Whether something is left to pay of it, and to be released then."""
    left = settlement.minor - settlement.paid_minor(case.ledger)
    return 0 < left < claim_of(case, policy, today, surroundings).total.minor
