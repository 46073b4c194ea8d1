"""Everything that is said at the terminal is in the catalogue, translated, with the same values."""

from __future__ import annotations

import io
import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from speech import words
from speech.words import LANGUAGES, catalogue, speaking, trn
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


AS_IN_ENGLISH = {
    "fr": {
        "Arguments",
        "Contact",
        "Contacts",
        "correction",
        "Dates",
        "Documents",
        "Message",
        "Messages",
        "Note",
        "Notes",
        "Options",
        "Pages",
        "Pause",
    }
    | {"Principal", "Version", "[OPTIONS]", "id", "message", "pause", "principal", "stop", "total", "type", "webhooks"}
    | {"1 message", "{number} messages", "E-mail", "e-mail", "e-mails", "1 e-mail", "{number} e-mails"}
    | {"{policy}, version {version}", " version {1}", "{1} message", "{1} messages"}
    | {"question", "version {version}"},
    "de": {"Chance", "Link", "Name", "Partner", "Pause", "Portfolio", "Version"},
}
"""What is the same word in both languages."""
NAMES = {"API", "CEI", "DSO", "SHA-256", "Temporal UI"}


@pytest.mark.parametrize("language", ["fr", "de"])
def test_nothing_was_left_in_english(language: str) -> None:
    """Nor are codes and words of code said as they are, but where they are the same."""
    for name in (language, f"sentences.{language}"):
        same = {text for text, said in catalogue(name).items() if text == said and re.search(r"[a-z]{3}|^[A-Z]", text)}
        codes = {text for text in same if not re.sub(r"\{\w+\}|\w+_\w+|[^a-z]", "", text)}
        assert sorted(same - codes - AS_IN_ENGLISH[language] - NAMES) == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_a_person_types_stays_as_it_is_typed(language: str) -> None:
    """Options, settings, fields of files and judgments stand in a translation as in its text."""
    typed = re.compile(r"--[a-z][a-z-]*|(?:MAANWERK|TEMPORAL)_[A-Z_]+|\b[a-z]+_[a-z_]+\b|ECLI\S+")
    for name in (language, f"sentences.{language}"):
        for text, said in catalogue(name).items():
            if not re.fullmatch(r"[a-z]+_[a-z]+", text) and name != "sentences.nl":
                assert sorted(typed.findall(said)) == sorted(typed.findall(text)), text


@pytest.mark.parametrize("name", ["fr", "sentences.fr"])
def test_french_keeps_its_signs_on_the_line_of_their_word(name: str) -> None:
    """The no-break space, not the narrow one: letters and the debtor's page have it too, and every font."""
    for text, said in catalogue(name).items():
        assert not re.search(r"[ \u202f][:;?!»%]|«[ \u202f\w]|\w[;?!»](?!\w)|\w'\w", said), text
        # Behind a field of a file its colon stands as it is typed.
        assert not re.search(r"\w\)?:( |$)", re.sub(r"`[^`]*`|\b(terms|mapping|proven): ", "", said)), text


@pytest.mark.parametrize("name", ["fr", "de", "sentences.fr", "sentences.de"])
def test_nobody_is_shouted_at(name: str) -> None:
    shouting = re.compile(r"[^\W\d_}][\u00a0 ]?!(?!\w)")
    assert [said for said in catalogue(name).values() if shouting.search(said)] == []


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


@pytest.mark.parametrize(
    ("language", "none", "one", "two"),
    [
        ("en", "0 cases", "1 case", "2 cases"),
        ("nl", "0 zaken", "1 zaak", "2 zaken"),
        ("fr", "0 dossier", "1 dossier", "2 dossiers"),
        ("de", "0 Fälle", "1 Fall", "2 Fälle"),
    ],
)
def test_none_is_said_as_the_language_says_it(language: str, none: str, one: str, two: str) -> None:
    """CLDR's plural rules: French counts none as one."""
    with speaking(language):
        assert [trn("{number} case", "{number} cases", number) for number in (0, 1, 2)] == [none, one, two]
        # A text that names its number itself says nothing of none.
        assert trn("1 day", "{number} days", 0).startswith("0 ")
