"""What was promised or agreed, and what came of it, in a line each."""

from __future__ import annotations

from typing import assert_never

from domain import facts as f
from speech.words import tr


def agreed_text(fact: f.PromiseMade | f.PromiseJudged | f.SettlementAgreed | f.SettlementJudged) -> str:
    """What happened, without anything that a person wrote."""
    match fact:
        case f.PromiseMade():
            text = tr("promise {id}: {amount} by {day}", id=fact.promise, amount=fact.amount.text, day=fact.by)
            if fact.wished is not None:
                text += tr(" (he named {day}, which is too far off)", day=fact.wished)
            if fact.extends_term:
                text += tr(", the running term moves to that day")
            return text if fact.holds else text + tr("; one too many, so it stops nothing")
        case f.PromiseJudged():
            return _promise_judged(fact)
        case f.SettlementAgreed():
            return tr(
                "settlement {id}: {amount} by {day} releases {rest}",
                id=fact.settlement,
                amount=fact.amount.text,
                day=fact.by,
                rest=fact.released.text,
            )
        case f.SettlementJudged():
            return _settlement_judged(fact)
        case _:
            assert_never(fact)


def _promise_judged(fact: f.PromiseJudged) -> str:
    match fact.outcome:
        case "kept":
            return tr("promise {id}: kept, {amount} came in", id=fact.promise, amount=fact.paid.text)
        case "broken":
            if fact.paid.is_positive:
                return tr("promise {id}: kept in part, {amount} came in", id=fact.promise, amount=fact.paid.text)
            return tr("promise {id}: broken", id=fact.promise)
        case "replaced":
            return tr("promise {id}: another agreement took its place", id=fact.promise)
        case "moot":
            return tr("promise {id}: nothing is left that he could pay", id=fact.promise)
        case "withdrawn":
            return tr("promise {id}: withdrawn, it was noted by mistake", id=fact.promise)
        case _:
            assert_never(fact.outcome)


def _settlement_judged(fact: f.SettlementJudged) -> str:
    match fact.outcome:
        case "kept":
            return tr("settlement {id}: paid, the rest is released", id=fact.settlement)
        case "unpaid":
            if fact.paid.is_positive:
                return tr(
                    "settlement {id}: {amount} came in, all is owed as before",
                    id=fact.settlement,
                    amount=fact.paid.text,
                )
            return tr("settlement {id}: not paid, all is owed as before", id=fact.settlement)
        case "replaced":
            return tr("settlement {id}: another one took its place", id=fact.settlement)
        case "moot":
            return tr("settlement {id}: nothing is left that he could pay", id=fact.settlement)
        case _:
            assert_never(fact.outcome)
