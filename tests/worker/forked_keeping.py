"""Door and API forked, where a test keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.forked_children import ForkedKept, fork_kept
from worker.kept_process import KeptProcess


class Kept:
    """The processes that were forked in the place of those that keepers start."""

    def __init__(self) -> None:
        self._all: list[ForkedKept] = []

    def living(self) -> list[int]:
        """Those that run."""
        return [each.pid for each in self._all if each.returncode is None]

    async def start(self, keeper: KeptProcess) -> Any:
        """Fork one, and know it."""
        process = await fork_kept(keeper)
        self._all.append(process)
        return process


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """What a keeper starts is forked."""
    found = Kept()
    monkeypatch.setattr(KeptProcess, "_start", lambda keeper: found.start(keeper))
    return found
