"""Rows of a table that one test looks at: a test of its own for each costs more than most of them take.

Every process of a run collects every test, and tells of it when it has ended: a millisecond each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["in_rows", "row"]


@contextmanager
def row(*values: object) -> Iterator[None]:
    """What fails within says of which row."""
    try:
        yield
    except BaseException as failure:
        failure.add_note(f"row: {', '.join(map(str, values))}")
        raise


def in_rows(
    names: str | tuple[str, ...], rows: Iterable[Any], ids: Callable[[Any], object] = str
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """As `pytest.mark.parametrize`, in one test: all rows are looked at, and each that fails is told by its values.

    For rows that take little, of a test that asks for no fixture, which they would share.
    """

    table = tuple(rows)

    def of_all(test: Callable[..., None]) -> Callable[[], None]:
        def every_row() -> None:
            assert table, "it has no rows"
            failed: list[tuple[object, BaseException]] = []
            for values in table:
                try:
                    with row(ids(values)):
                        test(values) if isinstance(names, str) else test(*values)
                except (KeyboardInterrupt, SystemExit):
                    raise
                except BaseException as failure:  # also what `pytest.raises` raises
                    failed.append((ids(values), failure))
            if failed:
                (_, first), *others = failed
                for values, other in others:
                    first.add_note(f"row: {values}: {type(other).__name__}: {other}")
                raise first

        # Not by `wraps`: pytest would ask for what the test itself takes.
        every_row.__name__, every_row.__doc__ = test.__name__, test.__doc__
        every_row.__module__, every_row.__qualname__ = test.__module__, test.__qualname__
        return every_row

    return of_all
