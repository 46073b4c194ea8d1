"""`maanwerk policy check`: every finding with its line, exit 0 or 2."""

from importlib.resources import files
from pathlib import Path

import pytest

from policies.load import shipped_policies, shipped_policy
from tests.cli.running import Run


@pytest.mark.parametrize("name", shipped_policies())
def test_a_shipped_policy_has_no_findings(maanwerk: Run, name: str) -> None:
    file = Path(str(files("policies") / f"{name}.yaml"))
    ran = maanwerk("policy", "check", file)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"ok: {file}: {name} version {shipped_policy(name).version}, ")


def test_an_error_is_told_with_its_place(maanwerk: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("policy: p\nlaw: NL\nsteps:\n  - {id: a, when: {after_due: 1d}, hand_off: agency}\n")
    ran = maanwerk("policy", "check", file)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(f"{file}:4:13: steps[0].when: hand-off without a notice")


def test_a_warning_is_told_and_the_policy_is_fine(maanwerk: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("policy: p\nsteps:\n  - {id: hello_there, when: {after_due: 1d}, send: email}\n")
    ran = maanwerk("policy", "check", file)
    assert ran.code == 0
    assert ran.out.startswith("ok: ")
    assert ran.err.rstrip().endswith("(warning)")


def test_an_unknown_letter_is_an_error(maanwerk: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("policy: p\nsteps:\n  - {id: a, when: {after_due: 1d}, send: email, letter: remindr}\n")
    ran = maanwerk("policy", "check", file)
    assert (ran.code, "unknown letter 'remindr'" in ran.err) == (2, True)


def test_all_files_are_checked(maanwerk: Run, tmp_path: Path) -> None:
    good = Path(str(files("policies") / "nl-business.yaml"))
    ran = maanwerk("policy", "check", tmp_path / "gone.yaml", good)
    assert ran.code == 2
    assert "gone.yaml: there is no such file" in ran.err
    assert ran.out.startswith("ok: ")


def test_shipped_policies_are_listed(maanwerk: Run) -> None:
    ran = maanwerk("policy", "list")
    assert ran.out.split() == list(shipped_policies())
    assert "nl-business" in ran.out
