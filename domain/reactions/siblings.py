"""What one case does to its siblings: when another case of the debtor is to be looked at before its own moment.

A case sleeps until its own next moment. What becomes of another invoice of the debtor may bring that forward: a letter
in which both stood is void, it went along in a message, a hold that kept a joint letter back is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from domain import facts as f
from domain.case import Case
from domain.debtor_status import lasting
from domain.payment_runs import told_of_run
from domain.planning.precedence import TURN
from domain.reactions.react import Reaction

_OF_NO_CONCERN: Final = frozenset(
    (
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
)
"""What changes nothing for the others, or only makes them wait longer."""


def concerns_siblings(facts: Iterable[f.Fact]) -> bool:
    """Whether anything of this may bring forward what comes next for the debtor's other cases."""
    return any(_concerns(fact) for fact in facts)


def _concerns(fact: f.Fact) -> bool:
    if type(fact) in _OF_NO_CONCERN:
        return False
    if isinstance(fact, f.StepTaken):
        # A reminder keeps the others back at most; a letter with a term, and a hand-off, may set them free.
        return fact.legal is not None or fact.step_kind == "hand_off"
    if isinstance(fact, f.HoldPlaced):
        # A habit of the debtor, that gives each of his invoices a run of grace.
        return told_of_run(None, (fact,)) is not None
    return True


def is_awake(planned: datetime | None, now: datetime) -> bool:
    """Whether a case looks now, or in a moment, by itself."""
    return planned is not None and planned <= now + TURN


def is_to_wake(reaction: Reaction, planned: datetime | None, now: datetime) -> bool:
    """Whether a case is to be looked at now, and not only when it had planned to.

    Args:
        reaction: What follows for it now.
        planned: When it looks again by itself; None when it waits for a message.
        now: The moment.
    """
    if is_awake(planned, now):
        return False
    # Why a step is held back is noted when its turn comes; time alone may bring that, too.
    drawn = any(not isinstance(fact, f.StepHeldBack) for fact in reaction.facts)
    return drawn or comes_sooner(reaction.wake_at, planned)


def comes_sooner(at: datetime | None, planned: datetime | None) -> bool:
    """Whether a moment comes before the one that was planned; None stands for never."""
    return at is not None and (planned is None or at < planned)


TELLS_HANDED_OFF: Final = "debtor_status_reported"
"""Name of the message by which a case hears of a status while an agency works on it."""


def told_to_handed_off(case: Case, facts: Iterable[f.Fact]) -> Iterator[tuple[str, dict[str, object]]]:
    """What a case that an agency works on is to hear of facts of another one: what the debtor is in, or is in no more.

    It is closed for the ladder, and what goes on for it is the partner's: it is told by messages.

    Returns:
        Id of the fact and content of the message, for each that is news to it.
    """
    if case.closed is not f.CloseReason.HANDED_OFF:
        return
    for fact in facts:
        if not isinstance(fact, f.DebtorStatusReported | f.DebtorStatusProven | f.DebtorStatusEnded):
            continue
        known = lasting(case.statuses, fact.status)
        content: dict[str, object] = {"status": fact.status.value, "actor": fact.actor, "note": fact.note}
        if isinstance(fact, f.DebtorStatusEnded):
            if known is None or fact.reason == "unproven":
                continue
            content |= {"id": fact.id, "ended": True}
        elif known is not None and (known.proven or isinstance(fact, f.DebtorStatusReported)):
            continue
        elif isinstance(fact, f.DebtorStatusProven):
            content |= {"id": fact.report, "proven": True}
        else:
            content |= {"id": fact.report, "since": fact.since.isoformat(), "proven": fact.proven}
        yield fact.id, content
