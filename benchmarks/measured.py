"""What a benchmark found, against its budget."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

FURNISHED = "BENCH_FURNISHED"
"""Names a folder, if `make bench` runs several benchmarks over the same cases: furnishing takes longest."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement.

    Attributes:
        budget: What was promised, with its unit.
        found: What was measured, in words.
        share: How much of the budget it takes; above 1 the budget is missed.
        command: What measures it again.
        notes: What else was seen.
    """

    budget: str
    found: str
    share: float
    command: str
    notes: tuple[str, ...] = ()

    @property
    def row(self) -> str:
        """The row of the table in docs/performance.md."""
        return f"| {self.budget} | {self.found} | {self.share:.2f} | `{self.command}` |"


def report(measured: Measured) -> None:
    """Print a measurement for a person."""
    print(f"{measured.budget}: {measured.found} ({measured.share:.0%} of the budget)", flush=True)
    for note in measured.notes:
        print(f"  {note}", flush=True)


def measured_by(module: str, function: str) -> Measured:
    """Run a benchmark. It stands here: a new process finds nothing that stands in a module run as `__main__`."""
    found: Measured = getattr(import_module(f"benchmarks.{module}"), function)()
    return found
