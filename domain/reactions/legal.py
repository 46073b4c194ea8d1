"""What the law makes of what has become known: letters that are void, costs wrongly claimed, questions, deadlines.

These facts follow from the case and its surroundings alone, whatever the ladder does; they come before any decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from domain import facts as f
from domain.case import Case
from domain.claims.claim import costs_due
from domain.kin import among
from domain.ledger import EntryKind
from domain.notices import in_force_cost_notice, voided
from domain.policy import Policy
from domain.reactions import deadlines
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.sent import TakenStep
from domain.surroundings import Surroundings
from domain.tasks import TaskKind


def legal_facts(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Timely:
    """What follows from the law at this moment; nothing under a policy without law."""
    if policy.law is None:
        return NOTHING_FOLLOWS
    facts: list[f.Fact] = []
    # This is asked at every turn of every case: what can't be the matter is not looked into.
    letters = claims_costs = False
    for taken in case.taken:
        letters = letters or taken.legal is not None
        claims_costs = claims_costs or taken.costs is not None
    if letters:
        facts.extend(_void_letters(case, policy, surroundings, now, policy.sending_calendar.local_date(now)))
    if claims_costs:
        facts.extend(_undone_gates(case, policy, surroundings, now, policy.sending_calendar.local_date(now)))
    if case.invoice.contract is not None or (case.consumer and case.invoice.legal_status.undecided):
        facts.extend(_questions(case, policy, now, policy.sending_calendar.local_date(now)))
    tasks, next_at = deadlines.deadline_tasks(case, policy, surroundings.terms, now)
    return Timely((*facts, *tasks), next_at)


def _void_letters(
    case: Case, policy: Policy, surroundings: Surroundings, now: datetime, today: date
) -> Iterator[f.LetterVoided]:
    found = voided(case, policy, surroundings)
    if found is not None:
        step, issue = found.steps[0]
        own = f"void:{step}:{issue}"
        yield f.LetterVoided(id=own, at=now, on=today, steps=found.steps, reason=found.reason, of=found.of)


def _undone_gates(
    case: Case, policy: Policy, surroundings: Surroundings, now: datetime, today: date
) -> Iterator[f.GateUndone]:
    """Costs that were claimed, and were not due as we know now (practice.md, fact 5)."""
    for taken in case.taken:
        if taken.costs is None or not _claimed_costs(taken):
            continue
        if any((step, issue) == (taken.step, taken.issue) for step, issue, _ in case.undone):
            continue
        paid = any(e.kind is EntryKind.PAYMENT for e in case.ledger.entries[taken.entries :])
        if not paid and not _mate_was_paid(case, taken, surroundings) and not _came_back_later(case, taken):
            continue
        due = costs_due(case, policy, taken.on, surroundings)
        if due < taken.costs:
            own = f"undone:{taken.step}:{taken.issue}"
            yield f.GateUndone(
                id=own, at=now, on=today, step=taken.step, issue=taken.issue, claimed=taken.costs, due=due
            )


def _came_back_later(case: Case, taken: TakenStep) -> bool:
    """Whether a letter before this message turned out to have reached nobody."""
    return any(t.legal is not None and not t.proven and not t.void and t.on <= taken.on for t in case.taken)


def _mate_was_paid(case: Case, taken: TakenStep, surroundings: Surroundings) -> bool:
    """Whether a payment on another invoice of the same 14-day letter was learned of since this message."""
    letter = in_force_cost_notice(case)
    return letter is not None and any(
        entry.kind is EntryKind.PAYMENT and entry.known_on >= taken.on and entry.credited_on < taken.on
        for sibling, _ in among(surroundings.siblings).letters_like(letter)
        for entry in sibling.case.ledger.entries
    )


def _claimed_costs(taken: TakenStep) -> bool:
    return (
        taken.kind == "send"
        and taken.costs is not None
        and taken.costs.is_positive
        and not taken.void
        and not taken.imported
    )


def _questions(case: Case, policy: Policy, now: datetime, today: date) -> Iterator[f.TaskRaised]:
    """What only a person can find out, asked once."""
    if case.closed is not None:
        return
    asked = []
    if case.invoice.legal_status.undecided:
        asked.append(TaskKind.CLARIFY_STATUS)
    if policy.law == "NL" and case.invoice.contract is not None and in_force_cost_notice(case) is not None:
        asked.append(TaskKind.CONFIRM_CUMULATION)
    for task in asked:
        if f"task:{task}:law" not in case.seen:
            yield f.TaskRaised(id=f"task:{task}:law", at=now, on=today, task=task)
