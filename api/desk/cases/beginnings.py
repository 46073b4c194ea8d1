"""What fields of a case's forms hold before anybody types."""

from __future__ import annotations

from services.desk.whole_case import WholeCase

__all__ = ["first_task", "open_now", "open_with_all", "today"]


def open_now(case: WholeCase) -> str:
    """What is open."""
    return case.report.open


def open_with_all(case: WholeCase) -> str:
    """What is open, with all that goes along at the hand-off."""
    return case.handoff.total.text


def today(case: WholeCase) -> str:
    """The day, where the creditor is."""
    return case.on.isoformat()


def first_task(case: WholeCase) -> str:
    """The kind of the first open task; empty without one."""
    return case.report.tasks[0].kind if case.report.tasks else ""
