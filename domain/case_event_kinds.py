"""The kinds of events that other systems hear of: alone in a file, for every command reads the settings."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["CaseEventKind"]


class CaseEventKind(StrEnum):
    """The kinds of events, as they stand in `type`."""

    CASE_OPENED = "case.opened"
    CASE_CLOSED = "case.closed"
    CASE_REOPENED = "case.reopened"
    STAGE_CHANGED = "case.stage_changed"
    TASK_RAISED = "task.raised"
    TASK_DONE = "task.done"
    MESSAGE_SENT = "message.sent"
    PAYMENT_COUNTED = "payment.counted"
    PAYMENT_REVERSED = "payment.reversed"
