"""What may happen in a scenario: money, pauses, the work of people, the bank. Adding a form is adding a class.

What a debtor says stands in `simulation.talk_events`, money that is given back or put on an invoice later in
`simulation.money_events`, what providers tell of messages in `simulation.feedback_events`, what takes two people in
`simulation.signing_events`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import create_model

from domain.money import Money
from domain.tasks import OWN_TASKS
from policies.finding import did_you_mean
from simulation import agency_events, feedback_events, money_events, signing_events, talk_events
from simulation.event_table import FORMS, Event, Form, WrittenEvent, WrongEvent, form
from simulation.written import Amount, Currency, Day, Row, Word

__all__ = [
    "BESIDE",
    "FORMS",
    "Approve",
    "BankCovers",
    "Credit",
    "Event",
    "EventRow",
    "Form",
    "Pause",
    "Payment",
    "Resume",
    "ResumeSending",
    "Reversal",
    "StopSending",
    "TaskDone",
    "WrittenEvent",
    "WrongEvent",
]

CreditKind = Literal["correction", "return", "rebate"]

BESIDE: Mapping[str, Any] = {
    "debtor": Word,
    "credited": Day,
    "amount": Amount,
    "kind": CreditKind,
    "currency": Currency,
    **money_events.BESIDE,
    **talk_events.BESIDE,
    **feedback_events.BESIDE,
    **signing_events.BESIDE,
    **agency_events.BESIDE,
}
"""Keys that stand beside the word of some forms only, and what is written there."""


@form("payment", Amount, message="payment_received", beside=("debtor", "credited", "currency", "reference", "method"))
@dataclass(frozen=True, slots=True)
class Payment(Event):
    """Money comes in: for one invoice, or (`invoice` None) for all open ones of a debtor."""

    amount: Money
    debtor: str | None = None
    credited: date | None = None
    reference: str = ""
    method: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Payment":
        """Money without a currency of its own is in that of the invoice."""
        values, about = written.values, written.about
        amount = Money(values["payment"], values["currency"] or about.invoice.amount.currency)
        invoice = None if values["debtor"] is not None else about.number
        reference, method = values["reference"] or "", values["method"] or ""
        return cls(written.on, written.id, invoice, amount, values["debtor"], values["credited"], reference, method)

    def content(self) -> dict[str, object]:
        """What was paid, and when it counts."""
        return {
            "id": self.id,
            "amount": self.amount.text,
            "currency": self.amount.currency,
            "credited_on": (self.credited or self.on).isoformat(),
            **({"reference": self.reference} if self.reference else {}),
            **({"method": self.method} if self.method else {}),
        }


@form("reverse", Word, message="payment_reversed", beside=("debtor", "amount", "reason"))
@dataclass(frozen=True, slots=True)
class Reversal(Event):
    """A payment or credit `of` is undone, wholly (`amount` None) or in part; `reason` as the bank tells it.

    Of a payment of a debtor (`invoice` None): wherever it was put; with an amount so much of what is on no invoice.
    """

    of: str
    amount: Money | None = None
    reason: str = ""
    debtor: str | None = None

    @classmethod
    def read(cls, written: WrittenEvent) -> "Reversal":
        """What it takes back may come later."""
        part = None if written.values["amount"] is None else written.money("amount")
        reason = written.values["reason"] or ""
        debtor = written.values["debtor"]
        number = written.about.number if debtor is None else None
        return cls(written.on, written.id, number, written.values["reverse"], part, reason, debtor)

    def content(self) -> dict[str, object]:
        """What is taken back, and how much of it."""
        part = {} if self.amount is None else {"amount": self.amount.text, "currency": self.amount.currency}
        told = {"reason": self.reason} if self.reason else {}
        return {"id": self.id, "payment": self.of, **part, **told}


@form("credit", Amount, message="invoice_credited", beside=("kind",))
@dataclass(frozen=True, slots=True)
class Credit(Event):
    """The creditor credits (part of) an invoice."""

    amount: Money
    kind: CreditKind = "correction"

    @classmethod
    def read(cls, written: WrittenEvent) -> "Credit":
        """A credit is a correction unless it says otherwise."""
        kind: CreditKind = written.values["kind"] or "correction"
        return cls(written.on, written.id, written.about.number, written.money("credit"), kind)

    def content(self) -> dict[str, object]:
        """How much is credited, and what for."""
        return {"id": self.id, "amount": self.amount.text, "currency": self.amount.currency, "kind": self.kind}


class _PauseRow(Row):
    until: Day | None = None


@form("pause", _PauseRow, message="pause", may_be_empty=True)
@dataclass(frozen=True, slots=True)
class Pause(Event):
    """A person stops the ladder; `until` is the first free day."""

    until: date | None = None

    @classmethod
    def read(cls, written: WrittenEvent) -> "Pause":
        """It lasts a day at least."""
        row: _PauseRow | None = written.values["pause"]
        until = None if row is None else row.until
        if until is not None and until <= written.on:
            message = f"until {until} is the first free day, so it must lie after {written.on}"
            raise WrongEvent(message, "pause", "until")
        return cls(written.on, written.id, written.about.number, until)

    def content(self) -> dict[str, object]:
        """Until when, if an end is known."""
        return {"id": self.id} if self.until is None else {"id": self.id, "until": self.until.isoformat()}


class _ResumeRow(Row):
    pass


@form("resume", _ResumeRow, message="resume", may_be_empty=True)
@dataclass(frozen=True, slots=True)
class Resume(Event):
    """A person ends all pauses."""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Resume":
        """There is nothing to say of it."""
        return cls(written.on, written.id, written.about.number)


@form("approve", Word, message="approve_handoff", beside=("actor",))
@dataclass(frozen=True, slots=True)
class Approve(Event):
    """A person approves the hand-off step."""

    step: str
    actor: str = ""

    @classmethod
    def read(cls, written: WrittenEvent) -> "Approve":
        """It names a hand-off of the policy."""
        step, policy = written.values["approve"], written.about.policy
        handoffs = [each.id for each in policy.steps if each.hand_off]
        if handoffs and step not in handoffs:
            message = f"{step!r} is no hand-off of policy {policy.policy}{did_you_mean(step, handoffs)}"
            raise WrongEvent(message, "approve")
        return cls(written.on, written.id, written.about.number, step, written.values["actor"] or "")

    def content(self) -> dict[str, object]:
        """Which hand-off."""
        named = {"actor": self.actor} if self.actor else {}
        return {"id": self.id, "step": self.step, **named}


@form("task_done", Word, message="complete_task")
@dataclass(frozen=True, slots=True)
class TaskDone(Event):
    """A person finished a task, named by its kind or by the step that raised it."""

    task: str

    @classmethod
    def read(cls, written: WrittenEvent) -> "TaskDone":
        """It names a task that the policy or the engine raises."""
        task, policy = written.values["task_done"], written.about.policy
        rungs = [word for step in policy.steps if step.task for word in (step.id, step.task)]
        known = [*dict.fromkeys(rungs), *sorted(OWN_TASKS)]
        if task not in known:
            raise WrongEvent(f"policy {policy.policy} raises no task {task!r}{did_you_mean(task, known)}", "task_done")
        return cls(written.on, written.id, written.about.number, task)

    def content(self) -> dict[str, object]:
        """Which task."""
        return {"id": self.id, "task": self.task}


@form("bank_covers", Day, message=None, about_all=True)
@dataclass(frozen=True, slots=True)
class BankCovers(Event):
    """From now on the bank statements are known up to and including `until`, and no further; no case is told."""

    until: date

    @classmethod
    def read(cls, written: WrittenEvent) -> "BankCovers":
        """It is about the bank, so about all invoices."""
        return cls(written.on, written.id, None, written.values["bank_covers"])


class _StopRow(Row):
    until: Day | None = None


@form("stop_sending", _StopRow, message=None, about_all=True, may_be_empty=True)
@dataclass(frozen=True, slots=True)
class StopSending(Event):
    """A person lets nothing leave, for whatever case, from this day to the day before `until`."""

    until: date

    @classmethod
    def read(cls, written: WrittenEvent) -> "StopSending":
        """It lasts a day, unless it says longer."""
        row: _StopRow | None = written.values["stop_sending"]
        until = written.on + timedelta(days=1) if row is None or row.until is None else row.until
        if until <= written.on:
            message = f"until {until} is the first free day, so it must lie after {written.on}"
            raise WrongEvent(message, "stop_sending", "until")
        return cls(written.on, written.id, None, until)


@form("resume_sending", Row, message=None, about_all=True, may_be_empty=True)
@dataclass(frozen=True, slots=True)
class ResumeSending(Event):
    """A person ends that: from this day on everything may leave again."""

    @classmethod
    def read(cls, written: WrittenEvent) -> "ResumeSending":
        """It says nothing more."""
        return cls(written.on, written.id, None)


if TYPE_CHECKING:

    class EventRow(Row):
        """An item of `events` as it is written, of whatever form."""

        on: Day
        id: Word | None = None
        invoice: Word | None = None
        debtor: Word | None = None

else:
    # Made of the table: `on` and whom it is about, the words of all forms, and what stands beside some.
    EventRow = create_model(
        "EventRow",
        __base__=Row,
        on=(Day, ...),
        invoice=(Word | None, None),
        debtor=(Word | None, None),
        **{word: (event.form.holds | None, None) for word, event in FORMS.items()},
        id=(Word | None, None),
        **{key: (holds | None, None) for key, holds in BESIDE.items() if key != "debtor"},
    )
