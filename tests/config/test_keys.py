"""The keys that encrypt what Temporal keeps: how they are written, and what is refused with one clear line."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.keys import BadKeys, KeyRing, keys_of_file, keys_of_text, new_key, put_first
from config.settings import Settings
from tests.rows import in_rows

FIRST = base64.b64encode(bytes(range(32))).decode()
SECOND = base64.b64encode(bytes(range(100, 132))).decode()
TOKEN = "a-token-of-the-codec-endpoint"


def ids(keys: KeyRing) -> list[str]:
    return [key.id for key in keys.keys]


def kept(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "keys"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_the_first_key_is_the_newest() -> None:
    keys = keys_of_text(f"2026-11:{FIRST}, 2025-01:{SECOND}")
    assert (ids(keys), keys.newest.secret) == (["2026-11", "2025-01"], bytes(range(32)))


def test_a_file_has_a_key_a_line_and_remarks(tmp_path: Path) -> None:
    path = kept(tmp_path, f"# made by the office\n\n  new:{FIRST}  \n# of last year\nold:{SECOND}\n")
    assert ids(keys_of_file(path)) == ["new", "old"]


@in_rows(
    ("written", "says"),
    [
        ("", "key 1: write id:base64"),
        (FIRST, "key 1: write id:base64"),
        (f":{FIRST}", "key 1: its id"),
        (f"a b:{FIRST}", "key 1: its id"),
        (f"-a:{FIRST}", "key 1: its id"),
        (f"{'a' * 65}:{FIRST}", "key 1: its id"),
        (f"é:{FIRST}", "key 1: its id"),
        ("a:###", "key 1 (a): what stands after the colon is no base64"),
        (f"a:{FIRST[:-1]}", "no base64"),
        (f"a:{FIRST}\u00e9", "no base64"),
        (f"a:{base64.b64encode(bytes(range(16))).decode()}", "it has 16 bytes, a key has 32"),
        (f"a:{base64.b64encode(bytes(range(33))).decode()}", "it has 33 bytes, a key has 32"),
        ("a:", "it has 0 bytes"),
        (f"a:{base64.b64encode(bytes(32)).decode()}", "it is not random"),
        (f"a:{base64.b64encode(b'wachtwoord' * 3 + b'wa').decode()}", "it is not random"),
        (f"a:{FIRST},a:{SECOND}", "key 2: there are two keys a"),
        (f"a:{FIRST},b:{FIRST}", "the keys a and b are the same"),
        (f"a:{FIRST},", "key 2: write id:base64"),
    ],
)
def test_what_is_no_key_is_refused_in_one_line_that_quotes_none(written: str, says: str) -> None:
    with pytest.raises(BadKeys) as raised:
        keys_of_text(written)
    assert says in str(raised.value) and "\n" not in str(raised.value)
    assert all(secret not in str(raised.value) for secret in (FIRST[:20], SECOND[:20], "###"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o644])
def test_a_file_that_others_can_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(BadKeys, match=rf"mode {mode:03o}.*chmod 600"):
        keys_of_file(kept(tmp_path, f"a:{FIRST}\n", mode))


def test_what_is_no_file_of_keys_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    for path, says in {
        tmp_path / "pipe": "no ordinary file",
        tmp_path / "folder": "no ordinary file",
        tmp_path / "away": "No such file",
        kept(tmp_path, "# nothing yet\n"): "there is no key",
    }.items():
        with pytest.raises(BadKeys, match=says):
            keys_of_file(path)
    big = tmp_path / "big"
    big.write_bytes(b"#" * 70_000)
    big.chmod(0o600)
    with pytest.raises(BadKeys, match="too long"):
        keys_of_file(big)
    big.write_bytes(b"\xff\xfe")
    with pytest.raises(BadKeys, match="no text"):
        keys_of_file(big)


def test_a_line_of_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadKeys, match=r"keys:3 \(b\)"):
        keys_of_file(kept(tmp_path, f"# one\na:{FIRST}\nb:short\n"))


def test_a_new_key_goes_before_the_others_and_all_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    first, second = new_key(), new_key("2026-11")
    put_first(path, first)
    path.write_text("# mine\n" + path.read_text("utf-8"), encoding="utf-8")
    put_first(path, second)
    assert path.read_text("utf-8") == f"{second.line}\n# mine\n{first.line}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys"], "nothing is left beside it"


def test_a_file_that_is_refused_is_not_changed(tmp_path: Path) -> None:
    for text, mode, says in ((f"a:{FIRST}\n", 0o600, "a key a already"), ("junk\n", 0o600, "id:base64"),
                             (f"b:{FIRST}\n", 0o644, "chmod")):  # fmt: skip
        path = kept(tmp_path, text, mode)
        with pytest.raises(BadKeys, match=says):
            put_first(path, new_key("a"))
        assert path.read_text("utf-8") == text


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = kept(tmp_path / "elsewhere", f"old:{SECOND}\n")
    link = tmp_path / "link"
    link.symlink_to(path)
    put_first(link, new_key("new"))
    assert link.is_symlink() and ids(keys_of_file(path)) == ["new", "old"]


def test_new_keys_are_random_and_of_full_length() -> None:
    made = [new_key() for _ in range(50)]
    assert len({key.secret for key in made}) == len({key.id for key in made}) == 50
    assert ids(keys_of_text(",".join(key.line for key in made))) == [key.id for key in made]
    with pytest.raises(BadKeys, match="an id is"):
        new_key("no spaces")


# Settings ----------------------------------------------------------------------------------------------------


def refused(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> dict[str, str]:
    """The variables that are refused, and why."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as raised:
        Settings()
    assert all(secret not in str(raised.value) for secret in (FIRST[:20], SECOND[:20], TOKEN))
    return {f"MAANWERK_{'_'.join(map(str, each['loc'])).upper()}": each["msg"] for each in raised.value.errors()}


def test_without_keys_nothing_is_encrypted_and_all_is_shown() -> None:
    assert (Settings().key_ring, Settings().shown) == (None, "all")


def test_with_keys_codes_only_are_shown_unless_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAANWERK_KEYS", f"a:{FIRST}")
    assert Settings().key_ring == keys_of_text(f"a:{FIRST}") and Settings().shown == "codes"
    monkeypatch.setenv("MAANWERK_READABLE", "all")
    assert Settings().shown == "all"
    assert FIRST not in repr(Settings()) + str(Settings().model_dump()) + repr(Settings().key_ring)
    monkeypatch.delenv("MAANWERK_KEYS")
    monkeypatch.setenv("MAANWERK_KEYS_FILE", str(kept(tmp_path, f"b:{SECOND}\n")))
    assert Settings().key_ring == keys_of_text(f"b:{SECOND}")


@pytest.mark.parametrize(
    ("environment", "variable", "says"),
    [
        ({"MAANWERK_KEYS": ""}, "MAANWERK_KEYS", "id:base64"),
        ({"MAANWERK_KEYS": f"a:{FIRST[:8]}"}, "MAANWERK_KEYS", "6 bytes"),
        ({"MAANWERK_KEYS": f"a:{FIRST}", "MAANWERK_KEYS_FILE": "keys"}, "MAANWERK_KEYS_FILE", "one way only"),
        ({"MAANWERK_KEYS_FILE": "/nowhere/keys"}, "MAANWERK_KEYS_FILE", "can't be read"),
        ({"MAANWERK_READABLE": "some"}, "MAANWERK_READABLE", "'all' or 'codes'"),
        ({"MAANWERK_CODEC": "127.0.0.1:1", "MAANWERK_CODEC_TOKEN": TOKEN}, "MAANWERK_CODEC", "nothing to decrypt with"),
        ({"MAANWERK_CODEC": "127.0.0.1:1", "MAANWERK_KEYS": f"a:{FIRST}"}, "MAANWERK_CODEC_TOKEN", "it is not set"),
        ({"MAANWERK_CODEC_TOKEN": "short"}, "MAANWERK_CODEC_TOKEN", "at least 24"),
        ({"MAANWERK_CODEC_TOKEN": TOKEN + "\n"}, "MAANWERK_CODEC_TOKEN", "at least 24"),
        ({"MAANWERK_CODEC_ORIGIN": "*"}, "MAANWERK_CODEC_ORIGIN", "http://localhost:8233"),
        ({"MAANWERK_CODEC_ORIGIN": "http://a.example/ui"}, "MAANWERK_CODEC_ORIGIN", "without a path"),
        ({"MAANWERK_CODEC_ORIGIN": "https://a.example,null"}, "MAANWERK_CODEC_ORIGIN", "write it like"),
    ],
)
def test_what_can_not_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], variable: str, says: str
) -> None:
    assert says in refused(monkeypatch, environment)[variable]


def test_several_web_pages_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAANWERK_CODEC_ORIGIN", "http://localhost:8233, https://temporal.example")
    assert Settings().codec_origins == ("http://localhost:8233", "https://temporal.example")
