"""What writing a claim off means for VAT, tax and the books, with days and articles: sentences in English.

A provision comes before the loss is certain, the VAT back once it is; which of them holds a person judges.
"""

from __future__ import annotations

from datetime import date

from domain.law.bad_debts import VAT_RECLAIM_BE, VAT_RECLAIM_NL
from domain.law.nl import vat_reclaim_ends

__all__ = ["writing_off"]


def writing_off(law: str | None, due: date, on: date) -> tuple[str, ...]:
    """What is to be known before a claim is written off.

    Args:
        law: The law of the case; of another one nothing is known here.
        due: Day on which the invoice was due.
        on: Day on which it is written off: in Belgium that of the loss.
    """
    if law == "NL":
        row = VAT_RECLAIM_NL.row_at(max(on, VAT_RECLAIM_NL.rows[0].since))
        last = vat_reclaim_ends(due)
        return (
            f"VAT: reclaimed in the return of the period in which it is certain that nothing comes, on {last} at the "
            f"latest ({row.source})",
            "provision: a doubtful claim may be valued lower as long as it is not lost, claim by claim, as sound "
            "business practice has it (art. 3.25 Wet IB 2001, art. 8 Wet Vpb 1969)",
            "tax: the loss is taken in the year in which it is certain; keep what proves it: the letters, and what the "
            "partner reported",
        )
    if law == "BE":
        row = VAT_RECLAIM_BE.row_at(on)
        last = date(on.year + row.value, 12, 31)
        return (
            "VAT: reclaimed once the loss is certain (the judgment of bankruptcy, or proof that all means are used "
            f"up); for a loss of today on {last} at the latest ({row.source})",
            "provision: a write-down is exempt where the loss is probable by what is known of this claim at the end of "
            "the year, listed on form 204.3 (art. 48 WIB 92, art. 22 to 27 KB/WIB 92)",
            "tax: the loss is deducted in the year in which it is certain (art. 49 WIB 92); keep what proves it",
        )
    return ()
