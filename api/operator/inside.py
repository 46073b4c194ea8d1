"""What the application stands on, and how its routes come to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic

from fastapi import Request

from api.operator.asking import Answered, Ask, AskMany
from api.operator.problems import Problem
from api.operator.rates import Rate
from casefile.case_file import CaseFile, Transaction
from casefile.narrowed import narrowed
from casefile.session import reading

__all__ = ["Inside", "creditors_of", "found_case", "inside_of"]

_NO_SUCH_CASE = "there is no such case: give its id or its invoice number"


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
        ring: Told of each case that has something waiting; called in any thread.
    """

    file: CaseFile
    ask: Ask
    ask_many: AskMany
    now: Callable[[], datetime]
    secure: bool = False
    rate: Rate = field(default=Rate(per_second=20, at_once=200))
    seconds: Callable[[], float] = monotonic
    ring: Callable[[str], None] = lambda case_id: None

    def seen_by(self, creditors: frozenset[str] | None) -> Inside:
        """The same for somebody who sees these creditors (None: all): for him the others are not there."""
        if creditors is None:
            return self
        file = narrowed(self.file, creditors)

        async def ask(
            case_id: str,
            name: str,
            content: Mapping[str, object],
            *,
            message: str | None = None,
            mark: str | None = None,
            by: str = "",
        ) -> Answered:
            await asyncio.to_thread(_must_see, file, (case_id,))
            return await self.ask(case_id, name, content, message=message, mark=mark, by=by)

        async def ask_many(
            messages: Mapping[str, str], name: str, content: Mapping[str, object], *, by: str = ""
        ) -> Mapping[str, Answered]:
            await asyncio.to_thread(_must_see, file, messages)
            return await self.ask_many(messages, name, content, by=by)

        return replace(self, file=file, ask=ask, ask_many=ask_many)


def inside_of(request: Request) -> Inside:
    """What the application of a request stands on, as far as who asks sees it."""
    found: Inside = request.app.state.inside
    return found.seen_by(creditors_of(request))


def creditors_of(request: Request) -> frozenset[str] | None:
    """Ids of the creditors whom the key of a request sees; None: all."""
    seen: frozenset[str] | None = getattr(request.state, "creditors", None)
    return seen


def _must_see(file: CaseFile, cases: Iterable[str]) -> None:
    with reading(file.database) as session:
        for each in cases:
            if session.debtor_of(each) is None:
                raise Problem(404, "no_such_case", _NO_SUCH_CASE)


def found_case(transaction: Transaction, text: str) -> str:
    """The id of the one case that is meant by an id or an invoice number.

    Raises:
        Problem: 404 where there is none, 409 where it may be any of several.
    """
    # No database takes a NUL.
    found = transaction.cases.find(text) if "\0" not in text else ()
    if not found:
        raise Problem(404, "no_such_case", _NO_SUCH_CASE)
    if len(found) > 1:
        raise Problem(409, "several_cases", "several cases have this invoice number: give the id of one")
    return found[0]
