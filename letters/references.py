"""Structured payment references: which standard one follows is told by its form, and its check digits are counted.

A debtor copies a reference by hand, and a bank matches on it: a wrong one sends the money nowhere.
"""

import re
from dataclasses import dataclass
from typing import Literal

from stdnum import iso11649
from stdnum.be import ogm_vcs
from stdnum.exceptions import ValidationError

Standard = Literal["rf", "betalingskenmerk", "ogm"]

# Betaalvereniging Nederland, "Specificaties betalingskenmerk": weights from the last digit on, again after ten.
_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)
# A seven has no length code, sixteen need none.
_LENGTHS = (7, 9, 10, 11, 12, 13, 14, 16)


@dataclass(frozen=True, slots=True)
class StructuredReference:
    """A reference whose check digits are right.

    Attributes:
        standard: `rf` (ISO 11649), `betalingskenmerk` (the Netherlands) or `ogm` (Belgium).
        compact: As machines write it: `RF18539007547034`, `5000056789012345`, `010806817183`.
        shown: As people read it, in groups: `RF18 5390 0754 7034`, `+++010/8068/17183+++`.
    """

    standard: Standard
    compact: str
    shown: str


def check_digit(digits: str) -> int:
    """Return the check digit of a Dutch betalingskenmerk for all digits behind it.

    Source: Betaalvereniging Nederland: 11 less the weighted sum modulo 11, where 10 is written 1 and 11 is written 0.

    Raises:
        ValueError: `digits` holds something else than digits, or nothing.
    """
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{digits!r} is not a row of digits")
    weighted = sum(int(digit) * _WEIGHTS[place % 10] for place, digit in enumerate(reversed(digits)))
    left = 11 - weighted % 11
    return {10: 1, 11: 0}.get(left, left)


def checked_reference(text: str) -> StructuredReference:
    """Return a reference after counting its check digits.

    Args:
        text: `RF…` (ISO 11649); `+++123/4567/89012+++`, `***…***` or with the slashes alone (Belgium); digits alone,
            7, 9 to 14 or 16 of them (Dutch betalingskenmerk). Spaces do not matter.

    Raises:
        ValueError: it has no such form, or a check failed; the message says which.
    """
    bare = re.sub(r"[\s\u00a0\u202f]", "", text).upper()
    if bare.startswith("RF"):
        return _rf(bare)
    if re.fullmatch(r"(\+\+\+|\*\*\*)?\d{3}/\d{4}/\d{5}(\+\+\+|\*\*\*)?", bare, re.ASCII):
        return _ogm(bare)
    if re.fullmatch(r"(\+\+\+|\*\*\*)\d{12}(\+\+\+|\*\*\*)", bare, re.ASCII):
        return _ogm(bare)
    if bare.isascii() and bare.isdigit():
        return _betalingskenmerk(bare)
    raise ValueError(
        f"structured reference {text!r} has no known form; give RF… (ISO 11649), a Dutch betalingskenmerk of digits "
        "alone, or a Belgian one like +++010/8068/17183+++"
    )


def _rf(bare: str) -> StructuredReference:
    if not re.fullmatch(r"RF\d{2}[0-9A-Z]{1,21}", bare, re.ASCII):
        raise ValueError(f"reference {bare!r}: ISO 11649 is RF, two check digits, then 1 to 21 letters or digits")
    try:
        iso11649.validate(bare)
    except ValidationError as error:
        raise ValueError(f"reference {bare!r}: the check digits of ISO 11649 (modulo 97) are wrong") from error
    return StructuredReference("rf", bare, _fours(bare))


def _ogm(bare: str) -> StructuredReference:
    digits = re.sub(r"\D", "", bare)
    try:
        ogm_vcs.validate(digits)
    except ValidationError as error:
        raise ValueError(f"reference {bare!r}: the last two digits of the Belgian OGM (modulo 97) are wrong") from error
    return StructuredReference("ogm", digits, f"+++{ogm_vcs.format(digits)}+++")


def _betalingskenmerk(bare: str) -> StructuredReference:
    count = len(bare)
    if count not in _LENGTHS:
        raise ValueError(f"reference {bare!r} has {count} digits; a Dutch betalingskenmerk has 7, 9 to 14 or 16")
    if 9 <= count <= 14 and int(bare[1]) != (count - 2) % 10:
        raise ValueError(
            f"reference {bare!r}: the length code of the betalingskenmerk, its second digit, must be {(count - 2) % 10}"
        )
    if int(bare[0]) != check_digit(bare[1:]):
        raise ValueError(f"reference {bare!r}: the check digit of the betalingskenmerk, its first digit, is wrong")
    return StructuredReference("betalingskenmerk", bare, _fours(bare))


def _fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
