"""The table of what may happen in a scenario: what a form of event is, and how one is put in.

It says the word of the form and what is written there (`form`), how that is read (`read`), what the event holds (its
fields), and the message by which the case is told (`form`, `content`). The forms stand in `simulation.events` and
`simulation.talk_events`; the rest of the room asks this table.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, TypeVar

from domain.money import Money
from simulation.scenario_invoice import ScenarioInvoice


@dataclass(frozen=True, slots=True)
class Form:
    """A form of event.

    Attributes:
        word: The key by which an event is of this form.
        holds: What is written there.
        message: Name of the message by which the case is told; None where no case is told.
        beside: Keys of `BESIDE` that may go with it.
        may_be_empty: Whether the word alone says enough.
        about_all: Whether it is about all invoices, and names none.
        about_debtor: Whether all cases of the debtor are told, whichever invoice it names.
    """

    word: str
    holds: Any
    message: str | None
    beside: tuple[str, ...] = ()
    may_be_empty: bool = False
    about_all: bool = False
    about_debtor: bool = False


class WrongEvent(ValueError):
    """An event that can't be; `loc` is the way to what is wrong with it."""

    def __init__(self, message: str, *loc: str) -> None:
        super().__init__(message)
        self.loc = loc


@dataclass(frozen=True, slots=True)
class WrittenEvent:
    """An event as it is written.

    Attributes:
        on: Day on which it is known.
        id: Its own id.
        values: What is written, by key; None where nothing is.
        target: The invoice that it is about, of a debtor the first; None of a form about all.
    """

    on: date
    id: str
    values: Mapping[str, Any]
    target: ScenarioInvoice | None

    @property
    def about(self) -> ScenarioInvoice:
        """The invoice that it is about; only of forms that are about one."""
        assert self.target is not None
        return self.target

    def money(self, key: str) -> Money:
        """An amount in the currency of the invoice."""
        return Money(self.values[key], self.about.invoice.amount.currency)


@dataclass(frozen=True, slots=True)
class Event(ABC):
    """Anything that happens in a scenario.

    Attributes:
        on: Day on which it is known.
        id: Its own id.
        invoice: Number of the invoice that it is about; None where it is about several.
    """

    form: ClassVar[Form]

    on: date
    id: str
    invoice: str | None

    @classmethod
    @abstractmethod
    def read(cls, written: WrittenEvent) -> "Event":
        """Make it of what is written.

        Raises:
            WrongEvent: this can't be.
        """

    def content(self) -> dict[str, object]:
        """What its message says, in JSON values."""
        return {"id": self.id}


FORMS: dict[str, type[Event]] = {}
"""The table: the events by the word of their form, in the order in which they are told."""

_Event = TypeVar("_Event", bound=Event)


def form(
    word: str,
    holds: Any,
    *,
    message: str | None,
    beside: tuple[str, ...] = (),
    may_be_empty: bool = False,
    about_all: bool = False,
    about_debtor: bool = False,
) -> Callable[[type[_Event]], type[_Event]]:
    """Put an event into the table; the arguments are those of `Form`."""

    def entered(event: type[_Event]) -> type[_Event]:
        event.form = Form(word, holds, message, beside, may_be_empty, about_all, about_debtor)
        FORMS[word] = event
        return event

    return entered
