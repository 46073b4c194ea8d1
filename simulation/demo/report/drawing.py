"""Where everything stands on the line of the quarter: places for the SVG templates, in the units of the view boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from domain import facts as f
from domain.case import Case
from domain.ledger import EntryKind
from domain.money import Money
from simulation.demo.report.story import Happening, Outage
from simulation.demo.report.wording import money, month, plain_id, round_money, short_day, words
from speech.words import tr

WIDTH = 1000
"""Width of the line in the units of its view box."""
_EDGE = 12
_LETTER = 6.6
"""About how wide a letter under the line is."""
_TOP, _BASE = 52.0, 96.0
"""Where the full amount and nothing stand on the line of the balance."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are drawn, both inclusive."""

    first: date
    last: date

    def x(self, day: date, *, end: bool = False) -> float:
        """Where a day begins, or ends; days outside stand at the edge."""
        days = (self.last - self.first).days + 1
        at = min(max((day - self.first).days + end, 0), days)
        return round(_EDGE + at * (WIDTH - 2 * _EDGE) / days, 1)

    def middle(self, day: date) -> float:
        """Where the noon of a day is."""
        return round((self.x(day) + self.x(day, end=True)) / 2, 1)


@dataclass(frozen=True, slots=True)
class Band:
    """A period: where it begins, how wide it is, what it is, and its label."""

    x: float
    width: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: where, as what, what it says, and where it is told."""

    x: float
    y: float
    kind: str
    label: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A word under the line."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One case on the line of the quarter.

    Attributes:
        months: Where each month begins, and its name.
        bands: Holds, the outage, and the time in which the case was closed.
        balance: Path of the open amount; empty when the case has none.
        area: The same path, closed at the bottom.
        full: The amount at its top; empty when a payment stands there.
        payments: Money that came in or went back.
        marks: Messages, tasks, hand-off and closing.
        labels: Names of the steps.
        told: The whole in words, for those who do not see it.
    """

    months: tuple[tuple[float, str], ...]
    bands: tuple[Band, ...]
    balance: str
    area: str
    full: str
    payments: tuple[Mark, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    told: str


def months_of(span: Span) -> tuple[tuple[float, str], ...]:
    """Where each month of the span begins, and its name."""
    days = (span.first + timedelta(n) for n in range((span.last - span.first).days + 1))
    return tuple((span.x(day), month(day)) for day in days if day.day == 1 or day == span.first)


def outage_band(span: Span, outage: Outage | None) -> Band | None:
    """The outage as a band, None when there was none in the span."""
    if outage is None or outage[0] > span.last:
        return None
    x = span.x(outage[0])
    return Band(x, round(span.x(outage[1]) - x, 1), "outage", tr("nothing runs"))


def draw_timeline(
    case: Case, facts: Sequence[f.Fact], story: Sequence[Happening], span: Span, outage: Outage | None
) -> Timeline:
    """Draw one case.

    Args:
        case: The case at the end of the span.
        facts: All its facts.
        story: The same, told.
        span: The days to draw.
        outage: When nothing ran.
    """
    bands = [band for band in (outage_band(span, outage),) if band is not None]
    for hold in case.holds:
        x = span.x(hold.since)
        end = span.x(hold.end) if hold.end is not None else span.x(span.last, end=True)
        bands.append(Band(x, round(end - x, 1), "hold", tr("on hold: {hold}", hold=words(hold.kind.value))))
    for since, until in case.idle:
        x = span.middle(since)
        end = span.middle(until) if until is not None else span.x(span.last, end=True)
        bands.append(Band(x, round(end - x, 1), "closed", tr("closed")))
    marks, labels = _marks(story, span)
    line = _balance(case, span)
    area = f"{line} V{_BASE} H{span.x(span.first)} Z" if line else ""
    payments = _payments(case, story, span)
    full = "" if any(mark.x < 130 for mark in payments) else money(case.ledger.total(EntryKind.PRINCIPAL))
    told = "; ".join(f"{short_day(each.on)}: {each.title}" for each in story)
    return Timeline(months_of(span), tuple(bands), line, area, full, payments, marks, labels, told)


def _marks(story: Sequence[Happening], span: Span) -> tuple[tuple[Mark, ...], tuple[Label, ...]]:
    marks: list[Mark] = []
    labels: list[Label] = []
    ends = [-1.0 * WIDTH, -1.0 * WIDTH]
    for each in story:
        x = span.middle(each.on)
        label = f"{short_day(each.on)}: {each.title}"
        if each.mark in ("step", "agency"):
            kinds = dict.fromkeys(message.channel for message in each.messages) or {"email": None}
            for place, kind in enumerate(kinds):
                marks.append(Mark(x, 124 + 15 * place - 7.5 * (len(kinds) - 1), kind, label, each.anchor))
            half = _LETTER * len(each.name) / 2
            at = round(min(max(x, _EDGE + half), WIDTH - _EDGE - half), 1)
            # Names that would touch go to the next row.
            row = 0 if at - half >= ends[0] else 1
            ends[row] = at + half + _LETTER
            labels.append(Label(at, 156 + 14 * row, each.name, each.anchor))
        elif each.mark == "task":
            marks.append(Mark(x, 124, "task", label, each.anchor))
        elif each.mark:
            marks.append(Mark(x, 40, each.mark, label, each.anchor))
    return tuple(marks), tuple(labels)


def _balance(case: Case, span: Span) -> str:
    """The open amount from day to day as a path of steps."""
    entries = sorted((e for e in case.ledger.entries if e.kind is not EntryKind.PRINCIPAL), key=lambda e: e.known_on)
    full = case.ledger.total(EntryKind.PRINCIPAL).minor
    if full <= 0:
        return ""
    left = full
    path = f"M{span.x(span.first)} {_TOP}"
    for entry in entries:
        left += entry.amount.minor
        path += f" H{span.middle(entry.known_on)} V{_height(left, full)}"
    return f"{path} H{span.x(span.last, end=True)}"


def _height(left: int, full: int) -> float:
    return round(_BASE - (_BASE - _TOP) * min(max(left, 0), full) / full, 1)


def _payments(case: Case, story: Sequence[Happening], span: Span) -> tuple[Mark, ...]:
    anchors = {each.entry: each.anchor for each in story if each.entry}
    found = []
    left, full = 0, case.ledger.total(EntryKind.PRINCIPAL).minor or 1
    for entry in sorted(case.ledger.entries, key=lambda e: (e.known_on, e.kind is not EntryKind.PRINCIPAL)):
        left += entry.amount.minor
        if entry.kind is EntryKind.PRINCIPAL or entry.id == "before-import":
            continue
        kind = {"payment": "payment", "reversal": "reversal"}.get(entry.kind.value, "credit")
        amount = money(-entry.amount if entry.amount.minor < 0 else entry.amount)
        label = tr("{day}: {kind} of {amount}", day=short_day(entry.known_on), kind=tr(kind), amount=amount)
        anchor = anchors.get(plain_id(entry.id)) or anchors.get(entry.of or "", "")
        found.append(Mark(span.middle(entry.known_on), _height(left, full), kind, label, anchor))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Bar:
    """One week of the chart: its place, and what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str
    back: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Money in, week by week; `zero` is the height of nothing, `steps` lines with their amounts."""

    bars: tuple[Bar, ...]
    months: tuple[tuple[float, str], ...]
    zero: float
    steps: tuple[tuple[float, str], ...]
    outage: Band | None
    told: str


def draw_money_in(days: Sequence[tuple[date, Money]], currency: str, span: Span, outage: Outage | None) -> Chart:
    """Draw what came in by week; money taken back stands below the line.

    Args:
        days: Days and amounts; negative ones were taken back.
        currency: The currency that is drawn.
        span: The days to draw.
        outage: When nothing ran.
    """
    weeks = [span.first + timedelta(n) for n in range(0, (span.last - span.first).days + 1, 7)]
    came = {week: 0 for week in weeks}
    back = dict(came)
    for day, amount in days:
        week = weeks[min(max((day - span.first).days, 0) // 7, len(weeks) - 1)]
        (came if amount.minor > 0 else back)[week] += amount.minor if amount.currency == currency else 0
    step = _round_step(max(came.values(), default=0))
    top = max(1, -(-max(came.values(), default=0) // step)) * step
    low = -min(back.values(), default=0)
    high, floor = 34.0, 296.0
    unit = (floor - high) / (top + low)
    zero = round(floor - low * unit, 1)
    bars = []
    for week, after in pairwise([*weeks, span.last + timedelta(1)]):
        x, width = span.x(week) + 5, span.x(after) - span.x(week) - 10
        named = tr("Week of {day}", day=short_day(week))
        for minor in (came[week], back[week]):
            if minor:
                said = money(Money.from_minor(minor, currency))
                y = zero - max(minor, 0) * unit
                bars.append(
                    Bar(x, round(y, 1), round(width, 1), round(abs(minor) * unit, 1), f"{named}: {said}", minor < 0)
                )
    steps = tuple(
        (round(zero - at * unit, 1), round_money(Money.from_minor(at, currency))) for at in range(step, top + 1, step)
    )
    told = "; ".join(bar.label for bar in bars)
    return Chart(tuple(bars), months_of(span), zero, steps, outage_band(span, outage), told)


def _round_step(most: int) -> int:
    """A step of 1, 2 or 5 times a power of ten, of which two to five make the whole."""
    power = 100
    while power * 10 <= max(most, 1):
        power *= 10
    return next((power * n // 2 for n in (1, 2, 4, 10) if most <= power * n // 2 * 5), power * 5)
