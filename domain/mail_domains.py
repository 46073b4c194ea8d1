"""Domains of e-mail addresses that look like others: letters of several scripts in one label, or borrowed looks.

By Unicode Technical Standard 39 (Unicode Security Mechanisms) §5.2, restriction level *highly restrictive*: a label is
written in one script, or in Latin with the scripts of Japanese, Chinese or Korean. The script of a letter is read from
its name in Python's Unicode data, where it stands first.
"""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["mail_domain", "why_doubtful"]

_TOGETHER: Final = (
    frozenset(("latin", "han", "hiragana", "katakana")),
    frozenset(("latin", "han", "bopomofo")),
    frozenset(("latin", "han", "hangul")),
)
_NAMED_OTHERWISE: Final = {"cjk": "han", "ideographic": "han", "kangxi": "han"}
_OF_SEVERAL: Final = frozenset(("modifier", "combining", "katakana-hiragana", "masculine", "feminine", "vertical"))
"""How letters begin that several scripts share."""

# Letters of other scripts that look like a Latin one (UTS 39, confusables.txt), as most fonts draw them.
_LOOK_LATIN: Final = {
    "cyrillic": frozenset("авеёіїјкорсухѕһԁԛԝӏүѵгьпт"),
    "greek": frozenset("αικνορτυχγωηβ"),
    "armenian": frozenset("օսոհցյգքզ"),
}
_DOTS: Final = {0x3002: ".", 0xFF0E: ".", 0xFF61: "."}
"""Full stops that count as the dot between labels (RFC 3490 §3.1)."""


def mail_domain(address: str) -> str:
    """The domain of an address, as it is compared: in Unicode, small letters, composed."""
    labels = address.rpartition("@")[2].translate(_DOTS).split(".")
    return ".".join(_unicode(label) or label.lower() for label in labels)


def why_doubtful(domain: str) -> str | None:
    """Why a domain may not be the one that it seems to be.

    Args:
        domain: In Unicode or as it travels (`xn--…`), of any case.

    Returns:
        A sentence without the domain; None when nothing is the matter with it.
    """
    if domain.isascii() and "xn--" not in domain.lower():
        return None
    labels = domain.translate(_DOTS).split(".")
    read = [_unicode(label) for label in labels]
    if None in read:
        return "a part of it that begins with xn-- can't be read"
    shown = [label for label in read if label is not None]
    for label in shown:
        scripts = _scripts(label)
        if len(scripts) > 1 and not any(scripts <= allowed for allowed in _TOGETHER):
            return f"it mixes letters of several scripts ({', '.join(sorted(scripts))}) that look alike"
        if len(_systems_of_digits(label)) > 1:
            return "it mixes digits of several scripts"
    if len(shown) > 1 and shown[-1].isascii():
        for label in shown[:-1]:
            for script, look_latin in _LOOK_LATIN.items():
                if _scripts(label) == {script} and all(char in look_latin for char in label if char.isalpha()):
                    return f"a part of it is written in {script} letters that look like Latin ones"
    return None


def _unicode(label: str) -> str | None:
    """A label in Unicode; None when its punycode can't be read."""
    plain = unicodedata.normalize("NFKC", label).lower()
    if not plain.startswith("xn--"):
        return plain
    try:
        return unicodedata.normalize("NFKC", plain[4:].encode("ascii").decode("punycode")).lower()
    except (UnicodeError, ValueError, OverflowError):
        return None


def _scripts(label: str) -> frozenset[str]:
    """Scripts of the letters in it."""
    found = set()
    for char in label:
        if unicodedata.category(char).startswith("L"):
            first = unicodedata.name(char, "unknown").split()[0].lower()
            if first not in _OF_SEVERAL:
                found.add(_NAMED_OTHERWISE.get(first, first.partition("-")[0]))
    return frozenset(found)


def _systems_of_digits(label: str) -> frozenset[int]:
    """The zero of each system of digits in it."""
    return frozenset(ord(char) - unicodedata.decimal(char) for char in label if unicodedata.category(char) == "Nd")
