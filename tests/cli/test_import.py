"""`maanwerk import`: what it prints, and when it ends with 2."""

import json
import os
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from engine.embedded import free_port
from tests.cli.running import Run

HEADER = "factuurnummer;debiteurnummer;debiteur;factuurdatum;vervaldatum;bedrag;openstaand;soort"
CREDITOR = """\
id: maan
name: Maan B.V.
iban: NL91ABNA0417164300
email: maan@maan.example
policies:
  - {kind: consumer, policy: nl-consumer-plain}
  - {policy: own}
"""
OWN = """\
policy: own
steps:
  - {id: reminder, when: {after_due: 7d}, send: email}
"""


def row(number: str, open_amount: str = "1.000,00", due: str = "01-03-2026", kind: str = "zakelijk") -> str:
    return f"{number};d1;Bakker;01-02-2026;{due};1.000,00;{open_amount};{kind}"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a creditor, and no Temporal anywhere."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    return tmp_path


def write(folder: Path, *rows: str, name: str = "list.csv") -> str:
    (folder / name).write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    return name


def test_without_temporal_everything_is_written_down_for_the_next_worker(maanwerk: Run, desk: Path) -> None:
    ran = maanwerk("import", write(desk, row("F-1"), row("F-2", kind="consument")), "--today", "2026-03-02")
    assert ran.code == 0
    assert "2 opened" in ran.out
    assert "policy own" in ran.out
    assert "policy nl-consumer-plain" in ran.out
    assert "swept up when a worker starts" in ran.out


def test_the_same_list_again_changes_nothing(maanwerk: Run, desk: Path) -> None:
    maanwerk("import", write(desk, row("F-1")), "--today", "2026-03-02")
    ran = maanwerk("import", "list.csv", "--today", "2026-03-03", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["files"][0]["counts"] == {"unchanged": 1}


def test_a_bad_row_ends_with_2_and_names_file_line_column_and_reason(maanwerk: Run, desk: Path) -> None:
    ran = maanwerk("import", write(desk, row("F-1", due="31-02-2026"), row("F-2")), "--today", "2026-03-02")
    assert ran.code == 2
    assert ran.err.startswith("list.csv:2: vervaldatum: ")
    assert "1 opened" in ran.out


def test_a_dry_run_leaves_no_case_file_behind(maanwerk: Run, desk: Path) -> None:
    ran = maanwerk("import", write(desk, row("F-1")), "--dry-run", "--json", "--today", "2026-03-02")
    assert ran.code == 0
    assert json.loads(ran.out)["files"][0]["rows"][0]["case"] == "case:maan:2026-F-1"
    assert not (desk / "var").exists()


def test_what_changed_is_shown(maanwerk: Run, desk: Path) -> None:
    maanwerk("import", write(desk, row("F-1"), row("F-2")), "--today", "2026-03-02")
    ran = maanwerk("import", write(desk, row("F-1", "400,00")), "--complete", "--today", "2026-03-04")
    assert ran.code == 0
    assert "payment booked" in ran.out
    assert "600.00 paid" in ran.out
    assert "missing: on hold, task" in ran.out


def test_a_list_that_is_not_there_ends_with_2(maanwerk: Run) -> None:
    ran = maanwerk("import", "nowhere.csv")
    assert (ran.code, ran.err) == (2, "nowhere.csv: there is no such file\n")


def test_a_profile_that_is_not_there_ends_with_2(maanwerk: Run, desk: Path) -> None:
    ran = maanwerk("import", write(desk, row("F-1")), "--creditor", "who.yaml")
    assert (ran.code, ran.err) == (2, "who.yaml: there is no such file\n")


def test_a_rule_that_names_no_policy_is_shown_with_its_place(maanwerk: Run, desk: Path) -> None:
    (desk / "creditor.yaml").write_text(CREDITOR.replace("policy: own", "policy: owm"), encoding="utf-8")
    ran = maanwerk("import", write(desk, row("F-1")))
    assert ran.code == 2
    assert ran.err.startswith("creditor.yaml:7:6: policies[1].policy: there is no file owm.yaml here, and no policy")


def test_a_policy_changed_under_its_version_ends_with_2(maanwerk: Run, desk: Path) -> None:
    maanwerk("import", write(desk, row("F-1")), "--today", "2026-03-02")
    (desk / "own.yaml").write_text(OWN.replace("7d", "9d"), encoding="utf-8")
    ran = maanwerk("import", "list.csv", "--today", "2026-03-02")
    assert ran.code == 2
    assert "raise `version`" in ran.err


def test_a_setting_that_cannot_be_read_is_named(maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAANWERK_STEP_SECONDS", "soon")
    ran = maanwerk("import", write(desk, row("F-1")))
    assert ran.code == 2
    assert ran.err.startswith("MAANWERK_STEP_SECONDS: ")


def test_what_an_import_writes_is_its_owners_alone_and_what_was_open_is_closed(maanwerk: Run, desk: Path) -> None:
    before = os.umask(0)
    try:
        maanwerk("import", write(desk, row("F-1")), "--today", "2026-03-02")
        kept = (desk / "var", *(desk / "var").iterdir())
        assert {path.name for path in kept} >= {"var", "case-file.sqlite3"}
        assert [oct(path.stat().st_mode) for path in kept if path.stat().st_mode & 0o077] == []
        for path in kept:
            path.chmod(0o755 if path.is_dir() else 0o644)
        maanwerk("import", "list.csv", "--today", "2026-03-03")
        assert [oct(path.stat().st_mode) for path in kept if path.exists() and path.stat().st_mode & 0o077] == []
    finally:
        os.umask(before)


def test_a_case_file_in_a_folder_of_others_is_closed_and_the_folder_is_left_alone(
    maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "data").mkdir()
    (desk / "data").chmod(0o755)
    monkeypatch.setenv("MAANWERK_DATABASE", "sqlite:///data/new/cases.sqlite3")
    maanwerk("import", write(desk, row("F-1")), "--today", "2026-03-02")
    modes = [(desk / name).stat().st_mode & 0o777 for name in ("data", "data/new", "data/new/cases.sqlite3")]
    assert modes == [0o755, 0o700, 0o600]


def test_a_number_that_costs_and_a_doubtful_domain_are_warnings(maanwerk: Run, desk: Path) -> None:
    rows = f"{HEADER};telefoon;email\n{row('F-1')};0900-1234567;els@b\u0430nk.example"
    (desk / "list.csv").write_text(rows, encoding="utf-8")
    dry = maanwerk("import", "list.csv", "--today", "2026-03-02", "--dry-run")
    ran = maanwerk("import", "list.csv", "--today", "2026-03-02", "--json")
    assert (dry.code, ran.code) == (0, 0)
    assert dry.err == ran.err
    assert ran.err.count("(warning)") == len(ran.err.splitlines()) == 2
    assert json.loads(ran.out)["files"][0]["counts"] == {"opened": 1, "email_domain": 1}
    assert "check_email_domain" in maanwerk("case", "show", "F-1", "--json").out


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), OperationalError("", {}, Exception("database is locked"))])
def test_an_import_that_is_stopped_says_that_it_goes_on_when_run_again(
    maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    def stopped(pieces: object, *given: object, **named: object) -> None:
        raise problem

    with monkeypatch.context() as patched:
        patched.setattr("services.importing.lists.ChunkWriter.write", stopped)
        ran = maanwerk("import", write(desk, row("F-1")))
    assert ran.code == 1
    assert "run the same import again" in ran.err
    assert maanwerk("import", write(desk, row("F-1"))).code == 0


def test_another_account_is_a_question_and_letters_before_keep_theirs(
    maanwerk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed account is how invoice fraud begins: it never goes into letters silently."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    (tmp_path / "list.csv").write_text(
        "number;debtor_number;debtor_name;invoice_date;due;amount;kind\nF-1;d1;Bakker;2026-02-01;2026-03-01;10.00;business\n",
        encoding="utf-8",
    )
    (tmp_path / "creditor.yaml").write_text(CREDITOR, encoding="utf-8")
    assert maanwerk("import", "list.csv").code == 0
    # The same account in another spelling is no other one.
    (tmp_path / "creditor.yaml").write_text(
        CREDITOR.replace("NL91ABNA0417164300", "NL91 ABNA 0417 1643 00"), encoding="utf-8"
    )
    assert maanwerk("import", "list.csv").code == 0
    (tmp_path / "creditor.yaml").write_text(
        CREDITOR.replace("NL91ABNA0417164300", "BE68 5390 0754 7034"), encoding="utf-8"
    )
    for more in ((), ("--dry-run",)):
        ran = maanwerk("import", "list.csv", *more)
        assert ran.code == 2
        assert "NL91ABNA0417164300" in ran.err
        assert "BE68539007547034" in ran.err
        assert "--accept-new-account" in ran.err
    assert maanwerk("import", "list.csv", "--accept-new-account").code == 0
    assert maanwerk("import", "list.csv").code == 0


# Lists of other programs -------------------------------------------------------------------------------------

OTHER = "Stuk;Klant code;Klant;Boekdatum;Verval;Nog te gaan\nF-1;d1;Bakker;01-02-2026;01-03-2026;15,00\n"


def test_a_list_of_another_program_is_read_by_a_mapping_that_is_named(maanwerk: Run, desk: Path) -> None:
    (desk / "list.csv").write_text(OTHER, encoding="utf-8")
    (desk / "mine.yaml").write_text(
        "mapping: mine\ncolumns: {Stuk: number, Klant code: debtor_number, Verval: due, Nog te gaan: open}\n",
        encoding="utf-8",
    )
    assert maanwerk("import", "list.csv", "--dry-run", "--today", "2026-03-02").code == 2
    ran = maanwerk("import", "list.csv", "--mapping", "mine", "--dry-run", "--today", "2026-03-02")
    assert (ran.code, "1 opened" in ran.out) == (0, True), ran.err
    assert "due 2026-03-01" in ran.out
    wrong = maanwerk("import", "list.csv", "--mapping", "moneybrid")
    assert (wrong.code, "did you mean moneybird?" in wrong.err) == (2, True)


def test_a_guess_is_shown_with_samples_and_kept_only_when_a_person_agrees(maanwerk: Run, desk: Path) -> None:
    (desk / "list.csv").write_text(OTHER, encoding="utf-8")
    ran = maanwerk("import", "list.csv", "--guess")
    assert ran.code == 0
    assert "debtor_number" in ran.out
    assert "which column is the amount that is open" in ran.out
    assert "15,00" in ran.out
    assert "Nothing was kept." in ran.out
    assert sorted(each.name for each in desk.iterdir()) == ["creditor.yaml", "list.csv", "own.yaml"]


def test_an_empty_list_writes_nothing_down_and_says_so(maanwerk: Run, desk: Path) -> None:
    ran = maanwerk("import", write(desk), "--complete", "--today", "2026-03-02")
    assert (ran.code, "Written down." in ran.out, "Nothing was written down" in ran.out) == (2, False, True)
