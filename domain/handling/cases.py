"""Handling messages that change the case itself."""

from __future__ import annotations

from datetime import date, datetime

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.handling.envelope import Lookup
from domain.handling.refusal import Refused
from domain.letter_classes import standing_for
from domain.policy import Policy


def other_policy(
    case: Case, policy: Policy, message: m.ChangePolicy, own: str, at: datetime, on: date, lookup: Lookup
) -> tuple[f.Fact, ...]:
    """The case moves to another policy, or version of it.

    Raises:
        Refused: when the case file has none of that name and version.
    """
    target = lookup.policy(message.policy, message.version)
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
            renamed=standing_for(case, policy, target),
        ),
    )
