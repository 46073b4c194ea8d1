"""What the case file holds beside the case that a hand-off needs: names, papers, a partner."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["OnFile"]


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is on file about a case. None of it is a name itself: only whether it is there, and what it is called.

    Attributes:
        named: Whether the debtor has a name beside his number.
        addressed: Whether his address is known.
        invoice_copy: What the invoice itself is called among the documents; empty where there is none.
        described_by: What says what was sold: `product` or `invoice`; empty where nothing does.
        partner: Name of the partner that takes it; empty where none fits.
        partner_number: His number in the Wki register, empty where none is given.
        partner_needs_number: Whether the law asks one of him: a Dutch natural person, and neither bailiff nor lawyer.
        partner_elsewhere: Id of the partner who has other invoices of the debtor: no other one gets this one.
        asks_partner: Whether the creditor names any partner at all; one who names none hands off to a folder.
    """

    named: bool
    addressed: bool
    invoice_copy: str = ""
    described_by: str = ""
    partner: str = ""
    partner_number: str = ""
    partner_needs_number: bool = False
    asks_partner: bool = False
    partner_elsewhere: str = ""
