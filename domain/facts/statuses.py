"""Facts about what a debtor is in: debt help, insolvency, death… They are the same for each of his cases."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.facts.base import BaseFact
from domain.statuses import StatusKind

StatusEnd = Literal["ended", "unproven"]
"""Why a status ended: somebody said so, or nobody proved it in time."""


class DebtorStatusReported(BaseFact):
    """The debtor is in a status since a day, which may lie before we learned of it.

    Attributes:
        report: Id of the report, the same in all cases of the debtor.
        proven: Whether that was proven, where it must be.
    """

    kind: Literal["debtor_status_reported"] = "debtor_status_reported"
    report: str
    status: StatusKind
    since: date
    proven: bool = False
    actor: str = ""
    note: str = ""


class DebtorStatusProven(BaseFact):
    """A status that had to be proven was."""

    kind: Literal["debtor_status_proven"] = "debtor_status_proven"
    report: str
    status: StatusKind
    actor: str = ""
    note: str = ""


class DebtorStatusEnded(BaseFact):
    """A status has ended."""

    kind: Literal["debtor_status_ended"] = "debtor_status_ended"
    report: str
    status: StatusKind
    reason: StatusEnd = "ended"
    actor: str = ""
    note: str = ""
