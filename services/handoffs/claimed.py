"""What is claimed of one case, and on what it rests, gathered from its facts for the claim statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from casefile.case_file import Transaction
from domain import facts as f
from domain.bundle import Member
from domain.claims.account import Booked
from domain.claims.claim import Claim, claim_of
from domain.handoffs.approving import without_notice
from domain.handoffs.grounds import costs_ground, daily_interest, default_of, interest_ground, notice_of, noticed
from domain.ledger import EntryKind
from domain.money import Money
from domain.planning.checks import register_checked_on
from domain.reactions.deadlines import deadlines
from domain.sent import TakenStep
from letters.render import known_letters
from letters.statement.content import (
    Agreement,
    Call,
    Claimed,
    Complaint,
    CourtLanguage,
    InterestPeriod,
    Moved,
    MovedKind,
    SentLetter,
)
from services.handoffs.documents import documents_of, kept_messages, message_document
from services.ports import Document
from services.reports.case_deliveries import own_deliveries
from speech.sentences import say
from speech.words import speaking

__all__ = ["claimed_of"]

Known = Literal["proven", "presumed", "unknown"]
_MOVED: dict[EntryKind, MovedKind] = {
    EntryKind.PAYMENT: "payment",
    EntryKind.CREDIT: "credit",
    EntryKind.WRITE_OFF: "write_off",
    EntryKind.REVERSAL: "reversal",
    EntryKind.REFUND: "refund",
}
_BY_ROLE = {
    "cost_notice": "fourteen_day_letter",
    "default_notice": "default_notice",
    "first_reminder": "first_reminder",
}


def claimed_of(
    transaction: Transaction, leaving: Member, on: date, documents: Mapping[str, Document], language: CourtLanguage
) -> Claimed:
    """What is claimed of a case on the day of its hand-off: its sums are those of the claim itself.

    Args:
        transaction: On the case file.
        leaving: The case, with its hand-off.
        on: The day.
        documents: The documents of the file, by the names that they have in one case.
        language: Of the statement.
    """
    case, policy, around = leaving.case, leaving.policy, leaving.surroundings
    terms = around.terms
    claim = claim_of(case, policy, on, around, taking=leaving.step)
    facts = tuple(transaction.cases.facts(leaving.key))
    default = default_of(case, policy, terms)
    notice = notice_of(case, policy, terms)
    invoice = case.invoice
    zero = Money.zero(case.ledger.currency)
    own = [documents[each.name] for each in documents_of(transaction, leaving.key, language)]
    by_kind = {kind: tuple(d.name for d in own if d.kind == kind) for kind in ("invoice", "contract", "terms")}
    early = case.approval.without_notice if case.approval and without_notice(case, policy, on) else None
    if early is not None and notice is not None and notice.last_day is not None and notice.last_day < on:
        early = None
    return Claimed(
        case=leaving.key,
        number=invoice.number,
        invoice_date=invoice.invoice_date,
        received_on=invoice.received_on,
        due=case.due,
        term_basis=invoice.term_basis.value,
        invoiced=invoice.amount,
        product=invoice.product,
        delivered_on=invoice.delivered_on,
        contract=invoice.contract,
        principal=claim.open,
        interest=claim.interest,
        costs=claim.costs,
        total=claim.total,
        overpaid=claim.overpaid,
        default_since=default.since,
        default_ground=default.ground,
        default_letter_on=None if default.notice is None else default.notice.taken.on,
        default_last_day=None if default.notice is None else default.notice.last_day,
        notice=None if notice is None else _letter_name(notice.taken, notice.taken.step),
        notice_sent_on=None if notice is None else notice.taken.on,
        notice_received_on=None if notice is None else notice.received_on,
        notice_received=_known(facts, None if notice is None else notice.taken),
        notice_last_day=None if notice is None else notice.last_day,
        interest_ground=interest_ground(case, policy, on, around),
        interest_periods=tuple(
            InterestPeriod(first=p.first, last=p.last, days=p.days, rate=p.rate, base=p.base, amount=p.amount)
            for p in claim.periods
        ),
        interest_run=sum((b.interest for b in claim.booked), claim.interest),
        daily=daily_interest(case, policy, on, around, leaving.step),
        costs_ground=costs_ground(case, policy, terms, claim, on),
        costs_how=_costs_how(claim, language),
        movements=tuple(_movements(leaving, claim, zero)),
        letters=tuple(_letters(transaction, leaving, facts, documents, language)),
        disputes=tuple(_disputes(facts)),
        calls=tuple(
            Call(on=each.on, outcome=each.outcome, words=each.note) for each in facts if isinstance(each, f.CallLogged)
        ),
        agreements=tuple(_agreements(leaving)),
        limitation=next((d.day for d in deadlines(case, policy, terms) if d.kind == "limitation"), None),
        register_checked_on=register_checked_on(case),
        invoice_documents=by_kind["invoice"],
        contract_document=next(iter(by_kind["contract"]), None),
        terms_document=next(iter(by_kind["terms"]), None),
        without_notice=early,
    )


def _costs_how(claim: Claim, language: CourtLanguage) -> tuple[str, ...]:
    with speaking(language):
        return tuple(say(each) for each in claim.costs_explained)


def _movements(leaving: Member, claim: Claim, zero: Money) -> Iterator[Moved]:
    booked: dict[str, Booked] = {each.id: each for each in claim.booked}
    for entry in leaving.case.ledger.entries:
        if entry.kind is EntryKind.PRINCIPAL or not entry.amount:
            continue
        went = booked.get(entry.id)
        yield Moved(
            on=entry.credited_on,
            kind=_MOVED[entry.kind],
            amount=-entry.amount,
            costs=zero if went is None else went.costs,
            interest=zero if went is None else went.interest,
            # A correction lowers the principal from the first day on.
            principal=-entry.amount if went is None else went.principal,
            over=None if went is None else went.over,
        )


def _letter_name(taken: TakenStep, name: str) -> str:
    # One letter for several steps at once says of each what it was there.
    told = taken.step if name == "generic" and taken.step in known_letters() else name
    return _BY_ROLE.get(taken.legal or "", told)


def _known(facts: Sequence[f.Fact], taken: TakenStep | None) -> Known:
    """How well it is known that a letter reached him."""
    if taken is None or not taken.proven:
        return "unknown"
    told = next(
        (
            fact.evidence
            for fact in facts
            if isinstance(fact, f.StepTaken) and (fact.step, fact.issue) == (taken.step, taken.issue)
        ),
        None,
    )
    return "proven" if taken.received_on is not None and told != "presumed" else "presumed"


def _letters(
    transaction: Transaction,
    leaving: Member,
    facts: Sequence[f.Fact],
    documents: Mapping[str, Document],
    language: CourtLanguage,
) -> Iterator[SentLetter]:
    case, policy = leaving.case, leaving.policy
    by_step = {(t.step, t.issue): t for t in case.taken}
    kept = {d.key for d in kept_messages(transaction, leaving.key)}
    for taken in case.taken:
        if taken.imported and taken.kind == "send":
            yield SentLetter(
                letter=_letter_name(taken, taken.step),
                role=taken.legal,
                sent_on=taken.on,
                channel=taken.channels[0] if taken.channels else "",
                recipient="",
                received_on=taken.received_on,
                received=_known(facts, taken),
                term=taken.term_days,
                void=taken.void,
            )
    for own in own_deliveries(transaction, leaving.key):
        stored = own.stored
        if stored.key not in kept:
            continue
        step = by_step.get((own.step, own.issue))
        noticed = None if step is None or step.term_days is None else _term(leaving, step)
        reports = [r for r in facts if isinstance(r, f.DeliveryReported) and r.key == stored.key]
        received = max((r.received_on for r in reports if r.received_on is not None), default=None)
        presumed = None if noticed is None else noticed[0]
        known: Known = "proven" if received is not None else "unknown" if presumed is None else "presumed"
        yield SentLetter(
            letter=stored.letter if step is None else _letter_name(step, stored.letter),
            role=None if step is None else step.legal,
            sent_on=policy.sending_calendar.local_date(stored.intended_at),
            channel=stored.channel,
            recipient=stored.recipient,
            reference=stored.reference,
            reports=tuple((r.on, r.status) for r in reports),
            received_on=received or presumed,
            received=known,
            term=None if step is None else step.term_days,
            last_day=None if noticed is None else noticed[1],
            void=step is not None and step.void,
            document=documents[message_document(stored, leaving, language).name].name,
            sha256=stored.sha256,
        )


def _term(leaving: Member, step: TakenStep) -> tuple[date | None, date | None]:
    """When a letter with a term reached him, by the law's count where nothing proves it, and the term's last day."""
    found = noticed(step, leaving.case, leaving.policy, leaving.surroundings.terms)
    return found.received_on, found.last_day


def _disputes(facts: Sequence[f.Fact]) -> Iterator[Complaint]:
    ended = {fact.dispute: fact for fact in facts if isinstance(fact, f.DisputeResolved)}
    for raised in facts:
        if isinstance(raised, f.DisputeRaised):
            end = ended.get(raised.dispute)
            yield Complaint(
                on=raised.on,
                reason=raised.reason,
                amount=raised.amount,
                words=raised.note,
                outcome=None if end is None else end.outcome,
                resolved_on=None if end is None else end.on,
            )


def _agreements(leaving: Member) -> Iterator[Agreement]:
    case = leaving.case
    currency = case.ledger.currency
    for promise in case.promises:
        if not promise.was_made:
            continue
        amount = Money.from_minor(promise.minor, currency)
        yield Agreement(on=promise.since, kind="promise", amount=amount, by=promise.by, outcome=promise.outcome)
    for settlement in case.settlements:
        amount = Money.from_minor(settlement.minor, currency)
        yield Agreement(
            on=settlement.since,
            kind="settlement",
            amount=amount,
            by=settlement.by,
            outcome=settlement.outcome,
            paid=Money.from_minor(settlement.paid_minor(case.ledger), currency),
        )
    for each in case.arrangements:
        last = max(instalment.due for instalment in each.instalments)
        yield Agreement(on=each.since, kind="arrangement", amount=each.total, by=last, outcome=each.outcome)
