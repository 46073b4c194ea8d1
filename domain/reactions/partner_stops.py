"""What follows for an invoice that did not go along when another one of its debtor was handed off: it stops.

Nothing of ours goes out on it until a person lets it follow, or no partner has an invoice of the debtor any more.
"""

from __future__ import annotations

from datetime import date, datetime

from domain import facts as f
from domain.blockers import ANSWERS_OWED, HoldKind
from domain.case import Case
from domain.correspondence import is_leaving, letter_dropped, still_owed
from domain.handling.tasks import task_done, task_raised
from domain.handoffs.follow import HEARS_FROM_PARTNER
from domain.handoffs.joint import why_alone
from domain.handoffs.whole_check import hand_off_of
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.surroundings import Sibling, Surroundings
from domain.tasks import TaskKind

__all__ = ["WITH_NONE", "partner_stop_facts"]

WITH_NONE = "no partner has an invoice of this debtor any more"
"""Outcome of the task where its reason is gone."""


def partner_stop_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """The hold of a case whose debtor hears from a partner about another invoice, and the end of it."""
    partner = surroundings.with_partner
    if (partner is None and not case.holds) or case.closed is not None or case.handed_off:
        return NOTHING_FOLLOWS
    held = [hold for hold in case.holds if hold.kind is HoldKind.SIBLING_WITH_PARTNER]
    standing = next((hold for hold in held if hold.lifted is None), None)
    if partner is None and standing is None:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    if partner is not None and (standing is not None or not partner.sure):
        return Timely(_dropped(case, now, today) if partner.sure else ())
    if partner is None:
        own = f"free:{held[-1].id}"
        lifted = f.HoldLifted(id=own, at=now, on=today, hold=HoldKind.SIBLING_WITH_PARTNER)
        return Timely((lifted, *task_done(case, TaskKind.LET_FOLLOW, WITH_NONE, own, now, today)))
    if any(hold.lifted is not None and hold.lifted >= partner.last_on for hold in held):
        # Who let it follow is not asked again, until more is handed off.
        return Timely(_dropped(case, now, today))
    placed = f.HoldPlaced(
        id=f"hold:sibling_with_partner:{len(held) + 1}",
        at=now,
        on=today,
        hold=HoldKind.SIBLING_WITH_PARTNER,
        note=_why(case, policy, surroundings, today),
    )
    return Timely((placed, *task_raised(case, TaskKind.LET_FOLLOW, None, now, today)))


def _dropped(case: Case, now: datetime, today: date) -> tuple[f.Fact, ...]:
    """The letters beside the ladder that leave no more, since a partner speaks with the debtor."""
    return tuple(
        letter_dropped(owed.letter, owed.issue, HEARS_FROM_PARTNER, now, today)
        for owed in still_owed(case)
        if owed.letter not in ANSWERS_OWED and not is_leaving(case, owed)
    )


def _why(case: Case, policy: Policy, surroundings: Surroundings, today: date) -> str:
    """Why it did not go along, as far as it says so itself."""
    step = hand_off_of(policy)
    return "" if step is None else why_alone(Sibling("", case, policy), step, surroundings, today)
