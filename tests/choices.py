"""Choices that are made once: one that is made anew for each draw is looked through anew, longer than it is drawn."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

__all__ = ["among"]

T = TypeVar("T", bound=Hashable)


def among(values: tuple[T, ...]) -> st.SearchStrategy[T]:
    """One of these, where few different ones are asked for.

    Those that are equal are the same, so none may look like others of another kind (`0`, `1` and `False`, `True`).
    """
    return _made(values)


@cache
def _made(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)
