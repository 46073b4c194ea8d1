"""`maanwerk case link`: makes, lists and revokes links to a debtor's page; the token is shown once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from casefile.opening import open_case_file
from casefile.pay_tokens import pay_token_of
from engine.embedded import free_port
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run

SITE = "https://pay.example.nl"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> Path:
    """Two cases of two debtors; no worker, no Temporal."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    rows = [
        "F-1;d1;Bakker;2099-02-01;2099-03-01;1000.00;business",
        "F-2;d2;Slager;2099-02-01;2099-03-01;50.00;business",
    ]
    (tmp_path / "list.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.setenv("MAANWERK_PUBLIC_URL", SITE)
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    return tmp_path


def test_a_link_is_made_and_its_token_is_nowhere_kept(desk: Path, maanwerk: Run) -> None:
    ran = maanwerk("case", "link", "F-1", "--actor", "els")
    assert ran.code == 0, ran.err
    found = re.fullmatch(rf"{SITE}/pay/([A-Za-z0-9_-]{{43}})\n", ran.out)
    assert found is not None
    assert found[1].encode() not in b"".join(each.read_bytes() for each in (desk / "var").iterdir() if each.is_file())
    file = open_case_file("sqlite:///var/case-file.sqlite3", create=False)
    with file.read() as transaction:
        token = pay_token_of(transaction.session, found[1])
    file.database.close()
    assert token is not None
    assert (token.creditor, token.debtor, token.case_id, token.made_by) == ("maan", "d1", None, "els")
    assert (token.expires_at - token.made_at).days == 365


def test_a_link_may_show_one_invoice_and_end_sooner(maanwerk: Run) -> None:
    made = json.loads(maanwerk("case", "link", "F-1", "--only-this", "--days", "14", "--json").out)
    assert made["case"] is not None
    (listed,) = json.loads(maanwerk("case", "link", "F-1", "--list", "--json").out)
    assert "url" not in listed
    assert listed == {key: value for key, value in made.items() if key != "url"}
    assert json.loads(maanwerk("case", "link", "F-2", "--list", "--json").out) == []


def test_a_revoked_link_says_so_and_can_not_be_revoked_twice(maanwerk: Run) -> None:
    made = json.loads(maanwerk("case", "link", "F-1", "--json").out)
    assert maanwerk("case", "link", "F-1", "--revoke", made["link"]).code == 0
    assert "revoked" in maanwerk("case", "link", "F-1", "--list").out
    again = maanwerk("case", "link", "F-1", "--revoke", made["link"])
    assert again.code == 2
    assert "not revoked yet" in again.err


def test_nobody_revokes_the_link_of_another_debtor_through_his_own_case(maanwerk: Run) -> None:
    made = json.loads(maanwerk("case", "link", "F-1", "--json").out)
    assert maanwerk("case", "link", "F-2", "--revoke", made["link"]).code == 2
    assert json.loads(maanwerk("case", "link", "F-1", "--list", "--json").out)[0]["state"] == "in force"


def test_all_links_can_be_revoked_at_once(maanwerk: Run) -> None:
    for _ in range(2):
        assert maanwerk("case", "link", "F-1").code == 0
    assert len(json.loads(maanwerk("case", "link", "F-1", "--revoke", "all", "--json").out)["revoked"]) == 2


def test_without_an_address_there_is_no_link(monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> None:
    monkeypatch.delenv("MAANWERK_PUBLIC_URL")
    ran = maanwerk("case", "link", "F-1")
    assert ran.code == 2
    assert "MAANWERK_PUBLIC_URL is not set" in ran.err


def test_to_list_and_to_revoke_are_two_things(maanwerk: Run) -> None:
    assert maanwerk("case", "link", "F-1", "--list", "--revoke", "all").code == 2
