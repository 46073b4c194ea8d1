"""What a process of pytest-xdist says of its tests to the one that leads: of most, that they passed, and nothing else.

By itself it says that a test begins, how it was prepared, how it went, how it was cleared away, and that it is over.
Whoever leads makes an object of each and asks all plugins about it. With `-q` nothing of the rest is shown; who asks
for more (`-v`, durations, a file of results, what was printed) gets it as ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import pytest
from _pytest.runner import runtestprotocol

__all__ = ["Asked", "is_brief", "run_briefly", "worth_saying"]


class Asked(Protocol):
    """What of pytest's options decides what is said."""

    verbose: int
    maxfail: int
    durations: int | None
    reportchars: str


def is_brief(asked: Asked) -> bool:
    """Whether nobody is shown more of a test than how it went."""
    return (
        asked.verbose < 0
        and not asked.maxfail
        and asked.durations is None
        and not set("APp") & set(asked.reportchars)
        and getattr(asked, "xmlpath", None) is None
    )


def run_briefly(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test as pytest does, and say how it went when it is over."""
    for report in worth_saying(runtestprotocol(item, log=False, nextitem=nextitem)):
        item.ihook.pytest_runtest_logreport(report=report)
    return True


def worth_saying(reports: Iterable[pytest.TestReport]) -> list[pytest.TestReport]:
    """Of how a test was prepared, went and was cleared away: how it went, and what did not go well."""
    return [report for report in reports if report.when == "call" or not report.passed]
