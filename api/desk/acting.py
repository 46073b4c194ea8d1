"""What every act at the desk has in common: it is written down under a name before it is done, and its outcome after.

A form brings an id of its own: who presses twice does it once. And it brings how far the case was when it was shown: if
that has moved, nothing is done, and he sees what happened in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from api.desk.visiting import Visit
from casefile.acts import Act, KeptAnswer, begin, conclude
from casefile.case_mark import CaseChanged
from domain.messages import Unreadable

__all__ = ["Outcome", "acted", "message_id", "tell"]

_NAMES = UUID("0b5d6a0e-8f0c-4a39-9d0e-6f6b1c8a7d24")
"""Namespace of the ids that follow from forms."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act.

    Attributes:
        code: `accepted`, `written`, `refused`, `changed` or `done`.
        says: Of a refusal its reason, in English; of what was only written down, why.
        seq: Number of its row in the log.
    """

    code: str
    says: str = ""
    seq: int = 0

    @property
    def is_done(self) -> bool:
        """Whether it was done, or will be by itself."""
        return self.code in ("accepted", "written", "done")


def message_id(visit: Visit, form: str, case_id: str) -> str:
    """Id under which a case is told what a form asks: it follows from the form, so it counts once."""
    return f"desk:{uuid5(_NAMES, f'{visit.user.id}|{form[:100]}|{case_id}')}"


async def acted(visit: Visit, name: str, subject: str, do: Callable[[], Awaitable[Outcome]], detail: str) -> Outcome:
    """Do something, and keep in the log who did it and what came of it.

    Args:
        visit: Who does it.
        name: What, by its code.
        subject: On what.
        do: Does it.
        detail: More of it for the log, in codes: never what a debtor said.
    """
    file = visit.desk.inside.file
    act = Act(visit.user.id, visit.actor, name, subject, detail)
    begun = await asyncio.to_thread(begin, file, act, visit.now)
    assert not isinstance(begun, KeptAnswer)
    outcome = await do()
    await asyncio.to_thread(conclude, file, begun, outcome.code, detail, 200, "")
    return Outcome(outcome.code, outcome.says, begun.seq)


async def tell(
    visit: Visit, case_id: str, name: str, content: Mapping[str, object], *, message: str, mark: str | None
) -> Outcome:
    """Tell a case something in the name of who is signed in.

    Args:
        visit: Who.
        case_id: The case.
        name: Name of the message.
        content: Its fields, without the actor.
        message: Its id in the inbox.
        mark: How far the case was when he saw it; None for however far it is.
    """

    async def do() -> Outcome:
        try:
            answered = await visit.desk.inside.ask(
                case_id, name, {**content, "actor": visit.actor}, message=message, mark=mark, by=visit.by
            )
        except CaseChanged:
            return Outcome("changed")
        except (Unreadable, ValueError) as problem:
            return Outcome("refused", str(problem))
        return Outcome(answered.outcome, answered.says)

    return await acted(visit, name, case_id, do, message)
