"""Handling what a provider reports of a message: what it says of the contact, and what a person must do."""

from __future__ import annotations

from datetime import date, datetime

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.handling.holds import post_came_back
from domain.handling.tasks import task_raised
from domain.planning.sending_again import goes_again_by_itself
from domain.policy import Policy
from domain.tasks import TaskKind

__all__ = ["delivery_reported"]


def delivery_reported(
    case: Case, policy: Policy, message: m.DeliveryReported, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """The report; what did not arrive asks for a better contact, but for what goes again by itself."""
    return (
        f.DeliveryReported(
            id=f"report:{own}",
            at=at,
            on=on,
            key=message.key,
            status=message.status,
            received_on=message.received_on,
            reason=message.reason,
        ),
        *_asked(case, policy, message, at, on),
        *post_came_back(case, message, own, at, on),
    )


def _asked(case: Case, policy: Policy, message: m.DeliveryReported, at: datetime, on: date) -> tuple[f.Fact, ...]:
    if message.status == f.SENDER_REFUSED:
        return task_raised(case, TaskKind.MEND_SENDER, None, at, on)
    if message.status not in f.CAME_BACK:
        return ()
    if message.status == f.UNREACHED and goes_again_by_itself(case, policy, message.key):
        return ()
    return task_raised(case, TaskKind.FIX_CONTACT, None, at, on)
