"""What the planner decides: the next thing to do with a case, when, and why not now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.blockers import BlockerCode
from domain.facts import CloseReason
from domain.quick_records import quick

Action = Literal["send", "task", "hand_off", "reconcile", "close", "wait"]
"""What comes next; `wait` means that only a message, or looking again later, changes anything."""


class Blocker(BaseModel):
    """One reason why the next step is not taken now; `until` is its first free day, `detail` says more."""

    model_config = ConfigDict(frozen=True)

    code: Annotated[BlockerCode, Field(union_mode="left_to_right")]  # none has both: the first is found quickest
    until: date | None = None
    detail: str | None = None


@lru_cache(maxsize=2048, typed=True)
def blocked_by(code: BlockerCode, until: date | None) -> Blocker:
    """A blocker with its day, made once: the same few reasons and days decide of case after case."""
    return Blocker(code=code, until=until)


@quick
@dataclass(frozen=True, slots=True)
class Decision:
    """The planner's answer.

    Attributes:
        action: What comes next. `wait` means that only a message (or looking again at `at`) changes anything.
        at: When it comes; None for a wait without end. It is to be done now when `at` has come.
        step: The rung concerned.
        issue: Which issue of the step.
        task: Kind of the task to raise.
        close: Reason to close.
        blockers: Why it is not done now, the one that decides the moment first.
        passed_over: Steps left out on the way: `(step, issue, reason)`.
    """

    action: Action
    at: datetime | None = None
    step: str | None = None
    issue: int = 1
    task: str | None = None
    close: CloseReason | None = None
    blockers: tuple[Blocker, ...] = ()
    passed_over: tuple[tuple[str, int, str], ...] = ()
