"""Which provider each channel goes through, and what is needed for it. Without any of it all goes to the outbox."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from domain.calendar import SendingCalendar
from gateways.provider_call import checked_url

__all__ = ["ProviderSettings"]

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_HARD = re.compile(r"[A-Za-z0-9_-]{24,200}")
_DOMAIN = re.compile(r"(?=.{4,200}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")

_Secret = Annotated[SecretStr | None, Field(validate_default=True)]


class ProviderSettings(BaseSettings):
    """The part of the settings about providers. A secret is never shown, nor quoted in an error.

    Attributes:
        mail: Who takes e-mail.
        sms: Who takes text messages.
        call: Who makes calls; without anybody a step's call is refused.
        sendgrid_api_key: Key that may send mail.
        sendgrid_url: Address of the API; https://api.eu.sendgrid.com for a subuser in the EU.
        sendgrid_webhook_key: Public key of the signed event webhook; without it `/webhooks/sendgrid` is not there.
        sendgrid_inbound_secret: What proves that SendGrid's inbound parse posts a mail, in the path or as password of
            basic authentication; two with a comma between them while it is changed. Without it none is taken.
        sendgrid_inbound_key: Public key of the security policy of inbound parse; with it only signed mails are taken.
        reply_domain: Domain whose mails SendGrid's inbound parse takes in: mails ask to be answered there.
        twilio_account_sid: Name of the account.
        twilio_auth_token: Its secret; two with a comma between them while it is changed, the one in force first.
        twilio_from: Sender of text messages: a number, a name of at most 11 characters, or a messaging service.
        twilio_call_from: Number that calls; without it `twilio_from`.
        twilio_url: Address of the API.
        call_language: Language of the voice.
        contact_zone: Whose clock the next two are on.
        contact_from: From when a text message or a call may disturb people.
        contact_until: Until when; a text message that was not delivered by then is dropped.
    """

    mail: Literal["outbox", "sendgrid"] = "outbox"
    sms: Literal["outbox", "twilio"] = "outbox"
    call: Literal["none", "twilio"] = "none"
    sendgrid_api_key: _Secret = None
    sendgrid_url: str = "https://api.sendgrid.com"
    sendgrid_webhook_key: str | None = None
    sendgrid_inbound_secret: SecretStr | None = None
    sendgrid_inbound_key: str | None = None
    reply_domain: Annotated[str | None, Field(validate_default=True)] = None
    twilio_account_sid: _Secret = None
    twilio_auth_token: _Secret = None
    twilio_from: Annotated[str | None, Field(validate_default=True)] = None
    twilio_call_from: Annotated[str | None, Field(validate_default=True)] = None
    twilio_url: str = "https://api.twilio.com"
    call_language: str = Field(default="nl-NL", pattern=r"^[a-z]{2}-[A-Z]{2}$")
    contact_zone: str = "Europe/Amsterdam"
    contact_from: time = time(7)
    contact_until: Annotated[time, Field(validate_default=True)] = time(20)

    @field_validator("sendgrid_api_key", "twilio_account_sid", "twilio_auth_token", "twilio_from")
    @classmethod
    def _there_when_needed(cls, value: SecretStr | str | None, info: ValidationInfo) -> SecretStr | str | None:
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        wanted = _wanted_by(str(info.field_name), info)
        if wanted and not (plain or "").strip():
            raise ValueError(f"it is not set; {wanted} needs it")
        return value

    @field_validator("sendgrid_webhook_key", "sendgrid_inbound_key")
    @classmethod
    def _a_verification_key(cls, value: str | None, info: ValidationInfo) -> str | None:
        if not (value or "").strip():
            return None
        if info.field_name == "sendgrid_inbound_key" and info.data.get("sendgrid_inbound_secret") is None:
            raise ValueError("it needs MAANWERK_SENDGRID_INBOUND_SECRET, which stands in the address of the webhook")
        # Here, for the library takes long to import, and every command reads the settings.
        from gateways.sendgrid.signature import SendgridSignature

        key = str(value).strip()
        SendgridSignature(key)
        return key

    @field_validator("sendgrid_inbound_secret")
    @classmethod
    def _hard_to_guess_inbound(cls, value: SecretStr | None) -> SecretStr | None:
        parts = _parts(value)
        if len(parts) > 2 or not all(_HARD.fullmatch(part) for part in parts):
            raise ValueError(
                "give one secret, or two with a comma between them, each of at least 24 letters, digits, - and _, "
                "such as openssl rand -hex 32 prints"
            )
        return value if parts else None

    @field_validator("reply_domain")
    @classmethod
    def _a_domain(cls, value: str | None, info: ValidationInfo) -> str | None:
        if not value:
            if info.data.get("sendgrid_inbound_secret") is not None:
                raise ValueError("it is not set; MAANWERK_SENDGRID_INBOUND_SECRET needs it: where do answers go?")
            return None
        if not _DOMAIN.fullmatch(value):
            raise ValueError("write it like reply.example.nl")
        return value.lower()

    @property
    def inbound_secrets(self) -> tuple[str, ...]:
        """What proves that a mail is posted by SendGrid's inbound parse."""
        return _parts(self.sendgrid_inbound_secret)

    @field_validator("twilio_account_sid")
    @classmethod
    def _an_account(cls, value: SecretStr | None) -> SecretStr | None:
        if value and value.get_secret_value() and not _ACCOUNT.fullmatch(value.get_secret_value()):
            raise ValueError("an account SID is AC and 32 hexadecimal digits")
        return value

    @field_validator("twilio_from")
    @classmethod
    def _a_sender(cls, value: str | None) -> str | None:
        if value and not (_international(value) == value or _SERVICE.fullmatch(value) or _NAME.fullmatch(value)):
            raise ValueError(
                "give a number like +31201234567, a name of at most 11 letters and digits, or a service MG…"
            )
        return value

    @field_validator("twilio_call_from")
    @classmethod
    def _a_caller(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and _international(value) != value:
            raise ValueError("give a number like +31201234567")
        sender = info.data.get("twilio_from") or ""
        if info.data.get("call") == "twilio" and not value and _international(sender) != sender:
            raise ValueError("it is not set, and MAANWERK_TWILIO_FROM is no number; MAANWERK_CALL=twilio needs one")
        return value

    @field_validator("sendgrid_url", "twilio_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        return checked_url(value)

    @field_validator("contact_until")
    @classmethod
    def _hours(cls, value: time, info: ValidationInfo) -> time:
        if {"contact_zone", "contact_from"} <= info.data.keys():
            _calendar(info.data["contact_zone"], info.data["contact_from"], value)
        return value

    @field_validator("twilio_auth_token")
    @classmethod
    def _one_or_two(cls, value: SecretStr | None) -> SecretStr | None:
        if len(_parts(value)) > 2:
            raise ValueError("give one token, or two with a comma between them while it is changed")
        return value

    @property
    def twilio_tokens(self) -> tuple[str, ...]:
        """The auth tokens, the one that requests are made with first."""
        return _parts(self.twilio_auth_token)

    @property
    def contact_hours(self) -> SendingCalendar:
        """When people may be disturbed; on which days is for the policy to say."""
        return _calendar(self.contact_zone, self.contact_from, self.contact_until)


def _parts(secret: SecretStr | None) -> tuple[str, ...]:
    plain = "" if secret is None else secret.get_secret_value()
    return tuple(part.strip() for part in re.split(r"[,\n]", plain) if part.strip())


def _calendar(zone: str, opens: time, closes: time) -> SendingCalendar:
    return SendingCalendar(zone=zone, holidays=None, days=tuple(range(7)), opens=opens, closes=closes)


def _wanted_by(field: str, info: ValidationInfo) -> str | None:
    """The setting that makes a field necessary."""
    if field.startswith("sendgrid"):
        return "MAANWERK_MAIL=sendgrid" if info.data.get("mail") == "sendgrid" else None
    if info.data.get("sms") == "twilio":
        return "MAANWERK_SMS=twilio"
    if info.data.get("call") == "twilio" and field != "twilio_from":
        return "MAANWERK_CALL=twilio"
    return None


def _international(number: str) -> str | None:
    # The numbering plans are slow to import, every command reads settings, and few of them hold a number.
    from domain.telephone import international

    return international(number)
