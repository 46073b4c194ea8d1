"""`maanwerk user`: who may sign in at the desk, and the links by which he chooses a password."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from casefile.acts import acts
from casefile.api_keys import key_of
from casefile.case_file import CaseFile
from casefile.desk_sessions import BadLink, begin_session, link_opens, session_of
from casefile.people import DeskRole, user_of_login
from cli import api_keys
from cli import users as command
from tests.casefile.builders import furnish, opened, url_of
from worker.first_user import first_user_link


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseFile:
    found = opened(tmp_path / "f.sqlite3")
    monkeypatch.setenv("MAANWERK_DATABASE", url_of(tmp_path / "f.sqlite3"))
    return found


def test_a_user_is_made_with_a_link_and_stands_in_the_log(file: CaseFile, capsys: pytest.CaptureFixture[str]) -> None:
    command.make("Mies@X.example", " Mies  Maas ", "work", "nl", [], True)
    told = json.loads(capsys.readouterr().out)
    assert (told["login"], told["name"], told["role"]) == ("mies@x.example", "Mies Maas", "work")
    address, _, secret = told["link"].rpartition("/link/")
    assert address == "http://127.0.0.1:8236/desk"
    user = link_opens(file, secret, datetime.now(UTC))
    assert user is not None and user.id == told["id"]
    assert [(act.act, act.subject) for act in acts(file)] == [("user create", f"user {user.id}")]


@pytest.mark.parametrize(("login", "name"), [("", "Mies"), ("a b", "Mies"), ("mies", " "), ("mies", "\x07")])
def test_what_is_no_user_is_refused_with_what_to_do(
    file: CaseFile, login: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        command.make(login, name, "work", "nl", [], False)
    assert ended.value.exit_code == 2 and ": " in capsys.readouterr().err
    assert user_of_login(file, login) is None


def test_who_is_disabled_is_out_at_once_and_gets_no_link(file: CaseFile, capsys: pytest.CaptureFixture[str]) -> None:
    command.make("mies", "Mies", "read", "nl", [], False)
    user = user_of_login(file, "mies")
    assert user is not None
    now = datetime.now(UTC)
    secret = begin_session(file, user, now)
    command.change_role("mies", "admin")
    found = session_of(file, secret, now)
    assert found is not None and found.role is DeskRole.ADMIN
    command.new_password("MIES")
    link = capsys.readouterr().out.split()[-1].rpartition("/")[2]
    command.disable("mies")
    assert session_of(file, secret, now) is None
    with pytest.raises(BadLink):
        link_opens(file, link, now)


def test_a_link_for_the_first_user_is_given_on_this_machine_alone(file: CaseFile, tmp_path: Path) -> None:
    url, now = url_of(tmp_path / "f.sqlite3"), datetime.now(UTC)
    assert first_user_link(url, "http://10.0.0.1:8236", now) is None
    link = first_user_link(url, "http://127.0.0.1:8236", now)
    assert link is not None and link_opens(file, link.rpartition("/")[2], now) is None
    command.make("mies", "Mies", "admin", "nl", [], False)
    assert first_user_link(url, "http://127.0.0.1:8236", now) is None


def test_a_user_sees_the_creditors_that_are_named_and_all_of_them_again(
    file: CaseFile, capsys: pytest.CaptureFixture[str]
) -> None:
    with file.write() as transaction:
        furnish(transaction)
    command.make("mies", "Mies", "work", "nl", ["devaart"], True)
    assert json.loads(capsys.readouterr().out)["creditors"] == ["devaart"]
    command.change_creditors("mies", [], True)
    found = user_of_login(file, "mies")
    assert found is not None and found.creditors is None
    command.change_creditors("mies", ["devaart"], False)
    found = user_of_login(file, "mies")
    assert found is not None and found.creditors == frozenset({"devaart"})
    capsys.readouterr()
    command.change_creditors("mies", [], False)
    assert capsys.readouterr().out.split()[-1] == "devaart.", "without either it says whom he sees"
    assert [each.detail for each in acts(file, name="user creditors")] == ["devaart", "all"]


@pytest.mark.parametrize(("role", "creditors"), [("work", ["papierhuis"]), ("admin", ["devaart"])])
def test_a_creditor_that_is_not_there_or_an_administrator_is_refused(
    file: CaseFile, role: str, creditors: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with file.write() as transaction:
        furnish(transaction)
    with pytest.raises(typer.Exit) as ended:
        command.make("mies", "Mies", role, "nl", creditors, False)
    assert ended.value.exit_code == 2 and "creditor" in capsys.readouterr().err
    assert user_of_login(file, "mies") is None


def test_a_key_of_a_user_sees_no_more_than_he_and_is_out_with_him(
    file: CaseFile, capsys: pytest.CaptureFixture[str]
) -> None:
    with file.write() as transaction:
        furnish(transaction)
    command.make("mies", "Mies", "work", "nl", ["devaart"], False)
    capsys.readouterr()
    api_keys.make("her script", "read", None, [], "mies", True)
    secret = json.loads(capsys.readouterr().out)["secret"]
    key = key_of(file, secret)
    assert key is not None and key.creditors == frozenset({"devaart"}) and key.opens(datetime.now(UTC))
    command.disable("mies")
    key = key_of(file, secret)
    assert key is not None and not key.opens(datetime.now(UTC))
