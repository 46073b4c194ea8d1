"""What follows from a promise: it is kept, or its day and the grace pass without the money; and a word that is void.

It is judged broken only when the bank statements cover the last day of the grace.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain import facts as f
from domain.case import Case
from domain.correspondence import is_leaving, letter_dropped, letter_owed, still_owed
from domain.handling.promises import promise_ended
from domain.handling.tasks import task_raised
from domain.owed_letters import OwedLetter
from domain.planning.settlement import close_reason
from domain.policy import Policy
from domain.promises import CONFIRMATION, Promise, paid_of
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.surroundings import Surroundings, bank_covers

BROKEN = "promise_broken"
"""The letter about a promise that was not kept."""


def promise_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """What follows at this moment from the promises of a case."""
    if not case.promises or case.closed is not None:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    paid = paid_of(case.promises, case.ledger)
    facts: list[f.Fact] = []
    later: list[date] = []
    for each in case.promises:
        outcome = _outcome(each, paid.get(each.id, 0), case, policy, surroundings, today)
        if outcome == "broken":
            facts.extend(_broken(each, paid[each.id], case, policy, now, today))
        elif outcome is not None:
            facts.extend(promise_ended(case, each, outcome, paid.get(each.id, 0), now, today))
        elif each.stands:
            later.append(max(each.grace_until, today) + timedelta(days=1))
    facts.extend(
        letter_dropped(owed.letter, owed.issue, why, now, today)
        for owed, why in _senseless(case, policy, surroundings, today)
    )
    next_at = policy.sending_calendar.early(min(later)) if later else None
    return Timely(tuple(fact for fact in facts if fact.id not in case.seen), next_at)


def _outcome(
    promise: Promise, paid: int, case: Case, policy: Policy, surroundings: Surroundings, today: date
) -> f.PromiseOutcome | None:
    """What has come of a promise that stood, or was kept; None when nothing new has."""
    is_paid = paid >= promise.minor - policy.minor_tolerance(case.ledger.currency)
    if promise.outcome == "kept":
        # The money that kept it was taken back.
        return None if is_paid else "broken"
    if not promise.stands:
        return None
    if is_paid:
        return "kept"
    if close_reason(case, policy, surroundings) is not None:
        return "moot"
    if promise.grace_until >= today or not bank_covers(surroundings, promise.grace_until, today):
        return None
    return "moot" if case.contested_minor and not case.undisputed.is_positive else "broken"


def _broken(promise: Promise, paid: int, case: Case, policy: Policy, now: datetime, today: date) -> Iterator[f.Fact]:
    """It was not kept: the debtor is told, and what the policy names comes next; nothing where it held nothing."""
    named = policy.promises.broken
    is_step = named in policy.positions
    yield from promise_ended(case, promise, "broken", paid, now, today, then=named if is_step and promise.holds else "")
    if not promise.holds:
        return
    if promise.by < today:
        # Money that came and was taken back before its day leaves nothing to reproach him with yet.
        yield from letter_owed(case, BROKEN, promise.id, now, today)
    if named != "none" and not is_step:
        yield from task_raised(case, named, None, now, today)


def _senseless(case: Case, policy: Policy, surroundings: Surroundings, today: date) -> Iterator[tuple[OwedLetter, str]]:
    """Letters about promises that say what is no longer so, and why; none of which is on its way."""
    late = paid_of(case.promises, case.ledger, late=True)
    of = {each.id: each for each in case.promises}
    for owed in still_owed(case):
        if owed.letter not in (CONFIRMATION, BROKEN) or is_leaving(case, owed):
            continue
        promise = of[owed.of]
        if case.contested_minor and not case.undisputed.is_positive:
            yield owed, "all that is open is disputed"
        elif owed.letter == CONFIRMATION and not promise.stands:
            yield owed, f"the promise was {promise.outcome}"
        elif owed.letter == CONFIRMATION and promise.by < today:
            yield owed, "its day has passed"
        elif owed.letter == BROKEN and (
            late.get(promise.id, 0) >= promise.minor or close_reason(case, policy, surroundings) is not None
        ):
            yield owed, "it was paid after all"
