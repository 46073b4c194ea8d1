"""What stands in a scenario file: amounts, days, words and currencies, each as it may be written."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from domain.money import Money

__all__ = ["Amount", "Currency", "Day", "Row", "Word"]


def _plain_amount(value: object) -> object:
    """Only `1234.50`: neither an exponent nor a sign that Decimal would take."""
    if isinstance(value, str):
        Money.parse(value, "EUR")
    return value


Amount = Annotated[Decimal, BeforeValidator(_plain_amount), Field(gt=0, max_digits=14, decimal_places=2)]
Day = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2199, 12, 31))]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Row(BaseModel):
    """A mapping in a scenario file: what it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
