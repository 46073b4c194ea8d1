"""Messages about messages that could not be used."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from domain.messages.base import BaseMessage


class ResubmitQuarantined(BaseMessage):
    """Try a quarantined message `of` again, as it was or with a corrected `payload` or `as_name`."""

    left_out_means_all = ("payload",)
    name: Literal["resubmit_quarantined"] = "resubmit_quarantined"
    as_request = 'Try a quarantined message again: {"of": "quarantine:…", "payload": {…}}'
    of: Annotated[str, Field(min_length=1, max_length=300)]
    payload: Any = None
    as_name: Annotated[str, Field(max_length=200)] | None = None


class DismissQuarantined(BaseMessage):
    """Lay a quarantined message `of` aside for good; its bytes stay in the case file."""

    name: Literal["dismiss_quarantined"] = "dismiss_quarantined"
    as_request = 'Lay a quarantined message aside: {"of": "quarantine:…", "reason": "test message"}'
    of: Annotated[str, Field(min_length=1, max_length=300)]
    reason: Annotated[str, Field(max_length=200)] = ""
