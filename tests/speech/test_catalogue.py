"""Everything that is said at the terminal is in the catalogue, translated, with the same values."""

from __future__ import annotations

import io
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from speech import words
from speech.words import LANGUAGES, catalogue
from tests.speech.texts import ROOT, marked, spoken

OTHERS = [language for language in LANGUAGES if language != "en"]


def values_of(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_in_the_catalogue_and_nothing_else(language: str) -> None:
    said, places = catalogue(language), marked()
    assert {text: places.get(text, "a table") for text in spoken() - set(said)} == {}, "texts without a translation"
    assert sorted(set(said) - spoken()) == [], "translations of what nobody says"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_and_the_edges_of_its_text(language: str) -> None:
    for text, said in catalogue(language).items():
        assert values_of(said) == values_of(text), text
        assert said.endswith(".") == text.endswith("."), text
        if not text.startswith(" because"):
            assert said.startswith((" ", ",")) == text.startswith((" ", ",")), text


@pytest.mark.parametrize("language", OTHERS)
def test_gettext_reads_the_catalogue_as_we_do(language: str) -> None:
    source = (ROOT / "speech" / "catalogues" / f"{language}.po").read_bytes()
    theirs = read_po(io.BytesIO(source), abort_invalid=True)
    assert {str(entry.id): entry.string for entry in theirs if entry.id} == dict(catalogue(language))
    assert not [entry.id for entry in theirs if entry.id and (entry.fuzzy or not entry.string)]


def test_a_line_that_is_none_of_a_catalogue_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "catalogues").mkdir()
    (tmp_path / "catalogues" / "xx.po").write_text('msgid "one"\nmsgstr een\n')
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    with pytest.raises(ValueError, match=r"xx\.po, line 2"):
        words.catalogue("xx")


def test_a_long_text_may_stand_on_several_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "catalogues").mkdir()
    po = 'msgid ""\n"one"\n" more"\nmsgid_plural "many"\nmsgstr[0] "een"\nmsgstr[1] "veel"\n'
    (tmp_path / "catalogues" / "xx.po").write_text(po)
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    assert words.catalogue("xx") == {"one more": "een", "many": "veel"}
