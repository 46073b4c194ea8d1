"""What workflows know of activities: their names, their models, and nothing of how they work."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator
from temporalio import activity

from domain.clock import REAL_TIME, Clock
from domain.views.case_view import CaseView


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")


class CodesOnly(str):
    """Text that holds codes and days only: it stays readable where everything else is encrypted."""


class Delivered(_Model):
    """A message as it arrived at a workflow, unread.

    Attributes:
        id: Id of this delivery, unique in the case.
        name: Name of the signal or update.
        raw: Its payload's bytes; None when it had none.
        answered: Whether somebody waits for an answer (update).
        problem: Set when it can't be used whatever it says (a surplus payload, an unknown encoding).
        once: Id under which it counts once where it brings none of its own, also when the run is reset or its history
            is read later; None of what was delivered before there was one: then it is `id`.
    """

    id: str
    name: str
    raw: bytes | None = None
    answered: bool = False
    problem: str | None = None
    once: str | None = None


class FileMark(_Model):
    """What a case has seen of the case file: it goes on only with the same one, and only where that is as far.

    Attributes:
        file: Id of the case file.
        epoch: When that was last accepted in the place of another one (seconds since 1970; 0: never).
        last: Number of the case's last fact; 0 while there is no such case.
        facts: How many facts it had.
        upto: Highest number of any fact.
    """

    file: str
    epoch: int = 0
    last: int = 0
    facts: int = 0
    upto: int = 0


class CaseInput(_Model):
    """Input of the workflow: ids only, so that whoever delivers a message can start or find it.

    Attributes:
        case_id: `case:{creditor}:{key}`.
        clock: Real time, or in simulation mode a virtual one.
        step_seconds: Longest time one step's activity may take, in real seconds.
        carried: Messages that the run before had not recorded yet.
        events_per_run: Continue as new after so many history events; None leaves it to the server.
        seen: What the run before saw of the case file.
    """

    case_id: str
    clock: Clock = REAL_TIME
    step_seconds: float = 60.0
    carried: tuple[Delivered, ...] = ()
    events_per_run: int | None = None
    seen: FileMark | None = None


class AdvanceRequest(_Model):
    """Record messages and decide anew.

    Attributes:
        at: The moment of the case.
        messages: Messages to record, in order of arrival.
        failures: How often in a row the step's activity failed.
        all_of_timeline: Whether the last fifty lines are wanted, not only new ones.
        clock: The clock of the case.
        seen: What the case last saw of the case file.
    """

    case_id: str
    at: AwareDatetime
    messages: tuple[Delivered, ...] = ()
    failures: int = 0
    all_of_timeline: bool = False
    clock: Clock = REAL_TIME
    seen: FileMark | None = None


class StepRequest(_Model):
    """The moment of a step has come: plan again under the lock, act or decline, decide anew.

    Attributes:
        clock: The clock of the case; the activity acts at its own moment, not at the one it was scheduled.
        step_seconds: As in `CaseInput`; an intent younger than this may still be under way.
        handed_back: How often in a row the step was handed back because its case was told something meanwhile.
        seen: As in `AdvanceRequest`.
    """

    case_id: str
    at: AwareDatetime
    clock: Clock = REAL_TIME
    step_seconds: float = 60.0
    handed_back: int = 0
    seen: FileMark | None = None


LOOP = 4
"""The edition of the loop that today's activities ask for; see `Turn.loop`."""


class Answer(_Model):
    """The answer to an update.

    Attributes:
        id: Id of the delivery.
        refusal: The rule that forbids it and what would be accepted; None when it was accepted.
        remark: What its sender should know all the same.
    """

    id: str
    refusal: str | None = None
    remark: str | None = None


class Turn(_Model):
    """A recorded decision: all that the workflow branches on.

    Attributes:
        action: What comes next; `end` ends the run.
        at: When, in the time of the case; None waits for a message.
        summary: What a credit controller reads on the timer and the activity.
        view: The view of the case; None for a case that does not exist.
        timeline: New lines of the timeline.
        answers: Answers to updates among the messages.
        loop: Edition of the loop that follows this turn. Recorded, so that a run whose turns were recorded by an older
            worker goes on as it began, and with the first new turn as today's does (decision 0012).
        real_time: The worker does not obey the clock of the input: the run goes on in real time.
        look_again: Something was told since the step was scheduled, or nobody knows and it waited too long: nothing was
            done; what was told is recorded first.
        seen: What the case file showed of itself.
        due: Its moment had come when it was decided.
        wake: Ids of other cases of the debtor that are to look again now, for what was recorded concerns them.
    """

    action: Literal["send", "task", "hand_off", "reconcile", "wait", "end"]
    at: AwareDatetime | None = None
    summary: str = ""
    view: CaseView | None = None
    timeline: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    loop: int = 1
    real_time: bool = False
    look_again: bool = False
    seen: FileMark | None = None
    due: bool = False
    wake: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _summary_may_be_read(self) -> Turn:
        if self.view is not None and self.view.codes_only:
            object.__setattr__(self, "summary", CodesOnly(self.summary))
        return self


class CaseActivities(ABC):
    """The activities of a case. Each plans again under the lock before it does anything."""

    @activity.defn(name="advance")
    @abstractmethod
    async def advance(self, request: AdvanceRequest) -> Turn:
        """Record messages, decide, write the view. A local activity: one transaction, no effect outside."""

    @activity.defn(name="send_message")
    @abstractmethod
    async def send_message(self, request: StepRequest) -> Turn:
        """Send the message of a step over its channels."""

    @activity.defn(name="hand_off")
    @abstractmethod
    async def hand_off(self, request: StepRequest) -> Turn:
        """Hand the case to the agency."""

    @activity.defn(name="raise_task")
    @abstractmethod
    async def raise_task(self, request: StepRequest) -> Turn:
        """Raise a task for a person, or look again after a wait: of runs before edition 3 of the loop."""

    @activity.defn(name="reconcile")
    @abstractmethod
    async def reconcile(self, request: StepRequest) -> Turn:
        """Find out what became of a message whose outcome is unknown."""
