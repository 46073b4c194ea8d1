"""Mollie's own library, which takes seconds to import: all processes read the settings, and only who asks brings it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from gateways.trust_store import trust_store

if TYPE_CHECKING:
    from mollie import ClientSDK
    from mollie.utils import RetryConfig

__all__ = ["mollie_library"]


def mollie_library(key: str, *, url: str, timeout: float, retries: RetryConfig | None) -> ClientSDK:
    """A client of Mollie; nobody is called yet.

    Args:
        key: API key.
        url: Address of the API, without `/v2`.
        timeout: Longest wait for an answer, in seconds.
        retries: What it tries again by itself.
    """
    from mollie import ClientSDK
    from mollie.models import Security

    # As it makes them itself, but that each of them would read all certificates.
    return ClientSDK(
        security=Security(api_key=key),
        server_url=url,
        timeout_ms=int(timeout * 1000),
        retry_config=retries,
        client=httpx.Client(follow_redirects=True, verify=trust_store()),
        async_client=httpx.AsyncClient(follow_redirects=True, verify=trust_store()),
    )
