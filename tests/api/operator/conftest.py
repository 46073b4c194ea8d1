"""What the tests of the operator's endpoints share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from tests.api.operator.standing import Standing, standing
from tests.casefile.builders import furnish, opened


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> Iterator[CaseFile]:
    """A case file with one case; on SQLite unless a test says otherwise."""
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
    yield found
    found.database.close()


@pytest.fixture
def api(file: CaseFile) -> Standing:
    """The application over it."""
    return standing(file)
