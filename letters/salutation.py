"""How the reader is addressed: `mevrouw De Wit`, by the title that stands with a name.

A title is never guessed: where none is given the name stands as it is, or in Dutch, where a name begins with initials,
`heer of mevrouw De Wit`.
"""

import re
from collections.abc import Mapping
from typing import Literal

from letters.content import Language, LetterContent

_Gender = Literal["female", "male"]

_TITLES: Mapping[str, _Gender] = {
    **dict.fromkeys(("mevrouw", "mevr", "mw", "mrs", "ms", "madame", "mme", "frau"), "female"),
    **dict.fromkeys(("heer", "dhr", "meneer", "mijnheer", "monsieur", "herr", "herrn"), "male"),
}
"""Titles before a name, without their full stop, in any language. *Mr* is in Dutch a lawyer's."""

_SAID: Mapping[Language, Mapping[_Gender, str]] = {
    "nl": {"female": "mevrouw", "male": "heer"},
    "en": {"female": "Ms", "male": "Mr"},
    "fr": {"female": "Madame", "male": "Monsieur"},
    "de": {"female": "Frau", "male": "Herr"},
}

_DEGREES = frozenset({"dr", "drs", "ir", "ing", "prof", "mr", "bc"})
_PARTICLES = frozenset(
    (
        *("aan", "bij", "da", "de", "den", "der", "des", "di", "du", "el", "het", "in", "la", "le", "onder", "op"),
        *("over", "'t", "te", "ten", "ter", "tot", "uit", "van", "vom", "von", "voor", "zu", "zum", "zur"),
    )
)
_INITIALS = re.compile(r"(?:[^\W\d_][^\W\d_]{0,2}\.-?)+")
_MOST_WORDS = 6


def addressee(content: LetterContent, *, formal: bool) -> str | None:
    """Return whom the salutation names, None for nobody in particular.

    Args:
        content: What the letter says.
        formal: Whether a Dutch man is a *heer*; else he is *meneer*.
    """
    person = content.debtor.contact_name
    name = person or (content.debtor.name if content.consumer else None)
    if not name:
        return None
    gender, words = _parted(name, content.language)
    if gender is None:
        initials = content.language == "nl" and person is not None and _INITIALS.fullmatch(words[0])
        family = _family_name(words, content) if initials else None
        return f"heer of mevrouw {family}" if family else name
    said = _SAID[content.language][gender]
    if (content.language, gender, formal) == ("nl", "male", False):
        said = "meneer"
    if not words:
        return name
    return f"{said} {_family_name(words, content) or ' '.join(words)}"


def title_of(content: LetterContent) -> str | None:
    """Return the title of the addressee in the language of the letter, None where none is given."""
    name = content.debtor.contact_name or (content.debtor.name if content.consumer else None)
    gender, words = _parted(name, content.language) if name else (None, [])
    return _SAID[content.language][gender] if gender is not None and words else None


def _parted(name: str, language: Language) -> tuple[_Gender | None, list[str]]:
    """Return the title and the words of a name without it; two people keep theirs."""
    words = name.split()
    if len(words) > 1 and words[0].casefold() == "de" and words[1].casefold() == "heer":
        words = words[1:]
    first = words[0].casefold().rstrip(".")
    gender = _TITLES.get(first)
    if first == "mr" and language == "en":
        gender = "male"
    rest = words[1:]
    if gender is None or any(word.casefold().rstrip(".") in (*_TITLES, "en", "and", "et", "und", "&") for word in rest):
        return None, name.split()
    return gender, rest


def _family_name(words: list[str], content: LetterContent) -> str | None:
    """Return the family name, with its capital; None where nobody can say where it begins."""
    degrees = []
    while len(words) > 1 and words[0].casefold().rstrip(".") in _DEGREES:
        degrees.append(words[0])
        words = words[1:]
    if len(words) > _MOST_WORDS:
        return None
    starts = [place for place, word in enumerate(words) if word.casefold() in _PARTICLES or "-" in word.strip(".-")]
    initials = [place for place, word in enumerate(words) if _INITIALS.fullmatch(word)]
    begin = next((place for place in starts if place not in initials), len(words) - 1)
    before = words[:begin]
    if len(before) > 1 and not all(place in initials for place in range(begin)):
        return None
    family = " ".join(words[begin:])
    # In the Netherlands a particle has a capital where no name or initial stands before it; in Belgium it stays.
    if content.language in ("nl", "en") and content.law != "BE" and words[begin][0].isalpha():
        family = family[0].upper() + family[1:]
    return " ".join((*degrees, family)) if content.language == "de" else family
