"""The drawings of figures: where bars and lines stand, of values that were worked out elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Bar", "Line", "bars_of", "line_of"]

_BAR_WIDTH, _ROW = 220, 24
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 410, 10, 130


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is of, what is written at its end, and where it stands."""

    label: str
    said: str
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line through weeks: its points as SVG writes them, the last of them, and its scale."""

    points: str
    end: tuple[float, float] | None
    low: str
    high: str


def bars_of(rows: Sequence[tuple[str, Decimal, str]]) -> tuple[Bar, ...]:
    """Bars under one another, the longest as wide as there is room; of label, value and what is written."""
    longest = max((value for _, value, _ in rows), default=Decimal(0))
    return tuple(
        Bar(label, said, 4 + _ROW * index, round(float(value / longest) * _BAR_WIDTH, 1) if longest > 0 else 0.0)
        for index, (label, value, said) in enumerate(rows)
    )


def line_of(values: Sequence[Decimal | None]) -> Line | None:
    """A line through the values that are known; None where there are fewer than two."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    low, high = min(value for _, value in known), max(value for _, value in known)
    span = high - low or Decimal(1)
    step = (_RIGHT - _LEFT) / max(1, len(values) - 1)
    points = [
        (round(_LEFT + step * index, 1), round(_BOTTOM - float((value - low) / span) * (_BOTTOM - _TOP), 1))
        for index, value in known
    ]
    return Line(" ".join(f"{x},{y}" for x, y in points), points[-1], str(low), str(high))
