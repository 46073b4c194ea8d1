"""Every test of a case file runs on both databases, except those of what only one of them can do."""

import inspect
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from tests.casefile.builders import furnish, opened
from tests.conftest import DATABASES


@pytest.fixture(autouse=True)
def each_database(kept_in: str) -> None:
    """What the test opens is in the database of its name."""


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    """A case file with a creditor, a debtor, a policy and one case."""
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
    return found


@pytest.fixture
def only_postgresql() -> None:
    """SQLite has one writer at a time, whatever is locked: there a test that asks for this is not run."""


@pytest.fixture
def only_sqlite() -> None:
    """PostgreSQL has no file that could be deleted under a connection: there a test that asks for this is not run."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asked = inspect.signature(metafunc.function).parameters
    if "file" in asked or "tmp_path" in asked:
        databases = DATABASES[1:] if "only_postgresql" in asked else DATABASES
        if "only_sqlite" in asked:
            databases = DATABASES[:1]
        metafunc.parametrize("kept_in", databases, indirect=True)
