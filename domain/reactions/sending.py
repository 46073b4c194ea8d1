"""Sending: the facts before, about and after a message to the debtor, and how long each try waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from domain import facts as f
from domain.case import Case
from domain.claims.claim import Asking, ask
from domain.correspondence import is_partner_notice, letter_dropped
from domain.handling.tasks import task_raised, tasks_done
from domain.notices import as_taken
from domain.policy import Policy, Step
from domain.sent import Delivery
from domain.surroundings import NOTHING_SPECIAL, Surroundings
from domain.tasks import TaskKind

RECONCILE_AFTER = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=5),
)
"""Waits before each attempt to find out what became of a message; after the last one it stays unproven."""

RETRY_AFTER = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
)
"""Waits before a message that was certainly not sent is tried again; the last one repeats."""

_TELL_AFTER_FAILURES = 3


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
    surroundings: Surroundings = NOTHING_SPECIAL,
    asked: f.Asked | None = None,
    partner: str = "",
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
        surroundings: Terms and siblings, for the claim.
        asked: What its message said, when that was written before; the claim of `now` without it.
        partner: Of a hand-off: who gets the file.
    """
    today = policy.sending_calendar.local_date(now)
    step = as_taken(step, case, policy)
    if asked is None:
        (asked,) = ask((Asking(case, policy, step, surroundings),), today)
    return f.StepTaken(
        id=next_id(case, f"taken:{step.id}:{issue}"),
        at=now,
        on=today,
        step=step.id,
        step_kind=_kind(step),
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
        partner=partner if step.hand_off and not step.answers else None,
    )


def next_id(case: Case, of: str) -> str:
    """The first id of facts that are numbered from 0 on that no fact of a case has yet."""
    number = 0
    while (own := f"{of}:{number}") in case.seen:
        number += 1
    return own


def _kind(step: Step) -> Literal["send", "task", "hand_off", "answer"]:
    if step.answers:
        return "answer"
    return "task" if step.task else "hand_off" if step.hand_off else "send"


# Outcomes of sending ---------------------------------------------------------------------------------------


def intended(
    case: Case,
    step: Step,
    issue: int,
    message: str,
    deliveries: tuple[tuple[str, str], ...],
    at: datetime,
    on: date,
    asked: f.Asked | None = None,
    partner: str = "",
) -> f.StepIntended:
    """The fact that a message is about to be handed to the providers."""
    return f.StepIntended(
        id=next_id(case, f"intended:{step.id}:{issue}"),
        at=at,
        on=on,
        step=step.id,
        issue=issue,
        message=message,
        deliveries=deliveries,
        reminds=step.reminds,
        asked=asked,
        answers=step.answers,
        partner=partner,
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
        id=next_id(case, f"concluded:{key}"),
        at=at,
        on=on,
        key=key,
        status=status,
        retry_at=retry_at,
        reason=reason,
    )


def _to_mend(refused: Sequence[Delivery]) -> TaskKind:
    """What a person must mend of what was refused: the letter, where that is what is wrong, and else the contact."""
    return TaskKind.MEND_LETTER if any(delivery.unmade for delivery in refused) else TaskKind.FIX_CONTACT


def _to_mend_letter(step: Step, refused: Sequence[Delivery]) -> TaskKind:
    """What a person must do about a letter beside the ladder that nobody took; a partner he tells himself."""
    return TaskKind.TELL_AGENCY if is_partner_notice(step) else _to_mend(refused)


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
        return task_raised(case, TaskKind.SENDING_FAILS, None, at, on) if failing else ()
    sent, unproven = by_status[f.DeliveryStatus.SENT], by_status[f.DeliveryStatus.UNPROVEN]
    if not sent and not unproven:
        if step.answers:
            return (
                *task_raised(case, _to_mend_letter(step, by_status[f.DeliveryStatus.REFUSED]), None, at, on),
                letter_dropped(step.id, attempt.issue, "every channel refused it", at, on),
            )
        return task_raised(case, _to_mend(by_status[f.DeliveryStatus.REFUSED]), attempt.step, at, on)
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
            partner=attempt.partner,
        )
    ]
    if unproven:
        facts.extend(task_raised(case, TaskKind.SETTLE_SEND, attempt.step, at, on))
    if by_status[f.DeliveryStatus.REFUSED]:
        facts.extend(task_raised(case, _to_mend(by_status[f.DeliveryStatus.REFUSED]), None, at, on))
    facts.extend(tasks_done(case, "sent", "sent", f"{attempt.step}:{attempt.issue}", at, on))
    return tuple(facts)
