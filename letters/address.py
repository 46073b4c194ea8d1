"""The address of a debtor as it stands on a letter: a country code becomes a name, or goes where it is needless."""

import re
from functools import cache

from babel import Locale

from letters.content import LetterContent

_CODE = re.compile(r"[A-Z]{2}")


def address_lines(content: LetterContent) -> tuple[str, ...]:
    """Return the lines of the debtor's address below the name.

    A last line that is a country code (ISO 3166-1) is printed as the country's name in the language of the letter if
    the letter goes abroad, and left out if it stays in the creditor's country: that of the creditor's own last line if
    it is a code, else that of the law of the claim. A code that no country has is printed as it is.

    Args:
        content: What the letter says.
    """
    lines = tuple(line for line in content.debtor.address if line)
    if not lines or not _CODE.fullmatch(lines[-1]):
        return lines
    *street, code = lines
    own = content.creditor.address[-1] if content.creditor.address else ""
    if code == (own if _CODE.fullmatch(own) else content.law):
        return tuple(street)
    return (*street, _countries(content.language).get(code, code))


@cache
def _countries(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)
