"""What one case does to its siblings: when another case of the debtor is to be looked at before its own moment.

A case sleeps until its own next moment. What becomes of another invoice of the debtor may bring that forward: a letter
in which both stood is void, it went along in a message, a hold that kept a joint letter back is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from domain import facts as f
from domain.reactions.react import Reaction

_OF_NO_CONCERN: Final = (
    f.CallLogged,
    f.DeliveryConcluded,
    f.MessageCrossed,
    f.MessageQuarantined,
    f.QuarantineSettled,
    f.StepHeldBack,
)


def concerns_siblings(facts: Iterable[f.Fact]) -> bool:
    """Whether anything of this may change what comes next for the debtor's other cases."""
    return any(not isinstance(fact, _OF_NO_CONCERN) for fact in facts)


def is_to_wake(reaction: Reaction, planned: datetime | None, now: datetime) -> bool:
    """Whether a case is to be looked at now, and not only when it had planned to.

    Args:
        reaction: What follows for it now.
        planned: The moment of its last decision; None when it waits for a message.
        now: The moment.
    """
    if planned is not None and planned <= now:
        return False  # It is awake, or is just waking up, by itself.
    return bool(reaction.facts) or comes_sooner(reaction.decision.at, planned)


def comes_sooner(at: datetime | None, planned: datetime | None) -> bool:
    """Whether a moment comes before the one that was planned; None stands for never."""
    return at is not None and (planned is None or at < planned)
