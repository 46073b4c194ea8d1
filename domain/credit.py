"""What a creditor knows of a debtor's credit: how much he trusts him with, what is insured, what others say of him.

People write it down and read it; no rule of ours hangs on it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.money import Money

__all__ = ["DebtorCredit", "KeptCredit"]


class DebtorCredit(BaseModel):
    """A debtor's credit.

    Attributes:
        limit: What he may owe at most.
        insured: What an insurer covers.
        insurer: Who that is.
        rating: What somebody says of him, in their own scale: a text, never a score of ours.
        rated_by: Who says so.
        rated_on: Of which day that is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    limit: Money | None = None
    insured: Money | None = None
    insurer: Annotated[str, Field(max_length=200)] = ""
    rating: Annotated[str, Field(max_length=200)] = ""
    rated_by: Annotated[str, Field(max_length=200)] = ""
    rated_on: date | None = None

    @model_validator(mode="after")
    def _what_belongs_together(self) -> Self:
        if self.insured is not None and not self.insurer:
            raise ValueError("insurer: say who insures it")
        if self.rating and not (self.rated_by and self.rated_on):
            raise ValueError("rated_by, rated_on: a rating without its source and day says nothing; give both")
        for amount in (self.limit, self.insured):
            if amount is not None and amount.minor < 0:
                raise ValueError("an amount is not less than nothing")
        return self


class KeptCredit(BaseModel):
    """It, with who wrote it down and when."""

    model_config = ConfigDict(frozen=True)

    credit: DebtorCredit
    actor: str
    at: datetime
