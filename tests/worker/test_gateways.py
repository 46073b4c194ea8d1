"""Providers by configuration alone: one variable chooses, a missing secret is one clear line at the start."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import Settings
from gateways.outbox import FileOutbox
from gateways.sendgrid.mail import SendgridMail
from gateways.twilio.calls import TwilioCalls
from gateways.twilio.messages import TwilioMessages
from services.ports import Channel
from tests.casefile.builders import opened
from worker.agency_ways import AgencyWays
from worker.gateways import call_seconds, gateways_of

ACCOUNT = "AC" + "0123456789abcdef" * 2
SENDGRID = {"MAANWERK_MAIL": "sendgrid", "MAANWERK_SENDGRID_API_KEY": "SG.the-very-secret-one"}
TWILIO = {
    "MAANWERK_TWILIO_ACCOUNT_SID": ACCOUNT,
    "MAANWERK_TWILIO_AUTH_TOKEN": "the-very-secret-token",
    "MAANWERK_TWILIO_FROM": "+3197010281234",
}
SMS = {"MAANWERK_SMS": "twilio", **TWILIO}
CALL = {"MAANWERK_CALL": "twilio", **TWILIO}


def settings(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings()


def kinds(folder: Path, given: Settings) -> dict[Channel, type]:
    given = given.model_copy(update={"outbox": folder / "outbox"})
    return {channel: type(way) for channel, way in gateways_of(given, opened(folder / "case.sqlite3")).items()}


def said(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> list[tuple[str, str]]:
    """What is wrong with an environment: variable and reason, as the commands show them."""
    with pytest.raises(ValidationError) as raised:
        settings(monkeypatch, environment)
    assert "secret" not in str(raised.value), "no value is quoted"
    problems = raised.value.errors(include_url=False)
    return [(f"MAANWERK_{'_'.join(map(str, problem['loc'])).upper()}", problem["msg"]) for problem in problems]


def test_without_providers_all_goes_to_the_outbox(tmp_path: Path) -> None:
    outbox = dict.fromkeys(("email", "sms", "post", "registered"), FileOutbox)
    # To partners as their profiles say, which is the outbox again where they name no other way.
    assert kinds(tmp_path, Settings()) == {**outbox, "agency": AgencyWays}


@pytest.mark.parametrize(
    ("environment", "channel", "kind"),
    [(SENDGRID, "email", SendgridMail), (SMS, "sms", TwilioMessages), (CALL, "call", TwilioCalls)],
)
def test_one_variable_chooses_the_provider_of_a_channel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], channel: Channel, kind: type
) -> None:
    ways = kinds(tmp_path, settings(monkeypatch, environment))
    assert ways[channel] is kind
    assert {way for other, way in ways.items() if other not in (channel, "agency")} == {FileOutbox}


@pytest.mark.parametrize(
    ("environment", "missing", "because"),
    [
        (SENDGRID, "MAANWERK_SENDGRID_API_KEY", "MAANWERK_MAIL=sendgrid"),
        (SMS, "MAANWERK_TWILIO_ACCOUNT_SID", "MAANWERK_SMS=twilio"),
        (SMS, "MAANWERK_TWILIO_AUTH_TOKEN", "MAANWERK_SMS=twilio"),
        (SMS, "MAANWERK_TWILIO_FROM", "MAANWERK_SMS=twilio"),
        (CALL, "MAANWERK_TWILIO_AUTH_TOKEN", "MAANWERK_CALL=twilio"),
    ],
)
@pytest.mark.parametrize("empty", [False, True])
def test_a_missing_secret_is_one_error_that_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], missing: str, because: str, empty: bool
) -> None:
    rest = {name: value for name, value in environment.items() if name != missing}
    given = {**rest, missing: ""} if empty else rest
    assert said(monkeypatch, given) == [(missing, f"Value error, it is not set; {because} needs it")]


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({**SMS, "MAANWERK_TWILIO_ACCOUNT_SID": "a-secret-by-mistake"}, "MAANWERK_TWILIO_ACCOUNT_SID"),
        ({**SMS, "MAANWERK_TWILIO_FROM": "0612345678"}, "MAANWERK_TWILIO_FROM"),
        ({**SMS, "MAANWERK_TWILIO_FROM": "De Vaart Groothandel"}, "MAANWERK_TWILIO_FROM"),
        ({**CALL, "MAANWERK_TWILIO_FROM": "De Vaart"}, "MAANWERK_TWILIO_CALL_FROM"),
        ({**SMS, "MAANWERK_TWILIO_URL": "http://api.twilio.com"}, "MAANWERK_TWILIO_URL"),
        ({**SENDGRID, "MAANWERK_SENDGRID_URL": "api.sendgrid.com"}, "MAANWERK_SENDGRID_URL"),
        ({"MAANWERK_MAIL": "postbode"}, "MAANWERK_MAIL"),
        ({"MAANWERK_CONTACT_UNTIL": "06:00"}, "MAANWERK_CONTACT_UNTIL"),
    ],
)
def test_what_cannot_work_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], variable: str
) -> None:
    assert [name for name, _ in said(monkeypatch, environment)] == [variable]


def test_texts_may_come_from_a_name_and_calls_from_a_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sender = {"MAANWERK_TWILIO_FROM": "De Vaart", "MAANWERK_TWILIO_CALL_FROM": "+3197010281234"}
    ways = kinds(tmp_path, settings(monkeypatch, {**SMS, **CALL, **sender}))
    assert (ways["sms"], ways["call"]) == (TwilioMessages, TwilioCalls)


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(settings(monkeypatch, {**SENDGRID, **SMS, **CALL}))
    assert [word for word in ("the-very-secret", ACCOUNT) if word in shown] == []


@pytest.mark.parametrize(("step", "call"), [(60, 10), (8, 2)])
def test_a_call_is_over_well_before_its_step(step: float, call: float) -> None:
    """Connecting and answering have the time-out each; a step calls for four fifths of its time."""
    assert call_seconds(Settings(step_seconds=step)) == call
    assert 2 * call < 0.8 * step


def test_people_are_reached_from_seven_to_eight_in_amsterdam_unless_told() -> None:
    hours = Settings().contact_hours
    assert (hours.zone, hours.opens, hours.closes) == ("Europe/Amsterdam", time(7), time(20))
