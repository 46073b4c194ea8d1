"""What one case does to its siblings: when another case of the debtor is to be looked at before its own moment.

A case sleeps until its own next moment. What becomes of another invoice of the debtor may bring that forward: a letter
in which both stood is void, it went along in a message, a hold that kept a joint letter back is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from domain import facts as f
from domain.payment_runs import told_of_run
from domain.planning.precedence import TURN
from domain.reactions.react import Reaction

_OF_NO_CONCERN: Final = (
    f.CallLogged,
    f.DeliveryConcluded,
    f.HabitNoted,
    f.LetterDropped,
    f.LetterOwed,
    f.MessageCrossed,
    f.MessageQuarantined,
    f.QuarantineSettled,
    f.StepHeldBack,
    f.StepIntended,
    f.TaskRaised,
)
"""What changes nothing for the others, or only makes them wait longer."""


def concerns_siblings(facts: Iterable[f.Fact]) -> bool:
    """Whether anything of this may bring forward what comes next for the debtor's other cases."""
    return any(_concerns(fact) for fact in facts)


def _concerns(fact: f.Fact) -> bool:
    if isinstance(fact, f.StepTaken):
        # A reminder keeps the others back at most; a letter with a term, and a hand-off, may set them free.
        return fact.legal is not None or fact.step_kind == "hand_off"
    if isinstance(fact, f.HoldPlaced):
        # A habit of the debtor, that gives each of his invoices a run of grace.
        return told_of_run(None, (fact,)) is not None
    return not isinstance(fact, _OF_NO_CONCERN)


def is_to_wake(reaction: Reaction, planned: datetime | None, now: datetime) -> bool:
    """Whether a case is to be looked at now, and not only when it had planned to.

    Args:
        reaction: What follows for it now.
        planned: When it looks again by itself; None when it waits for a message.
        now: The moment.
    """
    if planned is not None and planned <= now + TURN:
        return False  # It is awake, or wakes in a moment by itself.
    # Why a step is held back is noted when its turn comes; time alone may bring that, too.
    drawn = any(not isinstance(fact, f.StepHeldBack) for fact in reaction.facts)
    return drawn or comes_sooner(reaction.wake_at, planned)


def comes_sooner(at: datetime | None, planned: datetime | None) -> bool:
    """Whether a moment comes before the one that was planned; None stands for never."""
    return at is not None and (planned is None or at < planned)
