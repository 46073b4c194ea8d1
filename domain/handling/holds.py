"""Handling messages about pauses, and about the other holds that somebody may place: each ends in its own way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import assert_never

from domain import facts as f
from domain import messages as m
from domain.blockers import HoldKind
from domain.calendar import banking_day_after, day_after_collection
from domain.case import Case
from domain.case_parts import Hold
from domain.correspondence import letter_owed
from domain.handling.disputes import SELF_SERVICE
from domain.handling.envelope import Lookup
from domain.handling.money import tell_agency
from domain.handling.refusal import Refused
from domain.handling.tasks import task_done, task_raised
from domain.payment_runs import free_after_run, run_from
from domain.policy import Policy


def paused(case: Case, message: m.Pause, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The ladder stands still, until a first free day or until resumed.

    Raises:
        Refused: when that day has passed.
    """
    until = message.until
    if until is not None and until <= on:
        raise Refused(f"until {until} is the first free day and must lie after {on}; leave it out for no end")
    pause = f.HoldPlaced(
        id=f"pause:{own}",
        at=at,
        on=on,
        hold=f.HoldKind.PAUSE,
        until=until,
        actor=message.actor,
        note=message.reason,
    )
    return (pause,)


def not_paused(case: Case, on: date) -> str:
    """Why there is no pause to end."""
    others = [hold.kind.value for hold in case.holds_on(on)]
    if not others:
        return "the case is not paused"
    return f"the case is not paused but on hold: {', '.join(others)}; resume ends pauses only, finish that task"


# Other holds -----------------------------------------------------------------------------------------------


def hold_placed(case: Case, message: m.PlaceHold, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The case is kept on hold for a reason, with the end, the task and the letter of its kind.

    What was placed as often as it may be is noted, and holds nothing.

    Raises:
        Refused: when its end has passed, or lies further off than its kind allows; it is on hold for that already,
            with another end; or its id was used for something else.
    """
    kind, rule = message.hold, message.hold.rule
    placed = f"hold:{own}"
    before = [hold for hold in case.holds if hold.kind is kind]
    if placed in case.seen:
        same = next((hold for hold in case.holds if hold.id == placed), None)
        if same is None or same.kind is not kind:
            raise Refused(f"id {own} is already used in this case for something else; give it an id of its own")
        return ()
    until = _until(case, message, on)
    current = next((hold for hold in before if hold.covers(on)), None)
    other_day = current is not None and message.day is not None and str(message.day) != current.about
    if current is not None and not other_day:
        if message.until is None or until == current.end:
            return ()
        stands = "without an end" if current.end is None else f"until {current.end}"
        raise Refused(f"it is on hold already ({kind.value}, {stands}); end that first, or leave until out")
    noted = _holds_no_more(case, message, before)
    hold = f.HoldPlaced(
        id=placed,
        at=at,
        on=on,
        hold=kind,
        until=on if noted else until,
        actor=message.actor,
        note=message.note,
        about=_about(message),
        noted=noted,
    )
    if case.closed is not None and not case.handed_off:
        return (hold,)
    comes_along = rule.task is not None and rule.task_after is None
    return (
        hold,
        *(task_raised(case, rule.task, None, at, on) if comes_along and rule.task is not None else ()),
        *(letter_owed(case, rule.letter, placed, at, on) if rule.letter is not None and not noted else ()),
        *tell_agency(case, placed, at, on),
    )


def _about(message: m.PlaceHold) -> str:
    """What it is about, as a code: of a payment run the habit itself, the day of the month."""
    if message.day is not None:
        return str(message.day)
    return message.about or ("email" if message.hold is HoldKind.CONTACT_CHANGED else "")


def _holds_no_more(case: Case, message: m.PlaceHold, before: list[Hold]) -> bool:
    """Whether its kind was placed as often as it may be, or by nobody who may (practice.md, What debtors misuse)."""
    rule = message.hold.rule
    if rule.said_by_person and message.actor in SELF_SERVICE:
        return True
    if rule.said_by_person:
        # What he said himself held nothing, and is no first time.
        before = [hold for hold in before if _held(hold)]
    match rule.again:
        case "holds":
            return False
        case "by_person":
            return bool(before) and message.actor in SELF_SERVICE
        case "once_done":
            return bool(before) and rule.task is not None and case.open_task(rule.task) is not None
        case "never":
            return bool(before)
        case _:
            assert_never(rule.again)


def runs_granted(case: Case) -> bool:
    """Whether a run of grace was granted already: an invoice has one and no more."""
    return any(hold.kind is HoldKind.PAYMENT_RUN and _held(hold) for hold in case.holds)


def _held(hold: Hold) -> bool:
    """Whether it ever held anything: what was noted only did not."""
    return hold.end is None or hold.end > hold.since


def _until(case: Case, message: m.PlaceHold, on: date) -> date | None:
    """The first free day of a hold.

    Raises:
        Refused: when it has passed, or lies further off than the kind allows.
    """
    kind, rule = message.hold, message.hold.rule
    longest: date | None = None
    if message.day is not None:
        return _after_payment_run(message.day, message.until, max(on, case.due))
    if rule.lasts is not None:
        longest = banking_day_after(on, rule.lasts) if rule.in_banking_days else on + timedelta(days=rule.lasts)
    until = message.until
    if until is None:
        return longest
    if until <= on:
        raise Refused(f"until {until} is the first free day and must lie after {on}; leave it out for its own end")
    if longest is not None and not rule.may_last_longer and until > longest:
        raise Refused(
            f"{kind.value} holds {rule.lasts} {'banking days' if rule.in_banking_days else 'days'} at most: "
            f"until {longest}, not {until}"
        )
    if kind is HoldKind.PAYMENT_PENDING:
        return day_after_collection(until - timedelta(days=1))
    return until


def _after_payment_run(day: int, until: date | None, on: date) -> date:
    """The day after his first payment run from a day on.

    Raises:
        Refused: when another end is named.
    """
    free = free_after_run(day, on)
    if until is not None and until != free:
        run = run_from(day, on)
        raise Refused(f"his next payment run is on {run}: it holds until {free}, one run and no more; leave until out")
    return free


def hold_lifted(
    case: Case, policy: Policy, message: m.LiftHold, own: str, at: datetime, on: date, lookup: Lookup
) -> tuple[f.Fact, ...]:
    """The holds of one kind are over; so is the task that they asked, and the habit of a payment run.

    Raises:
        Refused: when there is no such hold, or the debtor himself confirms new contact data.
    """
    kind = message.hold
    if f"lift:{own}" in case.seen:
        return ()
    if kind is HoldKind.CONTACT_CHANGED and message.actor == "debtor":
        raise Refused("new contact data are confirmed by a person of ours, over the old channel: it may be fraud")
    ends_habit = kind is HoldKind.PAYMENT_RUN and _has_payment_run(case, policy, lookup)
    if not ends_habit and not any(hold.kind is kind and hold.covers(on) for hold in case.holds):
        if any(hold.kind is kind for hold in case.holds):
            return ()
        names = ", ".join(hold.kind.value for hold in case.holds_on(on)) or "none"
        raise Refused(f"the case is not on hold for {kind.value}; holds: {names}")
    lifted = f.HoldLifted(
        id=f"lift:{own}", at=at, on=on, hold=kind, actor=message.actor, note=message.note, ends_habit=ends_habit
    )
    task = kind.rule.task
    return (lifted, *(() if task is None else task_done(case, task, "lifted", f"lift:{own}", at, on)))


def _has_payment_run(case: Case, policy: Policy, lookup: Lookup) -> bool:
    """Whether the debtor is known to pay on one day of the month."""
    known = lookup.surroundings(case, policy).payment_run
    return known is not None and known.day is not None


def post_came_back(case: Case, message: m.DeliveryReported, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A letter came back by post: the address is wrong, and nothing is sent before it is mended."""
    if message.status != "returned" or any(h.kind is HoldKind.POST_RETURNED and h.covers(on) for h in case.holds):
        return ()
    if case.closed is not None or case.handed_off:
        return ()
    return (f.HoldPlaced(id=f"hold:returned:{own}", at=at, on=on, hold=HoldKind.POST_RETURNED),)
