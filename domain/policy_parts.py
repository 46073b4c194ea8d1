"""Parts of a policy file that stand by themselves: its values, and the rules for a debtor who talks."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_DURATION = re.compile(r"^(\d{1,4})\s*([dwh])$")


def parse_days(value: object) -> object:
    """Read a duration such as `7d`, `2w` or `48h` as a whole number of days.

    Raises:
        ValueError: when it is no duration, or not a whole number of days.
    """
    if not isinstance(value, str):
        return value
    found = _DURATION.match(value.strip())
    if found is None:
        raise ValueError(f"{value!r} is no duration; write for example 7d, 2w or 48h")
    number, unit = int(found.group(1)), found.group(2)
    if unit == "w":
        return number * 7
    if unit == "h":
        if number % 24:
            raise ValueError(f"{value!r} is not a whole number of days; the ladder counts in days")
        return number // 24
    return number


def split_words(value: object) -> object:
    """Accept one word where a list of words is expected."""
    return (value,) if isinstance(value, str) else value


Days = Annotated[int, BeforeValidator(parse_days), Field(ge=0, le=3660)]
Channel = Literal["email", "sms", "call", "post", "registered"]
Role = Literal["finance", "purchasing", "management", "debtor"]
Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class Part(BaseModel):
    """A part of a policy file: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Disputes(Part):
    """How disputes are dealt with.

    Attributes:
        answer_within: Days in which the debtor has an answer.
        respite: Days after a rejection before he is asked again (practice.md, After a hold).
    """

    answer_within: Annotated[int, BeforeValidator(parse_days), Field(ge=1, le=365)] = 14
    respite: Days = 7
