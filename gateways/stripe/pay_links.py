"""Sessions of Stripe Checkout in which a debtor pays, made with Stripe's own client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Literal, TypeVar

from pydantic import SecretStr

from gateways.checkout_address import checked_checkout, origins_with
from gateways.provider_call import in_silence, provider_threads
from services.ports import LinkMade, LinkWanted, NoLink

__all__ = ["VENDOR", "StripePayLinks"]

VENDOR = "https://api.stripe.com"
_SITES = ("https://*.stripe.com",)
_SECONDS = 10.0
_MOST_CASES = 40  # keys of metadata, of which Stripe takes 50
_MARGIN = timedelta(minutes=10)
"""A session lives 24 hours at the most, by Stripe's clock."""
_T = TypeVar("_T")
_Locale = Literal["nl", "fr", "de", "en"]


class StripePayLinks:
    """Makes them.

    Attributes:
        name: `stripe`.
        origins: Where its pages are.
    """

    name = "stripe"

    def __init__(self, key: SecretStr, url: str = VENDOR, *, seconds: float = _SECONDS) -> None:
        """Nobody is called yet.

        Args:
            key: The secret or restricted key.
            url: Address of the API.
            seconds: Longest time for an answer.
        """
        # Here, for the library takes long to import.
        from stripe import RequestsClient, StripeClient

        self.origins = origins_with(_SITES, url, VENDOR)
        self._threads = provider_threads("stripe-links")
        self._client = StripeClient(
            key.get_secret_value(),
            base_addresses={"api": url},
            http_client=RequestsClient(timeout=seconds),
            # Tried again by whoever presses the button: under the same key it is the same session.
            max_network_retries=0,
        )

    async def make(self, wanted: LinkWanted) -> LinkMade:
        """See `services.ports.PayLinks`."""
        metadata = {f"case_{number}": each[:500] for number, each in enumerate(wanted.cases[:_MOST_CASES], start=1)}

        def call() -> LinkMade:
            made = self._client.v1.checkout.sessions.create(
                params={
                    "mode": "payment",
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": wanted.amount.currency.lower(),
                                "unit_amount": wanted.amount.minor,
                                "product_data": {"name": wanted.description[:250]},
                            },
                        }
                    ],
                    "success_url": wanted.back,
                    "cancel_url": wanted.back,
                    "expires_at": int((wanted.until - _MARGIN).timestamp()),
                    "locale": _locale(wanted.language),
                    "metadata": metadata,
                    "payment_intent_data": {"description": wanted.description, "metadata": metadata},
                },
                options={"idempotency_key": wanted.key},
            )
            return LinkMade(made.id, checked_checkout(made.url, self.origins))

        return await in_silence(self._threads, lambda: _asked(call))

    async def end(self, link_id: str) -> None:
        """See `services.ports.PayLinks`."""

        def call() -> None:
            from stripe import InvalidRequestError

            sessions = self._client.v1.checkout.sessions
            try:
                sessions.expire(link_id)
            except InvalidRequestError:
                # One that was paid, or expired by itself, can't be ended any more.
                if sessions.retrieve(link_id).status == "open":
                    raise

        await in_silence(self._threads, lambda: _asked(call))


def _locale(language: str) -> _Locale:
    return "nl" if language == "nl" else "fr" if language == "fr" else "de" if language == "de" else "en"


def _asked(call: Callable[[], _T]) -> _T:
    """What Stripe answers.

    Raises:
        NoLink: it answered with an error, or not at all; its words may hold what we sent, and are dropped.
    """
    from stripe import StripeError

    try:
        return call()
    except StripeError as problem:
        raise NoLink(f"stripe: {type(problem).__name__} {problem.http_status or ''}".strip()) from None
