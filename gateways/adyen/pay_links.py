"""Payment links of Adyen (Pay by Link), made with Adyen's own client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any, TypeVar

from pydantic import SecretStr

from gateways.checkout_address import checked_checkout, origins_with
from gateways.provider_call import in_silence, provider_threads
from services.ports import LinkMade, LinkWanted, NoLink

__all__ = ["VENDOR", "AdyenPayLinks"]

VENDOR = "https://checkout-test.adyen.com/v72"
_SITES = ("https://*.adyen.link",)
_SECONDS = 10
_MOST_CASES, _LONGEST_VALUE = 20, 80  # of metadata, as Adyen takes them
_LOCALES = {"nl": "nl-NL", "fr": "fr-FR", "de": "de-DE", "en": "en-GB"}
_T = TypeVar("_T")


class AdyenPayLinks:
    """Makes them.

    Attributes:
        name: `adyen`.
        origins: Where its pages are.
    """

    name = "adyen"

    def __init__(self, key: SecretStr, merchant: str, url: str = VENDOR, *, seconds: int = _SECONDS) -> None:
        """Nobody is called yet.

        Args:
            key: The API key.
            merchant: Name of the merchant account.
            url: Address of the Checkout API, with its version.
            seconds: Longest time for an answer.
        """
        # Here, for the library takes long to import.
        import Adyen

        self.origins = origins_with(_SITES, url, VENDOR)
        self._merchant = merchant
        self._threads = provider_threads("adyen-links")
        # The address is ours to say, also the live one: the library only works out its own when told `live`.
        client = Adyen.Adyen(xapikey=key.get_secret_value(), platform="test", http_timeout=seconds)
        self._api: Any = client.checkout.payment_links_api
        self._api.baseUrl = url

    async def make(self, wanted: LinkWanted) -> LinkMade:
        """See `services.ports.PayLinks`."""
        named = [each for each in wanted.cases if len(each) <= _LONGEST_VALUE][:_MOST_CASES]
        request = {
            "merchantAccount": self._merchant,
            "amount": {"currency": wanted.amount.currency, "value": wanted.amount.minor},
            "reference": wanted.description[:80],
            "description": wanted.description,
            "returnUrl": wanted.back,
            "expiresAt": wanted.until.astimezone(UTC).isoformat(timespec="seconds"),
            "reusable": False,
            "shopperLocale": _LOCALES.get(wanted.language, "en-GB"),
            "metadata": {f"case_{number}": each for number, each in enumerate(named, start=1)},
        }

        def call() -> LinkMade:
            made = self._api.payment_links(request, idempotency_key=wanted.key).message
            return LinkMade(str(made["id"]), checked_checkout(made.get("url"), self.origins))

        return await in_silence(self._threads, lambda: _asked(call))

    async def end(self, link_id: str) -> None:
        """See `services.ports.PayLinks`."""

        def call() -> None:
            from Adyen.exceptions import AdyenError

            try:
                self._api.update_payment_link({"status": "expired"}, link_id)
            except AdyenError:
                # One that was paid, or expired by itself, can't be ended any more.
                if self._api.get_payment_link(link_id).message.get("status") == "active":
                    raise

        await in_silence(self._threads, lambda: _asked(call))


def _asked(call: Callable[[], _T]) -> _T:
    """What Adyen answers.

    Raises:
        NoLink: it answered with an error, or not at all; its words may hold what we sent, and are dropped.
    """
    import requests
    from Adyen.exceptions import AdyenError

    try:
        return call()
    except AdyenError as problem:
        raise NoLink(f"adyen: {type(problem).__name__}") from None
    except (KeyError, OSError, requests.RequestException) as problem:
        raise NoLink(f"adyen: {type(problem).__name__}") from None
