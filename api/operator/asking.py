"""The ports through which cases are told something and their answers awaited; the process that serves fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["Answered", "Ask", "AskMany"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a request.

    Attributes:
        outcome: Accepted; refused by a rule; or written down, and judged as soon as a worker takes it.
        says: Of a refusal its reason; of what was only written down, why.
    """

    outcome: Literal["accepted", "refused", "written"]
    says: str = ""


class Ask(Protocol):
    """Tells a case something: durable first, then delivered, then answered, as `engine.submit.Desk.submit` does."""

    async def __call__(
        self,
        case_id: str,
        name: str,
        content: Mapping[str, object],
        *,
        message: str | None = None,
        mark: str | None = None,
        by: str = "",
    ) -> Answered:
        """Ask a case.

        Args:
            case_id: The case.
            name: Name of the message.
            content: Its fields.
            message: Its id in the inbox, under which it counts once; by default a new one.
            mark: How far the case was when whoever asks saw it (`casefile.case_mark`); None for however far it is.
            by: Who is known to ask (`services.persons`); some decisions take two people.

        Raises:
            Unreadable: the content does not fit the message.
            UnknownCase: there is no such case.
            CaseChanged: it is not as far as `mark` says; nothing was written.
            ValueError: another content is stored for the version of the policy that the message names.
        """
        ...


class AskMany(Protocol):
    """Tells many cases the same, some at a time; where nobody answers the first, the others are not waited for long."""

    async def __call__(
        self, messages: Mapping[str, str], name: str, content: Mapping[str, object], *, by: str = ""
    ) -> Mapping[str, Answered]:
        """Ask cases; gives the answer of each.

        Args:
            messages: Id of the message in the inbox, by the id of the case.
            name: Name of the message.
            content: Its fields.
            by: As `Ask`.

        Raises:
            Unreadable: as `Ask`; nothing was done then.
            ValueError: as `Ask`; nothing was done then.
        """
        ...
