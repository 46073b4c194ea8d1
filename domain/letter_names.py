"""Names of letters that mean something to the rules; `letters` holds their wording, and refuses what would be void.

A policy names a letter for all its debtors, and the law makes another one of it for some: `fitted` says which, so that
what a policy check passes can be rendered for whoever the debtor is, and the rules alone see the letter that is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from domain.facts import Claims, LegalRole

NEED_TERM: Final = frozenset({"notice", "fourteen_day_letter", "default_notice", "first_reminder"})
"""Letters that give a term, or say nothing."""

ANSWERS: Final = frozenset(
    {
        "arrangement_confirmation",
        "arrangement_default",
        "arrangement_ended",
        "apology",
        "claim_withdrawn",
        "contact_change",
        "debit_returned",
        "dispute_confirmation",
        "dispute_decision",
        "instalment_missed",
        "instalment_reminder",
        "invoice_copy",
        "neutral_statement",
        "overpayment",
        "promise_broken",
        "promise_confirmation",
        "receipt",
        "reservation",
        "settlement_confirmation",
    }
)
"""Letters that answer something that happened, or keep a right: no step of a ladder can send them."""

BEFORE_DUE: Final = frozenset({"service_mail"})
"""Letters for before the due date."""

FOR_CONSUMERS: Final = frozenset({"fourteen_day_letter", "default_notice", "first_reminder"})
"""Letters that only the law of consumers knows."""

_PRINCIPAL: Final = frozenset[Claims]({"principal"})
_ALL: Final = frozenset[Claims]({"principal", "principal+interest", "all"})
_AGREED: Final = {"arrangement_confirmation": _ALL, "arrangement_default": _ALL}
_OF_CONSUMERS: Final[Mapping[str, frozenset[Claims]]] = {"final_demand": _ALL, **_AGREED}
_OF_BELGIAN_CONSUMERS: Final[Mapping[str, frozenset[Claims]]] = {
    **_AGREED,
    "final_demand": _ALL,
    "notice": _ALL,
    "second_reminder": frozenset({"principal", "all"}),
}


def may_claim(letter: str, law: str | None) -> Collection[Claims]:
    """What a letter on a ladder may claim of a consumer (practice.md, fact 3: reminders claim the principal)."""
    return (_OF_BELGIAN_CONSUMERS if law == "BE" else _OF_CONSUMERS).get(letter, _PRINCIPAL)


def fitted(letter: str, role: LegalRole | None, *, protected: bool, law: str | None, term: bool) -> str:
    """The letter that one named by a policy is for a debtor.

    Args:
        letter: Its name in the policy.
        role: What the message does in law.
        protected: Whether the debtor has the rules for consumers.
        law: The law of the policy.
        term: Whether the message gives a term.
    """
    if not protected:
        # A business has a notice where a consumer has a letter of his own.
        return letter if letter not in FOR_CONSUMERS else "notice" if term else "reminder"
    if role == "cost_notice":
        return "notice"
    if role == "default_notice":
        return letter if letter == "notice" else "default_notice"
    if role == "first_reminder":
        return "first_reminder"
    if letter == "fourteen_day_letter":
        return "notice" if term else "reminder"
    return "reminder" if letter == "first_reminder" and law != "BE" else letter


def misused(letter: str, *, term: bool, before_due: bool) -> Iterator[str]:
    """Why a letter can't be sent by a step, whoever the debtor is."""
    if letter in ANSWERS:
        yield f"{letter!r} answers something that happened, and no step can send it; choose a letter that asks"
    if letter in NEED_TERM and not term:
        yield f"{letter!r} gives a term and this step has none; give it `term: 14d`, or choose another letter"
    if letter in BEFORE_DUE and not before_due:
        yield f"{letter!r} is for before the due date; give it `before_due`, or `letter: reminder`"
    if letter in BEFORE_DUE and term:
        yield f"{letter!r} calls nothing late, so no term begins with it; take term out"
