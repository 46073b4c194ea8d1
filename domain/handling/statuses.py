"""Handling messages about what a debtor is in: what it stops in a case, and what its end asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.correspondence import letter_dropped, letter_owed, still_owed
from domain.debtor_status import DebtorStatus, lasting
from domain.facts.statuses import StatusEnd
from domain.handling.money import tell_agency
from domain.handling.refusal import Refused
from domain.handling.tasks import task_done, task_raised
from domain.statuses import FRESH_LOOK_DAYS, StatusKind
from domain.tasks import TaskKind

PROVEN = "proven"
"""Outcome of the task that asks for proof, by which the status stays."""

STILL_TO_COME = "since {since} is still to come; tell it on that day, or leave it out for today ({today})"
ON_RECORD = "{status} is on record since {since}, not {other}; end it first, or drop since"
NEEDS_PROOF = "{status} was told before and never proven: now it holds with proof only (proven: true)"
"""Rules by which a report is refused, and what would be accepted."""

_LETTERS = ("neutral_statement", "reservation")
"""Letters of a status, which have no sense once it is over."""


def status_reported(case: Case, message: m.ReportDebtorStatus, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The debtor is in a status: nothing is asked of him, no costs arise, and a person gets a task.

    Raises:
        Refused: when its day is still to come, it says something else than is on record, or it needs proof by now.
    """
    if message.ended:
        return status_ended(case, message.status, message.actor, message.note, at, on)
    status, since = message.status, message.since or on
    if since > on:
        raise Refused(STILL_TO_COME.format(since=since, today=on))
    same_id = next((each for each in case.statuses if each.report == own), None)
    if same_id is not None and same_id.status is not status:
        raise Refused(f"id {own} told {same_id.status.value} before, and now {status.value}; give it an id of its own")
    if same_id is not None and message.since in (None, same_id.since) and message.proven in (False, same_id.proven):
        return ()
    known = lasting(case.statuses, status)
    if known is not None:
        if message.since not in (None, known.since):
            raise Refused(ON_RECORD.format(status=status.value, since=known.since, other=message.since))
        return proven(case, status, message.actor, message.note, at, on) if message.proven else ()
    if same_id is not None:
        raise Refused(f"{own} told {status.value} since {same_id.since}, and it is over; tell it anew under another id")
    if not message.proven and was_never_proven(case.statuses, status):
        raise Refused(NEEDS_PROOF.format(status=status.value))
    found = DebtorStatus(own, status, since, on, message.proven, message.actor, message.note)
    return taken_over(case, found, at, on)


def was_never_proven(statuses: tuple[DebtorStatus, ...], status: StatusKind) -> bool:
    """Whether it ended for want of proof: told again, it stops nothing by itself (practice.md, misuse)."""
    return any(each.status is status and each.ended_for == "unproven" for each in statuses)


def taken_over(case: Case, found: DebtorStatus, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """What a status of the debtor does in one of his cases."""
    status, rule = found.status, found.status.rule
    unproven = rule.proof_within is not None and not found.proven
    until = found.reported_on + timedelta(days=rule.proof_within) if unproven and rule.proof_within else None
    reported = f.DebtorStatusReported(
        id=f"status:{found.report}",
        at=at,
        on=on,
        report=found.report,
        status=status,
        since=found.since,
        proven=found.proven,
        actor=found.actor,
        note=found.note,
    )
    held = f.HoldPlaced(id=f"hold:status:{found.report}", at=at, on=on, hold=status.hold, until=until)
    if case.closed is not None and not case.handed_off:
        return (reported, held)
    task = _first_task(found)
    # Nobody asked him for an invoice that is not due: there is nothing to state of it.
    states = rule.sends == "neutral" and case.due < on
    return (
        reported,
        held,
        *(() if task is None else task_raised(case, task, None, at, on)),
        *(letter_owed(case, "neutral_statement", found.report, at, on) if states else ()),
        *tell_agency(case, f"status:{found.report}", at, on),
    )


def _first_task(found: DebtorStatus) -> TaskKind | None:
    """What it asks at once; None when nothing is to be asked yet. What is proven already needs a look only."""
    rule = found.status.rule
    if rule.task_after:
        return None
    return rule.review if rule.proof_within is not None and found.proven else rule.task


def proven(case: Case, status: StatusKind, actor: str, note: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A status that had to be proven was: it lasts until a person ends it. Nothing when it was, or needs no proof."""
    known = lasting(case.statuses, status)
    if known is None or known.proven or status.rule.proof_within is None:
        return ()
    own = f"status-proven:{known.report}"
    return (
        f.DebtorStatusProven(id=own, at=at, on=on, report=known.report, status=status, actor=actor, note=note),
        # The hold that ends by itself gives way to one that does not.
        f.HoldLifted(id=f"lift:{own}", at=at, on=on, hold=status.hold, actor=actor),
        f.HoldPlaced(id=f"hold:{own}", at=at, on=on, hold=status.hold),
        *task_done(case, status.rule.task, PROVEN, own, at, on),
        *task_raised(case, status.rule.review, None, at, on),
    )


def proof_seen(case: Case, message: m.CompleteTask, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The task that asks for proof is done with `proven`."""
    if message.task != TaskKind.ASK_DEBT_HELP_PROOF or message.outcome.strip().lower() != PROVEN:
        return ()
    return tuple(
        fact
        for fact in proven(case, StatusKind.DEBT_HELP, message.actor, "", at, on)
        if not isinstance(fact, f.TaskDone)
    )


def status_ended(case: Case, status: StatusKind, actor: str, note: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A status is over: the case is planned anew, where its rule says so after a fresh look.

    Raises:
        Refused: when the debtor is not, and never was, in that status.
    """
    known = lasting(case.statuses, status)
    if known is None:
        if any(each.status is status for each in case.statuses):
            return ()
        names = ", ".join(each.status.value for each in case.statuses if each.lasts) or "none"
        raise Refused(f"the debtor is not in {status.value}; in force: {names}")
    return over(case, known, "ended", actor, note, at, on)


def over(
    case: Case, known: DebtorStatus, reason: StatusEnd, actor: str, note: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """What the end of a status does in a case."""
    status, rule = known.status, known.status.rule
    own = f"status-ended:{known.report}"
    ended = f.DebtorStatusEnded(
        id=own, at=at, on=on, report=known.report, status=status, reason=reason, actor=actor, note=note
    )
    held = any(hold.kind is status.hold and hold.covers(on) for hold in case.holds)
    lifted = (f.HoldLifted(id=f"lift:{own}", at=at, on=on, hold=status.hold, actor=actor),) if held else ()
    # A task that another status asks for, too, stays.
    needed = {
        t for s in case.statuses if s.lasts and s is not known for t in (s.status.rule.task, s.status.rule.review)
    }
    tasks = [task for task in dict.fromkeys((rule.task, rule.review)) if task not in needed]
    done = [fact for task in tasks for fact in task_done(case, task, reason, own, at, on)]
    letters = [
        letter_dropped(each.letter, each.issue, f"{status.value} is over", at, on)
        for each in still_owed(case)
        if each.letter in _LETTERS and each.of == known.report
    ]
    return (ended, *lifted, *done, *letters, *_fresh_look(case, known, reason, at, on))


def _fresh_look(case: Case, known: DebtorStatus, reason: StatusEnd, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A person looks first: for some days, or where the ladder was closed, for as long as he takes."""
    rule = known.status.rule
    closed = rule.clock == "closed"
    if case.closed is not None or reason == "unproven" or not (closed or rule.fresh_look):
        return ()
    until = None if closed else on + timedelta(days=FRESH_LOOK_DAYS)
    look = f.HoldPlaced(id=f"hold:fresh:{known.report}", at=at, on=on, hold=f.HoldKind.FRESH_LOOK, until=until)
    return (look, *task_raised(case, TaskKind.FRESH_LOOK, None, at, on))
