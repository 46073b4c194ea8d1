"""`maanwerk api-key`, and how `maanwerk api` refuses to begin."""

from __future__ import annotations

import json
import re
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casefile.acts import acts
from casefile.api_keys import Role, key_of, keys
from casefile.case_file import CaseFile
from casefile.database import Database
from engine.embedded import free_port
from tests.cli.running import Run

TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseFile:
    """The case file of the commands."""
    database = Database(f"sqlite:///{tmp_path / 'f.sqlite3'}")
    database.migrate()
    monkeypatch.setenv("MAANWERK_DATABASE", database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.setattr("cli.same_case_file._SECONDS", 0.05)
    monkeypatch.setenv("COLUMNS", "200")
    return CaseFile(database)


def test_a_key_is_printed_once_alone_on_its_line_and_opens_what_its_role_says(maanwerk: Run, file: CaseFile) -> None:
    made = maanwerk("api-key", "create", "bookkeeping", "--role", "operate", "--expires", TOMORROW)
    assert made.code == 0
    assert re.fullmatch(r"mk_\S+\n", made.out), "for a pipe into a vault"
    key = key_of(file, made.out.strip())
    assert key is not None and (key.name, key.role) == ("bookkeeping", Role.OPERATE)
    assert key.expires_at is not None
    # The day of Amsterdam: one or two hours before that of UTC.
    assert (
        timedelta(hours=1)
        <= datetime.combine(TOMORROW, datetime.min.time(), UTC) - key.expires_at
        <= timedelta(hours=2)
    )
    assert f"Key {key.id} of bookkeeping (operate). It is shown this once" in made.err
    assert made.out.strip() not in made.err


def test_a_key_reads_only_unless_more_is_asked_for(maanwerk: Run, file: CaseFile) -> None:
    made = json.loads(maanwerk("api-key", "create", "  a   bank ", "--json").out)
    assert (made["name"], made["role"], made["state"], made["expires_at"]) == ("a bank", "read", "in force", None)
    assert key_of(file, made["secret"]) is not None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("  ",), "NAME: say whose key it is"),
        (("x" * 101,), "NAME: say whose key it is"),
        (("a\x07b",), "NAME: say whose key it is"),
        (("a", "--expires", "2020-01-01"), "that day has come already"),
        (("a", "--expires", "soon"), "--expires"),
        (("a", "--role", "owner"), "--role"),
    ],
)
def test_what_is_no_key_is_refused_with_2(maanwerk: Run, file: CaseFile, arguments: tuple[str, ...], says: str) -> None:
    ran = maanwerk("api-key", "create", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert keys(file) == ()


def test_the_list_shows_the_state_of_each_key_and_no_secret(maanwerk: Run, file: CaseFile) -> None:
    assert "There is no key yet" in maanwerk("api-key", "list").out
    secret = maanwerk("api-key", "create", "bookkeeping").out.strip()
    maanwerk("api-key", "create", "a bank")
    first = keys(file)[0]
    revoked = maanwerk("api-key", "revoke", first.id)
    assert (revoked.code, revoked.out) == (0, f"{first.id} is revoked: it opens nothing any more.\n")
    shown = maanwerk("api-key", "list").out
    assert "revoked" in shown and "in force" in shown
    assert secret not in shown and secret.removeprefix(f"mk_{first.id}_") not in shown
    listed = json.loads(maanwerk("api-key", "list", "--json").out)
    assert [(row["name"], row["state"]) for row in listed] == [("bookkeeping", "revoked"), ("a bank", "in force")]
    assert maanwerk("api-key", "revoke", first.id).code == 2
    assert maanwerk("api-key", "revoke", "none").code == 2


def test_a_change_of_the_keys_stands_in_the_audit_log(
    maanwerk: Run, file: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "els")
    maanwerk("api-key", "create", "bookkeeping", "--role", "admin")
    own = keys(file)[0].id
    maanwerk("api-key", "revoke", own)
    maanwerk("api-key", "revoke", own)
    assert [(row.actor, row.act, row.subject, row.outcome) for row in acts(file)] == [
        ("els", "api-key revoke", f"api key {own}", "done"),
        ("els", "api-key create", f"api key {own}", "done"),
    ]


def test_in_dutch_it_speaks_dutch_and_its_json_does_not(
    maanwerk: Run, file: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAANWERK_LANGUAGE", "nl")
    assert "Hij wordt alleen nu getoond" in maanwerk("api-key", "create", "boekhouding").err
    assert "van kracht" in maanwerk("api-key", "list").out
    assert json.loads(maanwerk("api-key", "list", "--json").out)[0]["state"] == "in force"
    assert "zeg van wie de sleutel is" in maanwerk("api-key", "create", " ").err


# Beginning -------------------------------------------------------------------------------------------------------


def test_it_is_not_served_to_others_in_the_clear(
    maanwerk: Run, file: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAANWERK_API", "0.0.0.0:8236")
    ran = maanwerk("api")
    assert ran.code == 2
    assert "MAANWERK_API=0.0.0.0:8236 is reached from outside" in ran.err.splitlines()[-1]


def test_an_address_that_is_taken_is_said_in_a_line(
    maanwerk: Run, file: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("MAANWERK_API", f"127.0.0.1:{taken.getsockname()[1]}")
        ran = maanwerk("api")
    assert ran.code == 1
    assert re.search(r"the API can't be served at .*: set MAANWERK_API to another one$", ran.err.strip())


def test_a_certificate_that_is_none_is_said_in_a_line(
    maanwerk: Run, file: CaseFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAANWERK_API", f"127.0.0.1:{free_port()}")
    monkeypatch.setenv("MAANWERK_API_TLS_CERTIFICATE", str(tmp_path / "none.pem"))
    ran = maanwerk("api")
    assert ran.code == 1
    assert "the certificate or its key can't be used" in ran.err.splitlines()[-1]


def test_a_case_file_that_is_not_the_workers_is_refused_before_anything_is_served(
    maanwerk: Run, file: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def another(*_: object) -> str:
        return "this command is for another case file"

    async def connected(**_: object) -> None:
        return None

    async def served(*_: object, **__: object) -> None:
        raise AssertionError("the API is served")

    monkeypatch.setattr("engine.client.connect", connected)
    monkeypatch.setattr("engine.same_case_file.unlike_the_running", another)
    monkeypatch.setattr("cli.serving.serve_api", served)  # Else a test that fails never ends.
    with socket.create_server(("127.0.0.1", 0)) as temporal:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{temporal.getsockname()[1]}")
        ran = maanwerk("api")
    assert ran.code == 1
    assert "this command is for another case file" in ran.err
