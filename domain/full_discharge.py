"""Payments that their payer wants to settle everything: what he writes with them.

A cheque or transfer "tegen finale kwijting" is an offer to settle. Whoever keeps it in silence may be held to it, so it
is never booked as a settlement: the money counts as a part payment, and a person answers (practice.md, letters that
would be struck down, no. 15).
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["asks_full_discharge"]

_WORDS = (
    # Dutch
    r"(finale|volledige|algehele|algemene) kwijting",
    r"(ter|tot) (finale|volledige|algehele) (voldoening|afdoening|afrekening)",
    r"slot van (alle )?rekening(en)?",
    # French
    r"solde de tou(t|s) comptes?",
    r"quittance (finale|definitive|pour solde)",
    r"reglement (definitif|transactionnel)",
    # German
    r"(gesamt|endgultigen? |vollstandigen? |gutlichen? )abgeltung",
    r"abgeltung (aller|samtlicher)",
    r"(endgultig|vollstandig) abgegolten",
    r"erledigung (aller|samtlicher)",
    # English
    r"full (and|&) final",
    r"(final|full) (settlement|discharge|satisfaction)",
    r"accord and satisfaction",
)
_PATTERN = re.compile("|".join(f"(?:{words})" for words in _WORDS))
_BETWEEN_WORDS = re.compile(r"[^a-z0-9&]+")


def asks_full_discharge(written: str) -> bool:
    """Whether a payer wrote that his payment settles everything, in Dutch, French, German or English.

    Banks change letters into capitals and lose accents, so neither counts.
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", written) if not unicodedata.combining(sign))
    return _PATTERN.search(_BETWEEN_WORDS.sub(" ", bare.casefold())) is not None
