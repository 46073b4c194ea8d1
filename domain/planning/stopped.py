"""What a stop of all sending does to a decision: whatever would leave on one of its days leaves after it."""

from __future__ import annotations

from domain.blockers import BlockerKind
from domain.case import Case
from domain.contact_hours import calendar_of
from domain.correspondence import is_partner_notice
from domain.planning.decision import Blocker, Decision
from domain.policy import Policy
from domain.replacing import replace
from domain.sending_stops import SendingStop, free_from

__all__ = ["after_stops"]


def after_stops(decision: Decision, case: Case, policy: Policy, stops: tuple[SendingStop, ...]) -> Decision:
    """The decision, put off to the first free day where it would send or hand off on a day of a stop.

    The moments of steps take the stops into account already, so that a step is not missed for them; this holds for
    letters beside the ladder, apologies, another try of what failed, and what goes under an arrangement.
    """
    if decision.at is None or decision.action not in ("send", "hand_off"):
        return decision
    step = policy.step(decision.step or "")
    if step is not None and is_partner_notice(step):
        return decision
    calendar = policy.sending_calendar if step is None else calendar_of(step, case, policy)
    at = decision.at
    while (free := free_from(stops, calendar.local_date(at))) != calendar.local_date(at):
        at = calendar.first_opening(free)
    if at == decision.at:
        return decision
    stopped = Blocker(code=BlockerKind.SENDING_STOPPED, until=calendar.local_date(at))
    others = tuple(each for each in decision.blockers if each.code is not BlockerKind.SENDING_STOPPED)
    return replace(decision, at=at, blockers=(stopped, *others))
