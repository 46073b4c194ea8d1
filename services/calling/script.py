"""What one says in a call, by where the case stands: to the debtor in his language, with hints in one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from domain.case import Case
from domain.money import Money
from letters.content import Language
from letters.figures import Figures
from speech.shipped_words import shipped_words

__all__ = ["LANGUAGES", "STAGES", "CallStage", "Line", "Script", "call_stage", "script_for", "script_texts"]

CallStage = Literal["before_due", "first", "reminded", "after_notice", "promise_broken", "refused_debit", "again"]
"""Where a case stands for who calls about it."""

STAGES: Final[tuple[CallStage, ...]] = (
    "before_due",
    "first",
    "reminded",
    "after_notice",
    "promise_broken",
    "refused_debit",
    "again",
)
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en", "fr", "de")


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say, and what is to be known of it."""

    say: str
    hint: str


@dataclass(frozen=True, slots=True)
class Script:
    """What to say in one call.

    Attributes:
        stage: Where the case stands.
        language: In which one speaks with the debtor.
        lines: In their order.
        voicemail: What to leave where nobody answers: never an amount, to who may be a consumer not even from whom.
        may: What may be said to who may be a consumer; empty of a business.
        may_not: What may not.
    """

    stage: CallStage
    language: Language
    lines: tuple[Line, ...]
    voicemail: str
    may: tuple[str, ...]
    may_not: tuple[str, ...]


def call_stage(case: Case, tasks: Sequence[str], on: date, *, again: bool) -> CallStage:
    """Where a case stands for who calls about it.

    Args:
        case: The case.
        tasks: The kinds of tasks that ask for the call.
        on: The day.
        again: Whether he asked to be called again.
    """
    if "call_about_refusal" in tasks:
        return "refused_debit"
    if case.promises and case.promises[-1].outcome == "broken":
        return "promise_broken"
    if again:
        return "again"
    if any(step.term_days is not None and not step.void for step in case.taken):
        return "after_notice"
    if on <= case.due:
        return "before_due"
    return "reminded" if any(step.reminds for step in case.taken) else "first"


def script_for(
    stage: CallStage,
    language: Language,
    own: Language,
    *,
    consumer: bool,
    caller: str,
    creditor: str,
    who: str,
    invoices: Sequence[tuple[str, Money]],
    due: date,
) -> Script:
    """The script of a call.

    Args:
        stage: Where the case stands.
        language: Of the debtor.
        own: Of who calls.
        consumer: Whether he may be a consumer.
        caller: Who calls.
        creditor: For whom.
        who: Whom one asks for.
        invoices: Numbers and amounts of what it is about, in one currency.
        due: When that was due.
    """
    texts, hints = script_texts(language), script_texts(own)
    figures = Figures.of(language, None)
    total = sum((amount for _, amount in invoices[1:]), start=invoices[0][1])
    numbers = [number for number, _ in invoices]
    named = numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} {texts['and']} {numbers[-1]}"
    of = texts["one" if len(numbers) == 1 else "many"].format(number=named, amount=figures.money(total))
    values = {"caller": caller, "creditor": creditor, "who": who, "invoices": of, "due": figures.day(due)}

    def line(path: Sequence[str]) -> Line:
        said, hint = texts, hints
        for part in path:
            said, hint = said[part], hint[part]
        # A name may end in a stop of its own: "of Papierhuis B.V. I am calling".
        return Line(said["say"].format(**values).replace("..", "."), hint["hint"])

    lines = [line(("stages", stage, part)) for part in ("opening", "question", "next")]
    if consumer:
        # First who he is; then what it is about, and what would help him.
        lines = [line(("consumer", "opening")), lines[0], line(("consumer", "question")), *lines[1:]]
        if stage in ("before_due", "refused_debit"):
            del lines[2]
    return Script(
        stage=stage,
        language=language,
        lines=tuple(lines),
        voicemail=texts["voicemail"]["consumer" if consumer else "business"].format(**values).replace("..", "."),
        may=tuple(hints["consumer"]["may"]) if consumer else (),
        may_not=tuple(hints["consumer"]["may_not"]) if consumer else (),
    )


@cache
def script_texts(language: Language) -> Mapping[str, Any]:
    """All that is said in a language."""
    return shipped_words(files("services.calling") / f"script.{language}.yaml")
