"""What the tests of the operator's endpoints share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from tests.api.operator.standing import Standing, standing
from tests.casefile.builders import furnish, prepared


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> Iterator[CaseFile]:
    """A case file with one case; on SQLite unless a test says otherwise."""
    found = prepared(tmp_path / "f.sqlite3", _furnished)
    yield found
    found.database.close()


def _furnished(file: CaseFile) -> None:
    with file.write() as transaction:
        furnish(transaction)


@pytest.fixture
def api(file: CaseFile) -> Standing:
    """The application over it."""
    return standing(file)
