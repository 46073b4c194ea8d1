"""What a form of a case is: the message that it sends, its words, its fields, and when it is of any use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from api.desk.fields import Field
from casefile.case_file import Transaction
from services.desk.whole_case import WholeCase

__all__ = ["Build", "CaseForm"]

Build = Callable[[Mapping[str, object], Transaction, str, datetime], dict[str, object]]
"""What a message says, of the values of a form; raises ValueError where it can't say it."""


def _always(_: WholeCase) -> bool:
    return True


def _as_it_is(values: Mapping[str, object], _: Transaction, __: str, ___: datetime) -> dict[str, object]:
    return dict(values)


@dataclass(frozen=True, slots=True)
class CaseForm:
    """A form of a case.

    Attributes:
        key: Its name in an address.
        message: The message that it sends.
        title: What it is for, in English; on its chip and above it.
        button: What its button does, in English.
        fields: Its fields.
        hint: What is to be known of it, in English.
        build: What the message says.
        fits: Whether it is of any use as the case stands; a rule may forbid it all the same.
        often: Whether it stands before the others.
        admin: Whether it is for who administers alone.
    """

    key: str
    message: str
    title: str
    button: str
    fields: tuple[Field, ...] = ()
    hint: str = ""
    build: Build = _as_it_is
    fits: Callable[[WholeCase], bool] = _always
    often: bool = False
    admin: bool = False
