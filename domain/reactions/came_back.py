"""A notice that came back is given again once the contact is mended: it reached nobody, so its term never began."""

from __future__ import annotations

from datetime import datetime

from domain import facts as f
from domain.case import Case
from domain.notices import with_dependents
from domain.planning.sending_again import notice_to_give_again
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely

__all__ = ["came_back_facts"]


def came_back_facts(case: Case, policy: Policy, now: datetime) -> Timely:
    """The notice is void, where the policy gives such a one again: its next issue has the whole of its term."""
    back = notice_to_give_again(case, policy)
    if back is None:
        return NOTHING_FOLLOWS
    notice, task = back
    voided = f.LetterVoided(
        id=f"void:{notice.step}:{notice.issue}",
        at=now,
        on=policy.sending_calendar.local_date(now),
        steps=with_dependents(notice, case, policy),
        reason="came_back",
        of=task.id,
    )
    return NOTHING_FOLLOWS if voided.id in case.seen else Timely((voided,))
