"""The page on which a debtor can pay: a short link that names nobody."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

__all__ = ["PaymentLink"]


def _link(text: str) -> str:
    """Return a payment link, refusing what could carry personal data or lead a debtor astray."""
    if not text.isascii() or any(char.isspace() or not char.isprintable() for char in text) or len(text) > 300:
        raise ValueError("payment_link: must be one address of at most 300 plain characters, without spaces")
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname:
        raise ValueError("payment_link: must begin with https:// and the name of a site")
    if "@" in text or parts.query or parts.fragment:
        raise ValueError(
            "payment_link: holds '@', '?' or '#', where names and amounts get into an address; "
            "give a short link that ends in a token"
        )
    return text


PaymentLink = Annotated[str, AfterValidator(_link)]
