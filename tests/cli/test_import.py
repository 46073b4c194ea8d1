"""`maanwerk import`: what it prints, and when it ends with 2."""

import json
from pathlib import Path

import pytest

from tests.cli.running import Run
from worker.embedded import free_port

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
    assert ran.err.startswith("creditor.yaml:7:6: policies[1].policy: there is no file owm.yaml beside the profile")


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
