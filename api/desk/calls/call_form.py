"""The form in which one writes down what came of a call: one outcome, its fields, and the debtor's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from api.desk.cases.case_choices import in_words
from api.desk.fields import Field, Typed, read_form
from api.desk.short_days import whole_day, whole_hour
from domain.facts import DisputeReason
from services.calling.outcomes import OUTCOMES, CallOutcome, WhatCame

__all__ = ["PARTS", "WORDS", "CallTyped", "Part", "read_call"]

_SHORT = "Also: +3, fri, 20/5"


@dataclass(frozen=True, slots=True)
class Part:
    """An outcome on the form: its words in English, its fields, and what it does beside what its effect tells."""

    outcome: CallOutcome
    title: str
    fields: tuple[Field, ...] = ()
    hint: str = ""


PARTS: Final[tuple[Part, ...]] = (
    Part(
        "promise",
        "Promise",
        (
            Field("dag", "Paid by", "soon", True, hint=_SHORT),
            Field("bedrag", "Amount", "money", hint="Left empty: all that is open."),
        ),
    ),
    Part(
        "dispute",
        "Dispute",
        (
            Field(
                "reden", "Reason", "choice", True, choices=lambda _: in_words(get_args(DisputeReason)),
                begins=lambda _: "other",
            ),
            Field("betwist", "Disputed amount", "money", hint="Left empty: all of it."),
        ),
    ),
    Part(
        "arrangement",
        "Arrangement",
        (
            Field(
                "termijnen", "Instalments", "choice", True,
                choices=lambda _: tuple((str(n), str(n)) for n in (2, 3, 4, 6, 9, 12)), begins=lambda _: "3",
            ),
            Field("eerste", "First instalment from", "soon", hint=_SHORT),
        ),
    ),
    Part(
        "call_again",
        "Call again",
        (Field("weer", "On", "soon", True, hint=_SHORT), Field("uur", "At", "hour", hint="10 or 10:30")),
        "The call stays to be made, and comes back in the list then. The case does not wait for it.",
    ),
    Part(
        "no_answer",
        "No answer",
        (Field("morgen", "Call again on", "soon", hint="Left empty: the call is done."),),
    ),
    Part(
        "wrong_number",
        "Wrong number",
        (Field("nummer", "Number", "line", True),),
        "This number is called no more, and you get a task to mend the contact.",
    ),
    Part(
        "says_paid",
        "Says that he paid",
        (Field("betaald_op", "Paid on", "soon", hint=_SHORT),),
        "Only the bank closes a case: ask for proof.",
    ),
    Part("other", "Something else", hint="Only what was said is noted, and the call is done."),
)  # fmt: skip
"""In the order of their keys."""

WORDS = Field("woorden", "What he said", "words")


@dataclass(frozen=True, slots=True)
class CallTyped:
    """A call as somebody filled it in.

    Attributes:
        outcome: None while none is chosen.
        cases: Which invoices it was about.
        typed: The fields of all outcomes, so that nothing typed is lost when another one is chosen.
        what: What came of it; None where something can't be used.
    """

    outcome: CallOutcome | None
    cases: tuple[str, ...]
    typed: Typed
    what: WhatCame | None


def read_call(sent: Mapping[str, str], cases: Sequence[str], today: date, language: str, key: str) -> CallTyped:
    """Read what somebody filled in.

    Args:
        sent: What the browser sent.
        cases: Which invoices were ticked.
        today: The local day.
        language: Of whoever filled it in.
        key: What the form has of its own.
    """
    part = next((each for each in PARTS if each.outcome == sent.get("uitkomst")), None)
    every = tuple(field for each in PARTS for field in each.fields)
    texts = {field.name: _whole(field, sent.get(field.name, ""), today, language) for field in every}
    texts[WORDS.name] = sent.get(WORDS.name, "")
    mine = read_form((*(() if part is None else part.fields), WORDS), texts)
    typed = Typed({**texts, **mine.texts}, mine.values, mine.problems)
    what = None if part is None or mine.problems else _came(part.outcome, mine.values, key)
    return CallTyped(None if part is None else part.outcome, tuple(cases), typed, what)


def _whole(field: Field, text: str, today: date, language: str) -> str:
    match field.kind:
        case "soon":
            return whole_day(text, today, language, past=field.name == "betaald_op")
        case "hour":
            return whole_hour(text)
        case _:
            return text


def _came(outcome: CallOutcome, values: Mapping[str, object], key: str) -> WhatCame:
    def text(*names: str) -> str | None:
        return next((str(values[name]) for name in names if name in values), None)

    def day(*names: str) -> date | None:
        found = text(*names)
        return None if found is None else date.fromisoformat(found)

    assert outcome in OUTCOMES
    return WhatCame(
        outcome=outcome,
        words=text("woorden") or "",
        amount=text("bedrag", "betwist"),
        day=day("dag", "eerste", "betaald_op"),
        reason=text("reden") or "other",
        instalments=int(text("termijnen") or 0),
        again_on=day("weer", "morgen"),
        again_at=text("uur"),
        number=text("nummer") or "",
        key=key,
    )
