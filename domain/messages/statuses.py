"""Messages about what a debtor is in: debt help, insolvency, death… It holds for all his cases at once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.messages.base import BaseMessage, Day
from domain.statuses import StatusKind

Words = Annotated[str, Field(max_length=4000)]

_NAMES = ", ".join(StatusKind)


class ReportDebtorStatus(BaseMessage):
    """The debtor is in a status, since a day; with `ended` he is so no more."""

    name: Literal["debtor_status_reported"] = "debtor_status_reported"
    as_fact = (
        f'The debtor is in one of {_NAMES}: {{"status": "debt_help", "since": "2026-04-12"}}; '
        'with "proven": true he proved it, with "ended": true it is over'
    )
    as_request = 'Note what the debtor is in, with an answer: {"status": "bankruptcy", "actor": "j.devries"}'
    asked_as = "report_debtor_status"
    status: StatusKind
    since: Day | None = None
    proven: bool = False
    ended: bool = False
    note: Words = ""


class EndDebtorStatus(BaseMessage):
    """A status of the debtor is over."""

    name: Literal["end_debtor_status"] = "end_debtor_status"
    as_request = 'What the debtor was in is over: {"status": "debt_help", "actor": "j.devries"}'
    status: StatusKind
    note: Words = ""
