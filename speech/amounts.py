"""Amounts as a language writes them: `1284.60` and `1,284.60` stay so in English, and are `1.284,60` in Dutch.

As the letters do (`letters/figures.py`): French puts a no-break space between thousands, French and German one before
a per cent sign.
"""

from __future__ import annotations

import re

__all__ = ["amount_in"]

_AMOUNT = re.compile(
    r"(?P<sign>[-−+]?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\.(?P<part>[0-9]{2})(?P<unit>%| [A-Z]{3})?"
)


def amount_in(language: str, text: str) -> str:
    """An amount, alone or with its currency or `%` behind it, as the language writes it; any other text as it is.

    Args:
        language: One of `speech.words.LANGUAGES`.
        text: With a point before two decimals, and commas between thousands or none.
    """
    if language == "en" or (found := _AMOUNT.fullmatch(text)) is None:
        return text
    whole = f"{int(found['whole'].replace(',', '')):,}".replace(",", "\u00a0" if language == "fr" else ".")
    unit = found["unit"] or ""
    if unit == "%" and language in ("fr", "de"):
        unit = "\u00a0%"
    return f"{found['sign']}{whole},{found['part']}{unit}"
