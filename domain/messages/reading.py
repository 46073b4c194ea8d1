"""How a message is read: one model out of raw JSON.

What can't be read raises `Unreadable`, which names the field and says what would be accepted. Reading is tolerant:
unknown fields are told and left aside, unless a field was left out that means *all*: then the unknown one may be that
field, mistyped. A `pause` can always be read, whatever a person typed. Numbers and texts are bounded as the database
keeps them.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from domain.messages.base import BaseMessage, Unreadable
from domain.messages.holds import Pause, Resume
from domain.messages.identity import LONGEST_NAME, escaped

_M = TypeVar("_M", bound=BaseMessage)

MAX_BYTES = 256 * 1024
"""Largest message that is read; a larger one goes to quarantine unread."""


def read_fields(name: str, model: type[_M], raw: bytes | None) -> _M:
    """Read a message of fields.

    Args:
        name: The name by which it came.
        model: Its model.
        raw: Its JSON as it came, None or empty when nothing was sent.

    Raises:
        Unreadable: when the content can't be used.
    """
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


def fields_left_aside(model: type[BaseModel], raw: bytes | None) -> tuple[str, ...]:
    """The fields that mean nothing to a message, at most twenty, each cut to 60 signs."""
    try:
        data = _json(raw)
    except Unreadable:
        return ()
    if not isinstance(data, dict):
        return ()
    return tuple(escaped(field)[:LONGEST_NAME] for field in _unknown(model, data)[:20])


def _unknown(model: type[BaseModel], data: Mapping[str, object]) -> list[str]:
    """Fields that the model does not have; `name` and, beside a nested amount, the sender's own are none of them."""
    return sorted(field for field in data if field not in model.model_fields and field != "name")


def _may_be_mistyped(name: str, unknown: Sequence[str], left_out: Sequence[str], model: type[BaseModel]) -> str:
    """Say that an unknown field may be the one that was left out."""
    texts = []
    for field in unknown[:5]:
        close = difflib.get_close_matches(field.lower(), list(model.model_fields), 1, 0.6)
        texts.append(
            f"{escaped(field)[:LONGEST_NAME]}: unknown field" + (f"; did you mean {close[0]}?" if close else "")
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


def read_pause(raw: bytes | None) -> Pause:
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


def read_resume(raw: bytes | None) -> Resume:
    """A resume without a readable object is a plain resume."""
    try:
        data = _json(raw)
        return Resume.model_validate(_without_name(data)) if isinstance(data, dict) else Resume()
    except (Unreadable, ValidationError):
        return Resume()
