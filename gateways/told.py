"""Reading what a payment provider wrote: JSON of others, of which nothing is taken for granted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from domain.money import Money, minor_digits
from domain.provider_money import Designation

__all__ = ["Told", "designation_of", "minor_money", "whole_text"]

_LAST_SECOND = 253_402_300_799  # 9999-12-31
_LONGEST_TEXT = 500


class Told:
    """An object of JSON; what is missing or of another form is empty."""

    def __init__(self, value: object) -> None:
        """Wrap it."""
        self._value: Mapping[str, object] = value if isinstance(value, Mapping) else {}

    @classmethod
    def of_body(cls, body: bytes) -> Told:
        """The object that a body holds.

        Raises:
            ValueError: it is no JSON object; the text does not quote it.
        """
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            raise ValueError("the body is no JSON") from None
        if not isinstance(found, dict):
            raise ValueError("the body is no JSON object")
        return cls(found)

    def __bool__(self) -> bool:
        return bool(self._value)

    def text(self, name: str) -> str:
        """A field that is text, or a number written as one; else empty."""
        value = self._value.get(name)
        if isinstance(value, str):
            return value[:_LONGEST_TEXT]
        return str(value) if type(value) is int else ""

    def whole(self, name: str) -> int | None:
        """A field that is a whole number."""
        value = self._value.get(name)
        return value if type(value) is int else None

    def true(self, name: str) -> bool:
        """Whether a field is true, as JSON or as text."""
        return self._value.get(name) in (True, "true")

    def false(self, name: str) -> bool:
        """Whether a field is false, as JSON or as text: not so where it is missing."""
        value = self._value.get(name)
        return value is False or value == "false"

    def sub(self, name: str) -> Told:
        """An object in it."""
        return Told(self._value.get(name))

    def subs(self, name: str) -> tuple[Told, ...]:
        """The objects of a list in it."""
        value = self._value.get(name)
        return tuple(Told(each) for each in value) if isinstance(value, list) else ()

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list in it."""
        value = self._value.get(name)
        return tuple(each[:_LONGEST_TEXT] for each in value if isinstance(each, str)) if isinstance(value, list) else ()

    def objects(self, name: str) -> tuple[Mapping[str, object], ...] | None:
        """The objects of a list in it, as they are; None where it is no list of objects."""
        value = self._value.get(name)
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            return None
        return tuple(value)

    def mapping(self, name: str) -> Mapping[str, object]:
        """An object in it, as it is; also where it is JSON written as text."""
        value = self._value.get(name)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return {}
        return value if isinstance(value, Mapping) else {}

    def moment(self, name: str) -> datetime | None:
        """A moment: seconds since 1970, or ISO 8601 with its offset."""
        value = self._value.get(name)
        if type(value) is int and 0 <= value <= _LAST_SECOND:
            return datetime.fromtimestamp(value, UTC)
        if not isinstance(value, str):
            return None
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return found if found.tzinfo is not None else None


def minor_money(minor: int | None, currency: str, in_hundredths: frozenset[str] = frozenset()) -> Money | None:
    """An amount in the minor units of a provider, zero or more; None where it is none.

    Args:
        minor: How many of them.
        currency: ISO 4217, in whatever case.
        in_hundredths: Currencies without a minor unit that the provider writes in hundredths all the same.
    """
    code = currency.upper()
    if minor is None or minor < 0:
        return None
    if code in in_hundredths and minor_digits(code) == 0:
        if minor % 100:
            return None
        minor //= 100
    try:
        return Money.from_minor(minor, code)
    except ValueError:
        return None


def whole_text(*texts: str) -> tuple[str, ...]:
    """The texts that say something, each once."""
    return tuple(dict.fromkeys(each.strip() for each in texts if each.strip()))


def designation_of(
    metadata: Mapping[str, object], texts: tuple[str, ...], payer: str = "", account: str = ""
) -> Designation:
    """What a payment is for, by what was given along with it: `case_id`, `creditor`, `invoice` or `invoices`, `debtor`.

    Args:
        metadata: Fields that whoever asked for the payment gave along.
        texts: What is written on it.
        payer: Name of the payer.
        account: The account that it came from.
    """
    said = Told(metadata)
    invoices = [said.text(name) for name in ("invoice", "invoice_number", "invoices", "invoice_numbers")]
    listed = metadata.get("invoices")
    if isinstance(listed, list):
        invoices += [str(each) for each in listed if isinstance(each, str | int)]
    numbers = [number for written in invoices for number in (written, *written.split(","))]
    return Designation(
        case_id=said.text("case_id") or None,
        creditor=said.text("creditor") or None,
        invoices=whole_text(*numbers),
        debtor=said.text("debtor") or said.text("debtor_number") or None,
        texts=texts,
        payer=payer.strip()[:200],
        account=account.strip()[:64],
    )
