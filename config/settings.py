"""Settings: environment variables `MAANWERK_…`. How to reach Temporal is the SDK's own (`TEMPORAL_ADDRESS` …)."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.addresses import Address
from config.agencies import AgencySettings
from config.connection_limits import WEBHOOKS
from config.keys import KeyRing, keys_of_file, keys_of_text
from config.payment_providers import PaymentProviderSettings
from config.providers import ProviderSettings
from config.secret_files import SecretFiles
from config.signing_in import SigningInSettings
from config.subscribers import SubscriberSettings
from domain.views.readable import Readable

_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?")
_PUBLIC = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*")
_SHORTEST_TOKEN = 24


class Settings(ProviderSettings, PaymentProviderSettings, SubscriberSettings, SigningInSettings, AgencySettings):
    """What a deployment decides, besides the providers.

    Attributes:
        database: URL of the case file: `sqlite:///path`, or `postgresql://user:password@host/database`.
        outbox: Folder into which the embedded outbox puts what is sent.
        task_queue: Task queue of the cases.
        step_seconds: Longest time one step may take, in seconds.
        max_cached_cases: Cases that the worker keeps in memory; None: as many as fit (`worker.cached_cases`).
        http: `host:port` for `/healthz`, `/readyz` and `/metrics`; None serves none.
        webhooks: `host:port` for `/webhooks/…`, taken by a process of its own; None serves none.
        webhooks_connections: Most connections at once to it.
        webhooks_connections_per_address: Most connections at once to it from one remote address.
        api: `host:port` at which `maanwerk api` serves; `maanwerk up` serves it there, too.
        api_tls_certificate: PEM file with the certificate that `maanwerk api` serves TLS with; None serves plain HTTP.
        api_tls_key: PEM file with its key; None where it stands in the file of the certificate.
        api_proxies: Addresses of proxies whose `X-Forwarded-For` and `-Proto` are believed, with commas; else none.
        api_per_second: How many requests a second one key may make; ten times as many after a rest.
        public_url: Under which URL the outside reaches us, such as `https://pay.example.nl`: for links in letters and
            for signatures that cover the URL.
        metrics: `host:port` for the metrics of Temporal's SDK; None serves none.
        build_id: Build of this worker; with one, cases stay on the build they began with until they continue as new.
        mail_per_second: Most e-mails a second that this process hands over; None is no limit.
        sms_per_second: Most text messages a second.
        call_per_second: Most telephone calls a second.
        post_per_second: Most letters a second, registered ones included.
        keys: Keys that encrypt what Temporal keeps, `id:base64,id:base64`, the newest first; without any it is plain.
        keys_file: File of such keys, one a line, instead.
        readable: What Temporal may show without a key; by default `codes` with keys, `all` without.
        codec: `host:port` of the endpoint that decrypts for Temporal's web page; None serves none.
        codec_token: The token that opens it.
        language: Language of the commands, `en` or `nl`; None is that of the locale. Read before anything else
            (`cli/speaking.py`); here it has its name.
        codec_origin: Where the web page is, such as `http://localhost:8233`; several with commas.
    """

    model_config = SettingsConfigDict(env_prefix="MAANWERK_", extra="ignore", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, the environment, and the files that it names."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    language: str | None = None
    database: str = "sqlite:///var/case-file.sqlite3"
    outbox: Path = Path("var/outbox")
    task_queue: str = "maanwerk"
    step_seconds: float = Field(default=60.0, gt=0)
    max_cached_cases: int | None = Field(default=None, ge=0)
    http: Address | None = None
    webhooks: Address | None = None
    webhooks_connections: int = Field(default=WEBHOOKS.connections, ge=1)
    webhooks_connections_per_address: int = Field(default=WEBHOOKS.connections_of_one, ge=1)
    api: Address = "127.0.0.1:8236"
    api_tls_certificate: Path | None = None
    api_tls_key: Path | None = None
    api_proxies: str = ""
    api_per_second: float = Field(default=20.0, gt=0, le=100_000)
    public_url: Annotated[str | None, Field(validate_default=True)] = None
    metrics: Address | None = None
    build_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    mail_per_second: float | None = Field(default=None, gt=0)
    sms_per_second: float | None = Field(default=None, gt=0)
    call_per_second: float | None = Field(default=None, gt=0)
    post_per_second: float | None = Field(default=None, gt=0)
    keys: SecretStr | None = None
    keys_file: Path | None = None
    readable: Readable | None = None
    codec: Address | None = None
    codec_token: Annotated[SecretStr | None, Field(validate_default=True)] = None
    codec_origin: str | None = None

    @field_validator("keys")
    @classmethod
    def _usable_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            keys_of_text(value.get_secret_value())
        return value

    @field_validator("keys_file")
    @classmethod
    def _usable_file(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is None:
            return None
        if info.data.get("keys") is not None:
            raise ValueError("MAANWERK_KEYS is set as well: give the keys in one way only")
        keys_of_file(value)
        return value

    @field_validator("api_tls_key")
    @classmethod
    def _of_a_certificate(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.data.get("api_tls_certificate") is None:
            raise ValueError("MAANWERK_API_TLS_CERTIFICATE is not set: a key alone serves nothing")
        return value

    @field_validator("api_proxies")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for each in filter(None, (part.strip() for part in value.split(","))):
            try:
                ip_network(each, strict=False)
            except ValueError:
                raise ValueError(f"{each!r} is no address: write addresses or networks, with commas between") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _a_public_url(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("pay", "none") != "none":
            raise ValueError(f"it is not set; MAANWERK_PAY={info.data['pay']} needs it: who paid comes back to it")
        if value is not None and not _PUBLIC.fullmatch(value):
            raise ValueError("write it like https://pay.example.nl, without a slash at the end")
        return value

    @field_validator("codec")
    @classmethod
    def _with_keys(cls, value: str | None, info: ValidationInfo) -> str | None:
        known = {"keys", "keys_file"} <= info.data.keys()
        if value is not None and known and info.data["keys"] is None and info.data["keys_file"] is None:
            raise ValueError("there is nothing to decrypt with: set MAANWERK_KEYS or MAANWERK_KEYS_FILE")
        return value

    @field_validator("codec_token")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        plain = "" if value is None else value.get_secret_value()
        if not plain and info.data.get("codec") is not None:
            raise ValueError("it is not set; MAANWERK_CODEC needs it: who has it reads every case")
        if plain and (len(plain) < _SHORTEST_TOKEN or not plain.isascii() or not plain.isprintable() or " " in plain):
            raise ValueError(
                f"give at least {_SHORTEST_TOKEN} letters, digits and signs, such as openssl rand -hex 32 prints"
            )
        return value

    @field_validator("codec_origin")
    @classmethod
    def _origins(cls, value: str | None) -> str | None:
        for origin in () if value is None else value.split(","):
            if not _ORIGIN.fullmatch(origin.strip()):
                raise ValueError("write it like http://localhost:8233, without a path; several with commas between")
        return value

    @property
    def key_ring(self) -> KeyRing | None:
        """The keys; None where nothing is encrypted.

        Raises:
            BadKeys: the file can't be used any more.
        """
        if self.keys is not None:
            return keys_of_text(self.keys.get_secret_value())
        return None if self.keys_file is None else keys_of_file(self.keys_file)

    @property
    def shown(self) -> Readable:
        """What Temporal may show without a key."""
        encrypted = self.keys is not None or self.keys_file is not None
        return self.readable or ("codes" if encrypted else "all")

    @property
    def codec_origins(self) -> tuple[str, ...]:
        """Where the web page is."""
        return tuple(origin.strip() for origin in (self.codec_origin or "").split(",") if origin.strip())
