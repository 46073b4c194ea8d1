"""The base of every message, and the amounts, days and numbers that a sender may write in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from domain.invoice import FIRST_DAY, LAST_DAY
from domain.money import Money


class Unreadable(ValueError):
    """A message that can't be used as it is; the text says why and what would be accepted."""


class BaseMessage(BaseModel):
    """What every message may bring: an id that makes it count once, and who sent it."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    left_out_means_all: ClassVar[tuple[str, ...]] = ()
    """Fields that, left out, make the message count for all there is."""

    as_fact: ClassVar[str] = ""
    """What it tells, with an example, where it may be told as a fact: a signal, without an answer."""

    as_request: ClassVar[str] = ""
    """What it asks, with an example, where it may be asked for: an update, which is answered."""

    asked_as: ClassVar[str] = ""
    """Name by which it is asked for, where that is another one than the rule of `request_name` gives."""

    id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    actor: Annotated[str, Field(max_length=200)] = ""

    @classmethod
    def fact_name(cls) -> str:
        """The name by which it is told as a fact; empty when it is none."""
        name: str = cls.model_fields["name"].default
        return name if cls.as_fact else ""

    @classmethod
    def request_name(cls) -> str:
        """The name by which it is asked for; empty when it is no request.

        What is a fact too needs another one: signals and updates of one name are too easily taken for each other.
        """
        name: str = cls.model_fields["name"].default
        if not cls.as_request:
            return ""
        return cls.asked_as or (f"{name}_case" if cls.as_fact else name)

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
Amount = Annotated[Decimal, BeforeValidator(_decimal), Field(gt=0, max_digits=14, decimal_places=4)]
Day = Annotated[date, BeforeValidator(_day), Field(ge=FIRST_DAY, le=LAST_DAY)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""A version or an issue: PostgreSQL keeps 32 bits of it."""
Reason = Annotated[str, Field(max_length=1000)]


class WithAmount(BaseMessage):
    """A message with an amount, in its own currency or in that of the case."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _amount_and_currency_together(cls, data: Any) -> Any:
        """Accept `{"amount": {"amount": "1.00", "currency": "EUR"}}` beside the flat form."""
        if isinstance(data, Mapping) and isinstance(data.get("amount"), Mapping):
            inner = data["amount"]
            return {**data, "amount": inner.get("amount"), "currency": inner.get("currency")}
        return data


def amount_of(amount: Decimal, currency: str | None, default: str) -> Money:
    """The amount of a message in its own currency, or in that of the case.

    Raises:
        Unreadable: when it has more decimals than the currency.
    """
    try:
        return Money(amount, currency or default)
    except ValueError as error:
        raise Unreadable(str(error)) from None
