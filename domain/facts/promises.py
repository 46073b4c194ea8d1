"""Facts about promises: the debtor said that he will pay, how much and by when."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.facts.base import BaseFact
from domain.money import Money

PromiseOutcome = Literal["kept", "broken", "replaced", "moot", "withdrawn"]
"""How a promise ended: the money came; it did not; another one took its place; nothing is left to pay, or all that is
left is disputed; it was noted by mistake, and nobody ever made it."""


class PromiseMade(BaseFact):
    """The debtor promised to pay `amount`; that acknowledges the debt (BW 3:318).

    Attributes:
        promise: Its own id.
        by: Day on which the money is on our account at the latest, as we accepted it.
        wished: Day that he named, where that is further off than we accept.
        grace_until: Last day on which money still keeps the promise.
        holds: Whether it stops the ladder; after too many none does (practice.md, "What debtors misuse").
        extends_term: Whether the running term of a letter moves to that day; only what we confirm in writing does.
    """

    kind: Literal["promise_made"] = "promise_made"
    promise: str
    amount: Money
    by: date
    wished: date | None = None
    grace_until: date
    holds: bool = True
    extends_term: bool = False
    actor: str = ""
    note: str = ""


class PromiseJudged(BaseFact):
    """What came of a promise; one that was kept is judged again when the money is taken back.

    Attributes:
        paid: What of it came in.
        then: The step of the ladder that comes next because it was broken; empty: the ladder goes on by itself.
        actor: Who withdrew it, and `note` why.
    """

    kind: Literal["promise_judged"] = "promise_judged"
    promise: str
    outcome: PromiseOutcome
    paid: Money
    then: str = ""
    actor: str = ""
    note: str = ""
