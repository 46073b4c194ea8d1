"""The part of the settings about payment providers: what proves that a webhook is theirs, and keys to ask them."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from config.paying import PayingSettings
from gateways.provider_call import checked_url

__all__ = ["PaymentProviderSettings", "secrets_of"]

_HMAC_KEY = re.compile(r"(?:[0-9A-Fa-f]{2}){16,64}")
_MOST_SECRETS = 2


class PaymentProviderSettings(PayingSettings):
    """What each payment provider needs; one without its secret has no webhook. A secret is never shown.

    A secret that proves webhooks may be two, with a comma or a line between them, while it is rotated.

    Attributes:
        stripe_webhook_secret: Signing secret of the endpoint, `whsec_…`.
        adyen_hmac_key: HMAC key of the webhook, hexadecimal.
        adyen_capture: How the merchant account captures: with `manual` an authorised card is no money yet.
        adyen_webhook_user: `name:password` of its basic authentication, if it has one.
        gocardless_webhook_secret: Secret of the webhook endpoint.
        gocardless_access_token: Token that reads payments and refunds; its webhook needs it.
        gocardless_url: Address of the API.
        mollie_api_key: With it Mollie's classic webhook is taken, too: it reads payments.
        mollie_webhook_secret: Signing secret of a next-generation webhook.
    """

    stripe_webhook_secret: SecretStr | None = None
    adyen_hmac_key: SecretStr | None = None
    adyen_capture: Literal["automatic", "manual"] = "automatic"
    adyen_webhook_user: SecretStr | None = None
    gocardless_access_token: SecretStr | None = None
    gocardless_webhook_secret: SecretStr | None = Field(default=None, validate_default=True)
    gocardless_url: str = "https://api.gocardless.com"
    mollie_webhook_secret: SecretStr | None = Field(default=None, validate_default=True)

    @field_validator("stripe_webhook_secret", "adyen_hmac_key", "gocardless_webhook_secret", "mollie_webhook_secret")
    @classmethod
    def _one_or_two_of_payments(cls, value: SecretStr | None) -> SecretStr | None:
        secrets = secrets_of(value)
        if len(secrets) > _MOST_SECRETS:
            raise ValueError("give one secret, or two with a comma between them while it is rotated")
        return value if secrets else None

    @field_validator("adyen_hmac_key")
    @classmethod
    def _hexadecimal(cls, value: SecretStr | None) -> SecretStr | None:
        if not all(_HMAC_KEY.fullmatch(each) for each in secrets_of(value)):
            raise ValueError("it is no HMAC key: copy the hexadecimal one that Adyen shows once for the webhook")
        return value

    @field_validator("adyen_webhook_user")
    @classmethod
    def _name_and_password(cls, value: SecretStr | None) -> SecretStr | None:
        plain = "" if value is None else value.get_secret_value().strip()
        if plain and (":" not in plain or not plain.isascii()):
            raise ValueError("write it as name:password, in ASCII")
        return value if plain else None

    @field_validator("gocardless_webhook_secret")
    @classmethod
    def _with_a_token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        return _needing(value, info, "gocardless_access_token")

    @field_validator("mollie_webhook_secret")
    @classmethod
    def _with_a_key(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        return _needing(value, info, "mollie_api_key")

    @field_validator("gocardless_url")
    @classmethod
    def _address_of_an_api(cls, value: str) -> str:
        return checked_url(value)


def secrets_of(value: SecretStr | None) -> tuple[str, ...]:
    """The secrets that a setting holds: one, or two while it is rotated."""
    plain = "" if value is None else value.get_secret_value()
    return tuple(each.strip() for each in re.split(r"[,\n]", plain) if each.strip())


def _needing(value: SecretStr | None, info: ValidationInfo, other: str) -> SecretStr | None:
    if secrets_of(value) and other in info.data and not secrets_of(info.data[other]):
        raise ValueError(f"MAANWERK_{other.upper()} is not set: the events say only what to look at, and must be read")
    return value
