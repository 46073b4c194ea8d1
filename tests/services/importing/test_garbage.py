"""While lists are imported Python looks for garbage less often, and afterwards as it did."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from services.importing.garbage import seldom_collected


@pytest.fixture(autouse=True)
def as_python_begins() -> Iterator[None]:
    """The thresholds of a process that set none: a test run has others."""
    of_the_run = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*of_the_run)


def test_it_looks_as_often_as_before_when_the_last_import_is_done() -> None:
    before = gc.get_threshold()
    first, second = seldom_collected(), seldom_collected()
    with first:
        assert gc.get_threshold() > before
        second.__enter__()
    assert gc.get_threshold() > before
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


def test_it_looks_as_often_as_before_when_an_import_breaks_off() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="broken off"), seldom_collected():
        raise ValueError("broken off")
    assert gc.get_threshold() == before


def test_a_process_that_looks_seldom_or_never_is_left_alone() -> None:
    for thresholds in ((0, 10, 10), (1_000_000, 10, 10)):
        gc.set_threshold(*thresholds)
        with seldom_collected():
            assert gc.get_threshold() == thresholds
        assert gc.get_threshold() == thresholds
