"""Bundling: one message per debtor and day, and one 14-day letter per consumer.

Reminder-class steps of several cases of one debtor that fall on the same local day go in one message with a
statement of account (practice.md, "One message per debtor and day"). The rule is symmetric: whichever case
wakes first finds the same companions. A consumer's 14-day letter takes in all his invoices in default, whether their
own day has come or not (`domain.planning.joint_letter`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.arrangements import Arrangement
from domain.case import Case, apply
from domain.claims.beside import arrangement_of, letter_to_write
from domain.claims.claim import Asking, Claim, ask, claim_of
from domain.contact_hours import may_be_reached
from domain.correspondence import still_owed
from domain.facts import Asked, Claims, DeliveryStatus, Fact, StepPassedOver
from domain.handoffs.joint import hand_off_like, why_not
from domain.notices import as_taken, legal_role
from domain.planning.decision import Decision
from domain.planning.joint_letter import belongs_in, can_join, cost_step
from domain.planning.planner import plan
from domain.planning.precedence import goes_alone
from domain.policy import Policy, Step
from domain.quick_records import quick
from domain.reactions.legal import legal_facts
from domain.reactions.react import react
from domain.replacing import replace
from domain.sent import Attempt
from domain.shared_arrangements import OF_ARRANGEMENTS
from domain.surroundings import Sibling, Surroundings

_CLAIMS: tuple[Claims, ...] = ("principal", "principal+interest", "all")


@quick
@dataclass(frozen=True, slots=True)
class Member:
    """One case in a message: its key, its value, its policy and the step it takes.

    Attributes:
        key: What identifies the case (its id in the case file, its number in a simulation).
        case: The case, with `facts` applied.
        step: The step as it is taken for this case: which letter, over which channels.
        surroundings: Its surroundings.
        facts: What must be recorded of a companion before its step: steps it passed over on the way.
    """

    key: str
    case: Case
    policy: Policy
    step: Step
    issue: int
    surroundings: Surroundings
    facts: tuple[Fact, ...] = ()

    @property
    def attempt(self) -> Attempt | None:
        """An earlier try of the same step and issue that did not come to its end."""
        attempt = self.case.attempt
        return attempt if attempt and (attempt.step, attempt.issue) == (self.step.id, self.issue) else None


def channels_done(member: Member) -> frozenset[str]:
    """Channels over which an earlier try sent the message, or may have: never again over these."""
    if member.attempt is None:
        return frozenset()
    done = (DeliveryStatus.SENT, DeliveryStatus.UNPROVEN)
    return frozenset(d.channel for d in member.attempt.deliveries if d.status in done)


def member_of(
    key: str, case: Case, policy: Policy, surroundings: Surroundings, decision: Decision, now: datetime
) -> Member:
    """The case that a decision is about, with its step as it is taken now.

    Raises:
        LookupError: the policy has no such step.
    """
    step = policy.step(decision.step or "")
    if step is None:
        raise LookupError(f"policy {policy.policy} has no step {decision.step!r}")
    return Member(key, case, policy, as_taken(step, case, policy), decision.issue, surroundings)


def may_carry(lead: Member) -> bool:
    """Whether the message takes companions along.

    A reminder that is bundled does, a consumer's 14-day letter, a letter about one arrangement over several cases, and
    the file of a hand-off; what the partner who has a case is told of it is about that case alone.
    """
    return (
        bool(lead.step.hand_off and not lead.step.answers)
        or _bundles(lead.policy, lead.step)
        or _is_joint(lead)
        or shared_arrangement(lead) is not None
    )


def _bundles(policy: Policy, step: Step | None) -> bool:
    return policy.bundle == "debtor" and step is not None and step.reminds


def _is_joint(lead: Member) -> bool:
    return legal_role(lead.step, lead.case, lead.policy) == "cost_notice"


def joining(lead: Member, sibling: Sibling, surroundings: Surroundings, now: datetime) -> Member | None:
    """Another case of the debtor as a companion in the message that leaves now; None when it does not travel along.

    Args:
        lead: The case whose message it is.
        sibling: The other case.
        surroundings: The surroundings of the other case.
        now: Moment of leaving.
    """
    on = lead.policy.sending_calendar.local_date(now)
    currency = lead.case.ledger.currency
    if lead.step.hand_off:
        return _in_file(lead, sibling, surroundings, now)
    arrangement = shared_arrangement(lead)
    if arrangement is not None:
        return _in_arrangement(lead, sibling, surroundings, now) if sibling_is_in(arrangement, sibling) else None
    if not may_be_reached(sibling.case, sibling.policy, now):
        return None
    if not _is_joint(lead):
        found = _companion(sibling.key, sibling.case, sibling.policy, surroundings, now, currency)
        return found if found is not None and goes_alone(found.step) == goes_alone(lead.step) else None
    if not belongs_in(sibling, currency, surroundings, on) or not can_join(sibling, surroundings, on):
        return None
    return _in_joint_letter(sibling, surroundings, now)


def shared_arrangement(lead: Member) -> Arrangement | None:
    """The arrangement over several invoices that a message is about; None of any other message."""
    if lead.step.id not in OF_ARRANGEMENTS:
        return None
    owed = letter_to_write(lead.case, lead.step, lead.issue)
    arrangement = None if owed is None else arrangement_of(lead.case, owed)
    return arrangement if arrangement is not None and arrangement.others else None


def sibling_is_in(arrangement: Arrangement, sibling: Sibling) -> bool:
    """Whether another case of the debtor has part in an arrangement, or is to be told of it yet."""
    return sibling.case.invoice.number in arrangement.others and sibling.case.ledger.currency == (
        arrangement.total.currency
    )


def must_wait_for(lead: Member, sibling: Sibling, surroundings: Surroundings, told: bool, on: date) -> bool:
    """Whether a message waits for another case that must be in it, and is not ready.

    Args:
        lead: The case whose message it is.
        sibling: The other case.
        surroundings: The surroundings of the other case.
        told: Whether it was told something that it has not recorded yet.
        on: Day of leaving.
    """
    if lead.step.hand_off:
        # What was paid or disputed just now leaves it out, and what is being sent goes first.
        is_open = sibling.case.closed is None and not sibling.case.handed_off
        return is_open and (told or _is_sending_another(lead, sibling.case))
    arrangement = shared_arrangement(lead)
    if arrangement is not None:
        return sibling_is_in(arrangement, sibling) and (told or _is_sending_another(lead, sibling.case))
    if lead.step.reminds or not told:
        return False
    return belongs_in(sibling, lead.case.ledger.currency, surroundings, on)


def _is_sending_another(lead: Member, case: Case) -> bool:
    """Whether a case has a message under way of which nobody knows yet what became of it, and that is not this one."""
    attempt = case.attempt
    if attempt is None or (lead.attempt is not None and lead.attempt.message == attempt.message):
        return False
    return any(d.status in (DeliveryStatus.INTENDED, DeliveryStatus.UNKNOWN) for d in attempt.deliveries)


def _in_arrangement(lead: Member, sibling: Sibling, surroundings: Surroundings, now: datetime) -> Member | None:
    """The case with the same letter about the arrangement that both are in; what it owes follows first."""
    before = react(sibling.case, sibling.policy, surroundings, now)
    about = letter_to_write(lead.case, lead.step, lead.issue)
    owed = next(
        (
            each
            for each in still_owed(before.case)
            if about is not None and (each.letter, each.of) == (about.letter, about.of)
        ),
        None,
    )
    if owed is None:
        return None
    return Member(sibling.key, before.case, sibling.policy, lead.step, owed.issue, surroundings, before.facts)


def _in_file(lead: Member, sibling: Sibling, surroundings: Surroundings, now: datetime) -> Member | None:
    """The case with its own hand-off, as far as it is ready; what follows for it at this moment is recorded first."""
    if sibling.case.closed is not None or sibling.case.handed_off:
        return None
    before = react(sibling.case, sibling.policy, surroundings, now)
    if before.case.closed is not None:
        return None
    on = lead.policy.sending_calendar.local_date(now)
    other = Sibling(sibling.key, before.case, sibling.policy)
    step = hand_off_like(sibling.policy, lead.step)
    me = Sibling(lead.key, lead.case, lead.policy)
    if step is None or why_not(me, lead.step, other, surroundings, on):
        return None
    # A file that came back goes to the next partner as the next issue.
    issue = 1 + sum(1 for taken in before.case.taken if taken.step == step.id)
    return Member(sibling.key, before.case, sibling.policy, step, issue, surroundings, before.facts)


def _in_joint_letter(sibling: Sibling, surroundings: Surroundings, now: datetime) -> Member | None:
    """The case with its own 14-day letter next: what stands before it on the ladder is passed over."""
    case, policy = sibling.case, sibling.policy
    step = cost_step(case, policy)
    if step is None:
        return None
    today = policy.sending_calendar.local_date(now)
    facts: list[Fact] = list(legal_facts(case, policy, surroundings, now).facts)
    for fact in facts:
        case = apply(case, fact)
    for rung in policy.steps[: policy.positions[step.id]]:
        known = {taken.step for taken in case.taken} | {passed for passed, _ in case.passed}
        if rung.id not in known:
            reason = "all invoices of a consumer that are in default go in one 14-day letter"
            passed = StepPassedOver(id=f"passed:{rung.id}:1", at=now, on=today, step=rung.id, reason=reason)
            facts.append(passed)
            case = apply(case, passed)
    issue = 1 + sum(1 for taken in case.taken if taken.step == step.id)
    taken = as_taken(step, case, policy)
    return Member(sibling.key, case, policy, taken, issue, surroundings, tuple(facts))


def claims_of(members: Iterable[Member], on: date) -> tuple[Claim, ...]:
    """What is owed of each of them as its step is taken, in their order."""
    return tuple(claim_of(p.case, p.policy, on, p.surroundings, taking=p.step) for p in members)


def asked_of(members: Sequence[Member], on: date, claims: Sequence[Claim] | None = None) -> tuple[Asked, ...]:
    """What their message says of each of them, in their order.

    Args:
        members: The cases in the message.
        on: Local day of sending.
        claims: `claims_of` them, where that is known.
    """
    return ask([Asking(p.case, p.policy, p.step, p.surroundings) for p in members], on, claims)


def _companion(
    key: str, case: Case, policy: Policy, surroundings: Surroundings, now: datetime, currency: str
) -> Member | None:
    """The case as a companion in a bundle that leaves now, None when it has no such step today."""
    if policy.bundle != "debtor" or case.closed is not None or case.ledger.currency != currency:
        return None
    calendar = policy.sending_calendar
    # As on its own turn: cases that wake at one moment must find each other whichever of them is first.
    before = react(case, policy, surroundings, now)
    decision = before.decision
    if decision.at is not None and decision.at > now and calendar.local_date(decision.at) == calendar.local_date(now):
        # Later today by its own hours: only at that moment is it judged whether it may be taken at all.
        moment = decision.at
        decision = plan(before.case, policy, surroundings, moment)
        if decision.passed_over or (decision.at is not None and decision.at > moment):
            return None
    if decision.action != "send" or decision.at is None:
        return None
    if calendar.local_date(decision.at) != calendar.local_date(now):
        return None
    found = member_of(key, before.case, policy, surroundings, decision, now)
    return replace(found, facts=before.facts) if _bundles(policy, found.step) else None


def leading(members: Iterable[Member]) -> Member:
    """The member whose step is the firmest: it gives the letter; among equals the oldest invoice."""
    return min(
        members,
        # What claims most comes first: a letter that claims less could not carry it.
        key=lambda p: (
            -_CLAIMS.index(p.step.claims),
            -p.policy.positions.get(p.step.id, 0),
            p.case.due,
            p.case.invoice.invoice_date,
            p.key,
        ),
    )


def message_id(members: Iterable[Member], debtor: str, on: date) -> str:
    """Id of the message: its own step when alone, debtor and day when bundled."""
    several = list(members)
    if len(several) == 1:
        alone = several[0]
        return f"{alone.case.invoice.number}/{alone.step.id}/{alone.issue}"
    # A notice leaves apart from the reminders of that day.
    lead = leading(several)
    part = "" if lead.step.reminds else "/handoff" if lead.step.hand_off else "/notice"
    about = letter_to_write(lead.case, lead.step, lead.issue) if lead.step.answers else None
    if about is not None:
        part = f"/{about.letter}/{about.of}"
    return f"{debtor}/{on.isoformat()}{part}"


def channels_of(members: Iterable[Member]) -> tuple[str, ...]:
    """All channels of a bundled message, each once, in the order of first mention by key."""
    ordered: dict[str, None] = {}
    for member in sorted(members, key=lambda p: p.key):
        ordered.update(dict.fromkeys(member.step.send))
    return tuple(ordered)
