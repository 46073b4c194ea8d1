"""Telephone numbers: as providers take them, and which of them nobody may call or text.

What kind a number is follows from the numbering plans of the world, as the package `phonenumbers` keeps them (the data
of Google's libphonenumber). Plans change faster than packages, so a number that the package does not know is taken to
be in order, unless it begins like one that is not.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    # The numbering plans are many modules: who looks at no number need not wait for them.
    from phonenumbers import PhoneNumber

__all__ = ["international", "why_unusable"]

_BETWEEN: Final = {ord(sign): None for sign in " \u00a0.-/()"}

# ITU-T E.164, list of assigned country codes: codes that are no country's.
_NO_COUNTRY: Final = {
    800: "a toll-free number",
    808: "a shared-cost number",
    870: "a satellite number",
    881: "a satellite number",
    882: "a number of an international network",
    883: "a number of an international network",
    888: "a number of an international network",
    979: "a premium-rate number",
}

_PREMIUM, _FREE, _SERVICE = "a premium-rate number", "a toll-free number", "a service number"

# By country code: how numbers of a kind begin, whatever the rest and its length.
# NL: Nummerplan telefoon- en ISDN-diensten (BWBR0010198): 0800 free, 0900/0906/0909 pay, 084/087 personal assistant.
# BE: BIPT, numbering plan: 0800 free, 070 and 0900 to 0909 pay, 078 service. NANP: 900 pays.
_BEGINNINGS: Final[dict[int, tuple[tuple[str, str], ...]]] = {
    31: (("90", _PREMIUM), ("800", _FREE)),
    32: (
        ("90", _PREMIUM),
        ("70", _PREMIUM),
        ("78", _SERVICE),
        ("800", _FREE),
    ),
    1: (("900", _PREMIUM),),
}

# NL 088: numbers of companies with several sites, at the price of any other; many a debtor has no other.
_ORDINARY: Final = {31: ("88",)}

_MOST_DIGITS: Final = 15
"""Of a number with its country (E.164); what is dialled after them is passed over."""

_AT_HOME: Final = ("NL", "BE")
"""Where a number without a country may be dialled."""


def international(number: str) -> str | None:
    """A number with `+` and country (E.164), without spaces and signs between; None when it has no country."""
    bare = number.translate(_BETWEEN)
    # E.164: at most 15 digits, and no country begins with 0.
    valid = bare.startswith("+") and bare.isascii() and bare[1:].isdecimal() and 8 <= len(bare) <= 16 and bare[1] != "0"
    return bare if valid else None


@lru_cache(maxsize=4096)
def why_unusable(number: str, country: str | None = None) -> str | None:
    """Why nobody calls or texts a number: it is no subscriber's, or it costs whoever dials it.

    Args:
        number: With `+` and country, or as it is dialled within a country.
        country: ISO 3166 code of that country. Without it the number is taken for good where it is good in the
            Netherlands or in Belgium: 070 is The Hague in one, and costs in the other.

    Returns:
        What the number is, as `a premium-rate number`, never the number itself; None when it may be used.
    """
    bare = number.translate(_BETWEEN)
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if bare.startswith("+"):
        return _why_of(bare, None)
    found = [_why_of(bare, region) for region in (_AT_HOME if country is None else (country,))]
    return None if None in found else found[0]


@cache
def _kinds() -> dict[int, str]:
    """What the kinds of numbers are called that nobody may call."""
    from phonenumbers import PhoneNumberType

    return {
        PhoneNumberType.PREMIUM_RATE: _PREMIUM,
        PhoneNumberType.SHARED_COST: "a shared-cost number",
        PhoneNumberType.TOLL_FREE: _FREE,
        PhoneNumberType.UAN: _SERVICE,
        PhoneNumberType.PAGER: "a pager",
        PhoneNumberType.VOICEMAIL: "a voice mail",
    }


def _why_of(bare: str, region: str | None) -> str | None:
    import phonenumbers

    for code, why in _NO_COUNTRY.items():
        if bare.startswith(f"+{code}"):
            return why
    try:
        parsed = phonenumbers.parse(bare[: _MOST_DIGITS + 1], region)
    except phonenumbers.NumberParseException as problem:
        if problem.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE and region is None:
            return "a number of no country"
        return None  # Whether it is a number at all is not asked here.
    return _why(parsed)


def _why(parsed: PhoneNumber) -> str | None:
    import phonenumbers

    code, digits = parsed.country_code, phonenumbers.national_significant_number(parsed)
    if code is None or digits.startswith(_ORDINARY.get(code, ())):
        return None
    kind = phonenumbers.number_type(parsed)
    if kind in _kinds():
        return _kinds()[kind]
    for beginning, why in _BEGINNINGS.get(code, ()):
        # A number that is too short keeps the 0 that is dialled before it.
        if digits.lstrip("0").startswith(beginning):
            return why
    # Exchanges pass over digits that are too many: what is left of them is what is dialled.
    if kind == phonenumbers.PhoneNumberType.UNKNOWN and phonenumbers.truncate_too_long_number(parsed):
        return _kinds().get(phonenumbers.number_type(parsed))
    return None
