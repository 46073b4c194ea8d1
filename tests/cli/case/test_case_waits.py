"""`maanwerk case hold`, `unhold` and `status`: also while no worker runs."""

import json
from pathlib import Path

import pytest

from engine.embedded import free_port
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> Path:
    """Three cases of two debtors; no worker, no Temporal."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    rows = [f"F-{n};d{1 + n // 3};Debiteur {1 + n // 3};2099-02-01;2099-03-01;1000.00;business" for n in (1, 2, 3)]
    (tmp_path / "list.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    return tmp_path


def holds(maanwerk: Run, case: str) -> list[str]:
    return [hold["kind"] for hold in json.loads(maanwerk("case", "show", case, "--json").out)["holds"]]


def test_several_cases_wait_for_a_reason_and_go_on(maanwerk: Run) -> None:
    ran = maanwerk("case", "hold", "F-1", "F-3", "set_off", "--note", "met F-9", "--actor", "els")
    assert ran.code == 0, ran.err
    assert [holds(maanwerk, case) for case in ("F-1", "F-2", "F-3")] == [["set_off"], [], ["set_off"]]
    assert "the debtor sets something off against it" in maanwerk("case", "show", "F-1").out
    assert "met F-9" in maanwerk("case", "show", "F-1").out
    assert maanwerk("case", "unhold", "F-1", "set_off").code == 0
    assert holds(maanwerk, "F-1") == []


def test_a_hold_that_its_kind_does_not_allow_is_refused(maanwerk: Run) -> None:
    ran = maanwerk("case", "hold", "F-1", "payment_claimed", "--until", "2099-12-31")
    assert (ran.code, "3 banking days at most" in ran.err) == (1, True)
    ran = maanwerk("case", "hold", "F-1", "sulking")
    assert (ran.code, "hold: Input should be" in ran.err) == (2, True)
    ran = maanwerk("case", "unhold", "F-1", "set_off")
    assert (ran.code, "the case is not on hold for set_off" in ran.err) == (1, True)


def test_on_which_day_he_pays_is_said_with_day_and_shown(maanwerk: Run) -> None:
    ran = maanwerk("case", "hold", "F-1", "payment_run", "--day", "25", "--actor", "els")
    assert ran.code == 0, ran.err
    # Due on Sun 2099-03-01: the first run is Wed 03-25.
    report = json.loads(maanwerk("case", "show", "F-1", "--json").out)
    assert (report["holds"], report["pays_on_day"]) == ([{"kind": "payment_run", "until": "2099-03-26"}], 25)
    assert "day 25 of the month" in maanwerk("case", "show", "F-1").out


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (("payment_run",), 2, "day is the day of the month"),
        (("payment_run", "--day", "32"), 2, "less than or equal to 31"),
        (("set_off", "--day", "3"), 2, "day is the day of the month"),
        (("payment_run", "--day", "25", "--until", "2099-04-01"), 1, "one run and no more"),
    ],
)
def test_a_payment_run_without_a_day_that_can_be_is_refused(
    maanwerk: Run, more: tuple[str, ...], code: int, words: str
) -> None:
    ran = maanwerk("case", "hold", "F-1", *more, "--actor", "els")
    assert (ran.code, words in ran.err) == (code, True), ran.err


@pytest.mark.parametrize("named", [("F-1",), ("--debtor", "d1")])
def test_what_a_debtor_is_in_holds_for_all_his_cases(maanwerk: Run, named: tuple[str, ...]) -> None:
    ran = maanwerk("case", "status", *named, "bankruptcy", "--since", "2026-02-01", "--note", "uit het register")
    assert ran.code == 0, ran.err
    assert [holds(maanwerk, case) for case in ("F-1", "F-2", "F-3")] == [["bankruptcy"], ["bankruptcy"], []]
    shown = maanwerk("case", "show", "F-2").out
    assert "uit het register" in shown and "file the claim" in shown
    assert maanwerk("case", "status", *named, "bankruptcy", "--end").code == 0
    assert [holds(maanwerk, case) for case in ("F-1", "F-2")] == [["fresh_look"], ["fresh_look"]]


def test_a_case_that_is_imported_later_begins_under_it(maanwerk: Run, desk: Path) -> None:
    assert maanwerk("case", "status", "F-3", "guardianship").code == 0
    row = "F-4;d2;Debiteur 2;2099-02-01;2099-03-01;10.00;business"
    (desk / "more.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    assert maanwerk("import", "more.csv").code == 0
    assert holds(maanwerk, "F-4") == ["guardianship"]


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        (("F-1", "rich"), 2, "'rich' is no status of a debtor"),
        (("F-1", "wsnp", "--end"), 1, "the debtor is not in wsnp; in force: none"),
        (("F-1", "wsnp", "--since", "2099-01-01"), 1, "is still to come"),
        (("F-1", "wsnp", "--end", "--since", "2026-01-01"), 2, "leave --since and --proven out"),
        (("wsnp",), 2, "name a case, or its debtor with --debtor"),
        (("--debtor", "nobody", "wsnp"), 2, "there is no debtor 'nobody'"),
        (("F-9", "wsnp"), 2, "'F-9'"),
    ],
)
def test_what_cannot_be_noted_is_refused_with_the_rule(
    maanwerk: Run, typed: tuple[str, ...], code: int, says: str
) -> None:
    ran = maanwerk("case", "status", *typed)
    assert (ran.code, says in ran.err) == (code, True), ran.err
    assert holds(maanwerk, "F-1") == []
