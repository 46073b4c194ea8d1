"""The way out for each channel, as the settings say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from casefile.case_file import CaseFile
from casefile.mail_events import last_report
from casefile.phone_events import highest_report
from config.settings import Settings
from gateways.outbox import FileOutbox
from gateways.sendgrid.mail import EventLookup, MailEvent, SendgridMail
from gateways.twilio.account import LISTED_WITHIN, Sought, SoughtLookup, ToldLookup, TwilioAccount
from gateways.twilio.calls import TwilioCalls
from gateways.twilio.messages import TwilioMessages
from services.ports import Channel, Gateway
from worker.agency_ways import agency_ways

__all__ = ["call_seconds", "callbacks_in", "events_in", "gateways_of", "sought_in"]

_OUTBOX: tuple[Channel, ...] = ("email", "sms", "post", "registered", "agency")
_LONGEST_CALL = 10.0


def call_seconds(settings: Settings) -> float:
    """Time-out of connecting to a provider, and again of its answer: both together are half a step at most."""
    return min(_LONGEST_CALL, settings.step_seconds / 4)


def gateways_of(
    settings: Settings,
    file: CaseFile,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> dict[Channel, Gateway]:
    """The gateway of each channel: a provider where the settings name one, else the embedded outbox.

    The outbox makes no calls, so without a provider there is no gateway for them.

    Args:
        settings: The deployment's settings.
        file: The case file, which knows what was handed over.
        now: The real clock.
    """
    ways: dict[Channel, Gateway] = dict.fromkeys(_OUTBOX, FileOutbox(settings.outbox))
    if settings.mail == "sendgrid":
        ways["email"] = SendgridMail(
            _plain(settings.sendgrid_api_key),
            timeout=call_seconds(settings),
            now=now,
            url=settings.sendgrid_url,
            events=events_in(file),
        )
    if "twilio" in (settings.sms, settings.call):
        account = TwilioAccount(
            sid=_plain(settings.twilio_account_sid),
            token=settings.twilio_tokens[0],
            timeout=call_seconds(settings),
            now=now,
            url=settings.twilio_url,
            # A call may begin as late as its step may still run.
            listed_within=LISTED_WITHIN + timedelta(seconds=settings.step_seconds),
        )
        sought, hours, sender = sought_in(file), settings.contact_hours, settings.twilio_from or ""
        if settings.sms == "twilio":
            ways["sms"] = TwilioMessages(
                account,
                sender=sender,
                hours=hours,
                sought=sought,
                public_url=settings.public_url,
                told=callbacks_in(file),
            )
        if settings.call == "twilio":
            ways["call"] = TwilioCalls(
                account,
                sender=settings.twilio_call_from or sender,
                hours=hours,
                sought=sought,
                language=settings.call_language,
                public_url=settings.public_url,
                told=callbacks_in(file),
            )
    ways["agency"] = agency_ways(settings, file, ways, call_seconds(settings), now)
    return ways


def events_in(file: CaseFile) -> EventLookup:
    """Look up in the case file what SendGrid's event webhook told of a mail, to whichever process."""

    def told(key: str) -> MailEvent | None:
        report = last_report(file, key)
        return None if report is None else MailEvent(report.kind, report.reference)

    return told


def callbacks_in(file: CaseFile) -> ToldLookup:
    """Look up in the case file what Twilio's callbacks told of a message, to whichever process."""

    def told(key: str) -> str | None:
        report = highest_report(file, key)
        return None if report is None else report.sid

    return told


def sought_in(file: CaseFile) -> SoughtLookup:
    """Look up in the case file what was handed over under a send key."""

    def sought(key: str) -> Sought | None:
        with file.read() as transaction:
            delivery = transaction.deliveries.delivery(key)
            if delivery is None:
                return None
            of_others = transaction.deliveries.references_of_others(delivery)
            return Sought(delivery.recipient, delivery.content, delivery.intended_real, of_others)

    return sought


def _plain(secret: SecretStr | None) -> str:
    """A secret whose presence the settings have checked."""
    if secret is None:
        raise AssertionError("the settings let a provider through without its secret")
    return secret.get_secret_value()
