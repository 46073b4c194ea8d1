"""Who is told what happens to cases, as the settings write it: nobody unless they say so, and never in the clear."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import Settings
from tests.rows import in_rows

ONE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TWO = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SUBSCRIBERS", "SUBSCRIBER_SECRETS", "SUBSCRIBER_EVENTS"):
        monkeypatch.delenv(f"MAANWERK_{name}", raising=False)


def settings(**given: str) -> Settings:
    return Settings.model_validate(given)


def test_nobody_is_told_by_default() -> None:
    assert settings().subscriber_places == ()
    assert settings().subscriber_kinds == ("case.closed", "case.stage_changed", "task.raised")


def test_one_needs_an_address_and_a_secret() -> None:
    (place,) = settings(subscribers="https://erp.example/in?x=1", subscriber_secrets=ONE).subscriber_places
    assert (place.name, place.url, place.host) == ("default", "https://erp.example/in?x=1", "erp.example")
    assert len(place.keys) == 1


def test_several_have_names_and_secrets_of_their_own_of_which_one_is_changed() -> None:
    told = settings(
        subscribers="erp=https://erp.example/a\ncrm=https://crm.example:8443/b, log=http://127.0.0.1:9/c",
        subscriber_secrets=f"crm={TWO} erp={ONE},crm={ONE}\nlog={TWO}",
        subscriber_events="task.done, payment.counted",
    )
    places = {place.name: place for place in told.subscriber_places}
    assert {name: (place.host, len(place.keys)) for name, place in places.items()} == {
        "erp": ("erp.example", 1),
        "crm": ("crm.example:8443", 2),
        "log": ("127.0.0.1:9", 1),
    }
    assert places["crm"].keys[0] == places["log"].keys[0] != places["crm"].keys[1] == places["erp"].keys[0]
    assert told.subscriber_kinds == ("task.done", "payment.counted")


def test_addresses_and_secrets_may_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("SUBSCRIBERS", "https://erp.example/sesame\n"), ("SUBSCRIBER_SECRETS", ONE)):
        (tmp_path / name).write_text(text)
        monkeypatch.setenv(f"MAANWERK_{name}_FILE", str(tmp_path / name))
    (place,) = Settings().subscriber_places
    assert place.url == "https://erp.example/sesame"
    assert "sesame" not in repr(Settings()) + repr(place) and "MfKQ" not in repr(Settings()) + repr(place)


@in_rows(
    ("given", "says"),
    [
        ({"subscribers": "http://erp.example/a", "subscriber_secrets": ONE}, "begins with https://"),
        ({"subscribers": "erp.example", "subscriber_secrets": ONE}, "begins with https://"),
        ({"subscribers": "https://els:hush@erp.example/a", "subscriber_secrets": ONE}, "a name, a password"),
        ({"subscribers": "https://a.example https://b.example", "subscriber_secrets": ONE}, "a name of its own"),
        ({"subscribers": "https://erp.example/a"}, "give a secret whsec_…, or two while it is changed: there is none"),
        ({"subscribers": "a=https://a.example", "subscriber_secrets": ONE}, "give a secret a=whsec_…"),
        ({"subscribers": "https://a.example", "subscriber_secrets": f"{ONE},{TWO},{ONE}"}, "there are more than two"),
        ({"subscriber_secrets": ONE}, "MAANWERK_SUBSCRIBERS has no address for a secret whsec_…"),
        ({"subscribers": "https://a.example", "subscriber_secrets": "hush"}, "a secret is whsec_ and base64"),
        ({"subscribers": "https://a.example", "subscriber_secrets": "whsec_aHVzaA=="}, "24 to 64 bytes"),
        ({"subscriber_events": "case.shut"}, "'case.shut' is no kind of event: write some of case.opened"),
        ({"subscriber_events": " "}, "is no kind of event"),
    ],
)
def test_what_does_not_do_is_refused_without_being_shown(given: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate(given)
    assert says in str(refused.value)
    assert "hush" not in str(refused.value) and "MfKQ" not in str(refused.value)
