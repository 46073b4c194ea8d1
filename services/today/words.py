"""The morning screen in words, in the language that is spoken: for the terminal and the desk alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from domain.blockers import BlockerKind, HoldKind
from domain.money import Money
from domain.tasks import task_text
from domain.views.explain import day_text
from services.today.page import Reason
from speech.amounts import amount_in
from speech.words import spoken_language, tr, trn

__all__ = [
    "amount_text",
    "amounts_text",
    "dated_text",
    "kind_text",
    "number_text",
    "reason_text",
    "reasons_text",
    "table_text",
    "wait_text",
]


def amount_text(amount: Money) -> str:
    """An amount with its currency, as the language writes it."""
    return amount_in(spoken_language(), f"{amount.amount:,.2f} {amount.currency}")


def amounts_text(amounts: Iterable[Money]) -> str:
    """Several sums, by currency; nothing at all where there is none."""
    return tr(" and ").join(amount_text(each) for each in amounts)


_DATED: Mapping[str, Callable[[], str]] = {
    "limitation": lambda: tr("the claim is barred after it"),
    "complaint_rights": lambda: tr("the right to take the goods back ends"),
    "credit_insurer": lambda: tr("last day to tell the credit insurer"),
    "vat_reclaim": lambda: tr("last day to reclaim the VAT"),
    "term_end": lambda: tr("the term of the letter ends (E)"),
    "approval_lapses": lambda: tr("the approval of the hand-off lapses"),
    "arrangement_end": lambda: tr("the arrangement ends"),
    "instalment": lambda: tr("an instalment falls due"),
    "promise": lambda: tr("the day of a promise"),
}


def dated_text(kind: str) -> str:
    """What a day is the day of."""
    return _DATED[kind]()


_KINDS: Mapping[str, Callable[[], str]] = {
    "promise_due": lambda: tr("promise due"),
    "instalment_due": lambda: tr("instalment due"),
    "matched": lambda: tr("matched"),
    "unmatched_with_guess": lambda: tr("to match, with a proposal"),
    "unmatched": lambda: tr("to match, no idea"),
    "overpaid": lambda: tr("paid too much"),
    "reversed": lambda: tr("taken back"),
    "not_due": lambda: tr("not due"),
    "over_90": lambda: tr("more than 90 days"),
}


_TABLES: Mapping[str, Callable[[], str]] = {
    "the Dutch statutory rate (BW 6:119)": lambda: tr("the Dutch statutory rate (BW 6:119)"),
    "the Dutch trade rate (BW 6:119a)": lambda: tr("the Dutch trade rate (BW 6:119a)"),
    "the Dutch scale of collection costs": lambda: tr("the Dutch scale of collection costs"),
    "the general Dutch VAT rate": lambda: tr("the general Dutch VAT rate"),
    "the minimum for a late payment between businesses": lambda: tr(
        "the minimum for a late payment between businesses"
    ),
    "the Dutch cumulation rule for instalments": lambda: tr("the Dutch cumulation rule for instalments"),
    "the days in which a letter is presumed delivered": lambda: tr("the days in which a letter is presumed delivered"),
    "the Belgian rate for late payment (law of 2 August 2002)": lambda: tr(
        "the Belgian rate for late payment (law of 2 August 2002)"
    ),
    "the Belgian legal rate": lambda: tr("the Belgian legal rate"),
    "the Belgian cap on damages from consumers": lambda: tr("the Belgian cap on damages from consumers"),
    "the Belgian minimum for a late payment between businesses": lambda: tr(
        "the Belgian minimum for a late payment between businesses"
    ),
}


def table_text(name: str) -> str:
    """The name of a dated table of a law; a test holds this list against the tables."""
    return _TABLES[name]() if name in _TABLES else name


def number_text(number: object) -> str:
    """A number with a decimal, as the language writes it."""
    return str(number) if spoken_language() == "en" else str(number).replace(".", ",")


def kind_text(kind: str) -> str:
    """The name of a row: what waits, what kind of money, how late."""
    if kind in _KINDS:
        return _KINDS[kind]()
    if kind[:1].isdigit():
        return tr("{range} days", range=kind)
    return tr(kind.replace("_", " "))


_ONE = (*HoldKind, *BlockerKind)
_CLAUSES = {code.value: code.rule.words for code in _ONE}


def wait_text(kind: str) -> str:
    """What waits for a person, in a few words: of a task what it asks, without how."""
    return kind_text(kind) if kind.endswith("_due") else re.split(r"[:;(]", task_text(kind))[0].strip()


def reason_text(reason: Reason, amount: Callable[[Money], str] = amount_text) -> str:
    """One reason as a clause.

    Args:
        reason: The reason.
        amount: Writes an amount; by default as the terminal does.
    """
    day = "" if reason.day is None else day_text(reason.day)
    much = "" if reason.amount is None else amount(reason.amount)
    match reason.code:
        case "task":
            return tr("{task}; since {day}", task=task_text(reason.word or ""), day=day)
        case "promise_due":
            return tr(
                "promised {amount} by {day}; nothing more is known",
                amount=much,
                day=day,
            )
        case "instalment_due":
            return tr(
                "an instalment of {amount} was due on {day}",
                amount=much,
                day=day,
            )
        case "hand_off":
            return tr("the case is handed off")
        case "large":
            return tr("{amount} or more", amount=much)
        case "first_formal":
            return tr("first formal letter")
        case "days_late":
            return trn("1 day late, since {day}", "{number} days late, since {day}", reason.number or 0, day=day)
        case "promises_kept" if reason.word == "0":
            return tr("no promise was judged yet")
        case "promises_kept":
            return tr("{kept} of {judged} promises kept", kept=reason.number or 0, judged=reason.word)
        case "taken_back":
            return tr(
                "{amount} was taken back; it was credited on {day}",
                amount=much,
                day=day,
            )
        case "handed_over":
            what, _, channel = (reason.word or "").rpartition(" ")
            return tr(
                "{step} was handed over by {channel} on {day}; nobody knows what became of it",
                step=kind_text(what),
                channel=channel,
                day=day,
            )
        case "closed":
            return tr("closed: {reason}", reason=tr((reason.word or "").replace("_", " ")))
        case "other_step":
            return tr("something else comes first")
        case "put_off":
            return tr("moved to {day}", day=day)
        case "brought_forward":
            return tr("it was planned for {day}", day=day)
        case "came_due":
            return tr("its day has come")
        case "no_next_date":
            return tr("it waits for no day and for nobody")
        case code if code in _DATED:
            return dated_text(code)
        case code:
            clause = tr(_CLAUSES[code]) if _CLAUSES.get(code) else kind_text(code)
            return tr("{clause} until {day}", clause=clause, day=day) if day else clause


def reasons_text(reasons: Iterable[Reason], amount: Callable[[Money], str] = amount_text) -> str:
    """All reasons of a row, in one line."""
    return "; ".join(reason_text(each, amount) for each in reasons)
