"""Addresses at which a provider of OpenID Connect may be asked."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

__all__ = ["checked_issuer", "is_safe"]


def checked_issuer(text: str) -> str:
    """The address of a provider.

    Raises:
        ValueError: what it says could be changed on the way.
    """
    if not is_safe(text) or urlsplit(text).query:
        raise ValueError("write it as https://…, without ? and #; in the clear only on this machine")
    return text


def is_safe(address: str) -> bool:
    """Whether nobody between us can change what is said there: TLS, or this machine itself."""
    parts = urlsplit(address)
    if not parts.hostname or parts.fragment or parts.username is not None:
        return False
    if parts.scheme == "https":
        return True
    try:
        return parts.scheme == "http" and (parts.hostname == "localhost" or ip_address(parts.hostname).is_loopback)
    except ValueError:
        return False
