"""What the check before a hand-off looks at, and what it finds of each point.

Source: practice.md, "Hand-off"; law.md §10, 47 (the six questions of the check, each answer with its evidence).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, Self

from domain.blockers import BlockerCode
from domain.tasks import TaskKind

__all__ = ["Answer", "Finding", "Point"]

Answer = Literal["ok", "fails", "unknown"]
"""`unknown`: nothing in the case says it; a person who approves the hand-off vouches for it."""


class Point(StrEnum):
    """One question of the check, in the order in which people read them."""

    words: str

    def __new__(cls, name: str, words: str) -> Self:
        """A point with its question."""
        point = str.__new__(cls, name)
        point._value_ = name
        point.words = words
        return point

    NAME = "debtor_name", "Is the debtor known by name?"
    ADDRESS = "address", "Is his address known?"
    DESCRIPTION = "description", "Is it clear what was sold?"
    INVOICE_COPY = "invoice_copy", "Is the invoice itself at hand?"
    TERM = "payment_term", "Has the payment term passed?"
    SENT = "reminded", "Were the invoice and a reminder sent?"
    PERFORMED = "performed", "Has the supplier done his part?"
    NOTICE = "notice_expired", "Has the term of the notice run out?"
    FINAL_DEMAND = "final_demand", "Did a consumer get a final demand, and his days after it?"
    DISPUTE = "dispute", "Is nothing disputed?"
    ARRANGEMENT = "arrangement", "Is nothing agreed that is still to be kept?"
    STATUS = "debtor_status", "Does nothing the debtor is in forbid it?"
    HOLD = "hold", "Does nothing else hold the case?"
    LIMITATION = "limitation", "Is the claim not barred?"
    AMOUNT = "least_amount", "Is it enough to be worth it?"
    TERMS = "clauses", "Were the clauses towards consumers reviewed?"
    REGISTER = "company_register", "Does the company still exist?"
    CHECKED = "invoice_checked", "Did a person look at the invoice, where the policy asks it?"
    BANK = "bank", "Is every payment up to now known?"
    MONEY = "money", "Is no money of the debtor with us?"
    PARTNER = "partner", "Is there a partner who may take it?"
    APPROVAL = "approval", "Did a person approve it?"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one point.

    Attributes:
        evidence: The fact that the answer rests on, in English.
        on: Day of that fact.
        stops: Whether nothing is handed off before it is mended.
        code: Why, as a blocker.
        until: First day on which it ends by itself.
        task: What a person is asked to do about it.
    """

    point: Point
    answer: Answer
    evidence: str
    on: date | None = None
    stops: bool = False
    code: BlockerCode | None = None
    until: date | None = None
    task: TaskKind | None = None
