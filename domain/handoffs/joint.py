"""The debtor's other open invoices at a hand-off: which go along in its file, and why the others do not.

All that are ready go in one file (practice.md, Hand-off: they join the file, or stop). What goes must be one claim: of
one law, one currency and one kind of debtor, for the partner is chosen and the statement worded by these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.case import Case
from domain.claims.claim import open_on
from domain.facts import DeliveryStatus, HandedWith
from domain.handoffs.approving import approved
from domain.handoffs.check import own_findings
from domain.handoffs.others_with_partner import with_partner_of
from domain.money import Money
from domain.planning.conditions import unmet_condition
from domain.planning.moments import contact_failed
from domain.policy import Policy, Step
from domain.replacing import replace
from domain.surroundings import Sibling, Surroundings, held_of

__all__ = [
    "Beside",
    "around_of",
    "beside",
    "going",
    "hand_off_like",
    "named_with",
    "together",
    "unmet_together",
    "why_alone",
    "why_not",
]


@dataclass(frozen=True, slots=True)
class Beside:
    """Another open invoice of the debtor at a hand-off.

    Attributes:
        why: Why it does not go along, in English; empty where it does.
    """

    sibling: Sibling
    why: str

    @property
    def goes(self) -> bool:
        """Whether it goes along."""
        return not self.why


def beside(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> tuple[Beside, ...]:
    """The debtor's other open invoices, the oldest first, each with whether it goes along.

    Args:
        case: The case that is handed off.
        policy: Its policy.
        surroundings: Its surroundings.
        step: Its hand-off.
        today: The day.
    """
    found = []
    me = Sibling("", case, policy)
    for sibling in surroundings.siblings:
        if sibling.case.closed is not None or sibling.case.handed_off:
            continue
        around = around_of(sibling, me, surroundings)
        found.append(Beside(sibling, why_not(me, step, sibling, around, today)))
    return tuple(sorted(found, key=lambda each: (each.sibling.case.due, each.sibling.case.invoice.number)))


def going(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> tuple[Sibling, ...]:
    """Those of them that go along; the arguments are those of `beside`."""
    return tuple(each.sibling for each in beside(case, policy, surroundings, step, today) if each.goes)


def named_with(others: Sequence[Sibling]) -> tuple[HandedWith, ...]:
    """What an approval names beside its own case: the number and the balance of each."""
    return tuple(HandedWith(number=each.case.invoice.number, open=each.case.open) for each in others)


def hand_off_like(policy: Policy, step: Step) -> Step | None:
    """The hand-off of a policy that goes where this step goes; None where it has none."""
    rungs = [each for each in policy.steps if each.hand_off == step.hand_off]
    return next((each for each in rungs if each.id == step.id), rungs[0] if rungs else None)


def why_not(lead: Sibling, step: Step, other: Sibling, around: Surroundings, today: date) -> str:
    """Why another open invoice does not go along; empty where it does.

    Args:
        lead: The case that is handed off.
        step: Its hand-off.
        other: The other case.
        around: What surrounds the other case.
        today: The day.
    """
    case, policy = other.case, other.policy
    own = hand_off_like(policy, step)
    if own is None:
        return f"policy {policy.policy} hands nothing off to {step.hand_off}"
    if case.ledger.currency != lead.case.ledger.currency:
        return f"it is owed in {case.ledger.currency}"
    if policy.law != lead.policy.law:
        return "another law holds for it"
    if case.invoice.legal_status.protected_as_consumer != lead.case.invoice.legal_status.protected_as_consumer:
        return "the debtor bought one as a consumer and the other in his business"
    if case.undisputed.amount <= policy.tolerance:
        return "nothing of it is asked for"
    if own.approval == "required" and step.approval != "required" and not approved(case, own, today):
        return "nobody has approved it"
    return why_alone(other, own, around, today)


def why_alone(other: Sibling, own: Step, around: Surroundings, today: date) -> str:
    """Why a case is not ready to be handed off, whatever it goes with; empty where it is.

    Whether it is enough is not asked: what leaves together is one file.

    Args:
        other: The case.
        own: Its hand-off.
        around: What surrounds it.
        today: The day.
    """
    case, policy = other.case, other.policy
    stopping = next((each for each in own_findings(case, policy, around, own, today) if each.stops), None)
    if stopping is not None:
        return stopping.evidence
    if contact_failed(case, own):
        return "its own file could not be made, and waits for a person"
    if case.attempt is not None and case.attempt.step != own.id and _is_unsettled(case):
        return "a message about it is under way"
    return ""


def _is_unsettled(case: Case) -> bool:
    open_ones = (DeliveryStatus.INTENDED, DeliveryStatus.UNKNOWN, DeliveryStatus.NOT_SENT)
    return case.attempt is not None and any(each.status in open_ones for each in case.attempt.deliveries)


def unmet_together(
    case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date, others: Sequence[Sibling]
) -> str | None:
    """Why it is not enough to be handed off: as `unmet_condition`, but what goes along counts for the least amount.

    Args:
        case: The case.
        policy: Its policy.
        surroundings: Its surroundings.
        step: The hand-off.
        today: The day.
        others: What goes along.
    """
    unmet = unmet_condition(case, policy, surroundings, step, today)
    least = step.condition.open_at_least
    if unmet is None or least is None or not others:
        return unmet
    owed = sum((each.case.undisputed for each in others), start=open_on(case, policy, today, surroundings))
    return None if owed.amount >= least and step.condition.open_below is None else unmet


def around_of(sibling: Sibling, me: Sibling, surroundings: Surroundings) -> Surroundings:
    """What surrounds another case of the debtor.

    Args:
        sibling: The other case.
        me: The case in whose surroundings it stands.
        surroundings: Those.
    """
    others = (me, *(each for each in surroundings.siblings if each.key != sibling.key))
    return replace(
        surroundings,
        siblings=others,
        held=held_of((each.case for each in others), sibling.case.ledger.currency),
        with_partner=with_partner_of(each.case for each in others),
    )


def together(case: Case, others: Sequence[Sibling]) -> Money:
    """What is open of a case and of what goes along with it."""
    return sum((each.case.open for each in others), start=case.open)
