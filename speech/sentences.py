"""Sentences that were made in English before anybody knew who would read them, said in the language that is spoken.

What a rule refuses, what a file check remarks and why something was not done is stored, sent and printed as JSON: it is
English, and plain text. Shown to a person it is looked up here: a table of known sentences with a place for each value,
`catalogues/sentences.<language>.po`, of which the one that explains most of the text is taken. So nothing that is
stored changes with the language, and what was stored by an earlier version is said as well. A sentence that is not in
the table stands as it is. A translation has `{2:step}` where a value is the id of a step or a hold (or several, with
commas) that is read, not typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from speech.amounts import amount_in
from speech.words import catalogue, spoken_language, tr

__all__ = ["say"]

_LONGEST = 4000
"""Characters of a text that is looked up; a longer one is no sentence of ours."""

_DEEPEST = 4
"""How deep sentences are looked for in the values of others."""

_LEAST = 6
"""Characters that a sentence must explain of a whole text; shorter ones are parts of others."""

_PLACE = re.compile(r"\{(\d+)\}")
_SAID_PLACE = re.compile(r"\{(\d+)(:step)?\}")


_NEXT = "; "
"""Between sentences of ours that stand in one line."""

_CODES = frozenset(("business", "consumer", "credited", "paid"))
"""Single words that are said in other words where they are a value; any other may be a name."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One line of the table: what stands beside its values, and how much that explains."""

    pattern: str
    longest: str
    begins: str
    ends: str
    between: tuple[str, ...]
    explains: int
    said: str

    def may_be(self, text: str) -> bool:
        """Whether it is worth trying."""
        return text.startswith(self.begins) and text.endswith(self.ends) and all(part in text for part in self.between)


@dataclass(frozen=True, slots=True)
class _Table:
    """The sentences of a language: those without values, and those with."""

    whole: dict[str, str]
    with_places: tuple[_Sentence, ...]


def say(text: str) -> str:
    """Return a text that was made in English in the language that is spoken.

    Values are left as they are, but where a value is a known sentence itself, or an amount. What stands before it (a
    file, a line, a column, each with `: ` behind it) stays.

    Args:
        text: One line, as it was stored, raised or printed.
    """
    if spoken_language() == "en" or len(text) > _LONGEST:
        return text
    return _said(spoken_language(), text)


@lru_cache(maxsize=2048)
def _said(language: str, text: str) -> str:
    parts = text.split(_NEXT)
    if len(parts) > 1 and all(_said(language, part) != part for part in parts):
        return _NEXT.join(_said(language, part) for part in parts)
    found, best = None, 0
    start = 0
    while start >= 0:
        score, said = _look_up(language, text[start:], 0)
        if score > best:
            found, best = text[:start] + said, score
        colon = text.find(": ", start)
        start = -1 if colon < 0 else colon + 2
    return text if found is None else found


@lru_cache(maxsize=4096)
def _look_up(language: str, text: str, depth: int) -> tuple[int, str]:
    """How many characters the table explains (0: it has no such sentence), and what is said."""
    table = _table(language)
    said = table.whole.get(text)
    if said is None and (depth == 0 or " " in text or text in _CODES):
        said = tr(text)
    if said is not None and said != text:
        return len(text), said
    best, found = 0, amount_in(language, text) if depth else text
    if depth == _DEEPEST or (depth and _is_quoted(text)):
        return best, found
    # Most are ruled out by what they hold, which is quick.
    for each in [each for each in table.with_places if each.longest in text]:
        if (depth == 0 and each.explains < _LEAST) or not each.may_be(text):
            continue
        if (match := _compiled(each.pattern).fullmatch(text)) is None:
            continue
        score, values = each.explains, {}
        for name, value in match.groupdict().items():
            inner, values[name[1:]] = _look_up(language, value, depth + 1)
            score += inner
        if score > best:
            best = score
            found = _SAID_PLACE.sub(lambda place, of=values: _filled(place, of), each.said)  # type: ignore[misc]
    return best, found


def _filled(place: re.Match[str], values: dict[str, str]) -> str:
    value = values[place[1]]
    if place[2] is None:
        return value
    return ", ".join(map(_step_said, value.split(", ")))


def _step_said(step: str) -> str:
    words = step.replace("_", " ")
    said = tr(words)
    return step if said == words else said


def _is_quoted(text: str) -> bool:
    """Whether a value is what a person wrote, shown between quote marks."""
    return len(text) > 1 and text[0] in "'\"" and text[-1] == text[0] and text[0] not in text[1:-1]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when a text may first be this one: all of a table take longer than most commands look up."""
    return re.compile(pattern, re.DOTALL)


@lru_cache(maxsize=4)
def _table(language: str) -> _Table:
    whole: dict[str, str] = {}
    places: list[_Sentence] = []
    for text, said in catalogue(f"sentences.{language}").items():
        parts = _PLACE.split(text)
        if len(parts) == 1:
            whole[text] = said
            continue
        literals = parts[::2]
        # A value stands once in the table's English, and may stand several times in the translation.
        pattern = "".join(re.escape(part) if at % 2 == 0 else f"(?P<v{part}>.+?)" for at, part in enumerate(parts))
        longest = max(literals, key=len)
        explains = sum(map(len, literals))
        places.append(_Sentence(pattern, longest, literals[0], literals[-1], tuple(literals[1:-1]), explains, said))
    return _Table(whole, tuple(places))
