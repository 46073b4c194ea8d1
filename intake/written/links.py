"""Addresses of pages where a debtor can pay, as lists give them."""

import re
from typing import Final
from urllib.parse import urlsplit

from intake.findings import Unreadable, shown
from intake.open_item import plain

__all__ = ["names_somebody", "read_payment_link"]

_MOST: Final = 300
_SHORTEST_NAME: Final = 4
"""Shorter names and numbers are in any token by chance."""


def read_payment_link(text: str) -> str:
    """One payment link that may stand in a letter.

    It is read by others than the debtor, and kept in logs on its way: an address with `@`, `?` or `#` carries names and
    amounts.

    Raises:
        Unreadable: it is none, or may not stand in a letter.
    """
    if not re.fullmatch(r"[!-~]+", text) or len(text) > _MOST:
        raise Unreadable(f"{shown(text)} is no payment link: one address of at most {_MOST} plain signs, no spaces")
    if any(sign in text for sign in "@?#"):
        raise Unreadable(f"{shown(text)} holds '@', '?' or '#': give a short link that ends in a token")
    try:
        parts = urlsplit(text)
        site = parts.hostname or ""
    except ValueError:
        site = ""
    if not text.startswith("https://") or "." not in site.strip("."):
        raise Unreadable(f"{shown(text)} is no payment link: it begins with https:// and the name of a site")
    return text


def names_somebody(link: str, *names: str | None) -> bool:
    """Whether a link holds one of these names or numbers, whatever stands between their signs."""
    bare = _ascii(link)
    words = {word for name in names if name for word in (_ascii(name), plain(name))}
    return any(len(word) >= _SHORTEST_NAME and word in bare for word in words)


def _ascii(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.casefold())
