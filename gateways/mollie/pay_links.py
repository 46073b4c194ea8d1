"""Payment links of Mollie, made with Mollie's own client.

A link of Mollie holds no data of ours but its description: it takes no metadata, and its payment does not name it. So
the address of its webhook ends in what Mollie alone knows; by it the payment finds the link, and the link its cases.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC
from typing import Any

from pydantic import SecretStr

from gateways.checkout_address import checked_checkout, origins_with
from gateways.mollie.library import mollie_library
from gateways.provider_call import in_silence, provider_threads
from gateways.told import Told
from services.ports import LinkMade, LinkWanted, NoLink

__all__ = ["VENDOR", "MolliePayLinks"]

VENDOR = "https://api.mollie.com"
_SITES = ("https://*.mollie.com",)
_SECONDS = 10.0


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
        from mollie.utils import RetryConfig
        from mollie.utils.retries import BackoffStrategy

        self.origins = origins_with(_SITES, url, VENDOR)
        self._key = key.get_secret_value().encode()
        self._threads = provider_threads("mollie-links")
        # Tried again by whoever presses the button: under the same key it is the same link.
        never = RetryConfig("none", BackoffStrategy(1, 1, 1, 1), retry_connection_errors=False)
        self._client = mollie_library(key.get_secret_value(), url=url, timeout=seconds, retries=never)

    async def make(self, wanted: LinkWanted) -> LinkMade:
        """See `services.ports.PayLinks`."""
        # Made of the key of the link: asked again under it, it must be the same in all it says.
        proof = hmac.new(self._key, wanted.key.encode(), "sha256").hexdigest()[:32] if wanted.told_at else ""

        def call() -> LinkMade:
            made = _asked(
                lambda: self._client.payment_links.create(
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
            )
            if not made.text("id"):
                raise NoLink("mollie: its answer is no payment link")
            href = made.sub("_links").sub("paymentLink").text("href")
            return LinkMade(made.text("id"), checked_checkout(href, self.origins), proof)

        return await in_silence(self._threads, call)

    async def end(self, link_id: str) -> None:
        """See `services.ports.PayLinks`."""

        def call() -> None:
            _asked(lambda: self._client.payment_links.update(payment_link_id=link_id, request_body={"archived": True}))

        await in_silence(self._threads, call)


def _asked(call: Callable[[], Any]) -> Told:
    """What Mollie answers, as JSON.

    Raises:
        NoLink: it answered with an error, or not at all; its words may hold what we sent, and are dropped.
    """
    import httpx
    from mollie.models import ClientError, NoResponseError, ResponseValidationError

    try:
        return Told(call().model_dump(mode="json", by_alias=True))
    except ResponseValidationError as problem:
        if problem.status_code >= 300:
            raise NoLink(f"mollie: {problem.status_code}") from None
        # The library refuses what Mollie leaves out, even of the link in its own documentation: the link is made.
        try:
            return Told.of_body(problem.body.encode())
        except ValueError:
            raise NoLink(f"mollie: {problem.status_code}, which is no JSON object") from None
    except ClientError as problem:
        raise NoLink(f"mollie: {problem.status_code}") from None
    except (NoResponseError, httpx.HTTPError, OSError) as problem:
        raise NoLink(f"mollie: {type(problem).__name__}") from None
