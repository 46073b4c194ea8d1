"""Days, amounts and names as the report writes them, in the language that is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency

from domain.blockers import BlockerKind, HoldKind
from domain.money import Money
from domain.policy import Policy
from domain.views.explain import WEEKDAYS
from speech.sentences import say
from speech.words import spoken_language, tr

_LOCALES = {"en": "en_GB", "nl": "nl_NL", "fr": "fr_FR", "de": "de_DE"}

END_NAMES = {
    "open": "open",
    "paid": "paid",
    "credited": "credited",
    "below_tolerance": "below tolerance",
    "written_off": "written off",
    "handed_off": "handed off",
}
"""How a case may have ended, in the order of the report."""

STEP_NAMES = (
    "reminder",
    "first reminder",
    "second reminder",
    "final reminder",
    "call",
    "manager call",
    "service call",
    "notice",
    "final demand",
    "supply stop",
    "handoff",
)
"""What the steps of the shipped policies are called; any other is called as its policy writes it."""

LETTER_NAMES = (
    "arrangement confirmation",
    "arrangement default",
    "arrangement ended",
    "apology",
    "claim withdrawn",
    "contact change",
    "debit returned",
    "dispute confirmation",
    "dispute decision",
    "instalment missed",
    "instalment reminder",
    "invoice copy",
    "neutral statement",
    "overpayment",
    "promise broken",
    "promise confirmation",
    "receipt",
    "reservation",
    "settlement confirmation",
)
"""What the letters beside the ladder are called."""

OUTCOMES = ("approved", "case closed")
"""What the engine itself says of a task that is done; a person's words stay as he wrote them."""


def money(amount: Money) -> str:
    """An amount with its sign and currency: `€1,284.60`, in Dutch `€ 1.284,60`."""
    return format_currency(amount.amount, amount.currency, locale=_LOCALES[spoken_language()]).replace("-", "−")


def round_money(amount: Money) -> str:
    """An amount without its cents where it has none."""
    return re.sub(r"[.,]00$", "", money(amount))


def summed(amounts: Iterable[Money]) -> str:
    """A sum, one amount for each currency."""
    totals: dict[str, Money] = {}
    for amount in amounts:
        totals[amount.currency] = totals.get(amount.currency, Money.zero(amount.currency)) + amount
    return " + ".join(money(total) for _, total in sorted(totals.items())) or tr("nothing")


def short_day(day: date) -> str:
    """A day of the quarter: `Tue 7 Apr`."""
    return format_date(day, "EEE d MMM", locale=spoken_language())


def long_day(day: date) -> str:
    """A day of any year: `7 April 2026`."""
    return format_date(day, "d MMMM y", locale=spoken_language())


def month(day: date) -> str:
    """The month of a day: `April`."""
    return format_date(day, "LLLL", locale=spoken_language())


def short_days(text: str) -> str:
    """A text with its days as the report writes them."""
    weekdays = "|".join(map(tr, WEEKDAYS))
    days = re.compile(rf"\b(?:{weekdays}) (\d{{4}}-\d{{2}}-\d{{2}})\b")
    return days.sub(lambda found: short_day(date.fromisoformat(found[1])), text)


def plain_id(entry: str) -> str:
    """The id of a ledger entry as people know it: a credit note by its year and number."""
    return entry.removeprefix("import:credit:")


def words(code: str) -> str:
    """The id of a step, a task or an outcome as words: `second reminder`; a sentence as it is said."""
    text = code.replace("_", " ")
    said = tr(text)
    return say(code) if said == text and " " in code else said


def steps_in_words(text: str, policy: Policy) -> str:
    """A text in which the steps of a policy stand by their ids, with their names.

    Args:
        text: What was said of a case.
        policy: Its policy.
    """
    for step in sorted((step.id for step in policy.steps), key=len, reverse=True):
        text = re.sub(rf"(?<![\w/]){re.escape(step)}(?![\w/])", words(step), text)
    return text


def blocker_words(code: str) -> str:
    """Why a step was held back, as a clause."""
    rules = {kind.value: kind.rule for kind in (*HoldKind, *BlockerKind)}
    return tr(rules[code].words) if code in rules else words(code)


def sentence(text: str) -> str:
    """A clause as a sentence, with its days as the report writes them; empty stays empty."""
    return short_days(f"{capital(text)}.") if text else ""


def capital(text: str) -> str:
    """A text that begins with a capital."""
    return text[:1].upper() + text[1:]
