"""The part of the settings about signing in at the desk by a provider of OpenID Connect."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from gateways.oidc.addresses import checked_issuer

__all__ = ["SigningInSettings"]

_CLAIM = re.compile(r"[A-Za-z_][A-Za-z0-9_:./-]{0,199}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class SigningInSettings(BaseSettings):
    """How people sign in elsewhere. A secret is never shown, nor quoted in an error.

    Attributes:
        oidc_issuer: Address of the provider, as it says itself; None: nobody signs in elsewhere.
        oidc_client_id: As whom it knows us.
        oidc_client_secret: With which we prove that; None: by PKCE alone.
        oidc_login_claim: What of its token is the login of a user here. An e-mail address must be verified.
        oidc_domains: Domains of e-mail addresses that may sign in so, with commas; else any.
        oidc_role_claim: What of its token names the role here (read, work, approve, admin); empty: the user keeps his.
        oidc_create: Role of somebody who is no user yet, and is made one; `none`: he is refused.
    """

    oidc_issuer: str | None = None
    oidc_client_id: str | None = Field(default=None, validate_default=True)
    oidc_client_secret: SecretStr | None = None
    oidc_login_claim: str = "email"
    oidc_domains: str = ""
    oidc_role_claim: str = ""
    oidc_create: Literal["none", "read", "work", "approve"] = "none"

    @field_validator("oidc_issuer")
    @classmethod
    def _address_of_the_issuer(cls, value: str | None) -> str | None:
        return checked_issuer(value.strip()) if value and value.strip() else None

    @field_validator("oidc_client_id")
    @classmethod
    def _known_to_the_issuer(cls, value: str | None, info: ValidationInfo) -> str | None:
        plain = (value or "").strip()
        if info.data.get("oidc_issuer") and not plain:
            raise ValueError("MAANWERK_OIDC_ISSUER is set: give the client id under which it knows us")
        return plain or None

    @field_validator("oidc_login_claim", "oidc_role_claim")
    @classmethod
    def _name_of_a_claim(cls, value: str, info: ValidationInfo) -> str:
        if (value and not _CLAIM.fullmatch(value)) or (not value and info.field_name == "oidc_login_claim"):
            raise ValueError("it is no name of a claim: write it as the provider does, such as email")
        return value

    @field_validator("oidc_domains")
    @classmethod
    def _names_of_domains(cls, value: str) -> str:
        for each in domains_in(value):
            if not _DOMAIN.fullmatch(each):
                raise ValueError(f"{each!r} is no domain: write names such as papierhuis.example, with commas between")
        return value

    @property
    def oidc_allowed(self) -> frozenset[str]:
        """The domains that may sign in so; none: any."""
        return frozenset(domains_in(self.oidc_domains))


def domains_in(text: str) -> list[str]:
    """The domains that a setting names, in small letters."""
    return [each.strip().casefold() for each in text.split(",") if each.strip()]
