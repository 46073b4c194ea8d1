"""What came of a call, as the messages that each case is told: the same that commands and the API send.

First what was agreed or said, then the call itself, which finishes the task that asked for it. So where a rule forbids
the one, the other is not noted either, and the call stays to be made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, assert_never, get_args

from casefile.case_file import Transaction
from domain.facts import AgreedInstalment
from domain.instalment_plan import NotFeasible, instalment_plan
from domain.money import Money
from services.arranging import arrangeable, shares, total_of

__all__ = ["OUTCOMES", "CallOutcome", "CannotTell", "Told", "WhatCame", "messages_for"]

CallOutcome = Literal[
    "promise", "dispute", "arrangement", "call_again", "no_answer", "wrong_number", "says_paid", "other"
]
"""What can come of a call, in the order of its keys, from 1."""

OUTCOMES: Final[tuple[CallOutcome, ...]] = get_args(CallOutcome)

_WORDS: Final[Mapping[CallOutcome, str]] = {
    "promise": "he promises to pay",
    "dispute": "he disputes it",
    "arrangement": "instalments were agreed",
    "call_again": "to be called again",
    "no_answer": "no answer",
    "wrong_number": "wrong number",
    "says_paid": "he says that he paid",
    "other": "spoken",
}
"""As the call is noted."""


class CannotTell(ValueError):
    """What was filled in makes no message; the text says why."""


@dataclass(frozen=True, slots=True)
class WhatCame:
    """What came of a call.

    Attributes:
        words: What he said.
        amount: What he promises or disputes, as `100.00`; None: all of it. Only of one invoice.
        day: Until when he promises to pay; from when instalments fall due; when he says that he paid.
        reason: Why he disputes it.
        instalments: Into how many parts.
        again_on: When he is to be called again, and `again_at` at which hour.
        number: Which number reaches nobody that we look for.
        key: What the call has of its own, for an arrangement over several invoices.
    """

    outcome: CallOutcome
    words: str = ""
    amount: str | None = None
    day: date | None = None
    reason: str = "other"
    instalments: int = 0
    again_on: date | None = None
    again_at: str | None = None
    number: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A message for a case: its name and what it says."""

    name: str
    content: Mapping[str, object]


def messages_for(
    transaction: Transaction, cases: Sequence[str], what: WhatCame, now: datetime
) -> Mapping[str, tuple[Told, ...]]:
    """What each case is told, in order, without the actor.

    Args:
        transaction: A reading transaction on the case file.
        cases: The invoices that were spoken of.
        what: What came of it.
        now: The present moment.

    Raises:
        CannotTell: what was filled in makes no message.
    """
    if not cases:
        raise CannotTell("choose at least one invoice that the call was about")
    if what.amount is not None and len(cases) > 1:
        raise CannotTell("an amount is of one invoice: leave it out for all that is open, or choose one")
    agreed = _arranged(transaction, cases, what, now) if what.outcome == "arrangement" else {}
    return {case: (*_said(what, agreed.get(case)), Told("log_call", _call(what))) for case in cases}


def _said(what: WhatCame, agreed: Told | None) -> tuple[Told, ...]:
    match what.outcome:
        case "promise":
            if what.day is None:
                raise CannotTell("say by which day he pays")
            content = {"by": what.day.isoformat(), "note": what.words}
            return (Told("record_promise", content if what.amount is None else {**content, "amount": what.amount}),)
        case "dispute":
            content = {"reason": what.reason, "note": what.words}
            return (Told("raise_dispute", content if what.amount is None else {**content, "amount": what.amount}),)
        case "arrangement":
            return () if agreed is None else (agreed,)
        case "says_paid":
            note = what.words if what.day is None else f"paid on {what.day}. {what.words}".strip()
            return (Told("hold_case", {"hold": "payment_claimed", "note": note}),)
        case "wrong_number":
            return (Told("raise_task", {"task": "fix_contact"}),)
        case "call_again" | "no_answer" | "other":
            return ()
        case _:
            assert_never(what.outcome)


def _call(what: WhatCame) -> dict[str, object]:
    content: dict[str, object] = {"outcome": _WORDS[what.outcome], "note": what.words}
    if what.outcome == "wrong_number" and what.number:
        content["outcome"] = f"{_WORDS[what.outcome]}: {what.number}"
    if what.outcome not in ("call_again", "no_answer"):
        return content
    if what.again_on is None:
        if what.outcome == "call_again":
            raise CannotTell("say on which day he is called again")
        return content
    content["again_on"] = what.again_on.isoformat()
    if what.again_at is not None:
        content["again_at"] = what.again_at
    return content


def _arranged(transaction: Transaction, cases: Sequence[str], what: WhatCame, now: datetime) -> Mapping[str, Told]:
    """One arrangement over all of them, each with its share."""
    found = [arrangeable(transaction, case, now) for case in cases]
    if len({each.claim.open.currency for each in found}) > 1:
        raise CannotTell("these invoices are in several currencies: make an arrangement for each")
    total, rules = total_of([each.claim for each in found]), found[0].policy.arrangements
    try:
        plan = instalment_plan(
            total,
            found[0].on,
            instalments=what.instalments,
            start=what.day,
            pay_day=None if what.day is None else what.day.day,
            first_within=rules.first_within,
            least=Money(rules.least, total.currency),
        )
    except NotFeasible as problem:
        raise CannotTell(str(problem)) from None
    shared = shares(plan, [each.claim for each in found])
    told: dict[str, Told] = {}
    for each in found:
        content: dict[str, object] = {"instalments": _written(shared[each.case_id]), "note": what.words}
        if len(found) > 1:
            content |= {
                "arrangement": f"call-{what.key}"[:60],
                "currency": total.currency,
                "others": [other.number for other in found if other is not each],
                "whole": _written(plan),
            }
        told[each.case_id] = Told("agree_arrangement", content)
    return told


def _written(instalments: Sequence[AgreedInstalment]) -> list[dict[str, str]]:
    return [{"due": each.due.isoformat(), "amount": each.amount.text} for each in instalments]
