"""Dispatch: from a message to the facts that follow from it. Pure, and the same for engine and simulation.

`judge` says which facts follow from a message, or refuses it by a rule; `handle` reads it first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import assert_never

from domain import facts as f
from domain import messages as m
from domain.case import Case
from domain.handling.agencies import agency_reported, recall_asked
from domain.handling.arrangements import (
    arrangement_agreed,
    arrangement_changed,
    arrangement_ended,
    arrangement_proposed,
)
from domain.handling.by_hand import payment_recorded, refund_recorded
from domain.handling.cases import other_policy
from domain.handling.disputes import credit_note_came, dispute_raised, dispute_resolved, dispute_reviewed
from domain.handling.duplicates import duplicate_settled, told_twice
from domain.handling.envelope import Envelope, Handled, Lookup
from domain.handling.holds import hold_lifted, hold_placed, not_paused, paused
from domain.handling.money import is_booked, own_currency, payment_received, tell_agency, withdrawn, written_off
from domain.handling.promises import promise_made, promise_withdrawn
from domain.handling.refusal import Refused
from domain.handling.reports import delivery_reported
from domain.handling.returned import payment_reversed
from domain.handling.settlements import settlement_agreed
from domain.handling.signatures import asked_first, signed
from domain.handling.statuses import proof_seen, status_ended, status_reported
from domain.handling.steps import reissued, settled
from domain.handling.tasks import approved, called, completed, tasks_done
from domain.ledger import EntryKind
from domain.messages.identity import escaped
from domain.policy import Policy
from domain.replacing import replace

_LONGEST_ERROR = 2000
"""Signs of an error that are kept: it may quote what was sent."""


def handle(
    case: Case,
    policy: Policy,
    name: str,
    raw: bytes | None,
    envelope: Envelope,
    lookup: Lookup,
    *,
    answered: bool,
) -> Handled:
    """Read and judge one raw message; what can't be used and gets no answer is quarantined, never dropped.

    Args:
        case: The case.
        policy: Its policy.
        name: Name of the message.
        raw: Its JSON, if any.
        envelope: Id of the delivery, moment and local day.
        lookup: What judging needs from outside.
        answered: Whether the sender gets the refusal as an answer.
    """
    envelope = replace(envelope, answered=answered)
    at, on = envelope.at, envelope.on
    notes: tuple[str, ...] = ()
    facts: tuple[f.Fact, ...] = ()
    try:
        message = m.read_message(name, raw)
        if isinstance(message, m.Pause):
            notes = message.notes
            if not answered and message.until is not None and message.until <= on:
                notes = (*notes, f"until {message.until} does not lie after {on}; paused without an end")
                message = message.model_copy(update={"until": None})
        facts = judge(case, policy, message, envelope, lookup)
    except (m.Unreadable, Refused) as error:
        notes = (str(error),)
    if not notes or answered:
        return Handled(facts, "; ".join(notes) or None if not facts else None)
    quarantined = f.MessageQuarantined(
        id=f"quarantine:{envelope.id}",
        at=at,
        on=on,
        name=escaped(name)[:200],
        sha256=hashlib.sha256(raw or b"").hexdigest(),
        error=escaped("; ".join(notes))[:_LONGEST_ERROR],
    )
    fresh = () if quarantined.id in case.seen else (quarantined,)
    return Handled((*facts, *fresh), "; ".join(notes))


def judge(case: Case, policy: Policy, message: m.Message, envelope: Envelope, lookup: Lookup) -> tuple[f.Fact, ...]:
    """The facts that follow from a message.

    Returns:
        The facts; none when the message was known already or changes nothing.

    Raises:
        Refused: when a rule forbids it.
    """
    return _judged(case, policy, message, envelope, lookup)


def _judged(case: Case, policy: Policy, message: m.Message, envelope: Envelope, lookup: Lookup) -> tuple[f.Fact, ...]:
    facts = _facts(case, policy, message, envelope, lookup)
    return asked_first(case, policy, message, envelope, tuple(fact for fact in facts if fact.id not in case.seen))


def _facts(case: Case, policy: Policy, message: m.Message, envelope: Envelope, lookup: Lookup) -> Sequence[f.Fact]:
    at, on = envelope.at, envelope.on
    own = message.id or envelope.id
    match message:
        case m.PaymentReceived():
            return payment_received(case, policy, message, own, at, on, told_twice, lookup)
        case m.RecordPayment():
            return payment_recorded(case, policy, message, envelope, lookup)
        case m.RecordRefund():
            return refund_recorded(case, policy, message, envelope, lookup)
        case m.SettleDuplicate():
            return duplicate_settled(case, message, own, at, on)
        case m.PaymentReversed():
            return payment_reversed(case, policy, message, f"reversal:{own}", at, on)
        case m.InvoiceCredited():
            amount = own_currency(case, message.amount, message.currency)
            if is_booked(case, own, EntryKind.CREDIT, amount):
                return ()
            credited = f.InvoiceCredited(id=own, at=at, on=on, amount=amount, credit_kind=message.kind)
            return (
                credited,
                *credit_note_came(case, credited),
                *withdrawn(case, credited),
                *tell_agency(case, own, at, on),
            )
        case m.WriteOff():
            return written_off(case, policy, message, own, at, on)
        case m.DeliveryReported():
            return delivery_reported(case, policy, message, own, at, on)
        case m.Pause():
            return paused(case, message, own, at, on)
        case m.Resume():
            if not any(h.kind is f.HoldKind.PAUSE and h.covers(on) for h in case.holds):
                raise Refused(not_paused(case, on))
            return (
                f.HoldLifted(id=f"resume:{own}", at=at, on=on, hold=f.HoldKind.PAUSE, actor=message.actor),
                *tasks_done(case, "resume", "resumed", f"resume:{own}", at, on),
            )
        case m.PlaceHold():
            return hold_placed(case, message, own, at, on)
        case m.LiftHold():
            return hold_lifted(case, policy, message, own, at, on, lookup)
        case m.ApproveHandoff():
            return approved(case, policy, message, own, at, on, lookup)
        case m.SignRequest():
            return signed(case, message, own, envelope, lambda asks, by: _judged(case, policy, asks, by, lookup))
        case m.LogCall():
            return called(case, policy, message, own, at, on)
        case m.CompleteTask():
            return (
                *completed(case, message, own, at, on),
                *dispute_reviewed(case, message, own, at, on),
                *proof_seen(case, message, at, on),
            )
        case m.RaiseTask():
            if case.open_task(message.task) is not None:
                return ()
            return (f.TaskRaised(id=f"task:{own}", at=at, on=on, task=message.task),)
        case m.ChangeDueDate():
            if message.due < case.invoice.invoice_date:
                raise Refused(f"due {message.due} lies before the invoice date {case.invoice.invoice_date}")
            if message.due == case.due:
                return ()
            return (f.DueDateChanged(id=f"due:{own}", at=at, on=on, due=message.due, actor=message.actor),)
        case m.ChangePolicy():
            return other_policy(case, policy, message, own, at, on, lookup)
        case m.SettleSend():
            return settled(case, message, own, at, on)
        case m.ReissueNotice():
            return reissued(case, policy, message, own, at, on)
        case m.RaiseDispute():
            return dispute_raised(case, policy, message, own, at, on)
        case m.ResolveDispute():
            return dispute_resolved(case, policy, message, own, at, on)
        case m.RecordPromise():
            return promise_made(case, policy, message, own, envelope, lookup)
        case m.WithdrawPromise():
            return promise_withdrawn(case, message, own, at, on)
        case m.AgreeSettlement():
            return settlement_agreed(case, policy, message, own, envelope, lookup)
        case m.ReportDebtorStatus():
            return status_reported(case, message, own, at, on)
        case m.EndDebtorStatus():
            return status_ended(case, message.status, message.actor, message.note, at, on)
        case m.ProposeArrangement():
            return arrangement_proposed(case, message, own, at, on)
        case m.AgreeArrangement():
            return arrangement_agreed(case, policy, message, own, at, on, lookup)
        case m.ChangeArrangement():
            return arrangement_changed(case, policy, message, own, at, on, lookup)
        case m.EndArrangement():
            return arrangement_ended(case, policy, message, own, at, on)
        case m.ReportAgency():
            return agency_reported(case, message, own, at, on)
        case m.RecallHandoff():
            return recall_asked(case, message, own, at, on)
        case m.ResubmitQuarantined():
            return _resubmitted(case, policy, message, envelope, lookup)
        case m.DismissQuarantined():
            _must_be_quarantined(case, message.of)
            return (
                f.QuarantineSettled(
                    id=f"quarantine-settled:{message.of}",
                    at=at,
                    on=on,
                    of=message.of,
                    outcome="dismissed",
                    actor=message.actor,
                    note=message.reason,
                ),
            )
        case _:
            assert_never(message)


def _must_be_quarantined(case: Case, quarantine_id: str) -> None:
    if quarantine_id not in case.quarantined:
        known = ", ".join(case.quarantined) or "none"
        raise Refused(f"{quarantine_id!r} is not in this case's quarantine; there: {known}")


def _resubmitted(
    case: Case, policy: Policy, message: m.ResubmitQuarantined, envelope: Envelope, lookup: Lookup
) -> tuple[f.Fact, ...]:
    _must_be_quarantined(case, message.of)
    kept = lookup.quarantined(message.of)
    if kept is None:
        raise Refused(f"the bytes of {message.of!r} are not in the case file")
    name, raw = kept
    try:
        if message.payload is not None:
            raw = json.dumps(message.payload).encode()
        again = m.read_message(message.as_name or name, raw)
    except (m.Unreadable, RecursionError) as error:
        raise Refused(f"still unreadable: {error}") from None
    if isinstance(again, m.ResubmitQuarantined | m.DismissQuarantined):
        raise Refused("a message about the quarantine can't itself be resubmitted")
    settled = f.QuarantineSettled(
        id=f"quarantine-settled:{message.of}",
        at=envelope.at,
        on=envelope.on,
        of=message.of,
        outcome="resubmitted",
        actor=message.actor,
    )
    facts = _judged(case, policy, again, replace(envelope, id=message.of, answered=False), lookup)
    return (*facts, settled)
