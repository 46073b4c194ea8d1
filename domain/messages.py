"""Messages to a case: what providers report (signals, in the past tense) and people ask (updates, imperative).

A message arrives as a name and raw JSON. `read_message` turns it into one model; what can't be read raises
`Unreadable`, which names the field and says what would be accepted. Reading is tolerant: unknown fields are
told and left aside, unless a field was left out that means *all*: then the unknown one may be that field, mistyped.
A `pause` can always be read, whatever a person typed. Numbers and texts are bounded as the database keeps them.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from domain.invoice import FIRST_DAY, LAST_DAY
from domain.money import Money

MAX_BYTES = 256 * 1024
"""Largest message that is read; a larger one goes to quarantine unread."""


class Unreadable(ValueError):
    """A message that can't be used as it is; the text says why and what would be accepted."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    left_out_means_all: ClassVar[tuple[str, ...]] = ()
    """Fields that, left out, make the message count for all there is."""

    id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    actor: Annotated[str, Field(max_length=200)] = ""

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_stored(cls, value: object) -> object:
        """A NUL character is JSON, but no database keeps it in a text."""
        if isinstance(value, str) and "\0" in value:
            raise ValueError("contains a NUL character; leave it out")
        return value


_PLAIN_AMOUNT = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


def _decimal(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool | float | int):
        raise ValueError('write the amount as a string, like "100.00": a JSON number loses cents')
    if not isinstance(value, str) or not _PLAIN_AMOUNT.fullmatch(value.strip()):
        raise ValueError(f'{str(value)[:40]!r} is no amount; write it like "100.00"')
    return Decimal(value.strip())


def _day(value: object) -> object:
    """Only a written day: a number would be read as seconds since 1970."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    raise ValueError(f'{str(value)[:40]!r} is no day; write it like "2026-04-12"')


# How many decimals a currency has is judged where the amount is turned into money; no currency has over four.
_Amount = Annotated[Decimal, BeforeValidator(_decimal), Field(gt=0, max_digits=14, decimal_places=4)]
_Day = Annotated[date, BeforeValidator(_day), Field(ge=FIRST_DAY, le=LAST_DAY)]
_Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""A version or an issue: PostgreSQL keeps 32 bits of it."""
_Reason = Annotated[str, Field(max_length=1000)]


class _WithAmount(_Message):
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _amount_and_currency_together(cls, data: Any) -> Any:
        """Accept `{"amount": {"amount": "1.00", "currency": "EUR"}}` beside the flat form."""
        if isinstance(data, Mapping) and isinstance(data.get("amount"), Mapping):
            inner = data["amount"]
            return {**data, "amount": inner.get("amount"), "currency": inner.get("currency")}
        return data


class PaymentReceived(_WithAmount):
    """Money came in. `id` is the provider's id of the payment: the same payment twice counts once."""

    name: Literal["payment_received"] = "payment_received"
    amount: _Amount
    credited_on: _Day | None = None


class PaymentReversed(_WithAmount):
    """A payment was taken back: `payment` is its id; no amount means all of it."""

    left_out_means_all = ("amount",)
    name: Literal["payment_reversed"] = "payment_reversed"
    payment: Annotated[str, Field(min_length=1, max_length=200)]
    amount: _Amount | None = None
    credited_on: _Day | None = None


class InvoiceCredited(_WithAmount):
    """The creditor credited (part of) the invoice."""

    name: Literal["invoice_credited"] = "invoice_credited"
    amount: _Amount
    kind: Literal["correction", "return", "rebate"] = "correction"


class DeliveryReported(_Message):
    """A provider reported on a message after sending it."""

    name: Literal["delivery_reported"] = "delivery_reported"
    key: Annotated[str, Field(min_length=1, max_length=500)]
    status: Literal["delivered", "confirmed", "bounced", "failed", "returned", "deferred"]
    received_on: _Day | None = None


class Pause(_Message):
    """Stop the ladder, until a first free day or until resumed. `notes` tells what could not be read."""

    name: Literal["pause"] = "pause"
    until: _Day | None = None
    reason: _Reason = ""
    notes: tuple[str, ...] = ()


class Resume(_Message):
    """End all pauses."""

    name: Literal["resume"] = "resume"


class ApproveHandoff(_Message):
    """Approve the hand-off, of the balance as the person saw it when `open` is given."""

    left_out_means_all = ("open",)
    name: Literal["approve_handoff"] = "approve_handoff"
    step: Annotated[str, Field(max_length=100)] | None = None
    open: _Amount | None = None


class LogCall(_Message):
    """Note a call with the debtor; it finishes the open call task."""

    name: Literal["log_call"] = "log_call"
    outcome: Annotated[str, Field(min_length=1, max_length=200)] = "called"
    note: Annotated[str, Field(max_length=4000)] = ""
    task: Annotated[str, Field(max_length=100)] | None = None


class CompleteTask(_Message):
    """Finish an open task: by its kind, or by the id of the step that raised it."""

    name: Literal["complete_task"] = "complete_task"
    task: Annotated[str, Field(min_length=1, max_length=100)]
    outcome: Annotated[str, Field(max_length=200)] = "done"


class WriteOff(_WithAmount):
    """Give up the claim, or an amount of it."""

    left_out_means_all = ("amount",)
    name: Literal["write_off"] = "write_off"
    amount: _Amount | None = None
    reason: _Reason = ""


class ChangeDueDate(_Message):
    """Move the due date."""

    name: Literal["change_due_date"] = "change_due_date"
    due: _Day


class ChangePolicy(_Message):
    """Move the case to another policy, or version of it (default: the newest)."""

    name: Literal["change_policy"] = "change_policy"
    policy: Annotated[str, Field(min_length=1, max_length=100)]
    version: _Number | None = None


class SettleSend(_Message):
    """Say what became of a step whose sending is unknown or unproven."""

    name: Literal["settle_send"] = "settle_send"
    step: Annotated[str, Field(min_length=1, max_length=100)]
    outcome: Literal["sent", "not_sent"]
    issue: _Number | None = None
    received_on: _Day | None = None


class ReissueNotice(_Message):
    """Void the notice in force and give a new one with a full new term, for a reason that the person answers for.

    Attributes:
        step: The step that sent it; the one in force without it.
        reason: Why, for the case file.
    """

    name: Literal["reissue_notice"] = "reissue_notice"
    step: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class PlaceHold(_Message):
    """Keep the case on hold for a reason found by intake."""

    name: Literal["place_hold"] = "place_hold"
    hold: Literal["onboarding_review", "missing_from_list", "promise", "imported"]
    until: _Day | None = None


class LiftHold(_Message):
    """End the holds of one kind."""

    name: Literal["lift_hold"] = "lift_hold"
    hold: Literal["onboarding_review", "missing_from_list", "promise", "imported"]


class RaiseTask(_Message):
    """Ask a person to look at the case."""

    name: Literal["raise_task"] = "raise_task"
    task: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class ResubmitQuarantined(_Message):
    """Try a quarantined message `of` again, as it was or with a corrected `payload` or `as_name`."""

    left_out_means_all = ("payload",)
    name: Literal["resubmit_quarantined"] = "resubmit_quarantined"
    of: Annotated[str, Field(min_length=1, max_length=300)]
    payload: Any = None
    as_name: Annotated[str, Field(max_length=200)] | None = None


class DismissQuarantined(_Message):
    """Lay a quarantined message `of` aside for good; its bytes stay in the case file."""

    name: Literal["dismiss_quarantined"] = "dismiss_quarantined"
    of: Annotated[str, Field(min_length=1, max_length=300)]
    reason: Annotated[str, Field(max_length=200)] = ""


Message = (
    PaymentReceived
    | PaymentReversed
    | InvoiceCredited
    | DeliveryReported
    | Pause
    | Resume
    | ApproveHandoff
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
    | ResubmitQuarantined
    | DismissQuarantined
)
"""Anything a case can be told."""

MESSAGES: Mapping[str, type[Message]] = {
    "payment_received": PaymentReceived,
    "payment_reversed": PaymentReversed,
    "invoice_credited": InvoiceCredited,
    "delivery_reported": DeliveryReported,
    "pause": Pause,
    "pause_case": Pause,
    "resume": Resume,
    "resume_case": Resume,
    "approve_handoff": ApproveHandoff,
    "log_call": LogCall,
    "complete_task": CompleteTask,
    "write_off": WriteOff,
    "change_due_date": ChangeDueDate,
    "change_policy": ChangePolicy,
    "settle_send": SettleSend,
    "reissue_notice": ReissueNotice,
    "place_hold": PlaceHold,
    "lift_hold": LiftHold,
    "raise_task": RaiseTask,
    "resubmit_quarantined": ResubmitQuarantined,
    "dismiss_quarantined": DismissQuarantined,
}
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
    if raw is not None and len(raw) > MAX_BYTES and model is not Pause:
        raise Unreadable(f"{len(raw)} bytes; a message has at most {MAX_BYTES}")
    if model is Pause:
        return _read_pause(raw)
    if model is Resume:
        return _read_resume(raw)
    data = _json(raw)
    if not isinstance(data, dict):
        raise Unreadable(f"{name} needs a JSON object with {_fields(model)}; got {_kind_of(data)}")
    try:
        message = model.model_validate(_without_name(data))
    except ValidationError as error:
        raise Unreadable(_in_words(name, error)) from None
    if unknown := _unknown(model, data):
        left_out = [field for field in model.left_out_means_all if field not in data]
        if left_out:
            raise Unreadable(_may_be_mistyped(name, unknown, left_out, model))
    return message


def ignored_fields(name: str, raw: bytes | None) -> tuple[str, ...]:
    """The fields of a message that mean nothing to it and were left aside, at most twenty, each cut to 60 signs."""
    model = MESSAGES.get(name)
    try:
        data = _json(raw) if model is not None else None
    except Unreadable:
        return ()
    if model is None or not isinstance(data, dict):
        return ()
    return tuple(_escaped(field)[:_LONGEST_NAME] for field in _unknown(model, data)[:20])


def _unknown(model: type[BaseModel], data: Mapping[str, object]) -> list[str]:
    """Fields that the model does not have; `name` and, beside a nested amount, the sender's own are none of them."""
    return sorted(field for field in data if field not in model.model_fields and field != "name")


def _may_be_mistyped(name: str, unknown: Sequence[str], left_out: Sequence[str], model: type[BaseModel]) -> str:
    """Say that an unknown field may be the one that was left out."""
    texts = []
    for field in unknown[:5]:
        close = difflib.get_close_matches(field.lower(), list(model.model_fields), 1, 0.6)
        texts.append(
            f"{_escaped(field)[:_LONGEST_NAME]}: unknown field" + (f"; did you mean {close[0]}?" if close else "")
        )
    missing = " and ".join(left_out)
    return (
        f"{name}: {'; '.join(texts)}. Without {missing} it would count for all: name {missing}, or leave the rest out"
    )


def _json(raw: bytes | None) -> object:
    """The content; None when there is none. JSON is UTF-8 (RFC 8259); the mark that Windows puts before it is not."""
    try:
        text = (raw or b"").decode("utf-8-sig")
        return json.loads(text, parse_constant=_no_constant) if text.strip() else None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {str(error)[:120]}") from None


def _without_name(data: dict[str, Any]) -> dict[str, Any]:
    """A field `name` of the sender (of the payer, say) is not the name of the message."""
    return {field: value for field, value in data.items() if field != "name"}


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is no JSON")


def _kind_of(data: object) -> str:
    if data is None:
        return "nothing"
    return {dict: "an object", list: "a list", str: "a text", bool: "yes/no", int: "a number", float: "a number"}[
        type(data)
    ]


def _fields(model: type[BaseModel]) -> str:
    needed = [name for name, field in model.model_fields.items() if field.is_required()]
    return ", ".join(needed) or "any fields"


def _in_words(name: str, error: ValidationError) -> str:
    problems = []
    for problem in error.errors(include_url=False):
        field = ".".join(str(part) for part in problem["loc"]) or "content"
        text = "is missing" if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
        problems.append(f"{field}: {text}")
    return f"{name}: " + "; ".join(problems)


def _read_pause(raw: bytes | None) -> Pause:
    """A pause in any form a person may type; what can't be read is noted, and it still pauses."""
    if raw is not None and len(raw) > MAX_BYTES:
        return Pause(notes=(f"the content has {len(raw)} bytes and was not read",))
    try:
        data = _json(raw)
    except Unreadable as error:
        return Pause(notes=(str(error),))
    if data is None:
        return Pause()
    if isinstance(data, str):
        return _pause_from_text(data)
    if not isinstance(data, dict):
        return Pause(notes=(f"expected an object with until and reason; got {_kind_of(data)}",))
    kept: dict[str, Any] = {}
    notes: list[str] = []
    for field in ("id", "actor", "until", "reason"):
        if data.get(field) is None:
            continue
        try:
            Pause.model_validate({field: data[field]})
            kept[field] = data[field]
        except ValidationError as error:
            notes.append(_in_words("pause", error))
    return Pause.model_validate({**kept, "notes": tuple(notes)})


def _pause_from_text(text: str) -> Pause:
    """A bare word is the reason; a bare date is the first free day."""
    with suppress(ValueError):  # It is no day, or none that we can count with: then it is the reason.
        return Pause(until=date.fromisoformat(text.strip()))
    try:
        return Pause(reason=text.strip()[:1000])
    except ValidationError as error:
        return Pause(notes=(_in_words("pause", error),))


def _read_resume(raw: bytes | None) -> Resume:
    """A resume without a readable object is a plain resume."""
    try:
        data = _json(raw)
        return Resume.model_validate(_without_name(data)) if isinstance(data, dict) else Resume()
    except (Unreadable, ValidationError):
        return Resume()


def money(amount: Decimal, currency: str | None, default: str) -> Money:
    """The amount of a message in its own currency, or in that of the case.

    Raises:
        Unreadable: when it has more decimals than the currency.
    """
    try:
        return Money(amount, currency or default)
    except ValueError as error:
        raise Unreadable(str(error)) from None


_LONGEST_NAME = 60
"""Signs of a message's name in its inbox id: a person names that id to settle a quarantined message."""


def inbox_id(name: str, raw: bytes | None, otherwise: str) -> str:
    """Id under which a message is kept in the inbox.

    A message that brings an id of its own is kept once, by whatever door it comes; the hash of its content keeps
    two different messages under one id apart, so that neither vanishes.

    Args:
        name: Name of the message.
        raw: Its JSON.
        otherwise: Id of the delivery, for a message without an id of its own.
    """
    if not raw or len(raw) > 1_000_000:
        return otherwise
    try:
        data = json.loads(raw)
        canonical = json.dumps(data, sort_keys=True).encode()
    except (ValueError, RecursionError):
        return otherwise
    own = data.get("id") if isinstance(data, dict) else None
    if not isinstance(own, str) or not own:
        return otherwise
    # JSON and names may hold signs that no database stores: half a character, a NUL.
    kind, shown = _escaped(name), _escaped(own)
    if len(kind) > _LONGEST_NAME:
        canonical += name.encode()
    return f"{kind[:_LONGEST_NAME]}:{shown[:200]}:{hashlib.sha256(canonical).hexdigest()[:16]}"


def _escaped(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
