"""The rows of a case, its facts and its ledger, as they are inserted."""

from __future__ import annotations

from casefile.listing import of_opened
from casefile.which_cases import folded_text
from domain.case import Case
from domain.facts import FACT, Fact
from domain.ledger import Entry

__all__ = ["row_of_case", "row_of_entry", "row_of_fact"]


def row_of_case(case_id: str, creditor: str, case: Case, last_fact: int) -> dict[str, object]:
    """The row of a case that opens, with what lists read of it until its first decision."""
    invoice = case.invoice
    return {
        "id": case_id,
        "creditor": creditor,
        "debtor": invoice.debtor,
        "number": invoice.number,
        "currency": invoice.amount.currency,
        "folded": folded_text(invoice.number, case_id),
        "debtor_folded": folded_text(invoice.debtor),
        **of_opened(case, last_fact),
    }


def row_of_fact(case_id: str, fact: Fact) -> dict[str, object]:
    """The row of a fact."""
    body = FACT.dump_json(fact, exclude_unset=False).decode()
    return {"case_id": case_id, "id": fact.id, "kind": fact.kind, "body": body}


def row_of_entry(case_id: str, entry: Entry) -> dict[str, object]:
    """The row of an entry of the ledger."""
    return {
        "case_id": case_id,
        "id": entry.id,
        "of": entry.of,
        "kind": entry.kind.value,
        "amount_minor": entry.amount.minor,
        "currency": entry.amount.currency,
        "credited_on": entry.credited_on,
        "known_on": entry.known_on,
        "source": entry.source or None,
    }
