"""Handling messages about what was sent."""

from __future__ import annotations

from datetime import date, datetime

from domain import facts as f
from domain import messages as m
from domain import owed_letters
from domain.case import Case
from domain.handling.refusal import Refused
from domain.handling.tasks import tasks_done
from domain.notices import in_force_business_notice, in_force_cost_notice, in_force_first_reminder, with_dependents
from domain.policy import Policy


def settled(case: Case, message: m.SettleSend, own: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """A person says what became of a sending whose outcome is unknown or unproven.

    Raises:
        Refused: when there is none.
    """
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
    letter = owed_letters.unproven(case.owing, message.step, message.issue) if unproven is None else None
    if unproven is None and letter is None:
        raise Refused(f"step {message.step!r} has no sending whose outcome is unknown")
    settled = f.SendSettled(
        id=f"settle:{own}",
        at=at,
        on=on,
        step=message.step,
        issue=unproven.issue if unproven is not None else letter.issue if letter is not None else 1,
        outcome=message.outcome,
        received_on=message.received_on,
        actor=message.actor,
    )
    return (settled, *tasks_done(case, "settle_send", message.outcome, own, at, on))


def reissued(
    case: Case, policy: Policy, message: m.ReissueNotice, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """A person voids the notice in force: the ladder gives it again, as its next issue and with a full new term."""
    if case.closed is not None:
        raise Refused(f"the case is closed ({case.closed.value})")
    notices = [t for t in case.taken if t.term_days is not None and not t.void]
    in_force = (in_force_cost_notice(case), in_force_first_reminder(case), in_force_business_notice(case))
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
            note=message.reason,
        ),
    )
