"""Messages about the work of people: approvals, calls, tasks."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.facts import WithoutNotice
from domain.messages.base import Amount, BaseMessage, Day


class ApproveHandoff(BaseMessage):
    """Approve the hand-off, of the balance as the person saw it when `open` is given.

    The debtor's other invoices that are ready go along: `total` is what is open of all of them, as the person saw it.
    With `without_notice` it leaves before the term of the notice has run out, for a reason of the closed list.
    """

    left_out_means_all = ("open", "total")
    name: Literal["approve_handoff"] = "approve_handoff"
    as_request = 'Approve the hand-off to the agency: {"actor": "j.devries"}'
    step: Annotated[str, Field(max_length=100)] | None = None
    open: Amount | None = None
    total: Amount | None = None
    without_notice: WithoutNotice | None = None


class LogCall(BaseMessage):
    """Note a call with the debtor; it finishes the open call task, or puts it off to `again_on`, `again_at` there."""

    name: Literal["log_call"] = "log_call"
    as_request = (
        'Note a call: {"outcome": "will pay on Friday", "actor": "j.devries"}; with "again_on": "2026-04-14" (and '
        '"again_at": "10:30") he is called again then, and the call stays to be done'
    )
    outcome: Annotated[str, Field(min_length=1, max_length=200)] = "called"
    note: Annotated[str, Field(max_length=4000)] = ""
    task: Annotated[str, Field(max_length=100)] | None = None
    again_on: Day | None = None
    again_at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None

    @model_validator(mode="after")
    def _an_hour_is_of_a_day(self) -> Self:
        if self.again_at is not None and self.again_on is None:
            raise ValueError("again_at is an hour of again_on: give the day, too")
        return self


class CompleteTask(BaseMessage):
    """Finish an open task: by its kind, or by the id of the step that raised it."""

    name: Literal["complete_task"] = "complete_task"
    as_request = 'A task is finished: {"task": "call", "outcome": "will pay"}'
    task: Annotated[str, Field(min_length=1, max_length=100)]
    outcome: Annotated[str, Field(max_length=200)] = "done"


class RaiseTask(BaseMessage):
    """Ask a person to look at the case."""

    name: Literal["raise_task"] = "raise_task"
    as_fact = 'Ask a person to look: {"task": "amount_raised"}'
    task: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
