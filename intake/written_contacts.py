"""E-mail addresses and telephone numbers as people write them."""

import re
from typing import Final

from intake.findings import Unreadable, shown
from intake.open_item_words import CALLING_CODES

__all__ = ["read_email", "read_phone"]

_EMAIL: Final = re.compile(r"[^\s@,;:<>()\"\[\]\\]+@[^\s@,;:<>()\"\[\]\\]+\.[^\s@,;:<>()\"\[\]\\.]{2,}")


def read_email(text: str) -> str:
    """One e-mail address.

    Raises:
        Unreadable: it is none, or several.
    """
    if text.count("@") > 1:
        raise Unreadable(f"{shown(text)} holds more than one e-mail address: keep one")
    if not _EMAIL.fullmatch(text) or ".." in text or ".@" in text or text[0] == "." or "@." in text:
        raise Unreadable(f"{shown(text)} is not an e-mail address: write it like name@company.nl")
    return text


def read_phone(text: str, country: str | None) -> str:
    """A telephone number as `+` and digits; a national number of an unknown country stays digits.

    Args:
        text: The number as written.
        country: ISO 3166 code of the country in which it would be dialled, if known.

    Raises:
        Unreadable: it is no telephone number.
    """
    bare = text.replace("(0)", "") if text.startswith(("+", "00")) else text
    digits = re.sub(r"[ ()./\-]", "", bare)
    if not re.fullmatch(r"\+?[0-9]{8,15}", digits):
        raise Unreadable(f"{shown(text)} is not a telephone number: write it like +31 10 123 45 67")
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("0") and country in CALLING_CODES:
        return f"+{CALLING_CODES[country]}{digits[1:]}"
    return digits
