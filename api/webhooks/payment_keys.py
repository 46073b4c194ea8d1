"""What the webhooks of payment providers are checked with: secrets that can prove, and neither send nor read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["PaymentKeys"]


class PaymentKeys(BaseModel):
    """The secrets of each provider; one that has none has no webhook. Two of them while one is rotated.

    Attributes:
        stripe: Signing secrets, `whsec_…`.
        adyen: HMAC keys, hexadecimal.
        adyen_user: Name and password of the basic authentication, `name:password`; empty asks for none.
        gocardless: Secrets of the webhook endpoint.
        mollie: Whether Mollie's classic webhook is taken: it is unsigned, and read back.
        mollie_events: Signing secrets of Mollie's next-generation webhooks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    stripe: tuple[str, ...] = Field(default=(), repr=False)
    adyen: tuple[str, ...] = Field(default=(), repr=False)
    adyen_user: str = Field(default="", repr=False)
    gocardless: tuple[str, ...] = Field(default=(), repr=False)
    mollie: bool = False
    mollie_events: tuple[str, ...] = Field(default=(), repr=False)
