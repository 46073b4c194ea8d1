"""Messages to a case: what providers report (signals, in the past tense) and people ask (updates, imperative)."""

from domain.messages.base import BaseMessage, Unreadable, amount_of
from domain.messages.cases import ChangeDueDate, ChangePolicy
from domain.messages.holds import LiftHold, Pause, PlaceHold, Resume
from domain.messages.identity import inbox_id
from domain.messages.money import InvoiceCredited, PaymentReceived, PaymentReversed, WriteOff
from domain.messages.quarantine import DismissQuarantined, ResubmitQuarantined
from domain.messages.reading import FACTS, MAX_BYTES, MESSAGES, REQUESTS, Message, ignored_fields, read_message
from domain.messages.steps import DeliveryReported, ReissueNotice, SettleSend
from domain.messages.tasks import ApproveHandoff, CompleteTask, LogCall, RaiseTask

__all__ = [
    "FACTS",
    "MAX_BYTES",
    "MESSAGES",
    "REQUESTS",
    "ApproveHandoff",
    "BaseMessage",
    "ChangeDueDate",
    "ChangePolicy",
    "CompleteTask",
    "DeliveryReported",
    "DismissQuarantined",
    "InvoiceCredited",
    "LiftHold",
    "LogCall",
    "Message",
    "Pause",
    "PaymentReceived",
    "PaymentReversed",
    "PlaceHold",
    "RaiseTask",
    "ReissueNotice",
    "ResubmitQuarantined",
    "Resume",
    "SettleSend",
    "Unreadable",
    "WriteOff",
    "amount_of",
    "ignored_fields",
    "inbox_id",
    "read_message",
]
