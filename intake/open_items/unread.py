"""Columns that are not read, and may all the same say what is open: a list with one of them is not guessed at."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from intake.findings import Unreadable
from intake.open_items.words import bare_word
from intake.written.amounts import read_written_amount

__all__ = ["may_say_what_is_open"]

# Parts of words, in Dutch, English, French and German, that speak of what is open or was paid.
_SPEAKS_OF_IT: Final = re.compile(
    r"open|uitsta|outst|restant|restb|\brest|resterend|saldo|\bsald|balan|solde|betaa?l|voldaan|ontvang|receiv|\bpaid"
    r"|paym|remain|resid|pay[e ]|pay$|paiem|regle|encaiss|ouvert|offen|zahl|verreken|afgelet|afgebo|gecred|credit|avoir"
    r"|tegoed|aanbetal|geind|status|statut|\bdu\b|impaye|\bdue\b|vordering|betalen"
)
# What stands in such words and says nothing of it: terms, ways and addresses of payment, limits.
_SAYS_NOTHING: Final = re.compile(
    r"term|condit|method|wijze|manier|kenmerk|\bref|link|\burl|iban|rekening|\bmode|moyen|frist|delai|limi[et]|date|datum"
    r"|dagen|days|jours|tage|creditnummer|termijn|instruct|discount|korting"
)
# Amounts that are no open amount: VAT, without VAT, rates, percentages, ages.
_OTHER_AMOUNT: Final = re.compile(
    r"\bbtw|\bvat\b|\btva|mwst|\bust\b|\bexcl|\bex\b|netto|\bnet\b|\bht\b|hors|koers|\brate|kurs|cours|korting|discount"
    r"|rabat|remise|limi[et]|dagen|days|jours|tage|\boud|\bage|procent|percent|%|taux|aantal|quantit|stuks|rente|kosten"
)
_WITH_CENTS: Final = re.compile(r"[.,][0-9]{1,2}[^0-9.,]*$")
_NOTHING: Final = frozenset(("", "-", "0", "0,00", "0.00"))


def may_say_what_is_open(heading: str, cells: Sequence[str], amounts: Sequence[str]) -> bool:
    """Whether a column that is not read may say what of an invoice is open, or was paid.

    It may when its heading speaks of it, or when it holds amounts that nobody understands. A column that repeats the
    amount of the invoice in every row says nothing new.

    Args:
        heading: The heading.
        cells: Its cells.
        amounts: The cells of the column `amount` in the same rows.
    """
    filled = [cell for cell in cells if cell]
    if not filled or _repeats(cells, amounts):
        return False
    name = bare_word(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading))
    if _SPEAKS_OF_IT.search(name) and not _SAYS_NOTHING.search(name):
        return True
    return not _OTHER_AMOUNT.search(name) and _are_amounts(filled)


def _are_amounts(filled: Iterable[str]) -> bool:
    cents = False
    for cell in filled:
        if cell in _NOTHING:
            continue
        try:
            read_written_amount(cell)
        except Unreadable:
            return False
        cents = cents or _WITH_CENTS.search(cell) is not None
    return cents


def _repeats(cells: Sequence[str], amounts: Sequence[str]) -> bool:
    return all(_value(one) == _value(other) for one, other in zip(cells, amounts, strict=True))


def _value(cell: str) -> object:
    try:
        return read_written_amount(cell).readings if cell else ""
    except Unreadable:
        return cell
