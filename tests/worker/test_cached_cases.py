"""A worker keeps as many cases as fit into a quarter of the memory, at 150 KiB each."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import Settings
from machine.memory import memory_bytes
from worker.cached_cases import FEWEST, cases_that_fit

GIB = 1024**3


@pytest.mark.parametrize(("memory", "cases"), [(GIB // 4, FEWEST), (2 * GIB, 3495), (16 * GIB, 27962)])
def test_a_quarter_of_the_memory_is_for_cases(memory: int, cases: int) -> None:
    assert cases_that_fit(memory) == cases


def test_a_container_counts_what_it_may_use(tmp_path: Path) -> None:
    limit, none = tmp_path / "memory.max", tmp_path / "no limit"
    limit.write_text("1048576\n")
    none.write_text("max\n")
    assert memory_bytes((limit,)) == 1048576
    assert memory_bytes((none, tmp_path / "missing")) == memory_bytes(())


def test_who_sets_a_number_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().max_cached_cases is None
    monkeypatch.setenv("MAANWERK_MAX_CACHED_CASES", "0")
    assert Settings().max_cached_cases == 0
