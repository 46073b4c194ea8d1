"""What the tests of the desk share: one case file a test, a copy of one that was furnished once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.desk.world import World, furnished


@pytest.fixture
def world(tmp_path: Path) -> World:
    return furnished(tmp_path / "f.sqlite3")
