"""With which provider debtors pay on their page, and what is needed for it; without one they pay by bank."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from gateways.provider_call import checked_url

__all__ = ["PayingSettings"]

_Secret = Annotated[SecretStr | None, Field(validate_default=True)]


class PayingSettings(BaseSettings):
    """The part of the settings about paying. A secret is never shown, nor quoted in an error.

    Attributes:
        pay: Who takes the payments of debtors on their page.
        mollie_api_key: Key of Mollie: `live_…`, or `test_…`.
        mollie_url: Address of the API.
        stripe_api_key: Secret or restricted key of Stripe that may make Checkout Sessions.
        stripe_url: Address of the API.
        adyen_api_key: Key of Adyen that may make payment links.
        adyen_merchant: Name of the merchant account.
        adyen_url: Address of its Checkout API with its version; https://PREFIX-checkout-live.adyenpayments.com/checkout/v72
            for payments that count.
    """

    pay: Literal["none", "mollie", "stripe", "adyen"] = "none"
    mollie_api_key: _Secret = None
    mollie_url: str = "https://api.mollie.com"
    stripe_api_key: _Secret = None
    stripe_url: str = "https://api.stripe.com"
    adyen_api_key: _Secret = None
    adyen_merchant: Annotated[str | None, Field(validate_default=True)] = None
    adyen_url: str = "https://checkout-test.adyen.com/v72"

    @field_validator("mollie_api_key", "stripe_api_key", "adyen_api_key", "adyen_merchant")
    @classmethod
    def _there_when_payers_need_it(cls, value: SecretStr | str | None, info: ValidationInfo) -> SecretStr | str | None:
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        provider = str(info.field_name).partition("_")[0]
        if info.data.get("pay") == provider and not (plain or "").strip():
            raise ValueError(f"it is not set; MAANWERK_PAY={provider} needs it")
        return value

    @field_validator("mollie_url", "stripe_url", "adyen_url")
    @classmethod
    def _an_address_of_payments(cls, value: str) -> str:
        return checked_url(value)
