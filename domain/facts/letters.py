"""Facts about letters that turned out wrong: void for costs, or asking for costs that were not due."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import BaseFact
from domain.money import Money

VoidReason = Literal[
    "corrected",
    "paid_before",
    "reversed",
    "spent",
    "together",
    "reissue",
    "came_back",
    "not_in_default",
    "disputed",
    "dispute_upheld",
    "debtor_status",
    "arranged",
]
"""Why a letter is void for costs: the invoice was corrected; a payment from before it was learned of later; a payment
inside its term was taken back; what it asked was paid in time, and something else has come open that it never asked;
another invoice in the same letter made it void; a person asked for a new one; it came
back over every channel and the contact was mended; as we
know now the debtor was not in default when it left; what it asked was disputed in its term, and the dispute rejected
(costs that were due on the undisputed rest stay); it asked what turned out not to be owed; the debtor died, became
insolvent or may not be written to before its term had run out: a new letter goes to whoever acts for him; instalments
were agreed before its term ran out."""


class LetterVoided(BaseFact):
    """A letter can no longer carry costs; it and what hung on its term are given again, with a full new term.

    Attributes:
        steps: `(step, issue)` of the letter, and of the steps taken since then that waited for its term.
        of: Id of the ledger entry, or of the request, that made it void; the day of default that was not reached.
        actor: Who asked for a new letter.
        note: Why, in his words.
    """

    kind: Literal["letter_voided"] = "letter_voided"
    steps: tuple[tuple[str, int], ...]
    reason: VoidReason
    of: str = ""
    actor: str = ""
    note: str = ""


class GateUndone(BaseFact):
    """Costs were claimed that turned out not to be due: a payment inside the term was learned of only later.

    Attributes:
        step: Step whose message claimed them, and its issue.
        claimed: Costs that it claimed.
        due: Costs that were due that day as we know now.
    """

    kind: Literal["gate_undone"] = "gate_undone"
    step: str
    issue: int
    claimed: Money
    due: Money
