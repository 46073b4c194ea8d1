"""Every test of the activities runs on both databases."""

import inspect

import pytest

from tests.conftest import DATABASES


@pytest.fixture(autouse=True)
def each_database(kept_in: str) -> None:
    """What the test opens is in the database of its name."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asked = inspect.signature(metafunc.function).parameters
    if "tmp_path" in asked:
        metafunc.parametrize("kept_in", DATABASES, indirect=True)
