"""E-mail addresses and telephone numbers as people write them."""

import re
import unicodedata
from typing import Final

from domain.mail_domains import mail_domain, why_doubtful
from domain.telephone import why_unusable
from intake.findings import NotUsed, Unreadable, shown
from intake.open_items.words import CALLING_CODES

__all__ = ["doubt_about", "find_email", "find_phone", "is_nothing", "read_email", "read_phone"]

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
    if not text.isprintable() and any(unicodedata.category(char).startswith("C") for char in text):
        raise NotUsed(f"{shown(text)} holds a sign that nobody sees: it was left out; type the address again")
    return text


_NOTHING: Final = frozenset(
    ("", "-", "--", "?", "geen", "nvt", "onbekend", "none", "no", "na", "unknown", "leeg", "aucun", "inconnu", "neant")
) | {"keine", "unbekannt", "null", "x"}


def is_nothing(text: str) -> bool:
    """Whether a cell says in words that there is nothing in it (`geen`, `n.v.t.`, `unknown`)."""
    return re.sub(r"[\s./]", "", text.casefold()) in _NOTHING


def find_email(text: str) -> tuple[str, str | None]:
    """The first e-mail address in a text that may hold several, a name, or `mailto:`.

    Returns:
        The address, and a sentence about what else stands there and is not used.

    Raises:
        Unreadable: there is none.
        NotUsed: it holds a sign that nobody sees.
    """
    try:
        return read_email(text), None
    except NotUsed:
        raise
    except Unreadable as problem:
        first = problem
    parts = (part.removeprefix("mailto:").strip(".'\"") for part in re.split(r"[;,|<>()\[\]\s]+|/(?=[^@]*@)", text))
    found = []
    for part in parts:
        if "@" in part:
            try:
                found.append(read_email(part))
            except NotUsed:
                raise
            except Unreadable:
                continue
    if not found:
        raise first
    if len(dict.fromkeys(found)) > 1:
        return found[0], f"{shown(text)} holds several e-mail addresses: mail goes to the first"
    return found[0], None


def find_phone(text: str, country: str | None) -> tuple[str, str | None]:
    """The first telephone number in a text that may hold several, or words beside it.

    Returns:
        The number as `read_phone` gives it, and a sentence about what else stands there and is not used.

    Raises:
        Unreadable: there is none.
        NotUsed: it is one that nobody may call or text.
    """
    try:
        return read_phone(text, country), None
    except NotUsed:
        raise
    except Unreadable as problem:
        first = problem
    found, refused = [], None
    for part in re.split(r"[;,|]| / | of | or | ou | oder |/(?=[ +0])", text):
        digits = re.sub(r"\((?!0\))[^)]*\)|[A-Za-z\u00c0-\u024f.:]+", " ", part).strip()
        try:
            found.append(read_phone(digits, country))
        except NotUsed as problem:
            refused = refused or problem
        except Unreadable:
            continue
    if not found:
        raise refused or first
    if len(dict.fromkeys(found)) > 1:
        return found[0], f"{shown(text)} holds several telephone numbers: the first is used"
    return found[0], None


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
