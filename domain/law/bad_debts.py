"""Until when the VAT in a claim that is given up may be reclaimed, as dated tables with their sources.

The Dutch article was read in its text of 2010, from before the year after due was added (Fiscale vereenvoudigingswet
2017); the Belgian article was read in a note of the institute of accountants of 2000, its term is remembered. A person
reads them again before he relies on a day.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.law.dated import Dated, DatedTable

__all__ = ["VAT_RECLAIM_BE", "VAT_RECLAIM_NL"]

VAT_RECLAIM_NL: Final = DatedTable(
    "the years after due in which Dutch VAT on a bad debt is reclaimed",
    (Dated(date(2017, 1, 1), 1, "art. 29 Wet OB 1968 (Fiscale vereenvoudigingswet 2017)"),),
    checked_until=date(2026, 12, 31),
)

VAT_RECLAIM_BE: Final = DatedTable(
    "the years after that of the loss in which Belgian VAT on a bad debt is reclaimed",
    (Dated(date(2000, 1, 1), 3, "art. 77 §1, 7° and 82bis WBTW"),),
    checked_until=date(2026, 12, 31),
)
