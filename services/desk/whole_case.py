"""All that the page of a case shows, read in one moment: what the API tells of it, and what only people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from casefile.case_file import Transaction
from casefile.case_mark import mark_of
from casefile.notes import Note, notes_of
from domain.case import Case
from domain.handoffs.advice import Advice
from domain.parties import Debtor
from domain.policy import Policy
from domain.tasks import TaskKind
from services.current_case import current_case
from services.desk.bulk_policies import offered_policies
from services.desk.case_story import Event, story_of
from services.desk.written import WrittenMessage, written_messages
from services.reports.case_claim import ClaimReport, read_claim
from services.reports.case_deliveries import own_deliveries
from services.reports.case_papers import Papers, read_papers
from services.reports.case_report import CaseReport, report_of
from services.reports.handoff_advice import read_handoff_advice
from services.reports.handoff_check import HandoffCheck, read_handoff_check

__all__ = ["WholeCase", "read_whole_case"]


@dataclass(frozen=True, slots=True)
class WholeCase:
    """All that the page of a case shows.

    Attributes:
        report: What the API tells of it, too.
        claim: What is owed, and how it was counted.
        creditor: Id of its creditor.
        debtor: Who owes; None where nothing but his number is known.
        debtor_number: His number.
        on: The local day of its policy.
        days_late: Days since its due date; 0 where that has not passed.
        mark: How far it has come: what is asked of it now names this.
        story: What happened, the newest first.
        messages: What went out.
        policies: To which it can be moved, with their newest version; None of one that is only shipped.
    """

    report: CaseReport
    claim: ClaimReport
    papers: Papers
    creditor: str
    debtor: Debtor | None
    debtor_number: str
    invoice_date: date
    kind: str
    on: date
    days_late: int
    mark: str
    story: tuple[Event, ...]
    messages: tuple[WrittenMessage, ...]
    notes: tuple[Note, ...]
    case: Case
    policy: Policy
    handoff: HandoffCheck
    advice: Advice | None
    policies: Mapping[str, int | None]


def read_whole_case(transaction: Transaction, case_id: str, now: datetime, claim_on: date | None = None) -> WholeCase:
    """Read all that the page of a case shows.

    Args:
        transaction: A reading transaction on the case file.
        case_id: The case.
        now: The present moment.
        claim_on: The day of which the claim is told; today by default.

    Raises:
        UnknownCase: when there is none.
    """
    current = current_case(transaction, case_id, now)
    invoice = current.case.invoice
    deliveries = own_deliveries(transaction, case_id)
    on = current.policy.sending_calendar.local_date(now)
    return WholeCase(
        report=report_of(transaction, case_id, now),
        claim=read_claim(transaction, case_id, now, claim_on),
        papers=read_papers(transaction, case_id),
        creditor=current.loaded.creditor,
        debtor=transaction.parties.debtor(current.loaded.creditor, invoice.debtor),
        debtor_number=invoice.debtor,
        invoice_date=invoice.invoice_date,
        kind="consumer" if invoice.legal_status.protected_as_consumer else "business",
        on=on,
        days_late=max(0, (on - current.case.due).days),
        mark=mark_of(transaction, case_id),
        story=story_of(transaction, case_id, current.pending_facts, deliveries),
        messages=written_messages(deliveries),
        notes=notes_of(transaction, case_id),
        case=current.case,
        policy=current.policy,
        handoff=read_handoff_check(transaction, case_id, now),
        # Looked up where it is asked for: what became of the others takes its time.
        advice=read_handoff_advice(transaction, case_id, now).advice
        if any(current.case.open_task(kind) for kind in (TaskKind.APPROVE_HANDOFF, TaskKind.DECIDE_AFTER_RETURN))
        else None,
        policies=offered_policies(transaction.session),
    )
