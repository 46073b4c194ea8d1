"""What the application stands on, and how its routes come to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from fastapi import Request

from api.operator.asking import Ask, AskMany
from api.operator.problems import Problem
from api.operator.rates import Rate
from casefile.case_file import CaseFile, Transaction

__all__ = ["Inside", "found_case", "inside_of"]


@dataclass(frozen=True, slots=True)
class Inside:
    """What the application stands on.

    Attributes:
        file: The case file.
        ask: Tells a case something.
        ask_many: Tells many cases the same.
        now: The real clock.
        secure: Whether it is reached over TLS.
        rate: How often one key may ask.
        seconds: A clock that never goes back, in seconds.
    """

    file: CaseFile
    ask: Ask
    ask_many: AskMany
    now: Callable[[], datetime]
    secure: bool = False
    rate: Rate = field(default=Rate(per_second=20, at_once=200))
    seconds: Callable[[], float] = monotonic


def inside_of(request: Request) -> Inside:
    """What the application of a request stands on."""
    found: Inside = request.app.state.inside
    return found


def found_case(transaction: Transaction, text: str) -> str:
    """The id of the one case that is meant by an id or an invoice number.

    Raises:
        Problem: 404 where there is none, 409 where it may be any of several.
    """
    # No database takes a NUL.
    found = transaction.cases.find(text) if "\0" not in text else ()
    if not found:
        raise Problem(404, "no_such_case", "there is no such case: give its id or its invoice number (GET /cases)")
    if len(found) > 1:
        raise Problem(409, "several_cases", "several cases have this invoice number: give the id (GET /cases)")
    return found[0]
