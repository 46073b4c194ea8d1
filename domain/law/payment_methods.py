"""When money that was paid can no longer be taken back: a dated table for each way of paying, with its source.

A payment counts from the day on which it was credited, whatever its method. Finality is another question: until when
the payer, or his bank, can take it back without our consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from domain.calendar import banking_day_after, months_after
from domain.law.dated import Dated, DatedTable

__all__ = [
    "FINALITY",
    "METHODS",
    "Finality",
    "PaymentMethod",
    "final_on",
    "is_from_memory",
    "source_of",
    "unauthorised_until",
]

PaymentMethod = Literal["transfer", "ideal", "wero", "sdd_core", "sdd_b2b", "card", "cash"]
"""How somebody paid. A transfer is one of the payer himself; the SDD are direct debits of ours."""

METHODS: Final[tuple[PaymentMethod, ...]] = get_args(PaymentMethod)

_CHECKED_UNTIL: Final = date(2027, 12, 31)
_EVER: Final = date(2010, 1, 1)


@dataclass(frozen=True, slots=True)
class Finality:
    """For how long a payment of one method can be taken back.

    Attributes:
        days: Calendar days after it was credited; 0: it is final at once.
        banking_days: Banking days after it instead, for what only a bank takes back.
        unauthorised_months: Months in which one that the payer never authorised comes back even so.
    """

    days: int = 0
    banking_days: int = 0
    unauthorised_months: int = 0


_AT_ONCE: Final = Finality()


def _table(method: PaymentMethod, *rows: tuple[date, Finality, str]) -> DatedTable[Finality]:
    dated = tuple(Dated(since, value, source) for since, value, source in rows)
    return DatedTable(f"the finality of {method}", dated, _CHECKED_UNTIL)


FINALITY: Final[dict[PaymentMethod, DatedTable[Finality]]] = {
    "transfer": _table(
        "transfer", (_EVER, _AT_ONCE, "directive (EU) 2015/2366 art. 80: irrevocable once the bank has received it")
    ),
    "ideal": _table(
        "ideal", (_EVER, _AT_ONCE, "iDEAL is a transfer without chargeback (consumentenbond.nl, secondary)")
    ),
    "wero": _table(
        "wero",
        (
            _EVER,
            Finality(days=120),
            "docs.mollie.com/docs/wero, read 2026: not guaranteed, a dispute or chargeback up to 120 days",
        ),
    ),
    "sdd_core": _table(
        "sdd_core",
        (
            _EVER,
            Finality(days=56, unauthorised_months=13),
            "SEPA Direct Debit Core rulebook; directive (EU) 2015/2366 art. 71, 76 and 77: eight weeks without "
            "reasons, thirteen months when it was not authorised",
        ),
    ),
    "sdd_b2b": _table(
        "sdd_b2b",
        (
            _EVER,
            Finality(banking_days=3, unauthorised_months=13),
            "SEPA Direct Debit B2B rulebook: no refund to the payer, returned by his bank within three banking days",
        ),
    ),
    "card": _table(
        "card",
        (
            _EVER,
            Finality(days=120),
            "FROM MEMORY, no source read: 120 days for most reasons of the card schemes; write the days of your "
            "contract, and where they stand, into the creditor profile (terms: finality)",
        ),
    ),
    "cash": _table("cash", (_EVER, _AT_ONCE, "money that changed hands is nobody's to call back")),
}
"""By method; what was credited before the first row is taken for its first row."""


def final_on(method: PaymentMethod, credited_on: date, agreed_days: int | None = None) -> date:
    """First day on which a payment can no longer be taken back; the day of crediting where it is final at once.

    Args:
        method: How it was paid.
        credited_on: Day on which our account was credited.
        agreed_days: Calendar days after it, where the creditor's own contract says so.
    """
    rule = _rule(method, credited_on) if agreed_days is None else Finality(days=agreed_days)
    if rule.banking_days:
        return banking_day_after(credited_on, rule.banking_days) + timedelta(days=1)
    return credited_on + timedelta(days=rule.days + 1) if rule.days else credited_on


def unauthorised_until(method: PaymentMethod, credited_on: date) -> date | None:
    """Last day on which one that the payer never authorised comes back even so; None where there is no such right."""
    months = _rule(method, credited_on).unauthorised_months
    return months_after(credited_on, months) if months else None


def source_of(method: PaymentMethod, credited_on: date) -> str:
    """Where the days of a method stand."""
    return FINALITY[method].row_at(max(credited_on, _EVER)).source


def is_from_memory(method: PaymentMethod, credited_on: date) -> bool:
    """Whether nobody has read where they stand: a person is to look them up."""
    return source_of(method, credited_on).startswith("FROM MEMORY")


def _rule(method: PaymentMethod, credited_on: date) -> Finality:
    return FINALITY[method].at(max(credited_on, _EVER))
