"""Payment links of Mollie, made with Mollie's own client.

A link of Mollie holds no data of ours but its description: it takes no metadata, and its payment does not name it. So
the address of its webhook ends in what Mollie alone knows; by it the payment finds the link, and the link its cases.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC
from typing import TypeVar

from pydantic import SecretStr

from gateways.checkout_address import checked_checkout, origins_with
from gateways.provider_call import in_silence, provider_threads
from services.ports import LinkMade, LinkWanted, NoLink

__all__ = ["VENDOR", "MolliePayLinks"]

VENDOR = "https://api.mollie.com"
_SITES = ("https://*.mollie.com",)
_SECONDS = 10.0
_T = TypeVar("_T")


class MolliePayLinks:
    """Makes them.

    Attributes:
        name: `mollie`.
        origins: Where its pages are.
    """

    name = "mollie"

    def __init__(self, key: SecretStr, url: str = VENDOR, *, seconds: float = _SECONDS) -> None:
        """Nobody is called yet.

        Args:
            key: The API key; `test_…` makes links that cost nothing.
            url: Address of the API.
            seconds: Longest time for an answer.
        """
        # Here, for the library takes long to import.
        from mollie import ClientSDK
        from mollie.models import Security
        from mollie.utils import RetryConfig
        from mollie.utils.retries import BackoffStrategy

        self.origins = origins_with(_SITES, url, VENDOR)
        self._key = key.get_secret_value().encode()
        self._threads = provider_threads("mollie-links")
        self._client = ClientSDK(
            security=Security(api_key=key.get_secret_value()),
            server_url=url,
            timeout_ms=int(seconds * 1000),
            # Tried again by whoever presses the button: under the same key it is the same link.
            retry_config=RetryConfig("none", BackoffStrategy(1, 1, 1, 1), retry_connection_errors=False),
        )

    async def make(self, wanted: LinkWanted) -> LinkMade:
        """See `services.ports.PayLinks`."""
        # Made of the key of the link: asked again under it, it must be the same in all it says.
        proof = hmac.new(self._key, wanted.key.encode(), "sha256").hexdigest()[:32] if wanted.told_at else ""

        def call() -> LinkMade:
            made = self._client.payment_links.create(
                idempotency_key=wanted.key,
                request_body={
                    "description": wanted.description[:255],
                    "amount": {"currency": wanted.amount.currency, "value": wanted.amount.text},
                    "redirect_url": wanted.back,
                    "webhook_url": f"{wanted.told_at}?link={proof}" if wanted.told_at else None,
                    "reusable": False,
                    "expires_at": wanted.until.astimezone(UTC).isoformat(timespec="seconds"),
                },
            )
            href = made.links.payment_link.href if made.links.payment_link else None
            return LinkMade(made.id, checked_checkout(href, self.origins), proof)

        return await in_silence(self._threads, lambda: _asked(call))

    async def end(self, link_id: str) -> None:
        """See `services.ports.PayLinks`."""

        def call() -> None:
            self._client.payment_links.update(payment_link_id=link_id, request_body={"archived": True})

        await in_silence(self._threads, lambda: _asked(call))


def _asked(call: Callable[[], _T]) -> _T:
    """What Mollie answers.

    Raises:
        NoLink: it answered with an error, or not at all; its words may hold what we sent, and are dropped.
    """
    import httpx
    from mollie.models import ClientError, NoResponseError

    try:
        return call()
    except ClientError as problem:
        raise NoLink(f"mollie: {problem.status_code}") from None
    except (NoResponseError, httpx.HTTPError, OSError) as problem:
        raise NoLink(f"mollie: {type(problem).__name__}") from None
