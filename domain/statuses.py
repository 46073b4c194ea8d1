"""The table of debtor statuses: what a debtor is in, for all his cases at once, and what follows from it.

The rows are "What stops what" of practice.md; what a status stops stands with its hold in `domain/blockers.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self

from domain.blockers import HoldKind
from domain.tasks import TaskKind

Sends = Literal["nothing", "neutral"]
"""What still leaves: nothing, or a neutral statement and, where the claim would be barred, its reservation."""

Clock = Literal["frozen", "closed"]
"""The clock of the ladder: it goes on where it stood, or only after a person has decided that it does."""

RunningTerm = Literal["frozen", "new"]
"""A term that runs: what is left of it runs on afterwards, or the letter is void and a new one follows."""

Interest = Literal["runs", "ends"]
"""Interest: it runs on, or none is claimed of the days after it began (insolvency; Fw 128)."""

FRESH_LOOK_DAYS = 7
"""Days in which a person looks at a case afresh before it goes on (practice.md, After a hold)."""


@dataclass(frozen=True, slots=True)
class StatusRule:
    """One row of the table. New costs arise under none of them: those due before its day stay.

    Attributes:
        sends: What still leaves.
        clock: What becomes of the ladder.
        term: What becomes of a term that runs.
        interest: What becomes of interest.
        task: What it asks of a person.
        task_after: Months after its day on which that is asked; 0: at once.
        review: What is asked again while it lasts, every `review_every` days, if nothing is open.
        proof_within: Days in which it must be proven, or it ends; None: it needs no proof.
        fresh_look: Whether a person first looks at the case when it has ended.
        ended_by: What ends it, in words.
    """

    sends: Sends = "nothing"
    clock: Clock = "frozen"
    term: RunningTerm = "new"
    interest: Interest = "runs"
    task: TaskKind = TaskKind.REVIEW_STATUS
    task_after: int = 0
    review: TaskKind = TaskKind.REVIEW_STATUS
    review_every: int = 30
    proof_within: int | None = None
    fresh_look: bool = False
    ended_by: str = "a person"


_INSOLVENT = StatusRule(
    clock="closed",
    interest="ends",
    task=TaskKind.FILE_CLAIM,
    review_every=91,
    ended_by="its end in the register, told by a person",
)
_REPRESENTED = StatusRule(
    task=TaskKind.FIND_REPRESENTATIVE, ended_by="a person, when the contact is whoever acts for the debtor"
)


class StatusKind(StrEnum):
    """What a debtor is in."""

    rule: StatusRule

    def __new__(cls, name: str, rule: StatusRule = StatusRule()) -> Self:
        """A kind with its row."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.rule = rule
        return kind

    DEBT_HELP = (
        "debt_help",
        StatusRule(
            sends="neutral",
            term="frozen",
            task=TaskKind.ASK_DEBT_HELP_PROOF,
            proof_within=14,
            fresh_look=True,
            ended_by="14 days without proof; else a person",
        ),
    )
    MORATORIUM = "moratorium", _INSOLVENT
    WSNP = "wsnp", _INSOLVENT
    BANKRUPTCY = "bankruptcy", _INSOLVENT
    SUSPENSION = "suspension", _INSOLVENT
    DECEASED = (
        "deceased",
        StatusRule(
            task=TaskKind.FIND_HEIRS, task_after=3, ended_by="a person, when the heirs are known: they get a new letter"
        ),
    )
    MINOR = "minor", _REPRESENTED
    GUARDIANSHIP = "guardianship", _REPRESENTED
    VULNERABLE = "vulnerable", StatusRule(sends="neutral", term="frozen", task=TaskKind.OFFER_HELP)
    BELGIAN_STOP = (
        "belgian_stop",
        # Its length is not known to us: open until a person ends it, who is asked every week.
        StatusRule(
            term="frozen", task=TaskKind.REVIEW_STOP, review=TaskKind.REVIEW_STOP, review_every=7, fresh_look=True
        ),
    )

    @property
    def hold(self) -> HoldKind:
        """The hold that it is for each case."""
        return HoldKind(self.value)


STATUS_HOLDS = frozenset(kind.hold for kind in StatusKind)
"""Holds that a debtor's status is: of all his cases at once, or of none."""
