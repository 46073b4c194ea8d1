"""Facts about the work of people: tasks, calls, approvals."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.facts.base import BaseFact
from domain.money import Money


class TaskRaised(BaseFact):
    """Work for a person. `task` is its kind, `step` the rung it belongs to."""

    kind: Literal["task_raised"] = "task_raised"
    task: str
    step: str | None = None


class TaskDone(BaseFact):
    """A person finished (or the case itself settled) a task."""

    kind: Literal["task_done"] = "task_done"
    task: str
    outcome: str = ""
    actor: str = ""


class CallLogged(BaseFact):
    """A call with the debtor was noted: what came of it, and what was said.

    With `again_on` he is called again on that day, at `again_at` (`10:30`, local) where an hour was agreed: the calls
    that are asked for stay open until then.
    """

    kind: Literal["call_logged"] = "call_logged"
    outcome: str
    actor: str = ""
    note: str = ""
    again_on: date | None = None
    again_at: str = ""


WithoutNotice = Literal["limitation_near", "fraud", "debtor_flees", "insolvency_filed", "debtor_declared_not_to_pay"]
"""Why a case may be handed off before the term of its notice has run out: a closed list (practice.md, Hand-off)."""


class HandedWith(BaseModel):
    """Another invoice of the debtor that an approval names, with its balance."""

    model_config = ConfigDict(frozen=True)

    number: str
    open: Money


class HandoffApproved(BaseFact):
    """A person approved the hand-off of this balance; it lapses after ten days or when the balance changes.

    Attributes:
        others: What goes along in the same file; it lapses, too, when anything of that changes.
        without_notice: Why it need not wait for the term of the notice; None: it waits.
    """

    kind: Literal["handoff_approved"] = "handoff_approved"
    step: str
    open: Money
    actor: str = ""
    others: tuple[HandedWith, ...] = ()
    without_notice: WithoutNotice | None = None
