"""Words at the terminal in the language of who reads them: English as it stands in the source, or a catalogue.

`tr` marks a text where it is said; `speak` picks the catalogue, once, when a command begins. Nothing else changes with
the language: no code, no field, nothing that is stored and nothing in a workflow, whose process never picks one.
A catalogue is read as it stands (gettext's .po), so that an installed wheel needs no step of building; in English none
is read, and nothing begins later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

__all__ = ["LANGUAGES", "catalogue", "speak", "spoken_language", "tr", "trn"]

LANGUAGES = ("en", "nl")
"""Languages there are."""

_said: dict[str, str] = {}
_spoken = "en"


def speak(language: str) -> None:
    """Say everything in a language from now on; English where there is no catalogue of it.

    Args:
        language: One of `LANGUAGES`.
    """
    global _spoken
    _spoken = language
    _said.clear()
    if language != "en":
        _said.update(catalogue(language))


def spoken_language() -> str:
    """Return the language that is spoken, one of `LANGUAGES`."""
    return _spoken


def tr(text: str, /, **values: object) -> str:
    """Return a text in the language that is spoken, with its values filled in.

    Args:
        text: In English, with `{name}` for each value.
        values: What is filled in.
    """
    found = _said.get(text, text)
    return found.format(**values) if values else found


def trn(one: str, many: str, number: int, /, **values: object) -> str:
    """Return one of two texts, by number, in the language that is spoken; `{number}` is filled in.

    Args:
        one: In English, for one.
        many: In English, for any other number.
        number: How many.
        values: What else is filled in.
    """
    return tr(one if number == 1 else many, number=number, **values)


def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts of a language by their English: the entries of `catalogues/<language>.po`.

    Args:
        language: One of `LANGUAGES`, or `sentences.<language>` for what `speech.sentences` says.

    Raises:
        ValueError: a line is none of a catalogue.
    """
    from importlib.resources import files

    entries: dict[str, str] = {}
    parts: dict[str, str] = {}
    field = ""

    def close() -> None:
        if "msgid" in parts:
            one = parts.get("msgstr", parts.get("msgstr[0]", ""))
            entries[parts["msgid"]] = one
            if "msgid_plural" in parts:
                entries[parts["msgid_plural"]] = parts.get("msgstr[1]", "")
        parts.clear()

    source = (files("speech") / "catalogues" / f"{language}.po").read_text("utf-8")
    for number, line in enumerate(source.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        if not line.startswith('"'):
            word, _, line = line.partition(" ")
            if word == "msgid":
                close()
            field = word
        try:
            # The escapes of gettext that we use are those of JSON.
            parts[field] = parts.get(field, "") + json.loads(line)
        except ValueError:
            raise ValueError(f"{language}.po, line {number}: no line of a catalogue") from None
    close()
    return {text: said for text, said in entries.items() if text and said}
