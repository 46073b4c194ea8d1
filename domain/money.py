"""Amounts of money: exact, in one currency, never a float, rounded in one place only."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from functools import lru_cache
from typing import Any, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

__all__ = ["OTHER_DIGITS", "CurrencyMismatch", "Money", "minor_digits", "round_half_up", "round_ratio"]

# ISO 4217 currencies whose minor unit is not a hundredth.
_MINOR_DIGITS: Final[dict[str, int]] = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}

OTHER_DIGITS: Final[Mapping[str, int]] = _MINOR_DIGITS
"""Number of decimals of the currencies that have not two."""

# Asked at every sum: the common ones need no look at the form of the code.
_KNOWN_DIGITS: Final[dict[str, int]] = {**_MINOR_DIGITS, **dict.fromkeys(("EUR", "USD", "GBP", "CHF"), 2)}

# Far above any invoice. It keeps every sum within the precision of `_EXACT`, so no cent can fall off.
_LIMIT: Final = Decimal(10) ** 15
_MINOR_LIMITS: Final = tuple(10 ** (15 + digits) for digits in range(5))

# Our own context: what a caller does to the thread's decimal context can never change an amount, and a result
# that would need rounding raises instead of being rounded silently.
_EXACT: Final = Context(prec=40, traps=[Inexact, InvalidOperation, Overflow])
_ROUNDING: Final = Context(prec=80, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_AMOUNT: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were added, subtracted or put in order."""


def minor_digits(currency: str) -> int:
    """Number of decimals of a currency: EUR 2, JPY 0, KWD 3.

    Args:
        currency: ISO 4217 code in capitals.

    Raises:
        ValueError: the code is not three capitals.
    """
    known = _KNOWN_DIGITS.get(currency) if isinstance(currency, str) else None
    if known is not None:
        return known
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise ValueError(f"currency {currency!r} is not an ISO 4217 code of three capitals, like EUR")
    return _MINOR_DIGITS.get(currency, 2)


@lru_cache(maxsize=256)
def _quantum(currency: str) -> Decimal:
    """Return the smallest amount of a currency: 0.01 for EUR, 1 for JPY."""
    return Decimal(1).scaleb(-minor_digits(currency))


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency, positive or negative, below 10^15 in size.

    Equal amounts in equal currencies are equal; amounts in different currencies are unequal, and adding,
    subtracting or ordering them raises `CurrencyMismatch`. An amount is true when it is not zero. In JSON it
    is `{"amount": "100.00", "currency": "EUR"}`; numbers are refused there, for they may have been floats.

    Raises:
        TypeError: the amount is not a `Decimal`.
        ValueError: not finite, too large, more decimals than the currency has (also when they are zeros:
            1.000 may have been meant as a thousand), or no currency code.
    """

    amount: Decimal
    """In major units (euros), always with exactly the decimals of the currency."""
    currency: str
    """ISO 4217 code."""

    def __post_init__(self) -> None:
        """Check the amount and give it the decimals of its currency."""
        amount = self.amount
        if not isinstance(amount, Decimal):
            raise TypeError(f"amount {amount!r} is a {type(amount).__name__}; money is made of a Decimal")
        quantum = _quantum(self.currency)
        if amount.same_quantum(quantum) and amount and -_LIMIT < amount < _LIMIT:
            return
        _set_amount(self, _quantised(amount, self.currency))

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in that currency."""
        return _zero(currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read a plain amount as in our files: `1234`, `1234.5`, `-0.01`.

        Args:
            text: digits with at most one point; no spaces, thousands separators, exponents or plus sign.
            currency: ISO 4217 code.

        Raises:
            ValueError: another form, or more decimals than the currency has.
        """
        if not isinstance(text, str):
            raise ValueError(f"amount {text!r} is a {type(text).__name__}; write it as a text, like '1234.50'")
        if len(text) > 40 or not _AMOUNT.fullmatch(text):
            raise ValueError(f"amount {text[:40]!r} is not a plain decimal number, like '1234.50'")
        return cls(Decimal(text), currency)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> "Money":
        """Make an amount of a number of minor units: 1250 EUR cents are 12.50.

        Raises:
            TypeError: not an `int`.
            ValueError: too large, or no currency code.
        """
        if not isinstance(minor, int) or isinstance(minor, bool):
            raise TypeError(f"{minor!r} is no whole number of minor units")
        digits = minor_digits(currency)
        if not minor:
            return _zero(currency)
        if not -_MINOR_LIMITS[digits] < minor < _MINOR_LIMITS[digits]:
            raise ValueError(f"{minor} minor units of {currency} is more than this program keeps")
        return _money(Decimal(minor).scaleb(-digits, _EXACT), currency)

    @property
    def minor(self) -> int:
        """The amount in whole minor units (cents)."""
        digits = _KNOWN_DIGITS.get(self.currency)
        return int(self.amount.scaleb(minor_digits(self.currency) if digits is None else digits, _EXACT))

    @property
    def text(self) -> str:
        """The amount with a point and the decimals of the currency, without the currency: `1234.50`."""
        return str(self.amount)

    @property
    def is_zero(self) -> bool:
        """Whether the amount is nothing."""
        return not self.amount

    @property
    def is_positive(self) -> bool:
        """Whether the amount is more than nothing."""
        return self.amount > 0

    def split(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Divide the amount pro rata; the parts always add up to it.

        Every part is first cut down to whole minor units; what remains goes, one unit each, to the parts that
        lost most, the earlier first among equals.

        Args:
            weights: one whole number of zero or more per part, not all zero; a weight of zero gets nothing.

        Raises:
            ValueError: no weights, a negative one, or only zeros.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError(f"weights {list(weights)!r} must be zero or more, and not all zero")
        whole = self.minor
        sign = -1 if whole < 0 else 1
        shares = [divmod(abs(whole) * weight, total) for weight in weights]
        left = abs(whole) - sum(share for share, _ in shares)
        # `sorted` is stable, so equal remainders keep their order.
        served = set(sorted(range(len(shares)), key=lambda index: -shares[index][1])[:left])
        return tuple(
            Money.from_minor(sign * (share + (index in served)), self.currency)
            for index, (share, _) in enumerate(shares)
        )

    def __add__(self, other: "Money") -> "Money":
        """Return the sum of two amounts in one currency."""
        if other.__class__ is not Money:
            return NotImplemented
        if self.currency != other.currency:
            raise _mismatch("add", self, other)
        return _money(_EXACT.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Return the difference of two amounts in one currency."""
        if other.__class__ is not Money:
            return NotImplemented
        if self.currency != other.currency:
            raise _mismatch("subtract", self, other)
        return _money(_EXACT.subtract(self.amount, other.amount), self.currency)

    def __neg__(self) -> "Money":
        """Return the amount with the other sign."""
        return _money(_EXACT.minus(self.amount), self.currency)

    def __abs__(self) -> "Money":
        """Return the amount without its sign."""
        return _money(_EXACT.abs(self.amount), self.currency)

    def __bool__(self) -> bool:
        """Whether the amount is not zero."""
        return bool(self.amount)

    def __lt__(self, other: "Money") -> bool:
        """Whether this is less, in one currency."""
        if other.__class__ is not Money:
            return NotImplemented
        if self.currency != other.currency:
            raise _mismatch("compare", self, other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        """Whether this is no more, in one currency."""
        if other.__class__ is not Money:
            return NotImplemented
        if self.currency != other.currency:
            raise _mismatch("compare", self, other)
        return self.amount <= other.amount

    def __gt__(self, other: "Money") -> bool:
        """Whether this is more, in one currency."""
        if other.__class__ is not Money:
            return NotImplemented
        if self.currency != other.currency:
            raise _mismatch("compare", self, other)
        return self.amount > other.amount

    def __ge__(self, other: "Money") -> bool:
        """Whether this is no less, in one currency."""
        if other.__class__ is not Money:
            return NotImplemented
        if self.currency != other.currency:
            raise _mismatch("compare", self, other)
        return self.amount >= other.amount

    def __str__(self) -> str:
        """Return the amount and the currency: `1234.50 EUR`."""
        return f"{self.amount} {self.currency}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic how an amount is read and written."""
        form = core_schema.typed_dict_schema(
            {
                "amount": core_schema.typed_dict_field(core_schema.str_schema(pattern=_AMOUNT.pattern)),
                "currency": core_schema.typed_dict_field(core_schema.str_schema(pattern=_CURRENCY.pattern)),
            },
            extra_behavior="forbid",
        )
        return core_schema.no_info_plain_validator_function(
            _validated,
            json_schema_input_schema=form,
            serialization=core_schema.plain_serializer_function_ser_schema(_serialised, return_schema=form),
        )


@lru_cache(maxsize=256)
def in_minor(amount: Decimal, currency: str) -> int:
    """An amount of a policy in whole minor units, rounded down."""
    return int(amount.scaleb(minor_digits(currency)))


def round_half_up(value: Decimal, currency: str) -> Money:
    """Round to the minor unit of the currency, a half away from zero. The only rounding of money there is.

    Args:
        value: in major units, any number of decimals.
        currency: ISO 4217 code.

    Raises:
        TypeError: not a `Decimal`.
        ValueError: not finite, or too large.
    """
    if not isinstance(value, Decimal):
        raise TypeError(f"amount {value!r} is a {type(value).__name__}; only a Decimal can be rounded to money")
    quantum = _quantum(currency)
    if not value.is_finite() or not -_LIMIT < value < _LIMIT:
        raise ValueError(f"amount {value} {currency} is not a number that this program keeps")
    rounded = value.quantize(quantum, context=_ROUNDING)
    return Money(rounded, currency)


def round_ratio(numerator: int, denominator: int, currency: str) -> Money:
    """Round so many minor units over a denominator to whole ones, a half away from zero.

    Args:
        numerator: any whole number.
        denominator: above zero.
        currency: ISO 4217 code.

    Raises:
        ValueError: too large.
    """
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    digits = minor_digits(currency)
    if whole >= _MINOR_LIMITS[digits]:
        amount = Decimal(whole if numerator >= 0 else -whole).scaleb(-digits, _ROUNDING)
        raise ValueError(f"amount {amount} {currency} is more than this program keeps")
    return Money.from_minor(whole if numerator >= 0 else -whole, currency)


_new = object.__new__
# The setters of the slots themselves: the quickest way into a frozen class.
_set_amount = Money.__dict__["amount"].__set__
_set_currency = Money.__dict__["currency"].__set__


def _money(amount: Decimal, currency: str) -> Money:
    """Make an amount of parts known to be right, without checking them again: arithmetic is a hot path."""
    money = _new(Money)
    _set_amount(money, amount)
    _set_currency(money, currency)
    return money


@lru_cache(maxsize=256)
def _zero(currency: str) -> Money:
    return Money(Decimal(0), currency)


def _quantised(amount: Decimal, currency: str) -> Decimal:
    if not amount.is_finite():
        raise ValueError(f"amount {amount} {currency} is not a finite number")
    if not -_LIMIT < amount < _LIMIT:
        raise ValueError(f"amount {amount} {currency} is more than this program keeps")
    digits = minor_digits(currency)
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -digits:
        raise ValueError(f"amount {amount} {currency} has more than {digits} decimals")
    # `+ 0` under our context turns -0.00 into 0.00.
    return _EXACT.add(amount.quantize(_quantum(currency), context=_EXACT), Decimal(0))


def _mismatch(verb: str, left: Money, right: Money) -> CurrencyMismatch:
    return CurrencyMismatch(f"cannot {verb} {left} and {right}: different currencies")


def _validated(value: Any) -> Money:
    if isinstance(value, Money):
        return value
    if not isinstance(value, Mapping) or set(value) != {"amount", "currency"}:
        raise ValueError('money is written as {"amount": "100.00", "currency": "EUR"}')
    currency = value["currency"]
    minor_digits(currency)  # before anything is looked up by it: in JSON it may be a list
    return Money.parse(value["amount"], currency)


def _serialised(money: Money) -> dict[str, str]:
    return {"amount": str(money.amount), "currency": money.currency}
