"""Secrets from files: `MAANWERK_X_FILE` in the place of `MAANWERK_X`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.secret_files import BadSecretFile, file_names
from config.settings import Settings

TOKEN = "s3cret-s3cret-s3cret-s3cret"


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "token"
    file.write_text(TOKEN, encoding="utf-8")
    monkeypatch.setenv("MAANWERK_CODEC_TOKEN_FILE", str(file))
    monkeypatch.delenv("MAANWERK_CODEC_TOKEN", raising=False)
    return file


def token() -> str | None:
    found = Settings().codec_token
    return None if found is None else found.get_secret_value()


def test_every_secret_may_come_from_a_file_and_nothing_else() -> None:
    names = file_names(Settings)
    assert {"MAANWERK_CODEC_TOKEN_FILE", "MAANWERK_TWILIO_AUTH_TOKEN_FILE", "MAANWERK_SENDGRID_API_KEY_FILE"} <= names
    assert not {"MAANWERK_DATABASE_FILE", "MAANWERK_HTTP_FILE"} & names
    assert "MAANWERK_KEYS_FILE" not in names, "that one is a setting of its own"


def test_the_secret_is_what_the_file_holds(secret: Path) -> None:
    assert token() == TOKEN


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_the_line_end_behind_it_is_no_part_of_it(secret: Path, end: str) -> None:
    secret.write_bytes(TOKEN.encode() + end.encode())
    assert token() == TOKEN


def test_a_secret_that_is_given_twice_is_refused(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAANWERK_CODEC_TOKEN", "another-another-another-another")
    with pytest.raises(BadSecretFile, match="MAANWERK_CODEC_TOKEN and MAANWERK_CODEC_TOKEN_FILE are both set"):
        Settings()


def test_a_file_that_is_not_there_is_named(secret: Path) -> None:
    secret.unlink()
    with pytest.raises(BadSecretFile, match=r"MAANWERK_CODEC_TOKEN_FILE: .*token can't be read"):
        Settings()


@pytest.mark.parametrize(("content", "says"), [(b"\xff\xfe", "UTF-8"), (b"x" * 65 * 1024, "longer than")])
def test_a_file_that_holds_no_secret_is_refused_without_its_content(secret: Path, content: bytes, says: str) -> None:
    secret.write_bytes(content)
    with pytest.raises(BadSecretFile, match=says) as refused:
        Settings()
    assert "xxxx" not in str(refused.value)


def test_a_pipe_is_no_file(secret: Path) -> None:
    secret.unlink()
    os.mkfifo(secret)
    with pytest.raises(BadSecretFile):
        Settings()


def test_what_is_wrong_with_the_secret_is_said_without_it(secret: Path) -> None:
    secret.write_text("short-hush")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "short-hush" not in str(refused.value)


def test_a_variable_that_names_no_file_is_as_if_it_were_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAANWERK_CODEC_TOKEN_FILE", "")
    assert token() is None
