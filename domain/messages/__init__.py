"""Messages to a case: what providers report (signals, in the past tense) and people ask (updates, imperative).

A message arrives as a name and raw JSON. The closed union of what may arrive stands here, with the name of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from domain.messages.agencies import RecallHandoff, ReportAgency
from domain.messages.arrangements import (
    AgreeArrangement,
    ChangeArrangement,
    EndArrangement,
    ProposeArrangement,
    WrittenInstalment,
)
from domain.messages.base import BaseMessage, Unreadable, amount_of
from domain.messages.cases import ChangeDueDate, ChangePolicy
from domain.messages.disputes import RaiseDispute, ResolveDispute
from domain.messages.duplicates import SettleDuplicate
from domain.messages.holds import LiftHold, Pause, PlaceHold, Resume
from domain.messages.identity import inbox_id
from domain.messages.money import (
    InvoiceCredited,
    PaymentReceived,
    PaymentReversed,
    RecordPayment,
    RecordRefund,
    WriteOff,
)
from domain.messages.promises import RecordPromise
from domain.messages.quarantine import DismissQuarantined, ResubmitQuarantined
from domain.messages.reading import MAX_BYTES, fields_left_aside, read_fields, read_pause, read_resume
from domain.messages.settlements import AgreeSettlement
from domain.messages.signatures import SignRequest
from domain.messages.statuses import EndDebtorStatus, ReportDebtorStatus
from domain.messages.steps import DeliveryReported, ReissueNotice, SettleSend
from domain.messages.tasks import ApproveHandoff, CompleteTask, LogCall, RaiseTask

__all__ = [
    "FACTS",
    "MAX_BYTES",
    "MESSAGES",
    "REQUESTS",
    "AgreeArrangement",
    "AgreeSettlement",
    "ApproveHandoff",
    "BaseMessage",
    "ChangeArrangement",
    "ChangeDueDate",
    "ChangePolicy",
    "CompleteTask",
    "DeliveryReported",
    "DismissQuarantined",
    "EndArrangement",
    "EndDebtorStatus",
    "InvoiceCredited",
    "LiftHold",
    "LogCall",
    "Message",
    "Pause",
    "PaymentReceived",
    "PaymentReversed",
    "PlaceHold",
    "ProposeArrangement",
    "RaiseDispute",
    "RaiseTask",
    "RecallHandoff",
    "RecordPayment",
    "RecordPromise",
    "RecordRefund",
    "ReissueNotice",
    "ReportAgency",
    "ReportDebtorStatus",
    "ResolveDispute",
    "ResubmitQuarantined",
    "Resume",
    "SettleDuplicate",
    "SettleSend",
    "SignRequest",
    "Unreadable",
    "WriteOff",
    "WrittenInstalment",
    "amount_of",
    "ignored_fields",
    "inbox_id",
    "read_message",
]

Message = (
    PaymentReceived
    | PaymentReversed
    | RecordPayment
    | RecordRefund
    | SettleDuplicate
    | InvoiceCredited
    | DeliveryReported
    | Pause
    | Resume
    | ApproveHandoff
    | SignRequest
    | LogCall
    | CompleteTask
    | WriteOff
    | ChangeDueDate
    | ChangePolicy
    | SettleSend
    | ReissueNotice
    | PlaceHold
    | LiftHold
    | RaiseTask
    | RaiseDispute
    | ResolveDispute
    | RecordPromise
    | AgreeSettlement
    | ReportDebtorStatus
    | EndDebtorStatus
    | ProposeArrangement
    | AgreeArrangement
    | ChangeArrangement
    | EndArrangement
    | ReportAgency
    | RecallHandoff
    | ResubmitQuarantined
    | DismissQuarantined
)
"""Anything a case can be told."""

_MODELS: tuple[type[Message], ...] = get_args(Message)

FACTS: Mapping[str, type[Message]] = {model.fact_name(): model for model in _MODELS if model.as_fact}
"""What is told as a fact, by the name of its signal."""

REQUESTS: Mapping[str, type[Message]] = {model.request_name(): model for model in _MODELS if model.as_request}
"""What is asked for, by the name of its update."""

MESSAGES: Mapping[str, type[Message]] = {**FACTS, **REQUESTS}
"""The model of each message by its name; `pause` and `pause_case` are the same thing with and without answer."""


def read_message(name: str, raw: bytes | None) -> Message:
    """Read one message.

    Args:
        name: Its name.
        raw: Its JSON as it came, None or empty when nothing was sent.

    Raises:
        Unreadable: when the name is unknown or the content can't be used.
    """
    model = MESSAGES.get(name)
    if model is None:
        raise Unreadable(f"unknown message {name[:80]!r}; known: {', '.join(sorted(MESSAGES))}")
    if model is Pause:
        return read_pause(raw)
    if raw is not None and len(raw) > MAX_BYTES:
        raise Unreadable(f"{len(raw)} bytes; a message has at most {MAX_BYTES}")
    if model is Resume:
        return read_resume(raw)
    return read_fields(name, model, raw)


def ignored_fields(name: str, raw: bytes | None) -> tuple[str, ...]:
    """The fields of a message that mean nothing to it and were left aside, at most twenty, each cut to 60 signs."""
    model = MESSAGES.get(name)
    return () if model is None else fields_left_aside(model, raw)
