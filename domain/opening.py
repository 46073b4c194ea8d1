"""Opening a case: the first facts, with what happened to the invoice before it came to us."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from domain import facts as f
from domain.calendar import day_after_collection
from domain.case import Case, fold
from domain.claims.claim import Asking, ask
from domain.invoice import Invoice
from domain.money import Money
from domain.policy import Policy, Step
from domain.surroundings import NOTHING_SPECIAL
from domain.tasks import TaskKind

REVIEW_WHEN_LATER_THAN = 30
"""Days late after which an invoice without its history is first looked at by a person (practice.md, Onboarding)."""


class History(BaseModel):
    """State of earlier collection, as an import may tell it.

    Attributes:
        last_step: Id of the last rung taken elsewhere.
        last_contact_on: Day of the last contact.
        notice_posted_on: Day on which a notice that starts a term was posted.
        notice_received_on: Day of receipt that is proven; a notice without proof is repeated.
        notice_evidence: How well that day is known.
        promise_until: Day up to which a promise of payment runs.
        on_hold: Whether it was on hold elsewhere, `hold_until` its first free day.
        handed_off: Whether an agency works on it already.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    last_step: str | None = None
    last_contact_on: date | None = None
    notice_posted_on: date | None = None
    notice_received_on: date | None = None
    notice_evidence: f.Evidence | None = None
    promise_until: date | None = None
    on_hold: bool = False
    hold_until: date | None = None
    handed_off: bool = False

    @property
    def known(self) -> bool:
        """Whether anything is known of earlier collection."""
        return self != History()


class UnknownStep(ValueError):
    """The history names a step that the policy does not have."""


def open_case(
    invoice: Invoice,
    policy: Policy,
    at: datetime,
    *,
    open_amount: Money | None = None,
    history: History | None = None,
    review: bool = False,
) -> tuple[f.Fact, ...]:
    """The facts with which a case begins.

    Args:
        invoice: The invoice.
        policy: The policy it is pinned to.
        at: Moment of opening, aware.
        open_amount: What is still open; the whole principal by default.
        history: What happened before.
        review: Whether an invoice that is long overdue without history waits for a person first (import).

    Raises:
        UnknownStep: when the history names a step that the policy does not have.
    """
    before = history or History()
    on = policy.sending_calendar.local_date(at)
    opened = f.CaseOpened(
        id="opened",
        at=at,
        on=on,
        invoice=invoice,
        open=open_amount if open_amount is not None else invoice.amount,
        policy=policy.policy,
        policy_version=policy.version,
    )
    facts: list[f.Fact] = [
        opened,
        *_steps_before(opened, policy, before, at, on),
        *_holds(before, at, on),
        *_debit(invoice, at, on),
    ]
    if review and not before.known and (on - invoice.due).days > REVIEW_WHEN_LATER_THAN:
        facts.append(f.HoldPlaced(id="hold:onboarding", at=at, on=on, hold=f.HoldKind.ONBOARDING_REVIEW))
        facts.append(f.TaskRaised(id="task:onboarding", at=at, on=on, task=TaskKind.ONBOARDING_REVIEW))
    return tuple(facts)


def _steps_before(opened: f.CaseOpened, policy: Policy, before: History, at: datetime, on: date) -> list[f.Fact]:
    """Steps taken elsewhere: the last one (and a proven notice) as taken, the others above it as passed over."""
    last = _last_step(policy, before)
    if last is None:
        return []
    case = fold((opened,))
    position = policy.positions[last]
    notice = next((s for s in reversed(policy.steps[: position + 1]) if s.term is not None), None)
    received_on = before.notice_received_on
    if notice is not None and received_on is None:
        # A notice without proof of receipt is repeated: only the steps above it count.
        position = position if before.handed_off else policy.positions[notice.id] - 1
        notice = None
    if position < 0:
        return []
    rung = policy.steps[position]
    facts: list[f.Fact] = [
        f.StepPassedOver(id=f"passed:{s.id}:1", at=at, on=on, step=s.id, reason="taken before the import, or left out")
        for s in policy.steps[:position]
        if s is not notice
    ]
    taken_on = min(before.last_contact_on or on, on)
    if notice is not None and received_on is not None:
        posted_on = min(before.notice_posted_on or received_on, on)
        facts.append(_taken_before(case, policy, notice, posted_on, at, received_on, before.notice_evidence))
        taken_on = max(taken_on, posted_on)
    if rung is not notice:
        facts.append(_taken_before(case, policy, rung, taken_on, at, None, None))
    return facts


def _last_step(policy: Policy, before: History) -> str | None:
    """Id of the last rung taken elsewhere; the hand-off when an agency has the file."""
    if before.handed_off:
        last = next((s.id for s in policy.steps if s.hand_off), None)
        if last is None:
            raise UnknownStep(f"it is handed off already, but policy {policy.policy} has no hand-off step")
        return last
    if before.last_step is not None and before.last_step not in policy.positions:
        raise UnknownStep(
            f"last_step {before.last_step!r} is no step of policy {policy.policy}; known: {', '.join(policy.positions)}"
        )
    return before.last_step


def _taken_before(
    case: Case,
    policy: Policy,
    rung: Step,
    on: date,
    at: datetime,
    received_on: date | None,
    evidence: f.Evidence | None,
) -> f.StepTaken:
    (asked,) = ask((Asking(case, policy, rung, NOTHING_SPECIAL),), on)
    return f.StepTaken(
        id=f"taken:{rung.id}:1:import",
        at=at,
        on=on,
        step=rung.id,
        step_kind="task" if rung.task else "hand_off" if rung.hand_off else "send",
        channels=rung.channels,
        message=f"before-import/{rung.id}",
        open=asked.open,
        interest=asked.interest,
        costs=asked.costs,
        total=asked.total,
        claimed=asked.claimed,
        term_days=rung.term,
        received_on=received_on,
        reminds=rung.reminds,
        imported=True,
        claims=rung.claims,
        announces=rung.announces,
        evidence=evidence,
        legal=asked.legal,
        entries=len(case.ledger.entries),
    )


def _holds(before: History, at: datetime, on: date) -> list[f.Fact]:
    facts: list[f.Fact] = []
    if before.promise_until is not None and before.promise_until >= on:
        until = before.promise_until + timedelta(days=1)
        facts.append(f.HoldPlaced(id="hold:promise", at=at, on=on, hold=f.HoldKind.PROMISE, until=until))
    if before.on_hold and (before.hold_until is None or before.hold_until > on):
        facts.append(f.HoldPlaced(id="hold:imported", at=at, on=on, hold=f.HoldKind.IMPORTED, until=before.hold_until))
        facts.append(f.TaskRaised(id="task:imported", at=at, on=on, task=TaskKind.IMPORTED_HOLD))
    return facts


def _debit(invoice: Invoice, at: datetime, on: date) -> list[f.Fact]:
    """An invoice that is paid by direct debit has no ladder before the debit failed (practice.md, More holds)."""
    collected = invoice.direct_debit_on
    until = None if collected is None else day_after_collection(collected)
    if until is None or until <= on:
        return []
    return [f.HoldPlaced(id="hold:direct_debit", at=at, on=on, hold=f.HoldKind.PAYMENT_PENDING, until=until)]
