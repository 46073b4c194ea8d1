"""`maanwerk case arrange`: shown before it is told; also while no worker runs."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.embedded import free_port
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> Path:
    """Two cases of one debtor and one of another, none due yet; no worker, no Temporal."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    rows = (
        "F-1;d1;Bakker;2099-02-01;2099-03-01;1000.00;business",
        "F-2;d1;Bakker;2099-02-02;2099-03-02;200.00;business",
        "F-3;d2;Smit;2099-02-01;2099-03-01;300.00;business",
    )
    (tmp_path / "list.csv").write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    return tmp_path


def report(maanwerk: Run, number: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(maanwerk("case", "show", number, "--json").out)
    return shown


def test_instalments_are_worked_out_shown_and_agreed(maanwerk: Run) -> None:
    ran = maanwerk("case", "arrange", "F-1", "--instalments", "3", "--id", "a1", "--interest", "frozen", "--yes")
    assert ran.code == 0, ran.err
    assert "1000.00 in 3 instalments" in ran.out and "333.34" in ran.out and "written down" in ran.out
    (arrangement,) = report(maanwerk, "F-1")["arrangements"]
    assert (arrangement["id"], arrangement["total"], arrangement["paid"]) == ("a1", "1000.00", "0.00")
    assert [row["open"] for row in arrangement["instalments"]] == ["333.34", "333.33", "333.33"]
    shown = maanwerk("case", "show", "F-1").out
    assert "a1: 0.00 of 1000.00 paid, no interest runs" in shown and "Instalments" in shown


def test_show_agrees_nothing(maanwerk: Run) -> None:
    ran = maanwerk("case", "arrange", "F-1", "--per-month", "€ 400", "--show")
    assert ran.code == 0 and "200.00" in ran.out
    assert report(maanwerk, "F-1")["arrangements"] == []


def test_one_arrangement_over_the_invoices_of_a_debtor_has_one_id_and_pays_the_oldest_first(maanwerk: Run) -> None:
    ran = maanwerk("case", "arrange", "--debtor", "d1", "--instalments", "2", "--yes", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["total"] == "1200.00"
    first, second = (report(maanwerk, number)["arrangements"][0] for number in ("F-1", "F-2"))
    assert first["id"] == second["id"] == told["arrangement"]
    assert [row["amount"] for row in first["instalments"]] == ["600.00", "400.00"]
    assert [row["amount"] for row in second["instalments"]] == ["200.00"]
    assert second["others"] == ["F-1"]


def test_instalments_as_they_were_agreed_must_come_to_what_is_owed(maanwerk: Run) -> None:
    soon = date.today() + timedelta(days=3)  # noqa: DTZ011
    wrong = maanwerk("case", "arrange", "F-1", "--instalment", f"{soon}:999.00", "--yes")
    assert wrong.code == 2 and "come to 999.00, but 1000.00 is owed" in wrong.err
    unread = maanwerk("case", "arrange", "F-1", "--instalment", "1000.00", "--yes")
    assert unread.code == 2 and "write 2026-04-20:250.00" in unread.err
    right = maanwerk("case", "arrange", "F-1", "--instalment", f"{soon}:1000.00", "--yes")
    assert right.code == 0, right.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("F-1",), "one of the two"),
        (("F-1", "--instalments", "100"), "25.00 at least"),
        (("F-1", "F-3", "--instalments", "2"), "of several debtors"),
        (("F-1", "--instalments", "2", "--start", "2199-01-01"), "start by then"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_told(
    maanwerk: Run, arguments: tuple[str, ...], says: str
) -> None:
    ran = maanwerk("case", "arrange", *arguments, "--yes")
    assert ran.code == 2 and says in ran.err
    assert report(maanwerk, "F-1")["arrangements"] == []


def test_it_is_changed_and_ended(maanwerk: Run) -> None:
    assert maanwerk("case", "arrange", "F-1", "--instalments", "2", "--id", "a1", "--yes").code == 0
    twice = maanwerk("case", "arrange", "F-1", "--instalments", "3", "--id", "a2", "--yes")
    assert twice.code == 1 or "will be refused" in maanwerk("case", "show", "F-1").out
    changed = maanwerk("case", "arrange", "F-1", "--instalments", "4", "--id", "a3", "--change", "--yes")
    assert changed.code == 0, changed.err
    ended = maanwerk("case", "arrange", "F-1", "--end", "--note", "he pays at once")
    assert ended.code == 0, ended.err
    found = report(maanwerk, "F-1")["arrangements"]
    assert [(each["id"], each["outcome"]) for each in found] == [("a1", "changed"), ("a3", "agreement")]
