"""Facts about the case itself: opened, its due date and policy, closed and reopened."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from domain.facts.base import BaseFact
from domain.invoice import Invoice
from domain.money import Money


class CloseReason(StrEnum):
    """Why a case is closed; `handed_off` means that our ladder ended with the hand-off."""

    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
    BELOW_TOLERANCE = "below_tolerance"
    HANDED_OFF = "handed_off"


class CaseOpened(BaseFact):
    """An overdue invoice became a case, under a pinned policy."""

    kind: Literal["case_opened"] = "case_opened"
    invoice: Invoice
    open: Money
    policy: str
    policy_version: int


class DueDateChanged(BaseFact):
    """The due date was moved."""

    kind: Literal["due_date_changed"] = "due_date_changed"
    due: date
    actor: str = ""


class PolicyChanged(BaseFact):
    """The case was moved to another policy or version; nothing already sent is repeated.

    Attributes:
        renamed: `(old, new)`: the step of the new policy that a message sent under another id stands for.
    """

    kind: Literal["policy_changed"] = "policy_changed"
    policy: str
    policy_version: int
    actor: str = ""
    renamed: tuple[tuple[str, str], ...] = ()


class CaseClosed(BaseFact):
    """The case was closed. `waived`: interest and costs that are not pursued (the policy's `remainder`)."""

    kind: Literal["case_closed"] = "case_closed"
    reason: CloseReason
    waived: Money | None = None


class CaseReopened(BaseFact):
    """A closed case is owed money again."""

    kind: Literal["case_reopened"] = "case_reopened"
