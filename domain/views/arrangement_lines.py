"""One readable line for each fact about an arrangement."""

from __future__ import annotations

from typing import assert_never

from domain import facts as f
from speech.words import tr

_INTEREST = {
    "frozen": "no interest runs",
    "reserved": "interest only if it is broken",
    "runs": "interest runs on",
}

ArrangementFact = (
    f.ArrangementProposed
    | f.ArrangementAgreed
    | f.ArrangementWarned
    | f.ArrangementBroken
    | f.ArrangementKept
    | f.ArrangementReopened
    | f.ArrangementEnded
)


def interest_text(interest: f.ArrangementInterest) -> str:
    """What was agreed on interest, in words."""
    return tr(_INTEREST[interest])


def arrangement_line(fact: ArrangementFact) -> str:
    """What happened to an arrangement."""
    match fact:
        case f.ArrangementProposed():
            return tr("the debtor proposes to pay in instalments")
        case f.ArrangementAgreed():
            total = sum((each.amount for each in fact.instalments[1:]), start=fact.instalments[0].amount)
            return tr(
                "arrangement {id}: {amount} in {number} instalments from {first} to {last}, {interest}",
                id=fact.arrangement,
                amount=total.text,
                number=len(fact.instalments),
                first=fact.instalments[0].due,
                last=fact.instalments[-1].due,
                interest=interest_text(fact.interest),
            )
        case f.ArrangementWarned():
            return tr(
                "arrangement {id}: instalment {numbers} missed, the debtor is warned that all will be due",
                id=fact.arrangement,
                numbers=_numbers(fact.missed),
            )
        case f.ArrangementBroken():
            return tr(
                "arrangement {id}: broken, instalment {numbers} missed; all is due",
                id=fact.arrangement,
                numbers=_numbers(fact.missed),
            )
        case f.ArrangementKept():
            return tr("arrangement {id}: nothing of it is left to pay", id=fact.arrangement)
        case f.ArrangementReopened():
            return tr("arrangement {id}: an instalment was taken back, it stands again", id=fact.arrangement)
        case f.ArrangementEnded():
            if fact.outcome == "changed":
                return tr("arrangement {id}: another one takes its place", id=fact.arrangement)
            return tr("arrangement {id}: ended by agreement", id=fact.arrangement)
        case _:
            assert_never(fact)


def _numbers(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))
