"""The chaos tests run on both databases."""

import pytest

from tests.conftest import DATABASES


@pytest.fixture(autouse=True)
def each_database(kept_in: str) -> None:
    """What the test opens is in the database of its name."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("kept_in", DATABASES, indirect=True)
