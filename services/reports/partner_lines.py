"""How a case stands with the collection partner who has it, or had it last, for people and programs."""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import Case
from domain.handoffs.partner_state import last_of_state
from domain.handoffs.with_partner import file_of, former_partners, recall_of, reference_of, reports_of, stands_as
from domain.money import Money

__all__ = ["PartnerLine", "ReportLine", "partner_of"]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """Something that he reported; `reason` is in his words."""

    id: str
    on: str
    known_on: str
    status: str
    amount: str | None
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """The partner and his file.

    Attributes:
        partner: His id in the profile; empty where none is named.
        state: How the file stands: `submitted` until he says anything.
        since: Day from which it does.
        until: Until when it rests.
        reference: His name for the file.
        handed_off_on: Day on which he got it.
        returned_on: Day from which he has it no more; None as long as he has it.
        paid: What was paid to him, less what came back: it counts, and he is to remit it.
        costs: What he says that he spent: ours, and never the debtor's.
        recall_asked_on: Day on which we asked for it back.
        former: Partners who had it before.
        reports: What he reported, in the order in which we heard it.
    """

    partner: str
    state: str
    since: str
    until: str | None
    reference: str
    handed_off_on: str
    returned_on: str | None
    paid: str
    costs: str
    recall_asked_on: str | None
    former: tuple[str, ...]
    reports: tuple[ReportLine, ...]


def partner_of(case: Case) -> PartnerLine | None:
    """How a case stands with its partner; None of one that was never handed off."""
    file, state = file_of(case), stands_as(case)
    if file is None or state is None:
        return None
    reports = reports_of(case)
    last, recall = last_of_state(reports), recall_of(case)
    zero = Money.zero(case.ledger.currency)
    paid = sum((-entry.amount for entry in case.ledger.entries if entry.source), zero)
    costs = sum(
        (each.amount for each in case.reports if each.amount is not None and not each.status.startswith("payment")),
        zero,
    )
    return PartnerLine(
        partner=file.partner or "",
        state=state,
        since=(file.on if last is None else last.reported_on).isoformat(),
        until=None if last is None or last.until is None else last.until.isoformat(),
        reference=reference_of(case),
        handed_off_on=file.on.isoformat(),
        returned_on=None if file.returned_on is None else file.returned_on.isoformat(),
        paid=paid.text,
        costs=costs.text,
        recall_asked_on=None if recall is None else recall.on.isoformat(),
        former=tuple(sorted(former_partners(case) - {file.partner or ""})),
        reports=tuple(
            ReportLine(
                each.report,
                each.reported_on.isoformat(),
                each.on.isoformat(),
                each.status,
                None if each.amount is None else each.amount.text,
                each.code,
                each.reason,
            )
            for each in reports
        ),
    )
