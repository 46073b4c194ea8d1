"""Every test of the correspondence runs on both databases."""

from tests.activities.conftest import each_database, pytest_generate_tests

__all__ = ["each_database", "pytest_generate_tests"]
