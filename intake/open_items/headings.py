"""Which column a heading means, by a mapping or by the names that we know."""

from __future__ import annotations

from collections.abc import Sequence

from intake.mappings.mapping import PASSED_OVER, ListMapping
from intake.open_items.columns import DAYS, column_of
from intake.written.dates import in_order

__all__ = ["Headings"]


class Headings:
    """The headings of one list, and how its cells are to be read.

    Attributes:
        mapping: The mapping, None where our own names are enough.
    """

    def __init__(self, mapping: ListMapping | None, header: Sequence[str] = ()) -> None:
        """Begin.

        Args:
            mapping: The mapping, if there is one.
            header: All headings: one that the mapping names takes the place of one that we know by ourselves.
        """
        self.mapping = mapping
        self._mapped = {name for heading in header if (name := self._by_mapping(heading))} - {PASSED_OVER}
        self._meanings: dict[str, dict[str, str]] = {}
        for heading in header:
            found = None if mapping is None else mapping.meanings(heading)
            if found is not None:
                self._meanings[found[0]] = found[1]

    def column_of(self, heading: str) -> str | None:
        """Documented name of the column that a heading means, None when it is not known or not to be read."""
        mapped = self._by_mapping(heading)
        if mapped is not None:
            return None if mapped == PASSED_OVER else mapped
        ours = column_of(heading)
        return None if ours in self._mapped else ours

    def is_passed_over(self, heading: str) -> bool:
        """Whether a heading is not to be read, and a person has said so."""
        if self._by_mapping(heading) == PASSED_OVER:
            return True
        return self._by_mapping(heading) is None and column_of(heading) in self._mapped

    def constants(self) -> dict[str, str]:
        """What holds for every row that says nothing itself."""
        return {} if self.mapping is None else dict(self.mapping.constants)

    def cell(self, column: str, text: str) -> str:
        """A cell in our words."""
        if self.mapping is None:
            return text
        if not text:
            return self.mapping.constants.get(column, "")
        if column in DAYS:
            return in_order(text, self.mapping.date_order, short_years=self.mapping.two_digit_years)
        return self._meanings.get(column, {}).get(text.casefold(), text)

    def _by_mapping(self, heading: str) -> str | None:
        if self.mapping is None or not heading:
            return None
        ours = self.mapping.ours(heading)
        if ours is None and (meant := self.mapping.meanings(heading)) is not None:
            return meant[0]
        return ours
