"""Precedence: of several invoices of a debtor that are due at one moment, the older goes first.

Else it would hang on which of the cases woke first who is reminded, whose letter takes the others along, and, where
messages must keep days apart, which of them goes today. The younger one looks again two minutes later. Letters beside
the ladder go before what bundles, whichever invoice they are about: until they left, theirs would not be in the bundle.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from domain.case import Case
from domain.contact_hours import calendar_of
from domain.correspondence import still_owed
from domain.handoffs.others_with_partner import with_partner_of
from domain.kin import Age, Plan, age_of, among
from domain.notices import legal_role
from domain.planning.decision import Decision
from domain.planning.joint_letter import belongs_in, is_just_sending
from domain.policy import Policy, Step
from domain.replacing import replace
from domain.surroundings import Sibling, Surroundings, held_of

TURN = timedelta(minutes=2)
"""How long a case lets an older one go first before it looks again: longer than any send may take."""

_DOING: Final = ("send", "task", "hand_off")

_MOST_TURNS: Final = 10
"""How often at most: an invoice that does not get on must not hold the others up."""


def lets_another_go_first(
    case: Case, policy: Policy, surroundings: Surroundings, step: Step, moment: datetime, now: datetime, plan: Plan
) -> datetime | None:
    """When to look again because an older invoice of the debtor has something to do at this very moment; None if none.

    Args:
        case: The case whose step is due.
        policy: Its policy.
        surroundings: Its surroundings.
        step: The step.
        moment: Its first moment.
        now: The moment of deciding.
        plan: What decides about a case.
    """
    # A task goes to no debtor: only one that counts his invoices hangs on what the others do.
    if (step.task and step.condition.or_invoices is None) or not surroundings.siblings:
        return None
    mine = age_of(case)
    siblings = among(surroundings.siblings)
    older = siblings.older_at_work(mine)
    oldest = next(older, None)
    owing = _who_bundle_and_owe_letters(policy, step, siblings.owing(), mine)
    if oldest is None and not owing:
        return None
    calendar = calendar_of(step, case, policy)
    today = calendar.local_date(now)
    starts = (moment, calendar.day_start(today), calendar.first_opening(today))
    began = max((start for start in starts if start <= now), default=now)
    turns = (now - began) // TURN
    # One that did its part and closed had its turn, too: else the next older one would lose his.
    if turns and turns >= min(siblings.number_older(mine) + len(owing), _MOST_TURNS):
        return None
    me = Sibling("", case, policy)
    for sibling in chain(() if oldest is None else (oldest,), older):
        decision = siblings.kin.decided(sibling, _around(sibling, me, surroundings), now, plan)
        due = decision.action in _DOING and decision.at is not None and decision.at <= now
        sending = decision.action == "reconcile" and is_just_sending(sibling.case)
        if not due and not sending and not decision.passed_over:
            continue
        if due and _go_together(me, step, sibling, decision, surroundings, today):
            return None
        # The same moment whenever within this turn it is asked.
        return calendar.fit(began + TURN * (turns + 1))
    for sibling in owing:
        decision = siblings.kin.decided(sibling, _around(sibling, me, surroundings), now, plan)
        due = decision.action == "send" and decision.at is not None and decision.at <= now
        if due and any(owed.letter == decision.step for owed in still_owed(sibling.case)):
            return calendar.fit(began + TURN * (turns + 1))
    return None


def _who_bundle_and_owe_letters(policy: Policy, step: Step, owing: Iterable[Sibling], mine: Age) -> list[Sibling]:
    """Younger cases that may be in the message of a step, once a letter that they owe has left."""
    if not step.reminds or policy.bundle != "debtor":
        return []
    return [s for s in owing if s.policy.bundle == "debtor" and s.case.closed is None and not age_of(s.case) < mine]


def _around(sibling: Sibling, me: Sibling, surroundings: Surroundings) -> Surroundings:
    """What surrounds an older case as far as it matters here: it does not look for still older ones itself."""
    others = among(surroundings.siblings)
    overpaid = [me, *(s for s in others.overpaid() if s.key != sibling.key)]
    contacts = [on for on in (me.case.last_contact_on, others.contacted_on(without=sibling.key)) if on is not None]
    return replace(
        surroundings,
        siblings=(),
        debtor_contacted_on=max(contacts, default=None),
        debtor_reminded_on=None,
        held=held_of((s.case for s in overpaid), sibling.case.ledger.currency),
        with_partner=with_partner_of(s.case for s in (me, *others.left()) if s.key != sibling.key),
    )


def _go_together(
    me: Sibling, step: Step, older: Sibling, decision: Decision, surroundings: Surroundings, today: date
) -> bool:
    """Whether both go in one message anyway, whichever of them is first."""
    rung = older.policy.step(decision.step or "")
    if rung is None:
        return False
    if legal_role(step, me.case, me.policy) == "cost_notice":
        return belongs_in(older, me.case.ledger.currency, surroundings, today)
    alike_in_money = me.case.ledger.currency == older.case.ledger.currency
    bundled = alike_in_money and me.policy.bundle == "debtor" and older.policy.bundle == "debtor"
    alike = step.reminds and rung.reminds and goes_alone(step) == goes_alone(rung)
    return bundled and alike and decision.action == "send"


def goes_alone(step: Step) -> str:
    """The letter that takes only its like along, empty for the others.

    What asks whether an invoice is in order, before it is due, can't ask for one that is late; and a last request would
    be the last for an invoice that had no first.
    """
    return step.letter_name if step.letter_name in ("service_mail", "final_demand") else ""
