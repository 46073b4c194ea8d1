"""The open tasks of all cases: what waits for a person, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from casefile.case_file import Transaction
from casefile.listing import Which
from domain.tasks import task_text
from services.reports.case_list import list_rows

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
    found = [
        OpenTask(row.case_id, row.number, row.debtor, task.kind, task_text(task.kind), task.raised_on.isoformat(), step)
        for row in list_rows(transaction.session, Which())
        # The list tells which cases have any, so that only those are read.
        if row.tasks and (kind is None or kind in row.tasks)
        for task in transaction.cases.load(row.case_id).case.tasks
        if task.done_on is None and kind in (None, task.kind)
        for step in (task.step,)
    ]
    return tuple(sorted(found, key=lambda task: (task.raised_on, task.number, task.case, task.kind)))
