"""The part of the settings about other systems that are told what happens to cases; without any nobody is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from domain.case_event_kinds import CaseEventKind
from gateways.provider_call import checked_url
from gateways.subscribers.signature import secret_bytes

__all__ = ["SubscriberPlace", "SubscriberSettings"]

_NAMED = re.compile(r"([a-z][a-z0-9-]{0,39})=(.*)", re.DOTALL)
_ONLY = "default"
_BY_DEFAULT = (CaseEventKind.CASE_CLOSED, CaseEventKind.STAGE_CHANGED, CaseEventKind.TASK_RAISED)
_MOST_SECRETS = 2


@dataclass(frozen=True, slots=True)
class SubscriberPlace:
    """Where a system is told, and what signs it.

    Attributes:
        name: As the settings name it.
        url: Its address.
        host: Host and port of it, which may be shown.
        keys: One or two.
    """

    name: str
    url: str = field(repr=False)
    host: str
    keys: tuple[bytes, ...] = field(repr=False)


class SubscriberSettings(BaseSettings):
    """What other systems hear. A secret is never shown, nor quoted in an error; an address may hold one, too.

    Attributes:
        subscriber_events: The kinds of events that they are told, with commas between.
        subscribers: Their addresses: one, or several as `name=address`, with commas, blanks or lines between.
        subscriber_secrets: What signs for each: `whsec_…`, or `name=whsec_…`; two of one name while it is changed.
    """

    subscriber_events: str = ",".join(_BY_DEFAULT)
    subscribers: SecretStr | None = None
    subscriber_secrets: SecretStr | None = Field(default=None, validate_default=True)

    @field_validator("subscriber_events")
    @classmethod
    def _known_kinds(cls, value: str) -> str:
        kinds = _parts(value)
        for kind in kinds or [value]:
            if kind not in set(CaseEventKind):
                raise ValueError(f"{kind!r} is no kind of event: write some of {', '.join(CaseEventKind)}")
        return value

    @field_validator("subscribers")
    @classmethod
    def _addresses_of_subscribers(cls, value: SecretStr | None) -> SecretStr | None:
        named = _named(value)
        if len({name for name, _ in named}) < len(named):
            raise ValueError("give each a name of its own: erp=https://… crm=https://…")
        for name, url in named:
            parts = urlsplit(checked_url(url))
            if parts.username or parts.password or parts.fragment:
                raise ValueError(f"the address of {name} has a name, a password or a fragment in it: leave that out")
        return value if named else None

    @field_validator("subscriber_secrets")
    @classmethod
    def _a_secret_for_each(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        named = _named(value)
        for _, secret in named:
            secret_bytes(secret)
        if "subscribers" not in info.data:
            return value
        names = [name for name, _ in named]
        told = [name for name, _ in _named(info.data["subscribers"])]
        for name in told:
            if not 0 < names.count(name) <= _MOST_SECRETS:
                what = "there is none" if name not in names else "there are more than two"
                raise ValueError(f"give {_written(name)}, or two while it is changed: {what}")
        if nobodys := [name for name in names if name not in told]:
            raise ValueError(f"MAANWERK_SUBSCRIBERS has no address for {_written(nobodys[0])}")
        return value

    @property
    def subscriber_kinds(self) -> tuple[str, ...]:
        """The kinds of events that they are told."""
        return tuple(dict.fromkeys(_parts(self.subscriber_events)))

    @property
    def subscriber_places(self) -> tuple[SubscriberPlace, ...]:
        """Those who are told."""
        secrets = _named(self.subscriber_secrets)
        return tuple(
            SubscriberPlace(
                name, url, urlsplit(url).netloc, tuple(secret_bytes(each) for own, each in secrets if own == name)
            )
            for name, url in _named(self.subscribers)
        )


def _written(name: str) -> str:
    return "a secret whsec_…" if name == _ONLY else f"a secret {name}=whsec_…"


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", text) if part]


def _named(value: SecretStr | None) -> list[tuple[str, str]]:
    """Name and content of each part; one without a name is the only one there is."""
    found = []
    for part in _parts("" if value is None else value.get_secret_value()):
        named = _NAMED.fullmatch(part)
        found.append((named[1], named[2]) if named else (_ONLY, part))
    return found
