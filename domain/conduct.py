"""The conduct of a case: from a message or a moment to facts. Pure, and the same for engine and simulation.

`judge` says which facts follow from a message, or refuses it by a rule. `proceed` draws all consequences that
stay inside the case (passing over, tasks, closing, reopening) until what remains is a wait, something to be
done outside (send, hand off, reconcile), or the end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol, assert_never

from domain import facts as f
from domain import messages as m
from domain.case import CASE_CLOSED, Case, apply
from domain.claims.claim import Asking, ask
from domain.ledger import EntryKind
from domain.money import Money
from domain.notices import (
    as_taken,
    standing_business_notice,
    standing_cost_notice,
    standing_first_reminder,
    with_dependents,
)
from domain.planning.decision import Decision
from domain.planning.planner import RECONCILE_AFTER, plan
from domain.planning.settlement import close_reason, waived
from domain.policy import Policy, Step
from domain.reactions.legal import watched
from domain.surroundings import NOTHING_SPECIAL, Surroundings

_OUTLIVE_CLOSING = ("overpayment", "tell_agency", "settle_send")
"""Tasks that stay open when a case closes."""

_LONGEST_ERROR = 2000
"""Signs of an error that are kept: it may quote what was sent."""

_HELD_BACK = ("bank_not_covering", "approval_required", "sibling_in_default", "terms_at_risk")
_HOLD_TASKS = {
    "onboarding_review": f.HoldKind.ONBOARDING_REVIEW,
    "missing_from_list": f.HoldKind.MISSING_FROM_LIST,
    "imported_hold": f.HoldKind.IMPORTED,
}


class Desk(Protocol):
    """What judging a message needs from outside the case."""

    def policy(self, name: str, version: int | None) -> Policy | None:
        """The policy of this name and version (None: the newest), if there is one."""

    def quarantined(self, quarantine_id: str) -> tuple[str, bytes] | None:
        """Name and bytes of a message in quarantine."""


class Refused(ValueError):
    """A message that a rule forbids; the text names the rule and what would be accepted."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message as the case was told it.

    Attributes:
        id: Idempotency id of the delivery, used where the message brings none of its own.
        at: Moment on which we learned of it, aware.
        on: Local day of that moment in the policy's zone.
    """

    message: m.Message
    id: str
    at: datetime
    on: date


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one raw message.

    Attributes:
        facts: Facts that follow.
        refusal: Why it could not be used, if so. An answered message was refused; any other is in quarantine.
    """

    facts: tuple[f.Fact, ...]
    refusal: str | None = None


def hear(
    case: Case,
    policy: Policy,
    name: str,
    raw: bytes | None,
    told: tuple[str, datetime, date],
    desk: Desk,
    *,
    answered: bool,
) -> Heard:
    """Read and judge one raw message; what can't be used and gets no answer is quarantined, never dropped.

    Args:
        case: The case.
        policy: Its policy.
        name: Name of the message.
        raw: Its JSON, if any.
        told: Id of the delivery, moment and local day.
        desk: What judging needs from outside.
        answered: Whether the sender gets the refusal as an answer.
    """
    told_id, at, on = told
    notes: tuple[str, ...] = ()
    facts: tuple[f.Fact, ...] = ()
    try:
        message = m.read_message(name, raw)
        if isinstance(message, m.Pause):
            notes = message.notes
            if not answered and message.until is not None and message.until <= on:
                notes = (*notes, f"until {message.until} does not lie after {on}; paused without an end")
                message = message.model_copy(update={"until": None})
        facts = judge(case, policy, Told(message, told_id, at, on), desk)
    except (m.Unreadable, Refused) as error:
        notes = (str(error),)
    if not notes or answered:
        return Heard(facts, "; ".join(notes) or None if not facts else None)
    quarantined = f.MessageQuarantined(
        id=f"quarantine:{told_id}",
        at=at,
        on=on,
        name=_printable(name)[:200],
        sha256=hashlib.sha256(raw or b"").hexdigest(),
        error=_printable("; ".join(notes))[:_LONGEST_ERROR],
    )
    fresh = () if quarantined.id in case.seen else (quarantined,)
    return Heard((*facts, *fresh), "; ".join(notes))


def _printable(text: str) -> str:
    """The text with signs that no database or screen takes (NUL, lone surrogates) written as escapes."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def judge(case: Case, policy: Policy, told: Told, desk: Desk) -> tuple[f.Fact, ...]:
    """The facts that follow from a message.

    Returns:
        The facts; none when the message was known already or changes nothing.

    Raises:
        Refused: when a rule forbids it.
    """
    facts = _facts(case, policy, told, desk)
    return tuple(fact for fact in facts if fact.id not in case.seen)


def _facts(case: Case, policy: Policy, told: Told, desk: Desk) -> Sequence[f.Fact]:
    message, at, on = told.message, told.at, told.on
    own = message.id or told.id
    match message:
        case m.PaymentReceived():
            amount = _own_currency(case, message.amount, message.currency)
            if _is_booked(case, own, EntryKind.PAYMENT, amount):
                return ()
            credited_on = message.credited_on or on
            paid = f.PaymentReceived(id=own, at=at, on=on, amount=amount, credited_on=credited_on)
            return (paid, *_crossed(case, own, credited_on, at, on), *_tell_agency(case, own, at, on))
        case m.PaymentReversed():
            return _reversed(case, message, f"reversal:{own}", at, on)
        case m.InvoiceCredited():
            amount = _own_currency(case, message.amount, message.currency)
            if _is_booked(case, own, EntryKind.CREDIT, amount):
                return ()
            credited = f.InvoiceCredited(id=own, at=at, on=on, amount=amount, credit_kind=message.kind)
            return (credited, *_tell_agency(case, own, at, on))
        case m.WriteOff():
            return _written_off(case, message, own, at, on)
        case m.DeliveryReported():
            return (
                f.DeliveryReported(
                    id=f"report:{own}",
                    at=at,
                    on=on,
                    key=message.key,
                    status=message.status,
                    received_on=message.received_on,
                ),
                *(_raised(case, "fix_contact", None, at, on) if message.status in f.CAME_BACK else ()),
            )
        case m.Pause():
            return _paused(case, message, own, at, on)
        case m.Resume():
            if not any(h.kind is f.HoldKind.PAUSE and h.covers(on) for h in case.holds):
                raise Refused(_not_paused(case, on))
            return (
                f.HoldLifted(id=f"resume:{own}", at=at, on=on, hold=f.HoldKind.PAUSE, actor=message.actor),
                *_done(case, "review_pause", "resumed", f"resume:{own}", at, on),
            )
        case m.PlaceHold():
            kind = f.HoldKind(message.hold)
            if any(h.kind is kind and h.covers(on) for h in case.holds):
                return ()
            return (f.HoldPlaced(id=f"hold:{own}", at=at, on=on, hold=kind, until=message.until, actor=message.actor),)
        case m.LiftHold():
            kind = f.HoldKind(message.hold)
            if not any(h.kind is kind and h.covers(on) for h in case.holds):
                return ()
            lifted = f.HoldLifted(id=f"lift:{own}", at=at, on=on, hold=kind, actor=message.actor)
            return (lifted, *_done(case, message.hold, "lifted", f"lift:{own}", at, on))
        case m.ApproveHandoff():
            return _approved(case, policy, message, own, at, on)
        case m.LogCall():
            logged = f.CallLogged(id=f"call:{own}", at=at, on=on, outcome=message.outcome, actor=message.actor)
            kind_of_task = message.task or _open_call_task(case, policy)
            done = _done(case, kind_of_task, message.outcome, f"call:{own}", at, on) if kind_of_task else ()
            return (logged, *done)
        case m.CompleteTask():
            return _completed(case, message, own, at, on)
        case m.RaiseTask():
            if case.open_task(message.task) is not None:
                return ()
            return (f.TaskRaised(id=f"task:{own}", at=at, on=on, task=message.task),)
        case m.ChangeDueDate():
            if message.due < case.invoice.invoice_date:
                raise Refused(f"due {message.due} lies before the invoice date {case.invoice.invoice_date}")
            if message.due == case.due:
                return ()
            return (f.DueDateChanged(id=f"due:{own}", at=at, on=on, due=message.due, actor=message.actor),)
        case m.ChangePolicy():
            return _other_policy(case, message, own, at, on, desk)
        case m.SettleSend():
            return _settled(case, message, own, at, on)
        case m.ReissueNotice():
            return _reissued(case, policy, message, own, at, on)
        case m.ResubmitQuarantined():
            return _resubmitted(case, policy, told, message, desk)
        case m.DismissQuarantined():
            _must_be_quarantined(case, message.of)
            return (
                f.QuarantineSettled(
                    id=f"quarantine-settled:{message.of}",
                    at=at,
                    on=on,
                    of=message.of,
                    outcome="dismissed",
                    actor=message.actor,
                ),
            )
        case _:
            assert_never(message)


def _own_currency(case: Case, amount: Decimal, currency: str | None) -> Money:
    money = m.amount_of(amount, currency, case.ledger.currency)
    if money.currency != case.ledger.currency:
        raise Refused(
            f"{money.text} {money.currency} for an invoice in {case.ledger.currency}; "
            "book it in the currency of the invoice at the rate of the day"
        )
    return money


def _is_booked(case: Case, own: str, kind: EntryKind, amount: Money) -> bool:
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
            f"{own} is already booked with {abs(entry.amount).text}; now it says {amount.text}. "
            "Report the difference under an id of its own"
        )
    return True


def _reversed(case: Case, message: m.PaymentReversed, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    part = None if message.amount is None else _own_currency(case, message.amount, message.currency)
    if case.ledger.knows(own):
        return ()
    if own in case.seen:
        raise Refused(f"id {own} is already used in this case for something else; give it an id of its own")
    entry = case.ledger.entry(message.payment)
    if entry is not None and not entry.lowers:
        raise Refused(f"{message.payment!r} is no payment or credit ({entry.kind.value}); name one of those")
    taken_back = f.PaymentReversed(
        id=own, at=at, on=on, of=message.payment, amount=part, credited_on=message.credited_on or on
    )
    return (taken_back, *_tell_agency(case, own, at, on))


def _crossed(case: Case, payment: str, credited_on: date, at: datetime, on: date) -> tuple[f.Fact, ...]:
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


def _tell_agency(case: Case, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """Money that moves after the hand-off is told to the agency at once."""
    if not case.handed_off or case.open_task("tell_agency") is not None:
        return ()
    return (f.TaskRaised(id=f"task:tell_agency:{own}", at=at, on=on, task="tell_agency"),)


def _written_off(case: Case, message: m.WriteOff, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    given = None if message.amount is None else _own_currency(case, message.amount, message.currency)
    before = case.ledger.entry(own)
    if _is_booked(case, own, EntryKind.WRITE_OFF, given or (-before.amount if before else case.open)):
        return ()
    amount = given or case.open
    if not amount.is_positive or amount > case.open:
        raise Refused(f"can't write off {amount.text}: open is {case.open.text}; write off at most that")
    written = f.WrittenOff(id=own, at=at, on=on, amount=amount, actor=message.actor)
    return (written, *_tell_agency(case, own, at, on))


def _paused(case: Case, message: m.Pause, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    until = message.until
    if until is not None and until <= on:
        raise Refused(f"until {until} is the first free day and must lie after {on}; leave it out for no end")
    return (f.HoldPlaced(id=f"pause:{own}", at=at, on=on, hold=f.HoldKind.PAUSE, until=until, actor=message.actor),)


def _not_paused(case: Case, on: date) -> str:
    others = [hold.kind.value for hold in case.holds_on(on)]
    if not others:
        return "the case is not paused"
    return f"the case is not paused but on hold: {', '.join(others)}; resume ends pauses only, finish that task"


def _open_call_task(case: Case, policy: Policy) -> str | None:
    """The kind of the open task that the ladder raised last."""
    rungs = {step.task for step in policy.steps if step.task}
    return next((t.kind for t in reversed(case.tasks) if t.done_on is None and t.kind in rungs), None)


def _done(case: Case, kind: str, outcome: str, own: str, at: datetime, on: date) -> tuple[f.TaskDone, ...]:
    if case.open_task(kind) is None:
        return ()
    return (f.TaskDone(id=f"done:{kind}:{own}", at=at, on=on, task=kind, outcome=outcome),)


def _completed(case: Case, message: m.CompleteTask, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    if f"done:{own}" in case.seen:
        return ()
    task = case.open_task(message.task) or next(
        (t for t in case.tasks if t.step == message.task and t.done_on is None), None
    )
    if task is None:
        open_tasks = ", ".join(t.kind for t in case.tasks if t.done_on is None) or "none"
        raise Refused(f"there is no open task {message.task!r}; open: {open_tasks}")
    done = f.TaskDone(id=f"done:{own}", at=at, on=on, task=task.kind, outcome=message.outcome, actor=message.actor)
    held = _HOLD_TASKS.get(task.kind)
    if held is None:
        return (done,)
    return (done, f.HoldLifted(id=f"lift:{own}", at=at, on=on, hold=held, actor=message.actor))


def _approved(
    case: Case, policy: Policy, message: m.ApproveHandoff, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    step = next((s for s in policy.steps if s.hand_off and message.step in (None, s.id)), None)
    if step is None:
        raise Refused(f"policy {policy.policy} has no hand-off to approve")
    if case.handed_off:
        raise Refused("the case is handed off already")
    if case.closed is not None:
        raise Refused(f"the case is closed ({case.closed.value})")
    holds = case.holds_on(on)
    if holds:
        raise Refused(f"the case is on hold ({holds[0].kind.value}); end the hold first")
    if message.open is not None and _own_currency(case, message.open, None) != case.open:
        raise Refused(f"approved {message.open}, but open is {case.open.text}; look again and approve that")
    approval = f.HandoffApproved(id=f"approval:{own}", at=at, on=on, step=step.id, open=case.open, actor=message.actor)
    return (approval, *_done(case, "approve_handoff", "approved", own, at, on))


def _other_policy(
    case: Case, message: m.ChangePolicy, own: str, at: datetime, on: date, desk: Desk
) -> tuple[f.Fact, ...]:
    target = desk.policy(message.policy, message.version)
    if target is None:
        version = "" if message.version is None else f" version {message.version}"
        raise Refused(f"there is no policy {message.policy!r}{version} in the case file; load it first")
    if (target.policy, target.version) == (case.policy, case.policy_version):
        return ()
    return (
        f.PolicyChanged(
            id=f"policy:{own}",
            at=at,
            on=on,
            policy=target.policy,
            policy_version=target.version,
            actor=message.actor,
        ),
    )


def _settled(case: Case, message: m.SettleSend, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    attempt = case.attempt
    if attempt is not None and attempt.step == message.step:
        status = f.DeliveryStatus.SENT if message.outcome == "sent" else f.DeliveryStatus.NOT_SENT
        open_keys = [
            d.key for d in attempt.deliveries if d.status in (f.DeliveryStatus.UNKNOWN, f.DeliveryStatus.INTENDED)
        ]
        if not open_keys:
            raise Refused(f"nothing about step {message.step} is unknown")
        return tuple(
            f.DeliveryConcluded(
                id=f"settle:{own}:{key}",
                at=at,
                on=on,
                key=key,
                status=status,
                retry_at=at if status is f.DeliveryStatus.NOT_SENT else None,
                reason="settled by a person",
            )
            for key in open_keys
        )
    unproven = next(
        (
            t
            for t in reversed(case.taken)
            if t.step == message.step and not t.proven and message.issue in (None, t.issue)
        ),
        None,
    )
    if unproven is None:
        raise Refused(f"step {message.step!r} has no sending whose outcome is unknown")
    settled = f.SendSettled(
        id=f"settle:{own}",
        at=at,
        on=on,
        step=unproven.step,
        issue=unproven.issue,
        outcome=message.outcome,
        received_on=message.received_on,
        actor=message.actor,
    )
    return (settled, *_done(case, "settle_send", message.outcome, own, at, on))


def _reissued(
    case: Case, policy: Policy, message: m.ReissueNotice, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """A person voids the notice in force: the ladder gives it again, as its next issue and with a full new term."""
    if case.closed is not None:
        raise Refused(f"the case is closed ({case.closed.value})")
    notices = [t for t in case.taken if t.term_days is not None and not t.void]
    in_force = (standing_cost_notice(case), standing_first_reminder(case), standing_business_notice(case))
    named = [t for t in reversed(notices) if t.step == message.step]
    chosen = named if message.step is not None else [*(t for t in in_force if t is not None), *reversed(notices)]
    notice = chosen[0] if chosen else None
    if notice is None:
        sent = ", ".join(dict.fromkeys(t.step for t in notices)) or "none"
        raise Refused(f"there is no notice in force to give again; in force: {sent}")
    return (
        f.LetterVoided(
            id=f"reissue:{own}",
            at=at,
            on=on,
            steps=with_dependents(notice, case, policy),
            reason="reissue",
            of=own,
            actor=message.actor,
        ),
    )


def _must_be_quarantined(case: Case, quarantine_id: str) -> None:
    if quarantine_id not in case.quarantined:
        known = ", ".join(case.quarantined) or "none"
        raise Refused(f"{quarantine_id!r} is not in this case's quarantine; there: {known}")


def _resubmitted(
    case: Case, policy: Policy, told: Told, message: m.ResubmitQuarantined, desk: Desk
) -> tuple[f.Fact, ...]:
    _must_be_quarantined(case, message.of)
    kept = desk.quarantined(message.of)
    if kept is None:
        raise Refused(f"the bytes of {message.of!r} are not in the case file")
    name, raw = kept
    try:
        if message.payload is not None:
            raw = json.dumps(message.payload).encode()
        again = m.read_message(message.as_name or name, raw)
    except (m.Unreadable, RecursionError) as error:
        raise Refused(f"still unreadable: {error}") from None
    if isinstance(again, m.ResubmitQuarantined | m.DismissQuarantined):
        raise Refused("a message about the quarantine can't itself be resubmitted")
    settled = f.QuarantineSettled(
        id=f"quarantine-settled:{message.of}",
        at=told.at,
        on=told.on,
        of=message.of,
        outcome="resubmitted",
        actor=message.actor,
    )
    facts = _facts(case, policy, Told(again, message.of, told.at, told.on), desk)
    return (*facts, settled)


# Consequences ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proceeding:
    """A case after all its inner consequences were drawn.

    Attributes:
        case: The case with `facts` applied.
        facts: New facts, in order.
        decision: What remains: a wait, something to be done outside, or the end.
        look_at: When the case is to be looked at again, by the decision or for a deadline that comes before it; None
            when only a message changes anything.
    """

    case: Case
    facts: tuple[f.Fact, ...]
    decision: Decision
    look_at: datetime | None


def proceed(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Proceeding:
    """Draw all consequences that stay inside the case at this moment."""
    today = policy.sending_calendar.local_date(now)
    facts: list[f.Fact] = []
    seen = watched(case, policy, surroundings, now)
    while True:
        fresh: list[f.Fact] = list(seen.facts)
        if not fresh:
            decision = plan(case, policy, surroundings, now)
            consequences = _consequences(case, policy, surroundings, decision, now, today)
            fresh = [fact for fact in consequences if fact.id not in case.seen]
        if not fresh:
            moments = [moment for moment in (decision.at, seen.next_at) if moment is not None]
            return Proceeding(case, tuple(facts), decision, min(moments, default=None))
        for fact in fresh:
            case = apply(case, fact)
        facts.extend(fresh)
        if seen.facts or any(isinstance(fact, f.CaseClosed | f.CaseReopened) for fact in fresh):
            # What the ladder does by itself changes nothing for the law.
            seen = watched(case, policy, surroundings, now)


def _consequences(
    case: Case, policy: Policy, around: Surroundings, decision: Decision, now: datetime, today: date
) -> Sequence[f.Fact]:
    """Facts that follow from a decision at once; the planner is asked again after each batch."""
    if case.closed is not None and close_reason(case, policy, around) is None:
        return (f.CaseReopened(id=f"reopened:{len(case.idle)}", at=now, on=today),)
    if decision.passed_over:
        return tuple(
            f.StepPassedOver(id=f"passed:{step}:{issue}", at=now, on=today, step=step, issue=issue, reason=reason)
            for step, issue, reason in decision.passed_over
        )
    due = decision.at is not None and decision.at <= now
    if decision.action == "close" and decision.close is not None:
        return _closing(case, policy, around, decision.close, now, today)
    if decision.action == "task" and due and decision.task is not None:
        return _task_raised(case, policy, around, decision, decision.task, now, today)
    codes = tuple(blocker.code for blocker in decision.blockers)
    if decision.action == "wait" and decision.step and any(code in _HELD_BACK for code in codes):
        return (
            f.StepHeldBack(
                id=f"held:{decision.step}:{decision.issue}:{'+'.join(codes)}",
                at=now,
                on=today,
                step=decision.step,
                issue=decision.issue,
                blockers=codes,
            ),
        )
    return ()


def _closing(
    case: Case, policy: Policy, around: Surroundings, reason: f.CloseReason, now: datetime, today: date
) -> Sequence[f.Fact]:
    if case.closed is reason:
        return ()
    ending = f"closed:{reason.value}:{len(case.idle)}:{len(case.ledger.entries)}"
    tasks = {t.kind for t in case.tasks if t.done_on is None and t.kind not in _OUTLIVE_CLOSING}
    done = [
        f.TaskDone(id=f"done:{kind}:{ending}", at=now, on=today, task=kind, outcome=CASE_CLOSED)
        for kind in sorted(tasks)
    ]
    given_up = _given_up(case, policy, ending, now, today)
    rest = None
    if policy.law is not None and reason is not f.CloseReason.HANDED_OFF:
        rest = waived(case, policy, around) or None
    return (*done, *given_up, f.CaseClosed(id=ending, at=now, on=today, reason=reason, waived=rest))


def _given_up(case: Case, policy: Policy, ending: str, now: datetime, today: date) -> list[f.Fact]:
    """Deliveries that were certainly not sent are dropped; what went over other channels was a step all the same."""
    if case.attempt is None:
        return []
    facts: list[f.Fact] = [
        f.DeliveryConcluded(
            id=f"dropped:{d.key}:{ending}", at=now, on=today, key=d.key, status=f.DeliveryStatus.DROPPED
        )
        for d in case.attempt.deliveries
        if d.status is f.DeliveryStatus.NOT_SENT
    ]
    for fact in facts:
        case = apply(case, fact)
    left = case.attempt.deliveries if case.attempt else ()
    if any(d.status in (f.DeliveryStatus.SENT, f.DeliveryStatus.UNPROVEN) for d in left):
        facts.extend(sending_finished(case, policy, now, today))
    return facts


def _task_raised(
    case: Case, policy: Policy, around: Surroundings, decision: Decision, kind: str, now: datetime, today: date
) -> Sequence[f.Fact]:
    number = 1 + sum(1 for task in case.tasks if task.kind == kind)
    raised = f.TaskRaised(id=f"task:{kind}:{number}", at=now, on=today, task=kind, step=decision.step)
    step = policy.step(decision.step) if decision.step else None
    if step is None or step.task != kind:
        return (raised,)
    message = f"{kind}:{step.id}:{decision.issue}"
    taken = step_taken(case, policy, step, decision.issue, now, channels=("task",), message=message, around=around)
    return (raised, taken)


def step_taken(
    case: Case,
    policy: Policy,
    step: Step,
    issue: int,
    now: datetime,
    *,
    channels: tuple[str, ...],
    message: str,
    proven: bool = True,
    around: Surroundings = NOTHING_SPECIAL,
    asked: f.Asked | None = None,
) -> f.StepTaken:
    """The fact that a step was taken, with the claim of that day.

    Args:
        case: The case.
        policy: Its policy.
        step: The step as the policy has it; which letter it is for this case is worked out here.
        issue: Its issue.
        now: Moment.
        channels: Over which it went.
        message: Id of the message.
        proven: Whether it is certain that it went.
        around: Terms and siblings, for the claim.
        asked: What its message said, when that was written before; the claim of `now` without it.
    """
    today = policy.sending_calendar.local_date(now)
    step = as_taken(step, case, policy, around.terms, today)
    if asked is None:
        (asked,) = ask((Asking(case, policy, step, around),), today)
    again = sum(1 for fact_id in case.seen if fact_id.startswith(f"taken:{step.id}:{issue}:"))
    return f.StepTaken(
        id=f"taken:{step.id}:{issue}:{again}",
        at=now,
        on=today,
        step=step.id,
        step_kind="task" if step.task else "hand_off" if step.hand_off else "send",
        issue=issue,
        channels=channels,
        message=message,
        open=asked.open,
        interest=asked.interest,
        costs=asked.costs,
        total=asked.total,
        claimed=asked.claimed,
        term_days=asked.term_days,
        reminds=step.reminds,
        proven=proven,
        claims=step.claims,
        announces=() if asked.legal == "default_notice" else step.announces,
        announced_costs=asked.announced_costs,
        legal=asked.legal,
        entries=asked.entries,
    )


# Outcomes of sending ---------------------------------------------------------------------------------------

RETRY_AFTER = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
)
"""Waits before a message that was certainly not sent is tried again; the last one repeats."""

_TELL_AFTER_FAILURES = 3


def intended(
    case: Case,
    step: Step,
    issue: int,
    message: str,
    deliveries: tuple[tuple[str, str], ...],
    at: datetime,
    on: date,
    asked: f.Asked | None = None,
) -> f.StepIntended:
    """The fact that a message is about to be handed to the providers."""
    number = sum(1 for fact_id in case.seen if fact_id.startswith(f"intended:{step.id}:{issue}:"))
    return f.StepIntended(
        id=f"intended:{step.id}:{issue}:{number}",
        at=at,
        on=on,
        step=step.id,
        issue=issue,
        message=message,
        deliveries=deliveries,
        reminds=step.reminds,
        asked=asked,
    )


def concluded(
    case: Case,
    key: str,
    status: f.DeliveryStatus,
    at: datetime,
    on: date,
    *,
    reason: str = "",
    wait: timedelta | None = None,
) -> f.DeliveryConcluded:
    """The fact of what became of a delivery; an unknown one is reconciled some times, then stays unproven.

    Args:
        case: The case.
        key: Send key of the delivery.
        status: What is known of it.
        at: Moment.
        on: Local day.
        reason: Code or short text without personal data.
        wait: Least time to wait before another try, if the provider named one; zero to try at once.
    """
    number = sum(1 for fact_id in case.seen if fact_id.startswith(f"concluded:{key}:"))
    deliveries = case.attempt.deliveries if case.attempt else ()
    delivery = next((d for d in deliveries if d.key == key), None)
    unknowns, failures = (delivery.unknowns, delivery.failures) if delivery else (0, 0)
    retry_at = None
    if status is f.DeliveryStatus.UNKNOWN:
        if unknowns < len(RECONCILE_AFTER):
            retry_at = at + RECONCILE_AFTER[unknowns]
        else:
            status = f.DeliveryStatus.UNPROVEN
    elif status is f.DeliveryStatus.NOT_SENT:
        backoff = RETRY_AFTER[min(failures, len(RETRY_AFTER) - 1)]
        retry_at = at + (backoff if wait is None else wait)
    return f.DeliveryConcluded(
        id=f"concluded:{key}:{number}", at=at, on=on, key=key, status=status, retry_at=retry_at, reason=reason
    )


def sending_finished(case: Case, policy: Policy, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The facts that follow when nothing about a message is open any more; none as long as something is."""
    attempt = case.attempt
    step = policy.step(attempt.step) if attempt else None
    if attempt is None or step is None:
        return ()
    by_status = {status: [d for d in attempt.deliveries if d.status is status] for status in f.DeliveryStatus}
    failing = [d for d in attempt.deliveries if d.failures >= _TELL_AFTER_FAILURES]
    if by_status[f.DeliveryStatus.INTENDED] or by_status[f.DeliveryStatus.UNKNOWN]:
        return ()
    if by_status[f.DeliveryStatus.NOT_SENT]:
        return _raised(case, "sending_fails", None, at, on) if failing else ()
    sent, unproven = by_status[f.DeliveryStatus.SENT], by_status[f.DeliveryStatus.UNPROVEN]
    if not sent and not unproven:
        return _raised(case, "fix_contact", attempt.step, at, on)
    gone = {d.channel for d in (*sent, *unproven)}
    # In the order of the ladder; what goes registered stands where the post would.
    rank = {channel: index for index, channel in enumerate(step.channels)}
    rank.setdefault("registered", rank.get("post", len(rank)))
    facts: list[f.Fact] = [
        step_taken(
            case,
            policy,
            step,
            attempt.issue,
            at,
            channels=tuple(sorted(gone, key=lambda channel: (rank.get(channel, len(rank)), channel))),
            message=attempt.message,
            # A term must not start from a letter that nobody can prove, though the same went out by e-mail.
            proven=not unproven,
            asked=attempt.asked,
        )
    ]
    if unproven:
        facts.extend(_raised(case, "settle_send", attempt.step, at, on))
    if by_status[f.DeliveryStatus.REFUSED]:
        facts.extend(_raised(case, "fix_contact", None, at, on))
    facts.extend(_done(case, "sending_fails", "sent", f"{attempt.step}:{attempt.issue}", at, on))
    return tuple(facts)


def _raised(case: Case, kind: str, step: str | None, at: datetime, on: date) -> tuple[f.Fact, ...]:
    if case.open_task(kind) is not None:
        return ()
    number = 1 + sum(1 for task in case.tasks if task.kind == kind)
    return (f.TaskRaised(id=f"task:{kind}:{number}", at=at, on=on, task=kind, step=step),)
