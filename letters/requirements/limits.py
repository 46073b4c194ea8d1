"""To whom a letter may go, how short its term may be, and what it may claim."""

from collections.abc import Mapping
from typing import Literal

from letters.content import Claims, Law

Audience = Literal["everyone", "natural person", "consumer"]

LAW: Mapping[str, tuple[Law, ...]] = {
    "fourteen_day_letter": ("NL",),
    "first_reminder": ("BE",),
    "reservation": ("NL", "BE"),
}
"""Letters that some laws alone know."""

TO_CONSUMERS_ONLY = frozenset({"fourteen_day_letter", "default_notice", "first_reminder"})
"""Letters that only the law of consumers knows."""

LEAST_TERM: Mapping[tuple[str, Audience], int] = {
    ("fourteen_day_letter", "everyone"): 14,
    ("default_notice", "everyone"): 14,
    ("first_reminder", "everyone"): 14,
    ("notice", "natural person"): 14,
    ("final_demand", "consumer"): 7,
}
"""Fewest days of a term: art. 6:96 lid 6 BW, Book XIX WER; seven days before a consumer's claim is handed over."""

CLAIMS_OF_CONSUMERS: Mapping[str, frozenset[Claims]] = {
    "reminder": frozenset({"principal"}),
    "second_reminder": frozenset({"principal"}),
    "generic": frozenset({"principal"}),
    "fourteen_day_letter": frozenset({"principal"}),
    "default_notice": frozenset({"principal"}),
    "first_reminder": frozenset({"principal"}),
    "dispute_confirmation": frozenset({"principal"}),
    "invoice_copy": frozenset({"principal"}),
    "debit_returned": frozenset({"principal"}),
}
"""What a letter to a consumer may claim, where that is not everything: costs are due after a 14-day letter only."""

CLAIMS_OF_BELGIAN_CONSUMERS: Mapping[str, frozenset[Claims]] = {
    **CLAIMS_OF_CONSUMERS,
    "second_reminder": frozenset({"principal", "all"}),
}
"""The same under Belgian law: damages and interest are due once the free first reminder has run out (Book XIX WER), so
that the letter after it may claim them; the ladder has to wait for that term."""

BEFORE_DUE = frozenset({"service_mail"})
"""Letters for before the due date: they ask nothing beside the invoices, of anybody, and call nothing late."""

LONGEST_ARRANGEMENT_OF_CONSUMERS = 366
"""Days from the letter to the last instalment: a longer arrangement is credit."""

LEAST_WARNING_OF_CONSUMERS = 14
"""Days that a consumer has to pay what he missed before his arrangement ends and all is due (credit rules)."""
