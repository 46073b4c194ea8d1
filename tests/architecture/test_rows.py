"""A test of many rows says of each that fails which it was (`tests/rows.py`)."""

import pytest

from tests.rows import in_rows


def test_the_only_row_that_fails_is_told_by_its_values() -> None:
    @in_rows(("number", "word"), [(1, "one"), (2, "two"), (3, "three")])
    def odd(number: int, word: str) -> None:
        assert number % 2, word

    with pytest.raises(AssertionError, match="two") as failed:
        odd()
    assert failed.value.__notes__ == ["row: (2, 'two')"]


def test_every_row_that_fails_is_told_and_those_after_it_are_looked_at() -> None:
    seen = []

    @in_rows("number", range(5), ids=lambda number: f"number {number}")
    def refused_if_odd(number: int) -> None:
        seen.append(number)
        with pytest.raises(ValueError, match="odd"):
            if number % 2:
                raise ValueError("odd")

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE") as failed:
        refused_if_odd()
    rows = [note.split(": ")[1] for note in failed.value.__notes__]
    assert rows == ["number 0", "number 2", "number 4"]
    assert seen == [0, 1, 2, 3, 4]


def test_where_all_rows_hold_nothing_is_said_and_without_rows_it_fails() -> None:
    @in_rows("number", (1, 3))
    def odd(number: int) -> None:
        assert number % 2

    @in_rows("number", ())
    def never(number: int) -> None:
        raise AssertionError(number)

    odd()
    with pytest.raises(AssertionError, match="no rows"):
        never()
    assert (odd.__name__, odd.__module__) == ("odd", __name__)
