"""The form of a debtor's credit: limit, insurance, rating with its source and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import ValidationError

from api.desk.fields import Field, Typed, read_form
from domain.credit import DebtorCredit, KeptCredit
from domain.money import Money

__all__ = ["CREDIT", "begun_credit", "read_credit"]

_CURRENCIES: Final = ("EUR", "USD", "GBP", "CHF")
_NOTHING: Final = frozenset(("0", "0,00", "0.00"))

CREDIT: Final[tuple[Field, ...]] = (
    Field("limit", "Credit limit", "money", hint="0: only against payment in advance. Left empty: none was set."),
    Field("insured", "Insured up to", "money"),
    Field("currency", "Currency", "choice", choices=lambda _: tuple((each, each) for each in _CURRENCIES)),
    Field("insurer", "Insurer"),
    Field("rating", "Rating", hint="As its source writes it."),
    Field("rated_by", "Source of the rating"),
    Field("rated_on", "Of", "day"),
)


def begun_credit(kept: KeptCredit | None) -> Typed:
    """What stands in the form at first."""
    credit = DebtorCredit() if kept is None else kept.credit
    known = credit.limit or credit.insured
    return Typed(
        {
            "limit": "" if credit.limit is None else credit.limit.text.replace(".", ","),
            "insured": "" if credit.insured is None else credit.insured.text.replace(".", ","),
            "currency": "EUR" if known is None else known.currency,
            "insurer": credit.insurer,
            "rating": credit.rating,
            "rated_by": credit.rated_by,
            "rated_on": "" if credit.rated_on is None else credit.rated_on.isoformat(),
        }
    )


def read_credit(sent: Mapping[str, str]) -> tuple[Typed, DebtorCredit | None]:
    """What somebody filled in, and what it says; None where something can't be used."""
    # A limit of nothing is a limit, which no other amount may be.
    nothing = {name for name in ("limit", "insured") if sent.get(name, "").strip() in _NOTHING}
    typed = read_form(CREDIT, {name: "" if name in nothing else text for name, text in sent.items()})
    typed = Typed({**typed.texts, **{name: sent[name] for name in nothing}}, typed.values, typed.problems)
    if typed.problems:
        return typed, None
    currency = str(typed.values.get("currency", "EUR"))

    def amount(name: str) -> Money | None:
        text = "0.00" if name in nothing else typed.values.get(name)
        return None if text is None else Money.parse(str(text), currency)

    def words(name: str) -> str:
        return str(typed.values.get(name, ""))

    day = typed.values.get("rated_on")
    try:
        return typed, DebtorCredit(
            limit=amount("limit"),
            insured=amount("insured"),
            insurer=words("insurer"),
            rating=words("rating"),
            rated_by=words("rated_by"),
            rated_on=None if day is None else date.fromisoformat(str(day)),
        )
    except ValidationError as problem:
        text = str(problem.errors()[0]["msg"]).removeprefix("Value error, ")
        return Typed(typed.texts, typed.values, {_field_of(text): text}), None
    except ValueError as problem:
        return Typed(typed.texts, typed.values, {"limit": str(problem)}), None


def _field_of(problem: str) -> str:
    named = problem.partition(":")[0].partition(",")[0]
    return named if named in {each.name for each in CREDIT} else "limit"
