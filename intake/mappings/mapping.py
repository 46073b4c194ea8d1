"""A mapping: what the list of another program calls our columns and values, as it stands in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from intake.open_items.columns import COLUMNS, normal_name

__all__ = ["MEANINGS", "PASSED_OVER", "ListMapping"]

PASSED_OVER: Final = "-"
"""What `columns` says of a heading that is not to be read."""

MEANINGS: Final = {
    "debtor": ("side", "debiteur"),
    "supplier": ("side", "leverancier"),
    "credit_note": ("side", "creditnota"),
    "no_invoice": ("side", "betaling"),
    "business": ("kind", "business"),
    "consumer": ("kind", "consumer"),
    "sole_trader": ("kind", "zzp"),
    "government": ("kind", "overheid"),
    "open": ("status", "open"),
    "paid": ("status", "paid"),
    "partly_paid": ("status", "partly paid"),
    "not_asked": ("status", "draft"),
}
"""What a value may mean → the column that says so, and how it says it."""

_OURS: Final = frozenset(column.name for column in COLUMNS)
_Text = Annotated[str, Field(min_length=1, max_length=200)]


class ListMapping(BaseModel):
    """A mapping.

    Attributes:
        mapping: Its name.
        about: What it is for, and where its names are from.
        columns: Heading in the list → name of our column, or `-` for one that is not to be read.
        constants: Name of our column → what holds for every row that says nothing itself.
        values: Heading in the list → its value → what it means (`MEANINGS`).
        date_order: Order of day, month and year in dates that don't begin with a year of four digits.
        two_digit_years: Whether years of two digits are of this century.
        decimal_mark: What stands before the cents.
        sheet: Name of the sheet in a workbook.
        head_row: Line of the column names, counted from 1.
        recognised_by: Sets of headings by which such a list is known; each set is enough.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mapping: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    about: str = ""
    columns: dict[_Text, str] = {}
    constants: dict[str, _Text] = {}
    values: dict[_Text, dict[_Text, str]] = {}
    date_order: Literal["day_first", "month_first", "year_first"] | None = None
    two_digit_years: bool = False
    decimal_mark: Literal[",", "."] | None = None
    sheet: _Text | None = None
    head_row: Annotated[int, Field(ge=1, le=1000)] | None = None
    recognised_by: tuple[tuple[_Text, ...], ...] = ()

    @field_validator("columns")
    @classmethod
    def _to_ours(cls, columns: dict[str, str]) -> dict[str, str]:
        for heading, ours in columns.items():
            if ours not in _OURS and ours != PASSED_OVER:
                raise ValueError(
                    f"{heading!r} is mapped to {ours!r}, which is no column of ours: see docs/open-items.md, or write"
                    " '-' for one that is not to be read"
                )
        return columns

    @field_validator("constants")
    @classmethod
    def _of_ours(cls, constants: dict[str, str]) -> dict[str, str]:
        for ours in constants:
            if ours not in _OURS:
                raise ValueError(f"{ours!r} is no column of ours: see docs/open-items.md")
        return constants

    @model_validator(mode="after")
    def _values_mean_something(self) -> ListMapping:
        for heading, meanings in self.values.items():
            wrong = [meaning for meaning in meanings.values() if meaning not in MEANINGS]
            if wrong:
                raise ValueError(f"{heading!r}: {wrong[0]!r} is no meaning: write {', '.join(MEANINGS)}")
            if len({MEANINGS[meaning][0] for meaning in meanings.values()}) > 1:
                raise ValueError(f"{heading!r}: its values say different things: one column says one thing")
        return self

    def ours(self, heading: str) -> str | None:
        """Our column for a heading, `-` for one that is not to be read, None where the mapping does not say."""
        return self.ours_by_name.get(normal_name(heading))

    @cached_property
    def ours_by_name(self) -> Mapping[str, str]:
        """Our column, or `-`, by the `normal_name` of its heading: each cell of the first lines may be one."""
        # Of two headings that come to the same name the first counts.
        return {normal_name(theirs): ours for theirs, ours in reversed(self.columns.items())}

    def meanings(self, heading: str) -> tuple[str, dict[str, str]] | None:
        """The column that the values of a heading speak for, and how they say it; None where it does not say."""
        name = normal_name(heading)
        for theirs, meanings in self.values.items():
            if normal_name(theirs) == name and meanings:
                column = MEANINGS[next(iter(meanings.values()))][0]
                return column, {value.casefold(): MEANINGS[meaning][1] for value, meaning in meanings.items()}
        return None

    def recognises(self, headings: frozenset[str]) -> int:
        """How many of these headings (by `normal_name`) show that a list is of this kind; 0 when it is not."""
        found = [len(each) for each in self.recognised_by if {normal_name(theirs) for theirs in each} <= headings]
        return max(found, default=0)
