"""Amounts as people and programs write them: `1.234,56`, `1,234.56`, `€ 1 234,50`, `1.234,-`, `12,50-`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from intake.findings import Unreadable, shown

DecimalMark = Literal[",", "."]

_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP"}
_WITH_CURRENCY = re.compile(
    r"(?P<sign>[-+]?)\s*(?P<front>[A-Za-z]{3}|[€$£])?\s*(?P<number>[^A-Za-z€$£]*?)\s*(?P<back>[A-Za-z]{3}|[€$£])?"
)
_GROUP_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007'’", " ") | {"−": "-", "–": "-", "—": "-"})
_NO_CENTS = re.compile(r"(?<=[.,])(?:-{1,2}|=)$")
_GROUPED = {mark: re.compile(rf"[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}})+") for mark in " .,"}
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """One amount as written, with every reading that its form allows.

    Attributes:
        text: What stood in the file.
        currency: ISO 4217 code written next to the amount, or None.
        readings: The value by the decimal mark that gives it; two only for forms such as `1.234`.
        mark: The decimal mark that this amount proves, or None when it proves nothing (`1234`).
    """

    text: str
    currency: str | None
    readings: tuple[tuple[DecimalMark, Decimal], ...]
    mark: DecimalMark | None


def read_written_amount(text: str) -> WrittenAmount:
    """Read one amount without knowing its neighbours.

    Args:
        text: The amount, with or without a currency, thousands marks and a sign in front or behind.

    Returns:
        The amount with its possible readings.

    Raises:
        Unreadable: It is no amount, or has more than two decimals.
    """
    not_an_amount = Unreadable(f"{shown(text)} is not an amount: write it like 1.234,56 or 1234.56")
    parts = _WITH_CURRENCY.fullmatch(text.translate(_GROUP_SPACES).strip())
    if parts is None or (parts["front"] and parts["back"]):
        raise not_an_amount
    code = parts["front"] or parts["back"]
    number, negative = _without_sign(parts["sign"] + parts["number"])
    sign = -1 if negative else 1
    mark, readings = _readings(number, not_an_amount, text)
    if any(value >= 10**_MOST_DIGITS for _, value in readings):
        raise Unreadable(f"{shown(text)} is too large for an invoice: check the amount")
    return WrittenAmount(
        text=text,
        currency=None if code is None else _SYMBOLS.get(code, code.upper()),
        readings=tuple((by, sign * value) for by, value in readings),
        mark=mark,
    )


def proven_mark(amounts: Iterable[WrittenAmount]) -> DecimalMark | None:
    """Find the decimal mark that a column of amounts agrees on.

    Args:
        amounts: The readable amounts of one column.

    Returns:
        The mark, or None when no amount proves one or they contradict each other.
    """
    marks = {amount.mark for amount in amounts if amount.mark is not None}
    return marks.pop() if len(marks) == 1 else None


def settle(amount: WrittenAmount, mark: DecimalMark | None) -> Decimal:
    """Choose the reading of an amount with the help of its column.

    Args:
        amount: The amount as written.
        mark: What `proven_mark` says of its column.

    Returns:
        The value, exact, with two decimals.

    Raises:
        Unreadable: Two readings are possible and the column does not decide, or the one it decides on has
            three decimals.
    """
    if len(amount.readings) == 1:
        return amount.readings[0][1].quantize(Decimal("0.01"))
    (_, whole), (decimal_mark, fraction) = amount.readings
    if mark is None:
        raise Unreadable(
            f"{shown(amount.text)} can be {whole} or {fraction}, and no other amount in this column shows"
            f" which: write {whole}{decimal_mark}00 if you mean {whole}"
        )
    if mark == decimal_mark:
        raise Unreadable(
            f"{shown(amount.text)} has three decimals, since other amounts in this column have their cents"
            f" behind a {'comma' if mark == ',' else 'point'}: write the amount with two"
        )
    return whole.quantize(Decimal("0.01"))


def _without_sign(number: str) -> tuple[str, bool]:
    """Strip the sign, in front, behind or as brackets; `12,-` has no sign but, as Dutch does, no cents."""
    number = number.strip()
    if number.startswith("(") and number.endswith(")"):
        return number[1:-1].strip(), True
    number = _NO_CENTS.sub("00", number)
    if number.startswith(("-", "+")):
        return number[1:].strip(), number[0] == "-"
    if number.endswith("-"):
        return number[:-1].strip(), True
    return number, False


def _readings(
    number: str, not_an_amount: Unreadable, text: str
) -> tuple[DecimalMark | None, list[tuple[DecimalMark, Decimal]]]:
    """Give the proven decimal mark and all readings of an unsigned number."""
    if not re.fullmatch(r"[0-9., ]*[0-9][0-9., ]*", number) or number.startswith(" "):
        raise not_an_amount
    too_fine = Unreadable(f"{shown(text)} has more than two decimals: write the amount in whole cents")
    if "," not in number and "." not in number:
        return None, [(",", _whole(number, not_an_amount))]
    last: DecimalMark = "," if number.rfind(",") > number.rfind(".") else "."
    other: DecimalMark = "." if last == "," else ","
    front, _, back = number.rpartition(last)
    if other not in number and number.count(last) > 1:
        # Several of one mark can only part thousands: 1.234.567.
        if not _GROUPED[last].fullmatch(number):
            raise not_an_amount
        return other, [(other, Decimal(number.replace(last, "")))]
    if last in front or " " in back:
        raise not_an_amount
    whole = _whole(front or "0", not_an_amount)
    grouped = other in front or " " in front
    if len(back) == 3 and not grouped and re.fullmatch(r"[1-9][0-9]{0,2}", front):
        # 1.234 alone: thousands in one convention, three decimals in the other; the column must tell.
        return None, [(other, Decimal(front + back)), (last, Decimal(f"{front}.{back}"))]
    if len(back) > 2:
        raise too_fine
    if not back and not front:
        raise not_an_amount
    return last, [(last, whole + (Decimal(back) / 10 ** len(back) if back else 0))]


def _whole(number: str, not_an_amount: Unreadable) -> Decimal:
    """Read whole units with at most one kind of thousands mark."""
    if re.fullmatch(r"[0-9]+", number):
        return Decimal(number)
    for mark, grouped in _GROUPED.items():
        if grouped.fullmatch(number):
            return Decimal(number.replace(mark, ""))
    raise not_an_amount
