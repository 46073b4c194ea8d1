"""Settings from variables: as pydantic-settings reads them, of which it is a quicker part."""

from __future__ import annotations

import pytest
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from config.settings import Settings
from config.variables import Variables

FIELDS = Settings.model_fields


def test_every_variable_is_read_as_pydantic_settings_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(FIELDS):
        monkeypatch.setenv(f"MAANWERK_{name}".upper(), f"[{number}] " if number % 2 else "")
    said = Variables(Settings)()
    assert said == EnvSettingsSource(Settings)()
    assert said.keys() == FIELDS.keys()


@pytest.mark.parametrize("name", ["MAANWERK_OUTBOX", "maanwerk_outbox", "Maanwerk_Outbox"])
def test_capitals_do_not_matter(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "elsewhere")
    assert Variables(Settings)() == EnvSettingsSource(Settings)()
    assert Variables(Settings)()["outbox"] == "elsewhere"


def test_what_is_not_set_and_what_is_no_setting_says_nothing() -> None:
    environment = {"MAANWERK_OUTBOXES": "1", "OUTBOX": "2", "XMAANWERK_OUTBOX": "3", "MAANWERK_": "4"}
    assert Variables(Settings, environment)() == {}


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_is_made_of_one_text(name: str) -> None:
    """One that is made of several, or has another name, would be read by pydantic-settings alone."""
    field: FieldInfo = FIELDS[name]
    assert not EnvSettingsSource(Settings).field_is_complex(field)
    assert field.alias is None
    assert field.validation_alias is None
