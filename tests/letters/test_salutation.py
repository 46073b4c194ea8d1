"""Whom a letter greets: by title and family name where the title is known, and never by a guess."""

from __future__ import annotations

from typing import Any

import pytest

from letters.render import render_email
from tests.letters.builders import example
from tests.rows import in_rows


def greeting(name: str, language: str = "nl", letter: str = "notice", **changes: Any) -> str:
    debtor = {"name": "Bakkerij De Ochtend", "contact_name": name, "address": ("Kade 1", "1000 AA Amsterdam")}
    text = render_email(example(letter, language, **{"debtor": debtor, **changes})).text
    return next(line for line in text.splitlines() if line.endswith(",") and ":" not in line)


@in_rows(
    ("name", "said"),
    [
        ("mevrouw de Wit", "mevrouw De Wit"),
        ("Mevr. E. de Wit", "mevrouw De Wit"),
        ("mw. Els van den Berg", "mevrouw Van den Berg"),
        ("Mw drs. J.P. Jansen", "mevrouw Jansen"),
        ("de heer Smit", "heer Smit"),
        ("dhr. J. Smit-de Vries", "heer Smit-de Vries"),
        ("De heer 't Hart", "heer 't Hart"),
        ("mevrouw Maria Fernandez Garcia", "mevrouw Maria Fernandez Garcia"),
        ("Els de Wit", "Els de Wit"),
        ("E. de Wit", "heer of mevrouw De Wit"),
        ("mr. E. de Wit", "heer of mevrouw De Wit"),
        ("de heer en mevrouw Jansen", "de heer en mevrouw Jansen"),
        ("Afdeling crediteuren", "Afdeling crediteuren"),
        ("mevrouw", "mevrouw"),
    ],
)
def test_in_dutch(name: str, said: str) -> None:
    assert greeting(name) == f"Geachte {said},"


def test_less_formally_a_man_is_meneer() -> None:
    assert greeting("dhr. Smit", letter="reminder") == "Beste meneer Smit,"


def test_in_belgium_a_particle_stays_as_it_is_written() -> None:
    belgian: dict[str, Any] = {"law": "BE", "structured_reference": None, "day_count": "actual_365"}
    assert greeting("mevrouw de Wit", **belgian) == "Geachte mevrouw de Wit,"
    assert greeting("mevrouw De Wit", **belgian) == "Geachte mevrouw De Wit,"


@pytest.mark.parametrize(
    ("language", "letter", "said"),
    [
        ("en", "notice", "Dear Ms De Wit,"),
        ("de", "notice", "Guten Tag Frau de Wit,"),
        ("fr", "notice", "Madame,"),
        ("fr", "reminder", "Bonjour Madame de Wit,"),
    ],
)
def test_in_other_languages(language: str, letter: str, said: str) -> None:
    assert greeting("mevr. E. de Wit", language, letter) == said


def test_a_german_keeps_the_degree_and_no_english_mister_is_a_lawyer() -> None:
    assert greeting("Herrn Dr. Klaus von Berg", "de") == "Guten Tag Herr Dr. von Berg,"
    assert greeting("Mr J. Smith", "en") == "Dear Mr Smith,"


def test_a_consumer_is_greeted_by_the_own_name() -> None:
    debtor = {"name": "Mevrouw S. de Boer", "contact_name": None, "address": ("Kade 1", "1000 AA Amsterdam")}
    assert "Geachte mevrouw De Boer," in render_email(example("fourteen_day_letter", debtor=debtor)).text


def test_german_goes_on_in_small_letters_after_the_comma() -> None:
    for letter in ("reminder", "second_reminder", "generic", "default_notice", "receipt", "apology"):
        text = render_email(example(letter, "de")).text
        _, _, after = text.partition(",\n\n")
        assert after[0].islower() or after.startswith(("Sie ", "Ihre ")), (letter, after[:40])


def test_the_german_vat_number_is_called_as_germans_do() -> None:
    assert "USt-IdNr. NL" in render_email(example("reminder", "de")).text
