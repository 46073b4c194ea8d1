"""How a manual writes days, amounts, channels and names."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from speech.amounts import amount_in
from speech.words import spoken_language, tr, trn

__all__ = ["amount", "banking_days", "channels", "days", "decimal", "listed", "role", "step_name"]


def days(number: int) -> str:
    """So many days."""
    return trn("1 day", "{number} days", number)


def banking_days(number: int) -> str:
    """So many banking days."""
    return trn("1 banking day", "{number} banking days", number)


def amount(value: Decimal) -> str:
    """An amount of a policy, which is in the currency of the invoice."""
    return amount_in(spoken_language(), f"{value:,.2f} EUR").removesuffix(" EUR")


def decimal(value: Decimal) -> str:
    """A number, as the language writes it."""
    text = f"{value.normalize():f}"
    return text if spoken_language() == "en" else text.replace(".", ",")


def listed(words: Iterable[str]) -> str:
    """Several things in a row."""
    return "; ".join(words)


def channels(names: Iterable[str]) -> str:
    """How a message goes."""
    said = {
        "email": tr("by e-mail"),
        "sms": tr("by text message, without an amount"),
        "call": tr("by an automatic telephone call"),
        "post": tr("by post"),
        "registered": tr("by registered post"),
    }
    return tr(" and ").join(said[name] for name in names)


def role(name: str) -> str:
    """Whom of the debtor it is for."""
    said = {
        "finance": tr("finance"),
        "purchasing": tr("purchasing"),
        "management": tr("management"),
        "debtor": tr("the debtor himself"),
    }
    return said[name]


def step_name(step: str) -> str:
    """A rung, or a letter, as people call it."""
    return tr(step.replace("_", " "))
