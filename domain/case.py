"""The case: a frozen value, the fold of its facts.

`Case` holds what the planner needs to decide; it knows no policy and no clock. The same facts in the same
order give the same case; facts about money give the same balance in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import assert_never

from domain import arrangements, debtor_status, disputes, owed_letters, promises, settlements, signatures
from domain.arrangements import Arrangement
from domain.blockers import Stop
from domain.case_parts import Approval, Hold, Revocable, Task, put_off
from domain.debtor_status import DebtorStatus
from domain.disputes import Dispute
from domain.facts import (
    CAME_BACK,
    SENDER_REFUSED,
    UNREACHED,
    AgencyReported,
    ArrangementAgreed,
    ArrangementBroken,
    ArrangementEnded,
    ArrangementKept,
    ArrangementProposed,
    ArrangementReopened,
    ArrangementWarned,
    CallLogged,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CloseReason,
    DebtorStatusEnded,
    DebtorStatusProven,
    DebtorStatusReported,
    DeliveryConcluded,
    DeliveryReported,
    DeliveryStatus,
    DisputeAccepted,
    DisputeLapsed,
    DisputeRaised,
    DisputeResolved,
    DueDateChanged,
    Fact,
    FileReturned,
    GateUndone,
    HabitNoted,
    HandoffApproved,
    HoldLifted,
    HoldPlaced,
    InvoiceCredited,
    LetterDropped,
    LetterOwed,
    LetterVoided,
    MessageCrossed,
    MessageQuarantined,
    PaymentReceived,
    PaymentReversed,
    PolicyChanged,
    PromiseJudged,
    PromiseMade,
    QuarantineSettled,
    RecallAsked,
    RefundMade,
    SendSettled,
    SettlementAgreed,
    SettlementJudged,
    SignatureAsked,
    SignatureSettled,
    StepHeldBack,
    StepIntended,
    StepPassedOver,
    StepTaken,
    TaskDone,
    TaskRaised,
    WrittenOff,
)
from domain.invoice import Invoice
from domain.ledger import Entry, EntryKind, Ledger, WaitingReversal
from domain.money import Money
from domain.owed_letters import OwedLetter
from domain.promises import Promise
from domain.replacing import replace
from domain.sent import Attempt, TakenStep, all_came_back, begun, concluded, given_up, is_handed_off, returned
from domain.settlements import Settlement
from domain.signatures import Asked


@dataclass(frozen=True, slots=True)
class Case:
    """One overdue invoice being collected."""

    invoice: Invoice
    policy: str
    policy_version: int
    opened_on: date
    due: date
    ledger: Ledger
    consumer: bool
    """Whether his invoice alone makes him one who must be treated as a consumer, whatever the policy takes him for."""
    taken: tuple[TakenStep, ...] = ()
    passed: tuple[tuple[str, int], ...] = ()
    held_back: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    holds: tuple[Hold, ...] = ()
    attempt: Attempt | None = None
    tasks: tuple[Task, ...] = ()
    approval: Approval | None = None
    quarantined: tuple[str, ...] = ()
    bounced: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    """Of those that came back, the send keys of what only did not get through."""
    closed: CloseReason | None = None
    settled_by: EntryKind | None = None
    undone: tuple[tuple[str, int, Money], ...] = ()
    """Steps and issues whose message claimed costs that were not due, and how much too much."""
    idle: tuple[tuple[date, date | None], ...] = ()
    """Periods in which the case was closed: nothing could be missed in them."""
    disputes: tuple[Dispute, ...] = ()
    arrangements: tuple[Arrangement, ...] = ()
    owing: tuple[OwedLetter, ...] = ()
    """Letters beside the ladder that were asked for, sent or not."""
    promises: tuple[Promise, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    statuses: tuple[DebtorStatus, ...] = ()
    """What the debtor is, or was, in: as this case knows it."""
    revocable: tuple[Revocable, ...] = ()
    """Payments that were not final when they came."""
    asked: tuple[Asked, ...] = ()
    """What takes two people, waiting for the second one or settled."""
    reports: tuple[AgencyReported, ...] = ()
    """What partners reported of it, in the order in which we heard it."""
    recalls: tuple[RecallAsked, ...] = ()
    """How often we asked for the file back."""
    habit_days: int = 0
    """Days that the ladder waits for a payer who is always so late."""
    seen: frozenset[str] = field(default=frozenset())
    """Ids of all facts, so that none counts twice."""

    @property
    def open_minor(self) -> int:
        """Open principal in minor units; 0 when too much was paid."""
        return balance if (balance := self.ledger.balance_minor) > 0 else 0

    @property
    def open(self) -> Money:
        """Open principal; never negative."""
        return Money.from_minor(self.open_minor, self.ledger.currency)

    @property
    def contested_minor(self) -> int:
        """What of the open principal is not asked for: disputed, or found not to be owed and not credited yet."""
        if not self.disputes:
            return 0
        open_minor = self.open_minor
        return min(open_minor, sum(each.contested_minor(open_minor) for each in self.disputes))

    @property
    def undisputed(self) -> Money:
        """The open principal that nobody disputes."""
        return Money.from_minor(self.open_minor - self.contested_minor, self.ledger.currency)

    @property
    def standing(self) -> tuple[object, ...]:
        """All on which a decision of people rests: what changes it makes it another one (practice.md, hand-off)."""
        voids = sum(1 for each in self.taken if each.void)
        places = (len(self.holds), self.disputes, self.statuses, self.arrangements, voids)
        return (self.ledger.balance_minor, *places, self.closed, self.policy, self.policy_version)

    @property
    def open_disputes(self) -> tuple[Dispute, ...]:
        """The disputes that wait for an answer."""
        return tuple(each for each in self.disputes if each.is_open)

    @property
    def arrangement(self) -> Arrangement | None:
        """The arrangement that is to be kept, if there is one."""
        return arrangements.standing(self.arrangements)

    @property
    def overpaid_minor(self) -> int:
        """What was paid too much, in minor units; 0 otherwise."""
        return -balance if (balance := self.ledger.balance_minor) < 0 else 0

    @property
    def overpaid(self) -> Money:
        """What was paid too much; zero otherwise."""
        return Money.from_minor(self.overpaid_minor, self.ledger.currency)

    @property
    def handed_off(self) -> bool:
        """Whether a partner has the case."""
        return is_handed_off(self.taken)

    @property
    def stage(self) -> str:
        """`new`, the id of the last step taken, `handed_off` or `closed` (design §6)."""
        if self.closed is not None and self.closed is not CloseReason.HANDED_OFF:
            return "closed"
        if self.handed_off:
            return "handed_off"
        return self.taken[-1].step if self.taken else "new"

    @property
    def handed_off_on(self) -> date | None:
        """Day of the first hand-off, also where the file came back."""
        return next((step.on for step in self.taken if step.kind == "hand_off"), None)

    @property
    def last_contact_on(self) -> date | None:
        """Day of the last message to the debtor; tasks and the hand-off are no contacts."""
        days = [step.on for step in self.taken if step.kind == "send"]
        return max(days) if days else None

    def open_task(self, kind: str) -> Task | None:
        """The open task of this kind, if there is one."""
        return next((task for task in self.tasks if task.kind == kind and task.done_on is None), None)

    def holds_on(self, day: date, stopping: Stop | None = None) -> tuple[Hold, ...]:
        """The holds that cover this day; only those that stop the one thing named, if one is."""
        return tuple(hold for hold in self.holds if hold.covers(day) and (stopping is None or hold.stops(stopping)))


class NotACase(ValueError):
    """Facts that do not begin with the opening of a case."""


def fold(facts: Iterable[Fact]) -> Case:
    """The case that these facts make.

    Raises:
        NotACase: when the first fact is not `case_opened`.
    """
    iterator = iter(facts)
    first = next(iterator, None)
    if not isinstance(first, CaseOpened):
        raise NotACase("a case starts with the fact case_opened")
    case = _opened(first)
    for fact in iterator:
        case = apply(case, fact)
    return case


def _opened(fact: CaseOpened) -> Case:
    invoice = fact.invoice
    ledger = Ledger(currency=invoice.amount.currency).book(
        Entry("principal", None, invoice.amount, invoice.invoice_date, fact.on, EntryKind.PRINCIPAL)
    )
    if fact.open != invoice.amount:
        paid = fact.open - invoice.amount  # Nobody knows when: no interest is claimed on it.
        ledger = ledger.book(Entry("before-import", None, paid, fact.on, fact.on, EntryKind.PAYMENT, True))
    return Case(
        invoice=invoice,
        policy=fact.policy,
        policy_version=fact.policy_version,
        opened_on=fact.on,
        due=invoice.due,
        ledger=ledger,
        consumer=invoice.legal_status.protected_as_consumer,
        seen=frozenset((fact.id,)),
    )


def apply(case: Case, fact: Fact) -> Case:
    """The case after one more fact. A fact whose id was seen before changes nothing."""
    if fact.id in case.seen:
        return case
    seen = case.seen | {fact.id}
    # One arm is asked after the other: what most lives are made of comes first.
    match fact:
        case StepIntended():
            return replace(case, attempt=begun(case.attempt, fact), seen=seen)
        case DeliveryConcluded():
            return replace(case, attempt=concluded(case.attempt, fact), seen=seen)
        case StepTaken():
            return _taken(case, fact, seen)
        case StepPassedOver():
            return replace(case, passed=(*case.passed, (fact.step, fact.issue)), seen=seen)
        case StepHeldBack():
            return replace(case, held_back=(*case.held_back, (fact.step, fact.issue, fact.blockers)), seen=seen)
        case TaskRaised():
            task = Task(fact.id, fact.task, fact.step, fact.on)
            return replace(case, tasks=(*case.tasks, task), seen=seen)
        case PaymentReceived():
            entry = Entry(fact.id, None, -fact.amount, fact.credited_on, fact.on, EntryKind.PAYMENT, source=fact.source)
            if fact.final_on is not None and fact.final_on > fact.credited_on:
                case = replace(case, revocable=(*case.revocable, Revocable(fact.id, fact.method, fact.final_on)))
            return _booked(case, case.ledger.book(entry), EntryKind.PAYMENT, seen)
        case InvoiceCredited():
            corrects = fact.credit_kind != "rebate"
            entry = Entry(fact.id, None, -fact.amount, fact.on, fact.on, EntryKind.CREDIT, corrects)
            if corrects and case.disputes:
                case = replace(case, disputes=disputes.credited(case.disputes, fact))
            return _booked(case, case.ledger.book(entry), EntryKind.CREDIT, seen)
        case WrittenOff():
            entry = Entry(fact.id, None, -fact.amount, fact.on, fact.on, EntryKind.WRITE_OFF)
            return _booked(case, case.ledger.book(entry), EntryKind.WRITE_OFF, seen)
        case PaymentReversed():
            reversal = WaitingReversal(fact.id, fact.of, fact.amount, fact.credited_on, fact.on, fact.reason)
            return _booked(case, case.ledger.reverse(reversal), EntryKind.REVERSAL, seen)
        case RefundMade():
            entry = Entry(fact.id, fact.of, fact.amount, fact.refunded_on, fact.on, EntryKind.REFUND)
            return _booked(case, case.ledger.book(entry), EntryKind.REFUND, seen)
        case DueDateChanged():
            return replace(case, due=fact.due, seen=seen)
        case PolicyChanged():
            moved = replace(case, policy=fact.policy, policy_version=fact.policy_version, seen=seen)
            return _renamed(moved, dict(fact.renamed)) if fact.renamed else moved
        case HabitNoted():
            return replace(case, habit_days=fact.days, seen=seen)
        case HoldPlaced():
            of, about = fact.of, fact.about
            hold = Hold(fact.hold, fact.on, fact.until, actor=fact.actor, of=of, id=fact.id, about=about)
            return replace(case, holds=(*case.holds, hold), approval=None, seen=seen)
        case HoldLifted():
            holds = tuple(
                replace(hold, lifted=fact.on)
                if hold.kind is fact.hold and hold.covers(fact.on) and fact.of in ("", hold.of)
                else hold
                for hold in case.holds
            )
            return replace(case, holds=holds, seen=seen)
        case SendSettled():
            return _settled(case, fact, seen)
        case TaskDone():
            tasks = tuple(
                replace(task, done_on=fact.on, outcome=fact.outcome)
                if task.kind == fact.task and task.done_on is None
                else task
                for task in case.tasks
            )
            return replace(case, tasks=tasks, seen=seen)
        case HandoffApproved():
            others = tuple((each.number, each.open.minor) for each in fact.others)
            approval = Approval(fact.step, fact.open.minor, fact.on, fact.actor, fact.without_notice, others)
            return replace(case, approval=approval, seen=seen)
        case SignatureAsked():
            return replace(case, asked=(*case.asked, signatures.asked(fact, case.standing)), seen=seen)
        case SignatureSettled():
            return replace(case, asked=signatures.settled(case.asked, fact), seen=seen)
        case DeliveryReported():
            return _reported(case, fact, seen)
        case MessageQuarantined():
            return replace(case, quarantined=(*case.quarantined, fact.id), seen=seen)
        case QuarantineSettled():
            return replace(case, quarantined=tuple(q for q in case.quarantined if q != fact.of), seen=seen)
        case LetterVoided():
            taken = tuple(
                replace(t, void=True, void_for=fact.reason) if (t.step, t.issue) in fact.steps else t
                for t in case.taken
            )
            return replace(case, taken=taken, approval=None, seen=seen)
        case GateUndone():
            return replace(case, undone=(*case.undone, (fact.step, fact.issue, fact.claimed - fact.due)), seen=seen)
        case LetterOwed():
            return replace(case, owing=owed_letters.owed(case.owing, fact), seen=seen)
        case LetterDropped():
            attempt = given_up(case.attempt, fact)
            return replace(case, owing=owed_letters.dropped(case.owing, fact), attempt=attempt, seen=seen)
        case DisputeRaised():
            dispute = disputes.raised(fact, len(case.taken), case.open_minor)
            return replace(case, disputes=(*case.disputes, dispute), approval=None, seen=seen)
        case DisputeAccepted() | DisputeLapsed():
            return replace(case, disputes=disputes.judged(case.disputes, fact), approval=None, seen=seen)
        case DisputeResolved():
            return replace(
                case, disputes=disputes.resolved(case.disputes, fact, len(case.taken)), approval=None, seen=seen
            )
        case PromiseMade():
            return replace(case, promises=(*case.promises, promises.made(fact, case.ledger)), seen=seen)
        case PromiseJudged():
            return replace(case, promises=promises.judged(case.promises, fact), seen=seen)
        case SettlementAgreed():
            return replace(case, settlements=(*case.settlements, settlements.agreed(fact, case.ledger)), seen=seen)
        case SettlementJudged():
            return replace(case, settlements=settlements.judged(case.settlements, fact), seen=seen)
        case DebtorStatusReported() | DebtorStatusProven() | DebtorStatusEnded():
            return replace(case, statuses=debtor_status.told(case.statuses, fact), approval=None, seen=seen)
        case ArrangementAgreed():
            agreed = arrangements.agreed(case.arrangements, fact, len(case.ledger.entries))
            return replace(case, arrangements=agreed, approval=None, seen=seen)
        case ArrangementWarned() | ArrangementBroken() | ArrangementKept() | ArrangementReopened() | ArrangementEnded():
            return replace(case, arrangements=arrangements.changed(case.arrangements, fact), approval=None, seen=seen)
        case AgencyReported():
            return replace(case, reports=(*case.reports, fact), seen=seen)
        case RecallAsked():
            return replace(case, recalls=(*case.recalls, fact), seen=seen)
        case FileReturned():
            return replace(case, taken=returned(case.taken, fact), approval=None, seen=seen)
        case CaseClosed():
            idle = case.idle if case.closed else (*case.idle, (fact.on, None))
            return replace(case, closed=fact.reason, idle=idle, seen=seen)
        case CaseReopened():
            idle = tuple((start, fact.on if end is None else end) for start, end in case.idle)
            return replace(case, closed=None, idle=idle, seen=seen)
        case CallLogged() if fact.again_on is not None:
            return replace(case, tasks=put_off(case.tasks, fact), seen=seen)
        case CallLogged() | MessageCrossed() | CaseOpened() | ArrangementProposed():
            return replace(case, seen=seen)
        case _:
            assert_never(fact)


def _renamed(case: Case, names: Mapping[str, str]) -> Case:
    """The case with its messages under the ids that their steps have in its new policy."""

    def attempt(old: Attempt | None) -> Attempt | None:
        return None if old is None else replace(old, step=names.get(old.step, old.step))

    return replace(
        case,
        taken=tuple(replace(t, step=names.get(t.step, t.step), attempt=attempt(t.attempt)) for t in case.taken),
        passed=tuple((names.get(step, step), issue) for step, issue in case.passed),
        held_back=tuple((names.get(step, step), issue, why) for step, issue, why in case.held_back),
        undone=tuple((names.get(step, step), issue, much) for step, issue, much in case.undone),
        promises=tuple(replace(each, then=names.get(each.then, each.then)) for each in case.promises),
        tasks=tuple(replace(t, step=None if t.step is None else names.get(t.step, t.step)) for t in case.tasks),
        attempt=attempt(case.attempt),
    )


def _booked(case: Case, ledger: Ledger, kind: EntryKind, seen: frozenset[str]) -> Case:
    settled = case.settled_by
    if ledger.balance_minor < case.ledger.balance_minor:
        # What lowered the balance last names the reason when it reached zero (or the tolerance).
        settled = kind if case.ledger.balance_minor > 0 else settled
    approval = case.approval if ledger.balance_minor == case.ledger.balance_minor else None
    return replace(case, ledger=ledger, settled_by=settled, approval=approval, seen=seen)


def _taken(case: Case, fact: StepTaken, seen: frozenset[str]) -> Case:
    if fact.step_kind == "answer":
        return replace(case, owing=owed_letters.sent(case.owing, fact, case.attempt), attempt=None, seen=seen)
    sent = case.attempt.deliveries if case.attempt and case.attempt.step == fact.step else ()
    posted = tuple(d for d in sent if d.channel in ("post", "registered"))
    keys = tuple(d.key for d in posted or sent)
    step = TakenStep(
        step=fact.step,
        issue=fact.issue,
        kind=fact.step_kind,
        on=fact.on,
        channels=fact.channels,
        message=fact.message,
        term_days=fact.term_days,
        received_on=fact.received_on,
        reminds=fact.reminds,
        proven=fact.proven and not all_came_back(keys, case.bounced),
        keys=keys,
        attempt=case.attempt if sent else None,
        legal=fact.legal,
        announced_costs=fact.announced_costs,
        principal=fact.open,
        claimed=fact.claimed,
        claims=fact.claims,
        announces=fact.announces,
        costs=fact.costs if fact.claims == "all" else None,
        entries=len(case.ledger.entries) if fact.entries is None else fact.entries,
        imported=fact.imported,
        partner=fact.partner,
    )
    return replace(case, taken=(*case.taken, step), attempt=None, seen=seen)


def _reported(case: Case, fact: DeliveryReported, seen: frozenset[str]) -> Case:
    bounced = (*case.bounced, fact.key) if fact.status in CAME_BACK else case.bounced
    unreached = (*case.unreached, fact.key) if fact.status in (UNREACHED, SENDER_REFUSED) else case.unreached
    taken = case.taken
    received = fact.received_on
    if received is not None:
        # Of several receipts the last counts, in whatever order they are reported.
        taken = tuple(
            replace(step, received_on=max(received, step.received_on or received)) if fact.key in step.keys else step
            for step in case.taken
        )
    taken = tuple(replace(step, proven=False) if all_came_back(step.keys, bounced) else step for step in taken)
    return replace(case, bounced=bounced, unreached=unreached, taken=taken, seen=seen)


def _settled(case: Case, fact: SendSettled, seen: frozenset[str]) -> Case:
    """A person said what became of an unproven step; what was not sent goes on where the attempt stood."""
    step = next((t for t in case.taken if (t.step, t.issue) == (fact.step, fact.issue) and not t.proven), None)
    if step is None:
        owing, again = owed_letters.settled(case.owing, fact)
        return replace(case, owing=owing, attempt=case.attempt or again, seen=seen)
    if fact.outcome == "sent":
        proven = replace(step, proven=True, received_on=fact.received_on)
        return replace(case, taken=tuple(proven if t is step else t for t in case.taken), seen=seen)
    attempt = case.attempt
    if attempt is None and step.attempt is not None:
        settled = (DeliveryStatus.SENT, DeliveryStatus.REFUSED, DeliveryStatus.DROPPED)
        deliveries = tuple(
            d if d.status in settled else replace(d, status=DeliveryStatus.NOT_SENT, retry_at=fact.at)
            for d in step.attempt.deliveries
        )
        attempt = replace(step.attempt, deliveries=deliveries)
    return replace(case, taken=tuple(t for t in case.taken if t is not step), attempt=attempt, seen=seen)
