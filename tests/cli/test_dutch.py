"""What a Dutch credit controller reads where something is refused or remarked; programs read English."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from speech.words import speak
from tests.cli.running import Run
from tests.cli.test_import import HEADER, desk, row

__all__ = ["desk"]


@pytest.fixture(autouse=True)
def dutch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MAANWERK_LANGUAGE", "nl")
    yield
    speak("en")


def write(folder: Path, *rows: str) -> str:
    (folder / "lijst.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    return "lijst.csv"


def test_a_remark_on_a_list(maanwerk: Run, desk: Path) -> None:
    ran = maanwerk("import", write(desk, row("F-1", "veel"), row("F-2")), "--today", "2026-03-02")
    assert "lijst.csv:2: openstaand: 'veel' is geen bedrag: schrijf zoals 1.234,56 of 1234.56" in ran.err
    assert "1.000,00 EUR open, vervalt 2026-03-01, bedrijf, beleid own" in ran.out
    assert "eerst: herinnering op 2026-03-08" in ran.out


def test_the_same_as_json_is_english(maanwerk: Run, desk: Path) -> None:
    ran = maanwerk("import", write(desk, row("F-1", "veel")), "--today", "2026-03-02", "--json")
    (finding,) = json.loads(ran.out)["files"][0]["findings"]
    assert finding["reason"] == "'veel' is not an amount: write it like 1.234,56 or 1234.56"


def test_a_policy_with_errors(maanwerk: Run, desk: Path) -> None:
    (desk / "fout.yaml").write_text(
        "policy: fout\nsoort: 1\nsteps:\n  - {id: reminder, when: {after_due: 5x}, send: email}\n", encoding="utf-8"
    )
    lines = maanwerk("policy", "check", "fout.yaml").err.splitlines()
    assert lines[0].startswith("fout.yaml:2:1: soort: onbekende sleutel; hier bekend: policy, version")
    assert lines[-1].endswith("'5x' is geen tijdsduur; schrijf bijvoorbeeld 7d, 2w of 48h")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("case", "onzin"), "maanwerk: De opdracht 'onzin' bestaat niet."),
        (("case", "list", "--onzin"), "maanwerk: De optie --onzin bestaat niet"),
        (("import",), "maanwerk: Het argument 'FILE…' ontbreekt."),
        (("case", "show", "F-1"), "maanwerk: er is nog geen dossier op"),
    ],
)
def test_a_command_that_can_not_be(maanwerk: Run, arguments: tuple[str, ...], told: str) -> None:
    assert maanwerk(*arguments).err.startswith(told)


def test_what_a_case_refuses_is_said_with_its_values(maanwerk: Run, desk: Path) -> None:
    assert maanwerk("import", write(desk, row("F-1")), "--today", "2026-03-02").code == 0
    assert "er is geen zaak 'F-9': geef een zaak-id of een factuurnummer" in maanwerk("case", "show", "F-9").err
