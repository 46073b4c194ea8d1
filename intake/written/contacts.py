"""E-mail addresses and telephone numbers as people write them."""

import re
import unicodedata
from typing import Final

from domain.mail_domains import mail_domain, why_doubtful
from domain.telephone import why_unusable
from intake.findings import NotUsed, Unreadable, shown
from intake.open_items.words import CALLING_CODES

__all__ = ["doubt_about", "read_email", "read_phone"]

_EMAIL: Final = re.compile(r"[^\s@,;:<>()\"\[\]\\]+@[^\s@,;:<>()\"\[\]\\]+\.[^\s@,;:<>()\"\[\]\\.]{2,}")


def read_email(text: str) -> str:
    """One e-mail address.

    Raises:
        Unreadable: it is none, or several.
        NotUsed: it holds a sign that nobody sees.
    """
    if text.count("@") > 1:
        raise Unreadable(f"{shown(text)} holds more than one e-mail address: keep one")
    if not _EMAIL.fullmatch(text) or ".." in text or ".@" in text or text[0] == "." or "@." in text:
        raise Unreadable(f"{shown(text)} is not an e-mail address: write it like name@company.nl")
    if any(unicodedata.category(char).startswith("C") for char in text):
        raise NotUsed(f"{shown(text)} holds a sign that nobody sees: it was left out; type the address again")
    return text


def doubt_about(email: str) -> str | None:
    """A sentence about an address whose domain may not be the one that it seems to be; None when it is plain."""
    domain = mail_domain(email)
    why = why_doubtful(domain)
    if why is None:
        return None
    return (
        f"the domain of {shown(email)} (as it travels: {_travels(domain)}) may be another one than it seems: {why};"
        " mail goes there all the same, and the case gets the task check_email_domain"
    )


def _travels(domain: str) -> str:
    """A domain in plain letters, as mail servers look it up; as it is where that can't be said."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ascii(domain)


def read_phone(text: str, country: str | None) -> str:
    """A telephone number as `+` and digits; a national number of an unknown country stays digits.

    Args:
        text: The number as written.
        country: ISO 3166 code of the country in which it would be dialled, if known.

    Raises:
        Unreadable: it is no telephone number.
        NotUsed: it is one that nobody may call or text.
    """
    bare = text.replace("(0)", "") if text.startswith(("+", "00")) else text
    digits = re.sub(r"[ ()./\-]", "", bare)
    # Before the length is looked at: a number that is too short or too long for one may be dialled all the same.
    why = why_unusable(digits, country) if re.fullmatch(r"\+?[0-9]+", digits) else None
    if why is not None:
        raise NotUsed(
            f"{shown(text)} is {why}, which is never called or texted: it was left out; give the debtor's own number"
        )
    if not re.fullmatch(r"\+?[0-9]{8,15}", digits):
        raise Unreadable(f"{shown(text)} is not a telephone number: write it like +31 10 123 45 67")
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("0") and country in CALLING_CODES:
        return f"+{CALLING_CODES[country]}{digits[1:]}"
    return digits
