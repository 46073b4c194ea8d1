"""Words at the terminal in the language of who reads them: English as it stands in the source, or a catalogue.

`tr` marks a text where it is said; `speak` picks the catalogue, once, when a command begins; a page speaks to each of
its readers in his own language (`speaking`). Nothing else changes with
the language: no code, no field, nothing that is stored and nothing in a workflow. A process that runs workflows speaks
English but where it turns to the person who started it (`to_people`): what its workers say beside that stays English.
A catalogue is read as it stands (gettext's .po), so that an installed wheel needs no step of building; in English none
is read, and nothing begins later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from speech.amounts import amount_in

__all__ = ["LANGUAGES", "catalogue", "speak", "speak_here", "speaking", "spoken_language", "to_people", "tr", "trn"]

LANGUAGES = ("en", "nl", "fr", "de")
"""Languages there are."""

_ENGLISH: tuple[str, Mapping[str, str]] = ("en", {})

_spoken = _ENGLISH
_to_people = _ENGLISH
_turned_to_people: ContextVar[bool] = ContextVar("turned_to_people", default=False)
"""Of the thread or task that speaks; a worker's own never are."""
_in_a_language: ContextVar[tuple[str, Mapping[str, str]] | None] = ContextVar("in_a_language", default=None)
"""What this thread or task speaks, whatever the process does."""


def speak(language: str, *, to_people_alone: bool = False) -> None:
    """Say everything in a language from now on; English where there is no catalogue of it.

    Args:
        language: One of `LANGUAGES`.
        to_people_alone: Only within `to_people`; everything else is English.
    """
    global _spoken, _to_people
    _to_people = _ENGLISH if language == "en" else (language, catalogue(language))
    _spoken = _ENGLISH if to_people_alone else _to_people


@contextmanager
def to_people() -> Iterator[None]:
    """Within it this thread or task speaks to the person at the terminal, whatever else the process does.

    Nothing is to be awaited in it that begins work of a worker: a task begun in it speaks to people, too.
    """
    before = _turned_to_people.set(True)
    try:
        yield
    finally:
        _turned_to_people.reset(before)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it this thread or task speaks a language, whatever else the process does: each reader has his own.

    Args:
        language: One of `LANGUAGES`.
    """
    before = _in_a_language.set(_ENGLISH if language == "en" else _kept(language))
    try:
        yield
    finally:
        _in_a_language.reset(before)


def speak_here(language: str) -> None:
    """Go on in another language until the `speaking` around this ends: only now it is known who reads.

    Args:
        language: One of `LANGUAGES`.
    """
    _in_a_language.set(_ENGLISH if language == "en" else _kept(language))


@lru_cache(maxsize=8)
def _kept(language: str) -> tuple[str, Mapping[str, str]]:
    return language, catalogue(language)


def _now_spoken() -> tuple[str, Mapping[str, str]]:
    here = _in_a_language.get()
    if here is not None:
        return here
    return _to_people if _turned_to_people.get() else _spoken


def spoken_language() -> str:
    """Return the language that is spoken, one of `LANGUAGES`."""
    return _now_spoken()[0]


def tr(text: str, /, **values: object) -> str:
    """Return a text in the language that is spoken, with its values filled in.

    Args:
        text: In English, with `{name}` for each value.
        values: What is filled in; an amount that is a text as the language writes it.
    """
    language, texts = _now_spoken()
    found = texts.get(text, text)
    if not values:
        return found
    if language != "en":
        values = {name: amount_in(language, each) if type(each) is str else each for name, each in values.items()}
    return found.format(**values)


def trn(one: str, many: str, number: int, /, **values: object) -> str:
    """Return one of two texts, by number, in the language that is spoken; `{number}` is filled in.

    French says none as it says one: `0 dossier`.

    Args:
        one: In English, for one.
        many: In English, for any other number.
        number: How many.
        values: What else is filled in.
    """
    # A text for one that does not name the number ("1 day") says nothing of none.
    single = number == 1 or (number == 0 and "{number}" in one and spoken_language() == "fr")
    return tr(one if single else many, number=number, **values)


def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts of a language by their English: the entries of `catalogues/<language>.po`.

    Args:
        language: One of `LANGUAGES`, or `sentences.<language>` for what `speech.sentences` says.

    Raises:
        ValueError: a line is none of a catalogue.
    """
    from importlib.resources import files

    # Every command in another language than English waits for this: it goes through the file by fields, not by lines.
    source = (files("speech") / "catalogues" / f"{language}.po").read_text("utf-8") + "\n"
    entries: dict[str, str] = {}
    one = many = ""
    begun = _BESIDE.match(source)
    at = 0 if begun is None else begun.end()
    for field in _FIELD.finditer(source, at):
        if field.start() != at:
            break
        at = field.end()
        name, lines = field.groups()
        said = lines[1:-2]
        if '"' in said or "\\" in said:
            said = _put_together(source, field.start(2), lines, language)
        if name == "msgid":
            one, many = said, ""
        elif name == "msgid_plural":
            many = said
        elif said:
            entries[many if name == "msgstr[1]" else one] = said
    if at != len(source):
        raise _no_line_of(language, source, at)
    entries.pop("", None)
    return entries


_BESIDE = re.compile(r"(?:#.*\n|\n)*")
"""Comments and empty lines."""
_FIELD = re.compile(rf'(msgid|msgid_plural|msgstr|msgstr\[[01]\]) ((?:".*"\n)+){_BESIDE.pattern}')


def _put_together(source: str, start: int, lines: str, language: str) -> str:
    """A text that stands on several lines, or has escapes; those of gettext that we use are those of JSON."""
    said = ""
    for line in lines.splitlines(keepends=True):
        try:
            said += json.loads(line)
        except ValueError:
            raise _no_line_of(language, source, start) from None
        start += len(line)
    return said


def _no_line_of(language: str, source: str, start: int) -> ValueError:
    return ValueError(f"{language}.po, line {source.count(chr(10), 0, start) + 1}: no line of a catalogue")
