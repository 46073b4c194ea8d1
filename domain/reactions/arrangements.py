"""What follows from an arrangement by the clock and by money: reminders, the end when it is broken, or kept."""

from __future__ import annotations

from datetime import date, datetime

from domain import facts as f
from domain.arrangements import Arrangement, Instalment, left_of
from domain.case import Case, apply
from domain.correspondence import is_leaving, letter_dropped, letter_owed, still_owed
from domain.handling.arrangements import LETTERS_OF_INSTALMENTS, dropped, letters_spent, passed_over, without_it
from domain.ledger import EntryKind
from domain.money import in_minor
from domain.planning.arranged import Look, goes_on_at, grace_until, letter_of, look, warning_of
from domain.planning.respite import respite_until
from domain.planning.settlement import close_reason
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.shared_arrangements import ended_elsewhere, parts_of, schedule_of_all
from domain.surroundings import Surroundings


def arrangement_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """What follows at this moment from the arrangement that stands, or from one that was kept."""
    if not case.arrangements or case.closed is not None:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    last = case.arrangements[-1]
    left = left_of(last, case.ledger).minor
    tolerance = in_minor(policy.tolerance, case.ledger.currency)
    if last.outcome == "kept" and left > tolerance:
        return Timely(_reopened(case, last, now, today))
    if not last.stands:
        return NOTHING_FOLLOWS
    closing = close_reason(case, policy, surroundings) not in (None, f.CloseReason.HANDED_OFF)
    if closing or (left <= tolerance and _is_kept(case, policy, surroundings, last, now, today)):
        return Timely(_kept(case, policy, surroundings, last, now, today))
    elsewhere = ended_elsewhere(case, last, surroundings)
    if elsewhere is not None:
        # One arrangement: where it ends on one of its invoices, it ends on all of them.
        return Timely(_ended_with(case, policy, elsewhere, now, today))
    looked = look(case, policy, surroundings, now)
    # One that was on its way when instalments were agreed starts no term, either.
    spent = _fresh(letters_spent(case, policy, surroundings, last.id, now, today), case)
    if spent:
        return Timely(spent, looked.next_at)
    facts = _fresh(_senseless(case, policy, surroundings, last, now, today), case) or _fresh(
        _letters(case, last, looked, now, today), case
    )
    facts = facts or _ended(case, policy, last, looked, now, today)
    return Timely(facts, looked.next_at)


def _fresh(facts: tuple[f.Fact, ...], case: Case) -> tuple[f.Fact, ...]:
    return tuple(fact for fact in facts if fact.id not in case.seen)


def _letters(case: Case, arrangement: Arrangement, looked: Look, now: datetime, today: date) -> tuple[f.Fact, ...]:
    """The next letter about an instalment; each gets its number when the one before is recorded."""
    for letter, instalments in (("instalment_reminder", looked.remind), ("instalment_missed", looked.tell)):
        for each in instalments:
            return letter_owed(case, letter, letter_of(arrangement, each.number), now, today)
    return ()


def _senseless(
    case: Case, policy: Policy, surroundings: Surroundings, arrangement: Arrangement, now: datetime, today: date
) -> tuple[f.Fact, ...]:
    """Letters about an instalment that was paid before they left, or whose day is over."""
    parts = parts_of(case, policy, arrangement, surroundings)
    schedule = {letter_of(arrangement, each.number): each for each in schedule_of_all(parts)}
    found = []
    for owed in still_owed(case):
        each = schedule.get(owed.of)
        if owed.letter not in LETTERS_OF_INSTALMENTS or each is None or is_leaving(case, owed):
            continue
        last_day = each.due if owed.letter == "instalment_reminder" else grace_until(each, policy)
        if not each.open.is_positive:
            found.append(letter_dropped(owed.letter, owed.issue, "the instalment is paid", now, today))
        elif today > last_day:
            found.append(letter_dropped(owed.letter, owed.issue, "its day is over", now, today))
    return tuple(found)


def _ended(
    case: Case, policy: Policy, arrangement: Arrangement, looked: Look, now: datetime, today: date
) -> tuple[f.Fact, ...]:
    """A consumer is warned; anybody else, or one who was warned, has to pay all of it."""
    if looked.warn:
        number = 1 + len(arrangement.warnings)
        warned = f.ArrangementWarned(
            id=f"warned:{arrangement.id}:{number}",
            at=now,
            on=today,
            arrangement=arrangement.id,
            missed=_numbers(looked.warn),
        )
        return (warned, *letter_owed(case, "arrangement_default", warning_of(arrangement, number), now, today))
    if not looked.end:
        return ()
    return _broken(case, policy, arrangement.id, _numbers(looked.end), now, today)


def _ended_with(case: Case, policy: Policy, elsewhere: Arrangement, now: datetime, today: date) -> tuple[f.Fact, ...]:
    """It was broken on another of its invoices, or ended there by agreement: here too, each goes on at its own step."""
    if elsewhere.outcome == "broken":
        return _broken(case, policy, elsewhere.id, elsewhere.missed, now, today)
    target = goes_on_at(case, policy)
    ended = f.ArrangementEnded(
        id=f"ended:{elsewhere.id}",
        at=now,
        on=today,
        arrangement=elsewhere.id,
        goes_on_at=target,
        respite_until=respite_until(policy, today),
    )
    return (ended, *without_it(case, policy, elsewhere.id, target, f"ended:{elsewhere.id}", now, today))


def _broken(
    case: Case, policy: Policy, arrangement: str, missed: tuple[int, ...], now: datetime, today: date
) -> tuple[f.Fact, ...]:
    target = goes_on_at(case, policy)
    broken = f.ArrangementBroken(
        id=f"broken:{arrangement}",
        at=now,
        on=today,
        arrangement=arrangement,
        missed=missed,
        goes_on_at=target,
        respite_until=respite_until(policy, today),
    )
    return (
        broken,
        f.HoldLifted(id=f"lift:broken:{arrangement}", at=now, on=today, hold=f.HoldKind.ARRANGEMENT),
        *passed_over(case, policy, target, now, today),
        *dropped(case, "the arrangement has ended", now, today),
        *letter_owed(case, "arrangement_default", arrangement, now, today),
    )


def _numbers(instalments: tuple[Instalment, ...]) -> tuple[int, ...]:
    return tuple(each.number for each in instalments)


def _is_kept(
    case: Case, policy: Policy, surroundings: Surroundings, arrangement: Arrangement, now: datetime, today: date
) -> bool:
    """Whether a case all of whose share is paid is through with it; one that would go on waits until all is paid."""
    if not arrangement.others:
        return True
    kept = f.ArrangementKept(id="kept", at=now, on=today, arrangement=arrangement.id)
    if close_reason(apply(case, kept), policy, surroundings) is not None:
        return True
    parts = parts_of(case, policy, arrangement, surroundings)
    left = sum(each.open.minor for each in schedule_of_all(parts))
    return left <= in_minor(policy.tolerance, case.ledger.currency)


def _kept(
    case: Case, policy: Policy, surroundings: Surroundings, arrangement: Arrangement, now: datetime, today: date
) -> tuple[f.Fact, ...]:
    """All is paid: the case closes; or goes on for what was not in the instalments, and the debtor hears of it."""
    own = f"{arrangement.id}:{len(case.ledger.entries)}"
    kept = f.ArrangementKept(
        id=f"kept:{own}",
        at=now,
        on=today,
        arrangement=arrangement.id,
        respite_until=respite_until(policy, today),
    )
    paid = [entry for entry in case.ledger.entries[arrangement.entries :] if entry.kind is EntryKind.PAYMENT]
    rest: tuple[f.Fact, ...] = ()
    if paid and policy.law is not None and close_reason(apply(case, kept), policy, surroundings) is None:
        rest = letter_owed(case, "receipt", paid[-1].id, now, today)
    return (
        kept,
        *rest,
        f.HoldLifted(id=f"lift:kept:{own}", at=now, on=today, hold=f.HoldKind.ARRANGEMENT),
        *dropped(case, "all instalments are paid", now, today),
    )


def _reopened(case: Case, arrangement: Arrangement, now: datetime, today: date) -> tuple[f.Fact, ...]:
    """An instalment was taken back: it is open again, with its grace from that day."""
    own = f"{arrangement.id}:{len(case.ledger.entries)}"
    return (
        f.ArrangementReopened(id=f"reopened:{own}", at=now, on=today, arrangement=arrangement.id),
        f.HoldPlaced(id=f"hold:reopened:{own}", at=now, on=today, hold=f.HoldKind.ARRANGEMENT),
    )
