"""Facts about settlements: the debtor pays less by a day, and is released from the rest."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.facts.base import BaseFact
from domain.money import Money

SettlementOutcome = Literal["kept", "unpaid", "replaced", "moot"]
"""How a settlement ended: paid in full and in time; not so; another one took its place; nothing is left to pay."""


class SettlementAgreed(BaseFact):
    """The debtor pays `amount` by a day, then the rest is released (BW 6:160).

    Attributes:
        settlement: Its own id.
        by: Day on which the money is on our account at the latest.
        grace_until: Last day on which it still is in time.
        released: The rest, as it stood on the day of the agreement.
        approved_by: Who approved a release above what the policy allows.
    """

    kind: Literal["settlement_agreed"] = "settlement_agreed"
    settlement: str
    amount: Money
    by: date
    grace_until: date
    released: Money
    approved_by: str = ""
    actor: str = ""
    note: str = ""


class SettlementJudged(BaseFact):
    """What came of a settlement, and what was paid of it; a kept one is judged again when the money is taken back."""

    kind: Literal["settlement_judged"] = "settlement_judged"
    settlement: str
    outcome: SettlementOutcome
    paid: Money
