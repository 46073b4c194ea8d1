"""Which rows of a list are invoices to debtors: suppliers are never debtors, and a payment is no invoice."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from intake.open_items.columns import normal_name
from intake.open_items.words import bare_word

__all__ = ["Side", "mixes_sides", "numbers_both", "side_of", "tells_sides"]


class Side(StrEnum):
    """What a row of a list is about."""

    DEBTOR = "debtor"
    SUPPLIER = "supplier"
    CREDIT = "credit"
    OTHER = "other"


_SIDES: Final = (
    dict.fromkeys(
        (
            *(
                "debtor",
                "debtors",
                "debiteur",
                "debiteuren",
                "deb",
                "klant",
                "klanten",
                "customer",
                "customers",
                "client",
            ),
            *("clients", "kunde", "kunden", "debitor", "debitoren", "ar", "receivable", "receivables", "afnemer"),
            *("verkoop", "verkopen", "verkoopboek", "sales", "sale", "vente", "ventes", "verkauf", "verkaufe"),
            *("factuur", "facturen", "verkoopfactuur", "invoice", "sales invoice", "salesinvoice", "customer invoice"),
            *("facture", "facture client", "rechnung", "ausgangsrechnung", "externalsalesinvoice", "verkoopboekstuk"),
            *("out invoice", "facture de vente", "debiteur factuur", "vf"),
        ),
        Side.DEBTOR,
    )
    | dict.fromkeys(
        (
            *("creditor", "creditors", "crediteur", "crediteuren", "cred", "leverancier", "leveranciers", "supplier"),
            *("suppliers", "vendor", "vendors", "fournisseur", "fournisseurs", "lieferant", "lieferanten", "kreditor"),
            *("kreditoren", "ap", "payable", "payables", "inkoop", "inkopen", "inkoopboek", "purchase", "purchases"),
            *(
                "achat",
                "achats",
                "einkauf",
                "inkoopfactuur",
                "purchase invoice",
                "purchaseinvoice",
                "vendor bill",
                "bill",
            ),
            *("facture fournisseur", "facture d'achat", "eingangsrechnung", "in invoice", "receipt", "bon"),
        ),
        Side.SUPPLIER,
    )
    | dict.fromkeys(
        (
            *("creditnota", "creditfactuur", "creditnota's", "credit", "credit note", "creditnote", "credit memo"),
            *("credit invoice", "creditinvoice", "avoir", "note de credit", "gutschrift", "refund", "out refund"),
            *("verkoopcreditnota", "customer credit note", "salescreditinvoice", "credit verkoop"),
        ),
        Side.CREDIT,
    )
    | dict.fromkeys(
        (
            *("betaling", "payment", "paiement", "zahlung", "bank", "kas", "memoriaal", "memo", "ontvangst", "kasboek"),
            *("bankboek", "vooruitbetaling", "beginbalans", "receipt payment"),
        ),
        Side.OTHER,
    )
)

# How the names of daybooks begin: `Verkoopboek 2026`, `70 Verkoop`.
_STARTS: Final = (
    ("verkoopcredit", Side.CREDIT),
    ("verkoop", Side.DEBTOR),
    ("sales", Side.DEBTOR),
    ("vente", Side.DEBTOR),
    ("debiteur", Side.DEBTOR),
    ("inkoop", Side.SUPPLIER),
    ("purchase", Side.SUPPLIER),
    ("achat", Side.SUPPLIER),
    ("crediteur", Side.SUPPLIER),
    ("leverancier", Side.SUPPLIER),
    ("fournisseur", Side.SUPPLIER),
    ("creditnota", Side.CREDIT),
)

# A word for both: the headings of systems that keep debtors and suppliers in one list of relations.
_OF_BOTH: Final = frozenset(map(normal_name, ("relatiecode", "relatienummer", "relatienr", "code relation")))


@lru_cache(maxsize=256)  # A list says it in a few words, once a row.
def side_of(cell: str) -> Side | None:
    """What a cell says of the side of its row, None when it says nothing that we know."""
    word = bare_word(cell)
    named = _SIDES.get(word) or _SIDES.get(word.replace(" ", ""))
    if named is not None:
        return named
    return next((side for start, side in _STARTS if re.search(rf"(?:^|[0-9] ?){start}", word)), None)


def tells_sides(cells: Iterable[str]) -> bool:
    """Whether a column tells sides: all its cells are of that kind, and it has any."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(side_of(cell) is not None for cell in filled)


def mixes_sides(headers: Mapping[str, str]) -> bool:
    """Whether a list numbers debtors and suppliers alike, so that without a word about it any row may be a supplier's.

    Args:
        headers: Documented column name → heading as written.
    """
    return "side" not in headers and numbers_both(headers)


def numbers_both(headers: Mapping[str, str]) -> bool:
    """Whether the number of the debtor is one that suppliers have too."""
    return normal_name(headers.get("debtor_number", "")) in _OF_BOTH
