"""What a collection partner reported, in a line of the timeline; his own words stand elsewhere."""

from __future__ import annotations

from domain import facts as f
from speech.words import tr

__all__ = ["CLOSED", "REPORTED", "STATES", "agency_line"]

REPORTED: dict[f.AgencyStatus, str] = {
    "accepted": "the partner took the file",
    "refused": "the partner refused the file",
    "more_wanted": "the partner asks for more",
    "payment": "paid to the partner",
    "payment_reversed": "a payment to the partner was taken back",
    "costs": "costs of the partner",
    "arrangement": "the partner agreed instalments",
    "paused": "the partner lets the file rest",
    "resumed": "the partner goes on",
    "summons": "the partner had the summons served",
    "judgment": "there is a judgment",
    "seizure": "the partner seizes",
    "closed": "the partner closed the file",
    "recalled": "the partner gave the file back",
}
"""What was reported, in words."""

CLOSED: dict[f.ClosingCode, str] = {
    "paid": "all is paid",
    "uncollectable": "nothing can be collected",
    "withdrawn": "withdrawn",
    "insolvent": "the debtor is insolvent",
    "limitation": "the claim is barred",
    "settled": "settled",
    "other": "another reason",
}
"""Why a partner closed a file, in words."""


STATES: dict[str, str] = {
    "submitted": "with the partner, who has not answered",
    "accepted": "the partner works on it",
    "more_wanted": "the partner asks for more",
    "arrangement": "the partner agreed instalments",
    "paused": "the partner lets the file rest",
    "summons": "the partner had the summons served",
    "judgment": "there is a judgment",
    "seizure": "the partner seizes",
    "refused": "the partner refused the file",
    "recalled": "the partner gave the file back",
    "closed": "the partner closed the file",
    "recall_asked": "asked back, not answered yet",
}
"""How a file stands with the partner, in words."""


def agency_line(fact: f.AgencyReported | f.RecallAsked | f.FileReturned) -> str:
    """What was reported, of which day, with amount and code; nothing that anybody wrote in words."""
    if isinstance(fact, f.RecallAsked):
        return tr("asked the partner for the file back ({why})", why=tr(fact.reason.replace("_", " ")))
    if isinstance(fact, f.FileReturned):
        return tr("the case is back with us ({why})", why=tr(fact.reason))
    told = tr(REPORTED[fact.status])
    if fact.amount is not None:
        told += f": {fact.amount.text}"
    if fact.code:
        told += f" ({tr(CLOSED[fact.code])})"
    if fact.until is not None:
        told += tr(" until {day}", day=fact.until)
    return told if fact.reported_on == fact.on else told + tr(", of {day}", day=fact.reported_on)
