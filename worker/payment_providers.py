"""Payment providers, as the settings say: what proves that a webhook is theirs, and who reads what they post."""

from __future__ import annotations

from api.webhooks.payment_keys import PaymentKeys
from config.payment_providers import secrets_of
from config.settings import Settings
from gateways.adyen.reading import AdyenReader
from gateways.gocardless.account import GoCardlessAccount
from gateways.gocardless.reading import GoCardlessReader
from gateways.mollie.account import MollieAccount
from gateways.mollie.reading import MollieEventsReader, MollieReader
from gateways.stripe.reading import StripeReader
from services.ports import PaymentReader
from worker.gateways import call_seconds

__all__ = ["keys_of", "readers_of", "served_by_nobody"]

_WEBHOOK_SETTINGS = (
    "sendgrid_webhook_key",
    "stripe_webhook_secret",
    "adyen_hmac_key",
    "gocardless_webhook_secret",
    "mollie_api_key",
    "mollie_webhook_secret",
    "agency_webhook_secrets",
)


def keys_of(settings: Settings) -> PaymentKeys:
    """What the webhooks of payment providers are checked with: no key among them can read or send anything."""
    users = settings.adyen_webhook_user
    return PaymentKeys(
        stripe=secrets_of(settings.stripe_webhook_secret),
        adyen=secrets_of(settings.adyen_hmac_key),
        adyen_user="" if users is None else users.get_secret_value().strip(),
        gocardless=secrets_of(settings.gocardless_webhook_secret),
        mollie=bool(secrets_of(settings.mollie_api_key)),
        mollie_events=secrets_of(settings.mollie_webhook_secret),
    )


def served_by_nobody(settings: Settings) -> tuple[str, ...]:
    """The settings whose webhook nobody takes while no address is set."""
    return tuple(f"MAANWERK_{name.upper()}" for name in _WEBHOOK_SETTINGS if getattr(settings, name))


def readers_of(settings: Settings) -> dict[str, PaymentReader]:
    """Who reads what each provider posted, by the name under which it is kept.

    What is read without a key is read whatever is set: it was proved when it came.
    """
    readers: dict[str, PaymentReader] = {"stripe": StripeReader(), "adyen": AdyenReader(settings.adyen_capture)}
    if settings.gocardless_access_token is not None:
        token = settings.gocardless_access_token.get_secret_value().strip()
        account = GoCardlessAccount(token, url=settings.gocardless_url, timeout=call_seconds(settings))
        readers["gocardless"] = GoCardlessReader(account.get)
    if settings.mollie_api_key is not None:
        key = settings.mollie_api_key.get_secret_value().strip()
        mollie = MollieAccount(key, url=settings.mollie_url, timeout=call_seconds(settings))
        readers["mollie"], readers["mollie-events"] = MollieReader(mollie), MollieEventsReader(mollie)
    return readers
