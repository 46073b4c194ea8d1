"""The open tasks of all cases: what waits for a person, the oldest first."""

from __future__ import annotations

import json
from dataclasses import dataclass

from casefile.case_file import Transaction
from casefile.open_tasks import open_task_rows
from domain.tasks import task_text

__all__ = ["OpenTask", "open_tasks"]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that waits for a person.

    Attributes:
        case: The id of its case.
        number: The invoice.
        debtor: Name of the debtor.
        kind: Its name.
        asks: What a person has to do.
        raised_on: Since when, a day.
        step: The step that raised it.
    """

    case: str
    number: str
    debtor: str
    kind: str
    asks: str
    raised_on: str
    step: str | None


def open_tasks(transaction: Transaction, kind: str | None = None) -> tuple[OpenTask, ...]:
    """The open tasks, as the last decisions left them; the oldest first.

    Args:
        transaction: A reading transaction on the case file.
        kind: Only of this kind.
    """
    return tuple(
        OpenTask(
            case=row.case_id,
            number=row.number,
            debtor=row.debtor if row.body is None else str(json.loads(row.body)["name"]),
            kind=row.kind,
            asks=task_text(row.kind),
            raised_on=row.raised_on.isoformat(),
            step=row.step,
        )
        for row in open_task_rows(transaction.session, kind)
    )
