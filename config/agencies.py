"""The part of the settings about partners who take cases over: what proves us to them, and them to us."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from gateways.subscribers.signature import secret_bytes

__all__ = ["AgencySettings"]

_NAMED = re.compile(r"([a-z0-9][a-z0-9_-]{0,63})=(\S+)", re.ASCII)
_MOST_SECRETS = 2
_SHORTEST_CODE = 8


class AgencySettings(BaseSettings):
    """Secrets by the id of the partner in the creditor's profile, as `id=secret`, with blanks, commas or lines between.

    A partner of several creditors has one id and one secret. A secret is never shown, nor quoted in an error.

    Attributes:
        agency_tokens: Token with which we ask the API of a partner (`rest`, `debitura`, `payt`).
        agency_passwords: Password with which we sign in at his server (`sftp`).
        agency_key_files: Files with the private key for it instead.
        agency_webhook_secrets: What proves that a partner posts a report: `id=whsec_…`, two while it is changed.
        agency_codes: Code that opens the link in a mail to a partner (`email`): he is told it in another way.
        agency_link_days: For how many days such a link opens.
        agency_poll_seconds: How often a partner is asked what is new, and his folder of return files is looked into.
    """

    agency_tokens: SecretStr | None = None
    agency_passwords: SecretStr | None = None
    agency_key_files: str = ""
    agency_webhook_secrets: SecretStr | None = None
    agency_codes: SecretStr | None = None
    agency_link_days: int = Field(default=14, ge=1, le=90)
    agency_poll_seconds: float = Field(default=60.0, gt=0)

    @field_validator("agency_tokens", "agency_passwords", "agency_codes")
    @classmethod
    def _one_of_each(cls, value: SecretStr | None) -> SecretStr | None:
        names = [name for name, _ in _named(_plain(value))]
        if len(set(names)) < len(names):
            raise ValueError("a partner stands in it twice: give each id=secret once")
        return value if names else None

    @field_validator("agency_codes")
    @classmethod
    def _long_codes(cls, value: SecretStr | None) -> SecretStr | None:
        if any(len(code) < _SHORTEST_CODE for _, code in _named(_plain(value))):
            raise ValueError(f"give codes of at least {_SHORTEST_CODE} signs, such as openssl rand -hex 8 prints")
        return value

    @field_validator("agency_webhook_secrets")
    @classmethod
    def _one_or_two_of_partners(cls, value: SecretStr | None) -> SecretStr | None:
        named = _named(_plain(value))
        for name, secret in named:
            secret_bytes(secret)
            if [other for other, _ in named].count(name) > _MOST_SECRETS:
                raise ValueError(f"give {name}=whsec_…, or two while it is changed: there are more than two")
        return value if named else None

    @field_validator("agency_key_files")
    @classmethod
    def _named_files(cls, value: str) -> str:
        _named(value)
        return value

    def agency_token(self, partner: str) -> SecretStr | None:
        """The token for the API of a partner."""
        return _of(self.agency_tokens, partner)

    def agency_password(self, partner: str) -> SecretStr | None:
        """The password for the server of a partner."""
        return _of(self.agency_passwords, partner)

    def agency_key_file(self, partner: str) -> Path | None:
        """The file with the private key for the server of a partner."""
        found = dict(_named(self.agency_key_files)).get(partner)
        return None if found is None else Path(found)

    def agency_code(self, partner: str) -> SecretStr | None:
        """The code that opens links of a partner."""
        return _of(self.agency_codes, partner)

    @property
    def agency_secrets(self) -> dict[str, tuple[str, ...]]:
        """What proves posts of each partner, by his id."""
        found: dict[str, tuple[str, ...]] = {}
        for name, secret in _named(_plain(self.agency_webhook_secrets)):
            found[name] = (*found.get(name, ()), secret)
        return found


def _plain(value: SecretStr | None) -> str:
    return "" if value is None else value.get_secret_value()


def _of(value: SecretStr | None, partner: str) -> SecretStr | None:
    found = dict(_named(_plain(value))).get(partner)
    return None if found is None else SecretStr(found)


def _named(text: str) -> list[tuple[str, str]]:
    parts = [part for part in re.split(r"[,\s]+", text) if part]
    named = [_NAMED.fullmatch(part) for part in parts]
    if not all(named):
        raise ValueError("write it as id=secret, with the id of the partner in the creditor's profile")
    return [(each[1], each[2]) for each in named if each]
