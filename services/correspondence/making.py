"""What of a message is made before its step has the lock: used under it where nothing changed, else made again."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

__all__ = ["Made"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Made:
    """What was made for one step, and from what. One thread at a time uses it."""

    def __init__(self) -> None:
        """Nothing was made yet."""
        self._made: list[tuple[object, tuple[object, ...], object]] = []
        self._drawn: dict[str, str] = {}

    def of(self, make: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """What `make` makes of these arguments; made once, for equal arguments give equal bytes."""
        asked = (*args, *sorted(kwargs.items()))
        for maker, known, found in self._made:
            if maker == make and known == asked:
                return found  # type: ignore[return-value]
        made = make(*args, **kwargs)
        self._made.append((make, asked, made))
        return made

    def drawn(self, name: str, draw: Callable[[], str]) -> str:
        """A secret that the message carries: drawn once, kept in the case file only with the message's intent."""
        if name not in self._drawn:
            self._drawn[name] = draw()
        return self._drawn[name]
