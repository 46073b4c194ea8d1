"""The port through which a case is told something and its answer awaited; the process that serves fills it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from domain.policy import Policy

__all__ = ["Answered", "Ask"]


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
        self, case_id: str, name: str, content: Mapping[str, object], *, policy: Policy | None = None
    ) -> Answered:
        """Ask a case.

        Args:
            case_id: The case.
            name: Name of the message.
            content: Its fields.
            policy: A policy that the message names, stored beside it.

        Raises:
            Unreadable: the content does not fit the message.
            UnknownCase: there is no such case.
            ValueError: another content is stored for this version of the policy.
        """
        ...
