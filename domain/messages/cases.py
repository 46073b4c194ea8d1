"""Messages that change the case itself: its due date, its policy."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.messages.base import BaseMessage, Day, Number


class ChangeDueDate(BaseMessage):
    """Move the due date."""

    name: Literal["change_due_date"] = "change_due_date"
    as_request = 'Move the due date: {"due": "2026-05-01"}'
    due: Day


class ChangePolicy(BaseMessage):
    """Move the case to another policy, or version of it (default: the newest)."""

    name: Literal["change_policy"] = "change_policy"
    as_request = 'Move the case to another policy: {"policy": "nl-business", "version": 2}'
    policy: Annotated[str, Field(min_length=1, max_length=100)]
    version: Number | None = None
