"""What becomes of an invoice in an import, in words: for the terminal and the desk alike."""

from __future__ import annotations

from services.importing.results import UNCHANGED

__all__ = ["SAID"]

SAID = {
    "opened": "opened",
    "payment": "payment booked",
    "due_date": "due date changed",
    "amount_raised": "more open than we know: task",
    "missing": "missing: on hold, task",
    "row_unreadable": "row can't be read: on hold, task",
    "back": "back in the list",
    "credit": "credited",
    "corrected": "corrected: on hold, task",
    "debtor": "debtor changed",
    "email_domain": "e-mail domain to check: task",
    "unallocated": "credit on no invoice",
    UNCHANGED: "unchanged",
}
"""In English; to be said by `tr`."""
