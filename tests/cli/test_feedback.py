"""`maanwerk channel` and `maanwerk reply`: what stands still or waits is shown in the list, and ended by a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.channel_stops import stop_channel
from casefile.replies import Reply, ReplyFile, keep_reply
from tests.casefile.builders import CASE, NOW, furnish, opened
from tests.cli.running import Run


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseFile:
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("COLUMNS", "200")
    found = opened(tmp_path / "case-file.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
    return found


def waiting(file: CaseFile) -> list[tuple[str, dict[str, object]]]:
    with file.read() as transaction:
        return [(row.name, json.loads(row.raw or b"{}")) for row in transaction.inbox.waiting(CASE)]


def test_a_channel_that_stands_still_is_shown_and_let_go_on(maanwerk: Run, file: CaseFile) -> None:
    with file.write() as transaction:
        stop_channel(transaction.session, "email", "receivers refuse our sender", "sendgrid:1", NOW, NOW)
        transaction.blocked.block("sms", "+31612345678", "the receiver opted out", NOW, "twilio:1")
    assert "email" in maanwerk("case", "list").out and "stands still" in maanwerk("case", "list").out
    shown = maanwerk("channel", "list").out
    assert "receivers refuse our sender" in shown and "+31612345678" in shown
    as_json = json.loads(maanwerk("channel", "list", "--json").out)
    assert [each["channel"] for each in as_json["stopped"]] == ["email"]
    assert [each["address"] for each in as_json["addresses"]] == ["+31612345678"]
    assert maanwerk("channel", "resume", "email", "--actor", "els").code == 0
    ran = maanwerk("channel", "resume", "email")
    assert ran.code == 2 and "does not stand still" in ran.err
    assert maanwerk("channel", "allow", "sms", "+31 6 12345678").code == 0
    assert maanwerk("channel", "allow", "sms", "+31612345678").code == 2
    assert "stands still" not in maanwerk("case", "list").out
    assert "every address is used" in maanwerk("channel", "list").out


def test_a_mail_that_names_no_case_is_shown_read_and_assigned(maanwerk: Run, file: CaseFile, tmp_path: Path) -> None:
    files = (ReplyFile("mail.txt", "text/plain", b"Ik heb betaald\x1b[2J"), ReplyFile("foto.jpg", "image/jpeg", b"jpg"))
    with file.write() as transaction:
        for own in ("abc1", "def2"):
            keep_reply(transaction, Reply(own, NOW, "els@ochtend.example", "Re", automatic=False), files, (), "debtor")
    assert "2 mails of debtors name no case" in maanwerk("case", "list").out
    assert "els@ochtend.example" in maanwerk("reply", "list").out
    ran = maanwerk("reply", "read", "abc", "--out", tmp_path / "out")
    assert "Ik heb betaald" in ran.out and "\x1b" not in ran.out and "foto.jpg" in ran.out
    assert (tmp_path / "out" / "foto.jpg").read_bytes() == b"jpg"
    assert maanwerk("reply", "assign", "abc", "F-1", "--actor", "els").code == 0
    ((name, content),) = waiting(file)
    assert (name, content["hold"], content["actor"]) == ("place_hold", "inbox_unread", "els")
    with file.read() as transaction:
        assert {paper.name for paper in transaction.papers.of_case(CASE)} == {"mail.txt", "foto.jpg"}
    assert maanwerk("reply", "dismiss", "d").code == 0
    assert maanwerk("reply", "dismiss", "d").code == 2
    assert json.loads(maanwerk("reply", "list", "--json").out) == []
