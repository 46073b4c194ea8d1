"""A ladder to the letter that opens the way to costs, and the case of a consumer on it."""

from __future__ import annotations

from typing import Any

from domain.claims.claim import claim_of
from domain.invoice import Invoice, Kind, TermBasis
from domain.money import Money
from domain.policy import Policy
from tests.domain.builders import Life, day, eur, hand_off, invoice, policy, send

HOURS = {"holidays": "NL", "days": ["tue", "wed", "thu", "fri"], "from": "09:00", "until": "16:00"}


def ladder(*more: dict[str, Any], **fields: Any) -> Policy:
    """Policy PC of practice.md: reminder, 14-day letter, final demand, hand-off."""
    return policy(
        send("reminder", {"after_due": "5d"}),
        send("notice", {"after_due": "14d"}, send=["post"], announces=["costs"], term="14d"),
        send("final", {"term_expired": "notice"}, letter="final_demand", claims="all"),
        hand_off({"after_previous": "10d", "term_expired": "notice"}),
        *more,
        **{"law": "NL", "kind": "consumer", "calendar": HOURS, **fields},
    )


def consumer(amount: str | Money = "1000.00", due: str = "2026-09-30", **changes: Any) -> Invoice:
    worth = amount if isinstance(amount, Money) else eur(amount)
    inv = invoice("2026-09-16", due, "1.00", Kind.CONSUMER, number=changes.pop("number", "C-1"))
    return inv.model_copy(update={"term_basis": TermBasis.AGREED, "amount": worth, **changes})


def life(inv: Invoice | None = None, rules: Policy | None = None, opened: str = "2026-09-30") -> Life:
    return Life(rules or ladder(), inv or consumer(), opened)


def costs(lived: Life, on: str) -> str:
    return claim_of(lived.case, lived.policy, day(on), lived.surroundings).costs.text
