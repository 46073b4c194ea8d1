"""Letters that crowd are printed in processes of their own: the same bytes, none lost, and no process left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from letters.errors import VoidLetter
from letters.render import render_pdf
from services.correspondence.presses import Presses
from tests.letters.builders import letter


@pytest.fixture(scope="module")
def presses() -> Iterator[Presses]:
    """With both processes ready: a process takes a second to begin, so all tests share them."""
    ready = Presses(2, crowded=1)
    begin(ready)
    yield ready
    ready.close()


def begin(presses: Presses) -> None:
    """Have letters meet once, and wait until the processes are there."""
    _met(presses, (os.getpid,) * 2)
    deadline = time.monotonic() + 60
    while not presses.are_ready and time.monotonic() < deadline:
        time.sleep(0.01)
    assert presses.are_ready


def _met(presses: Presses, work: tuple[Callable[[], object], ...]) -> list[object]:
    """Make several things at once: each waits in this process until all have been asked for."""
    held = threading.Event()
    with ThreadPoolExecutor(len(work) + 1) as threads:
        first = threads.submit(presses.make, held.wait)  # the only one is made here: it holds its place
        while presses._busy == 0:
            time.sleep(0.001)
        rest = [threads.submit(presses.make, each) for each in work]
        done = [each.exception() or each.result() for each in rest]
        held.set()
        first.result()
    return done


def test_one_letter_at_a_time_is_printed_here() -> None:
    alone = Presses(2, crowded=1)
    assert [alone.make(os.getpid) for _ in range(3)] == [os.getpid()] * 3
    assert not alone.are_ready


def test_letters_that_crowd_are_printed_elsewhere_to_the_same_bytes(presses: Presses) -> None:
    assert os.getpid() not in _met(presses, (os.getpid,) * 3)
    content = letter("reminder")
    held = threading.Event()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(presses.make, held.wait)
        while presses._busy == 0:
            time.sleep(0.001)
        assert presses.make(render_pdf, content) == render_pdf(content)
        held.set()
        first.result()


def test_why_there_is_no_letter_comes_back(presses: Presses) -> None:
    (problem,) = _met(presses, (_void,))
    assert isinstance(problem, VoidLetter)
    assert str(problem) == "no term"


def _void() -> None:
    raise VoidLetter("no term")


def test_the_processes_stay_while_letters_crowd_and_end_when_none_have_for_a_while(presses: Presses) -> None:
    _met(presses, (os.getpid,))
    presses._look_whether_idle()
    assert presses.are_ready
    presses._look_whether_idle()
    assert not presses.are_ready
    assert _met(presses, (os.getpid,)) == [os.getpid()]


def test_a_process_that_dies_loses_no_letter_and_it_is_said(presses: Presses) -> None:
    begin(presses)
    with capture_logs() as said:
        done = _met(presses, (_dies_elsewhere, os.getpid))
    # The second was printed elsewhere before the first died, or here after it.
    assert done[0] == os.getpid()
    assert isinstance(done[1], int)
    assert [each["log_level"] for each in said] == ["warning"]
    assert not presses.are_ready


def _dies_elsewhere() -> int:
    if multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def test_a_process_that_dies_as_it_begins_loses_no_letter_either() -> None:
    stillborn = Presses(2, crowded=1)
    _met(stillborn, (os.getpid,) * 2)
    begun = stillborn._printers
    assert begun is not None
    for process in begun._processes:
        process.kill()
        process.join()
    with capture_logs() as said:
        assert _met(stillborn, (os.getpid,)) == [os.getpid()]
    assert [each["log_level"] for each in said] == ["warning"]
    assert not stillborn.are_ready


def test_closing_waits_for_what_is_in_hand(presses: Presses, tmp_path_factory: pytest.TempPathFactory) -> None:
    begin(presses)
    # No case file is in it: once, not once for each database.
    folder = tmp_path_factory.mktemp("presses")
    go = folder / "go"
    with ThreadPoolExecutor(3) as threads:
        held = threading.Event()
        first = threads.submit(presses.make, held.wait)
        while presses._busy == 0:
            time.sleep(0.001)
        in_hand = threads.submit(presses.make, _process_after, str(go))
        while not (folder / "begun").exists():
            time.sleep(0.001)
        closing = threads.submit(presses.close)
        go.touch()
        assert in_hand.result() != os.getpid()
        closing.result()
        held.set()
        first.result()


def _process_after(go: str) -> int:
    (Path(go).parent / "begun").touch()
    while not Path(go).exists():
        time.sleep(0.001)
    return os.getpid()
