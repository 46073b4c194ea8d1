"""Where a payer may be led: only to pages of the provider, whatever its answer says."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from services.ports import NoLink

__all__ = ["checked_checkout", "origins_with"]


def origins_with(known: Sequence[str], api: str, vendor: str) -> tuple[str, ...]:
    """The sites on which a provider lets people pay; beside a provider of this machine alone, its own.

    Args:
        known: The provider's sites, as a content security policy writes them: `https://*.mollie.com`.
        api: Address of the API that is called.
        vendor: The vendor's own address of it.
    """
    parts = urlsplit(api)
    own = f"{parts.scheme}://{parts.netloc}"
    return tuple(known) if api == vendor or parts.scheme == "https" else (*known, own)


def checked_checkout(url: str | None, origins: Sequence[str]) -> str:
    """The address that a provider gave, if it is on one of its sites.

    Raises:
        NoLink: it is not, or there is none.
    """
    parts = urlsplit(url or "")
    host = parts.hostname or ""
    for origin in origins:
        scheme, _, site = origin.partition("://")
        below = site.startswith("*.") and host.endswith(site[1:]) and parts.port in (None, 443)
        if parts.scheme == scheme and not parts.username and (below or parts.netloc == site):
            return str(url)
    raise NoLink("the provider leads to a site that is not its own")
