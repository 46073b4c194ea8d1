"""Everything about one case, gathered from the case file; what comes next is planned anew."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from casefile.case_file import Transaction
from casefile.debtor_money import loose_money
from casefile.surroundings import surroundings_of
from domain.case import Case
from domain.claims.claim import shown_open
from domain.facts import Fact, MessageQuarantined
from domain.finality import revocable_on
from domain.law.payment_methods import METHODS, is_from_memory, source_of, unauthorised_until
from domain.payment_runs import told_of_run
from domain.planning.checks import register_checked_on
from domain.planning.settlement import overpaid
from domain.reactions.react import react
from domain.tasks import task_text
from domain.terms import CreditorTerms
from domain.views.explain import because, day_text, state_of
from domain.views.said import said
from domain.views.timeline import bare_line, told_line
from services.current_case import current_case
from services.handoffs.going_along import goes_with, left_with
from services.reports.case_deliveries import own_deliveries
from services.reports.partner_lines import PartnerLine, partner_of
from services.reports.talk_lines import (
    AgreedLine,
    ArrangementLine,
    DisputeLine,
    agreed_with,
    arrangements_of,
    disputes_of,
)
from speech.words import tr

__all__ = ["CaseReport", "EngineLine", "TaskLine", "WaitingLine", "report_of"]


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold in force; `until` is its first free day."""

    kind: str
    until: str | None


@dataclass(frozen=True, slots=True)
class TaskLine:
    """An open task: `kind` is its name, `asks` what a person has to do, of a call `again` its day and hour."""

    kind: str
    asks: str
    raised_on: str
    step: str | None
    again: str | None = None


@dataclass(frozen=True, slots=True)
class QuarantineLine:
    """A message that could not be used."""

    id: str
    name: str
    error: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A message in the inbox that no worker has recorded yet; `refusal` says why it won't be accepted."""

    name: str
    refusal: str | None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One entry of the ledger; the amount is signed, `source` the partner to whom it was paid."""

    id: str
    kind: str
    amount: str
    credited_on: str
    known_on: str
    of: str | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message over one channel: its outcome, and the hash that proves its bytes."""

    at: str
    step: str
    issue: int
    channel: str
    status: str
    crossed: bool
    reference: str | None
    sha256: str
    key: str


@dataclass(frozen=True, slots=True)
class EngineLine:
    """What Temporal says of the case: `state` is running, paused, jammed, closed, gone or unknown; `says` in words.

    Of a pause in Temporal also `since` (in the policy's zone), `by` whom, and the `reason`, as far as Temporal knows;
    of a task that fails (`jammed`) `since` when and the cause; of an end how it ended.
    """

    state: str
    since: str | None
    by: str
    reason: str
    says: str


@dataclass(frozen=True, slots=True)
class SaidLine:
    """What a person said when he decided something: on which day, on `what`, `by` whom, and his `words`."""

    on: str
    what: str
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class LooseLine:
    """What is left of a payment of the debtor that is on no invoice."""

    payment: str
    amount: str
    currency: str
    credited_on: str
    reference: str


@dataclass(frozen=True, slots=True)
class NotFinalLine:
    """A payment that can be taken back until the day before `final_on`; `method` is how it was paid.

    One that the payer never authorised comes back until `unauthorised_until`, where there is such a right. `source` is
    where the days stand; `from_memory` that nobody read it.
    """

    payment: str
    method: str
    final_on: str
    unauthorised_until: str | None
    source: str = ""
    from_memory: bool = False


@dataclass(frozen=True, slots=True)
class CaseReport:
    """Everything about one case, with what waits in its inbox.

    Attributes:
        state: Where it stands, why nothing is sent, and what comes next, in a sentence or two.
        next: What comes next (`send`, `task`, `hand_off`, `reconcile`, `wait`, `close`), `step` which rung, `task`
            which work for a person.
        next_at: When, in the policy's zone; None when it waits for a person or a message.
        why: Why it is not done now.
        said: What people said when they decided something, also what no worker has recorded yet.
        on_no_invoice: What the debtor paid that is on no invoice.
        engine: What Temporal says of it; None when it was not asked.
        disputes: What the debtor does not agree with, answered or not.
        agreed: What the debtor promised, and what was agreed with him.
        arrangements: The instalments that were agreed, with what of them is paid.
        not_final: Payments that can still be taken back.
        register_checked_on: Day on which a person last looked whether the company still exists; None when nobody did.
        partner: How it stands with the collection partner who has it, or had it last; None where none had it.
        goes_with: Numbers of the debtor's invoices that go along at its hand-off, or went.
        pays_on_day: Day of the month on which the debtor pays, by what a person said of him; None when he has none.
    """

    case_id: str
    number: str
    debtor: str
    stage: str
    closed: str | None
    open: str
    currency: str
    overpaid: str | None
    due: str
    policy: str
    zone: str
    started: bool
    state: str
    next: str
    step: str | None
    task: str | None
    next_at: str | None
    why: tuple[str, ...]
    holds: tuple[HoldLine, ...]
    tasks: tuple[TaskLine, ...]
    quarantined: tuple[QuarantineLine, ...]
    waiting: tuple[WaitingLine, ...]
    ledger: tuple[LedgerLine, ...]
    messages: tuple[MessageLine, ...]
    timeline: tuple[str, ...]
    said: tuple[SaidLine, ...] = ()
    on_no_invoice: tuple[LooseLine, ...] = ()
    engine: EngineLine | None = None
    disputes: tuple[DisputeLine, ...] = ()
    agreed: tuple[AgreedLine, ...] = ()
    arrangements: tuple[ArrangementLine, ...] = ()
    not_final: tuple[NotFinalLine, ...] = ()
    register_checked_on: str | None = None
    pays_on_day: int | None = None
    partner: PartnerLine | None = None
    goes_with: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The report as JSON values."""
        return asdict(self)


def report_of(transaction: Transaction, case_id: str, now: datetime) -> CaseReport:
    """Gather everything about a case at a moment; nothing is written.

    What comes next is planned anew from the facts and the inbox, so it is right also when the last worker stopped
    long ago.

    Raises:
        UnknownCase: when there is none.
    """
    current = current_case(transaction, case_id, now)
    loaded, policy = current.as_loaded, current.policy
    surroundings = surroundings_of(transaction, loaded)
    going = react(loaded.case, policy, surroundings, now)
    case, decision = going.case, going.decision
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    too_much = overpaid(case, policy, today, surroundings)
    debtor = transaction.parties.debtor(loaded.creditor, case.invoice.debtor)
    facts = transaction.cases.facts(case_id)
    errors = {fact.id: fact for fact in (*facts, *current.pending_facts) if isinstance(fact, MessageQuarantined)}
    zone = ZoneInfo(calendar.zone)
    started = case_id not in transaction.starts.unstarted()
    checked = register_checked_on(case)
    pays = told_of_run(surroundings.payment_run, current.pending_facts)
    state = state_of(case, decision, policy, today)
    due_now = decision.at is not None and decision.at <= now and decision.action != "close"
    if due_now and decision.action in ("send", "hand_off", "reconcile"):
        state += tr(". Its moment has come: it is done as soon as a worker runs")
    return CaseReport(
        case_id=case_id,
        number=case.invoice.number,
        debtor=debtor.name if debtor else case.invoice.debtor,
        stage=case.stage,
        closed=case.closed.value if case.closed else None,
        open=shown_open(case, policy, today, surroundings).text,
        currency=case.open.currency,
        overpaid=too_much.text if too_much else None,
        due=case.due.isoformat(),
        policy=f"{case.policy} v{case.policy_version}",
        zone=calendar.zone,
        started=started,
        state=state,
        next=decision.action,
        step=decision.step,
        task=decision.task,
        next_at=None if decision.at is None or decision.action == "close" else _moment(decision.at, zone),
        why=tuple(dict.fromkeys(because(blocker) for blocker in decision.blockers)),
        holds=tuple(
            HoldLine(hold.kind.value, hold.end.isoformat() if hold.end else None) for hold in case.holds_on(today)
        ),
        tasks=tuple(
            TaskLine(
                task.kind,
                task_text(task.kind),
                task.raised_on.isoformat(),
                task.step,
                None if task.again_on is None else f"{task.again_on} {task.again_at}".strip(),
            )
            for task in case.tasks
            if task.done_on is None
        ),
        quarantined=tuple(
            QuarantineLine(each, errors[each].name, errors[each].error) for each in case.quarantined if each in errors
        ),
        waiting=tuple(WaitingLine(row.name, current.refusals.get(row.id)) for row in current.waiting),
        ledger=tuple(
            LedgerLine(
                entry.id,
                entry.kind.value,
                entry.amount.text,
                entry.credited_on.isoformat(),
                entry.known_on.isoformat(),
                entry.of,
                entry.source,
            )
            for entry in case.ledger.entries
        ),
        messages=tuple(
            MessageLine(
                _moment(each.stored.intended_at, zone),
                each.step,
                each.issue,
                each.stored.channel,
                each.stored.status,
                each.stored.crossed,
                each.stored.reference,
                each.stored.sha256,
                each.stored.key,
            )
            for each in own_deliveries(transaction, case_id)
        ),
        timeline=tuple(told_line(fact) for fact in facts),
        said=_said((*facts, *current.pending_facts)),
        disputes=disputes_of(case),
        agreed=agreed_with(case),
        arrangements=arrangements_of(case),
        not_final=_not_final(case, surroundings.terms, today),
        register_checked_on=checked.isoformat() if checked else None,
        pays_on_day=None if pays is None else pays.day,
        partner=partner_of(case),
        goes_with=left_with(transaction, loaded)
        if case.handed_off
        else goes_with(case, policy, surroundings, policy.step(decision.step or ""), today),
        on_no_invoice=tuple(
            LooseLine(each.id, each.left.text, each.left.currency, each.credited_on.isoformat(), each.reference)
            for each in loose_money(transaction, loaded.creditor, case.invoice.debtor)
        ),
    )


def _not_final(case: Case, terms: CreditorTerms, today: date) -> tuple[NotFinalLine, ...]:
    lines = []
    for each in revocable_on(case, today):
        entry = case.ledger.entry(each.payment)
        method = next((known for known in METHODS if known == each.method), None)
        line = NotFinalLine(each.payment, each.method, each.final_on.isoformat(), None)
        if entry is not None and method is not None:
            unauthorised = unauthorised_until(method, entry.credited_on)
            own = terms.finality_of(method, entry.credited_on)
            line = replace(
                line,
                unauthorised_until=unauthorised.isoformat() if unauthorised else None,
                source=source_of(method, entry.credited_on) if own is None else own.source,
                from_memory=own is None and is_from_memory(method, entry.credited_on),
            )
        lines.append(line)
    return tuple(lines)


def _said(facts: Iterable[Fact]) -> tuple[SaidLine, ...]:
    found = ((fact, said(fact)) for fact in facts)
    return tuple(
        SaidLine(fact.on.isoformat(), bare_line(fact).removeprefix(f"{fact.on} "), told.by, told.words)
        for fact, told in found
        if told is not None
    )


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{day_text(local.date())} {local:%H:%M}"
