"""What 1, 10 and 100 million open invoices would take: a calculation, no measurement.

`python -m benchmarks.scale` prints the tables of docs/scale.md, `python -m benchmarks.scale write` puts them there. It
counts with `benchmarks.scale_constants` and with the lives of `benchmarks.portfolio_lives`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.cloud_price import PUBLISHED
from benchmarks.portfolio_lives import Lives, portfolio_lives
from benchmarks.scale_constants import CONSTANTS, value
from benchmarks.scale_model import Limit, Scale, limits

__all__ = ["DOCUMENT", "SIZES", "put_into", "tables"]

SIZES = (1_000_000, 10_000_000, 100_000_000)
DOCUMENT = Path(__file__).parents[1] / "docs" / "scale.md"
_FIVE_DAYS: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
_HOUR = 3600
_TB, _GB, _MB = 1e12, 1e9, 1e6


def _short(number: float) -> str:
    """A figure with two or three digits that count: more would pretend to be known."""
    if number == 0:
        return "0"
    if number >= 1e6:
        digits = 0 if number >= 1e8 else 1
        return f"{number / 1e6:,.{digits}f} M"
    if number >= 100:
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{number:.2g}" if number < 10 else f"{number:.0f}"


def _bytes(number: float) -> str:
    for size, unit in ((_TB, "TB"), (_GB, "GB"), (_MB, "MB"), (1e3, "kB")):
        if number >= size:
            return f"{float(f'{number / size:.3g}'):,g} {unit}"
    return f"{number:.0f} bytes"


def _time(seconds: float) -> str:
    if seconds >= 2 * _HOUR:
        return f"{_short(seconds / _HOUR)} h"
    return f"{_short(seconds / 60)} min" if seconds >= 120 else f"{_short(seconds)} s"


def _dollars(number: float) -> str:
    return f"${float(f'{number:.3g}'):,.0f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(each) + " |" for each in lines)


def _by_size(scales: Sequence[Scale], rows: Sequence[tuple[str, Callable[[Scale], str]]]) -> str:
    head = ["", *(f"{scale.open_cases // 1_000_000} M open" for scale in scales)]
    return _table(head, [[name, *(of(scale) for scale in scales)] for name, of in rows])


def _constants() -> str:
    rows = [[each.unit, f"{each.value:,.10g}", each.origin, each.source] for each in CONSTANTS]
    return _table(["Figure", "Value", "Origin", "Where from"], rows)


def _lives(lives: Lives) -> str:
    ended = {f"ended after {steps} steps, not handed off": count for steps, count in lives.by_steps.items()}
    shares = {**ended, "handed off": lives.handed_off, "still open 150 days after the last was due": lives.left}
    rows = [[name, f"{count / lives.cases:.1%}"] for name, count in shares.items()]
    rows += [
        ["days that a case is open, mean", f"{lives.days_open:.1f}"],
        ["steps a case, mean", f"{lives.steps:.2f}"],
        ["messages a case, mean (a bundle counts once, each channel counts)", f"{lives.sends:.2f}"],
        ["of those on paper", f"{lives.papers:.2f}"],
        ["steps that fall on the busiest day of the week", f"{lives.busiest:.0%}"],
        ["the same, if messages were sent on five days a week", f"{portfolio_lives(days=_FIVE_DAYS).busiest:.0%}"],
    ]
    return _table(["Of the portfolio", ""], rows)


def _load(scales: Sequence[Scale]) -> str:
    return _by_size(
        scales,
        [
            ("cases opened a day, and ended", lambda s: _short(s.opened_a_day)),
            ("steps on the busiest morning of a week", lambda s: _short(s.busiest_steps)),
            ("steps a second, spread over 09:00 to 16:00", lambda s: _short(s.steps_a_second)),
            ("steps a second, all done by 10:00", lambda s: _short(s.steps_in_an_hour)),
            ("payments a second", lambda s: _short(s.payments_a_second)),
            ("cores of workers, spread", lambda s: _short(s.cores)),
            ("cores of workers, done by 10:00", lambda s: _short(s.cores_for_an_hour)),
            ("memory to keep the morning's cases cached", lambda s: _bytes(s.cached_bytes)),
        ],
    )


def _temporal(scales: Sequence[Scale]) -> str:
    return _by_size(
        scales,
        [
            ("actions a case, mean", lambda s: f"{s.actions_a_case:.1f}"),
            ("actions a month", lambda s: _short(s.actions_a_month)),
            ("actions a second, spread", lambda s: _short(s.actions_a_second(s.steps_a_second))),
            ("actions a second, done by 10:00", lambda s: _short(s.actions_a_second(s.steps_in_an_hour))),
            ("state transitions a second, spread", lambda s: _short(s.transitions_a_second(s.steps_a_second))),
            ("history shards of a Temporal of one's own, spread", lambda s: str(s.shards(s.steps_a_second))),
            ("history shards, done by 10:00", lambda s: str(s.shards(s.steps_in_an_hour))),
            ("active history", lambda s: _bytes(s.active_bytes)),
            ("retained history, 30 days", lambda s: _bytes(s.retained_bytes)),
            ("rows of visibility", lambda s: _short(s.visible)),
            ("writes of visibility a second, spread", lambda s: _short(s.upserts_a_second)),
            ("Cloud, actions a month", lambda s: _at_most(s, _dollars(s.month.actions))),
            ("Cloud, storage a month", lambda s: _dollars(s.month.storage)),
            ("Cloud, plan a month", lambda s: _at_most(s, _dollars(s.month.plan))),
            ("**Cloud, all of it a month**", lambda s: f"**{_at_most(s, _dollars(s.month.total))}**"),
            ("with fairness keys on", lambda s: _at_most(s, _dollars(s.fair_month.total))),
            ("dollars a year for 1,000 open invoices", lambda s: f"{s.month.total * 12000 / s.open_cases:.2f}"),
        ],
    )


def _at_most(scale: Scale, text: str) -> str:
    """Above the published tiers the last price is counted with: it is at most that."""
    return f"≤ {text}" if scale.actions_a_month > PUBLISHED else text


def _case_file(scales: Sequence[Scale]) -> str:
    return _by_size(
        scales,
        [
            ("growth a year", lambda s: _bytes(s.bytes_a_year)),
            ("of that invoices, letters and dossiers", lambda s: _bytes(s.letters_a_year)),
            ("kept after seven years", lambda s: _bytes(s.kept_bytes)),
            ("facts a year", lambda s: _short(s.facts_a_year)),
            ("letters and messages a year", lambda s: _short(s.sends_a_year)),
            ("transactions a second, spread", lambda s: _short(s.steps_a_second * 2 + s.payments_a_second)),
            ("statements a second, spread", lambda s: _short(s.steps_a_second * value("statements"))),
            ("PostgreSQL's log a second, spread", lambda s: _bytes(s.log_a_second)),
            ("partitions of 200 GB with everything", lambda s: _short(s.partitions)),
            ("partitions of 200 GB, letters elsewhere", lambda s: _short(s.partitions_without_letters)),
        ],
    )


def _desk(scales: Sequence[Scale]) -> str:
    rows: list[tuple[str, Callable[[Scale], str]]] = []
    for cores in (2, 16, 128):

        def lag(scale: Scale, cores: int = cores) -> str:
            seconds = scale.lag_seconds(cores)
            late = "" if seconds <= value("window_hours") * _HOUR else ", too long"
            return f"{_time(seconds)}{late}"

        rows.append((f"{cores} cores of workers", lag))
    return _by_size(scales, rows)


def _asked(limit: Limit) -> str:
    """What is asked of what it bears."""
    said = _bytes if limit.unit.startswith("bytes") else _short
    return f"{said(limit.load)} of {said(limit.bears)} {limit.unit.removeprefix('bytes').strip()}"


def _breaks(scale: Scale) -> str:
    rows = [
        [each.what, _asked(each), f"{_short(each.times)} ×", each.remedy] for each in limits(scale) if each.times >= 0.2
    ]
    return _table(["What", "Asked of what it bears", "Over", "What we would do"], rows)


def tables(lives: Lives) -> dict[str, str]:
    """The tables of docs/scale.md by the name of their place."""
    scales = [Scale(size, lives) for size in SIZES]
    found = {
        "figures": _constants(),
        "lives": _lives(lives),
        "load": _load(scales),
        "temporal": _temporal(scales),
        "case file": _case_file(scales),
        "desk": _desk(scales),
    }
    return {**found, **{f"breaks {scale.open_cases // 1_000_000} M": _breaks(scale) for scale in scales}}


def put_into(document: str, made: dict[str, str]) -> str:
    """The document with these tables in their places, each between `<!-- NAME -->` and `<!-- end -->`.

    Raises:
        ValueError: a table has no place.
    """
    for name, table in made.items():
        before, place, rest = document.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not place or not end:
            raise ValueError(f"docs/scale.md has no place for a table: write <!-- {name} --> and <!-- end --> in it")
        document = f"{before}{place}{table}\n{end}{after}"
    return document


def main(arguments: Sequence[str]) -> int:
    """Print the tables, or write them into the document."""
    made = tables(portfolio_lives())
    if list(arguments) == ["write"]:
        DOCUMENT.write_text(put_into(DOCUMENT.read_text(encoding="utf-8"), made), encoding="utf-8")
        return 0
    if arguments:
        print(f"{arguments[0]!r} is nothing to do: give `write`, or nothing", file=sys.stderr)
        return 2
    for name, table in made.items():
        print(f"## {name}\n\n{table}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
