"""Work in the background: waited for a little, stopped where it counts, and a fault of it keeps nothing."""

from __future__ import annotations

import threading

import pytest

from api.desk.jobs import Jobs, Progress


class Enough(Exception):
    """It was to stop."""


async def test_what_is_under_way_is_begun_once_and_counted() -> None:
    jobs, go, begun = Jobs(), threading.Event(), []

    def work(progress: Progress) -> None:
        begun.append(1)
        progress(3, 10)
        go.wait(10)

    jobs.start("a", work, Enough)
    jobs.start("a", work, Enough)
    while jobs.progress("a") != (3, 10):
        await jobs.settle("a", 0.01)
    go.set()
    await jobs.settle("a", 10)
    assert (begun, jobs.progress("a")) == ([1], None)


async def test_it_stops_at_the_next_thing_that_it_counts() -> None:
    jobs, ended = Jobs(), []

    def work(progress: Progress) -> None:
        try:
            while True:
                progress(1, 2)
        except Enough:
            ended.append("stopped")

    jobs.start("a", work, Enough)
    jobs.stop("a")
    await jobs.settle("a", 10)
    assert ended == ["stopped"]


async def test_a_fault_ends_it_alone_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    jobs = Jobs()

    def work(progress: Progress) -> None:
        raise ZeroDivisionError

    jobs.start("a", work, Enough)
    await jobs.settle("a", 10)
    assert jobs.progress("a") is None
    jobs.start("a", lambda progress: jobs.keep("a", "whole"), Enough)
    await jobs.settle("a", 10)
    assert jobs.kept("a") == "whole"


async def test_the_oldest_outcome_goes_first() -> None:
    jobs = Jobs()
    for number in range(21):
        jobs.keep(str(number), number)
    assert (jobs.kept("0"), jobs.kept("1"), jobs.kept("20")) == (None, 1, 20)
