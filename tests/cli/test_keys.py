"""`maanwerk keys`, and how the other commands say that keys can't be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.keys import keys_of_file, keys_of_text
from tests.casefile.builders import opened
from tests.cli.running import Run


def test_a_new_key_is_printed_as_the_settings_take_it(maanwerk: Run) -> None:
    first, second = maanwerk("keys", "new"), maanwerk("keys", "new", "--id", "2026-11")
    assert (first.code, first.err) == (0, "")
    assert len(keys_of_text(f"{second.out.strip()},{first.out.strip()}").keys) == 2
    assert second.out.startswith("2026-11:")


def test_with_a_file_it_is_put_first_and_not_printed(maanwerk: Run, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    for name in ("one", "two"):
        ran = maanwerk("keys", "new", "--file", path, "--id", name)
        assert ran.code == 0 and name in ran.out
        assert keys_of_file(path).newest.line not in ran.out
    assert [key.id for key in keys_of_file(path).keys] == ["two", "one"]
    ran = maanwerk("keys", "new", "--file", path, "--id", "one")
    assert (ran.code, ran.out) == (2, "") and "has a key one already" in ran.err
    ran = maanwerk("keys", "new", "--id", "no spaces")
    assert ran.code == 2 and "an id is" in ran.err and ran.err.count("\n") == 1
    ran = maanwerk("keys", "new", "--file", tmp_path / "no" / "keys")
    assert ran.code == 2 and "No such file" in ran.err and ran.err.count("\n") == 1


def test_a_command_with_unusable_keys_ends_with_one_line_that_quotes_none(
    maanwerk: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    for command in (("worker",), ("up",), ("nudge", "--all"), ("case", "list")):
        monkeypatch.setenv("MAANWERK_KEYS", "a:dG9vIHNob3J0")
        ran = maanwerk(*command)
        assert (ran.code, ran.err) == (2, "MAANWERK_KEYS: key 1 (a): it has 9 bytes, a key has 32\n")


def test_a_debtor_is_named_as_temporal_lists_him(
    maanwerk: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    with opened(tmp_path / "case-file.sqlite3").read() as transaction:
        named = transaction.parties.debtor_attribute("papierhuis", "1002")
    ran = maanwerk("keys", "debtor", "papierhuis", "1002")
    assert (ran.code, ran.out) == (0, named + "\n")
