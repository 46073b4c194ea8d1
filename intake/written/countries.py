"""Countries as people and programs write them: by name in one of our languages, or by a code of three letters."""

from functools import cache

from intake.open_items.words import bare_word

__all__ = ["country_named"]

_LANGUAGES = ("nl", "fr", "de", "en")


def country_named(text: str) -> str | None:
    """The ISO 3166 code of two letters of a country, None when there is none of that name."""
    return _by_name().get(bare_word(text.rstrip(".")))


@cache
def _by_name() -> dict[str, str]:
    # Imported here: the names of all countries are read when one is asked for that we don't know by heart.
    from babel import Locale
    from babel.core import get_global

    names = {
        bare_word(name): code
        for language in _LANGUAGES
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code.isalpha()
    }
    codes = {
        old.casefold(): new[0]
        for old, new in get_global("territory_aliases").items()
        if len(old) == 3 and len(new) == 1
    }
    return {**{code: new for code, new in codes.items() if code.isalpha() and len(new) == 2}, **names}
