"""What of a message is made before its step has the lock: used under it where nothing changed, else made again."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from services.correspondence.presses import Presses

__all__ = ["Made"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Made:
    """What was made for one step, and from what. One thread at a time uses it."""

    def __init__(self, presses: Presses | None = None) -> None:
        """Nothing was made yet.

        Args:
            presses: Where letters are printed; None prints them here.
        """
        self._presses = presses
        self._made: list[tuple[object, tuple[object, ...], object]] = []
        self._drawn: dict[str, str] = {}

    def of(self, make: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """What `make` makes of these arguments; made once, for equal arguments give equal bytes."""
        return self._of(None, make, *args, **kwargs)

    def printed(self, make: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """The same of a letter on paper, which takes long: printed where there is room."""
        return self._of(self._presses, make, *args, **kwargs)

    def under_the_lock(self) -> Made:
        """The same, made here from now on: nobody waits for other letters while others wait for the lock."""
        self._presses = None
        return self

    def _of(self, presses: Presses | None, make: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        asked = (*args, *sorted(kwargs.items()))
        for maker, known, found in self._made:
            if maker == make and known == asked:
                return found  # type: ignore[return-value]
        made = make(*args, **kwargs) if presses is None else presses.make(make, *args, **kwargs)
        self._made.append((make, asked, made))
        return made

    def drawn(self, name: str, draw: Callable[[], str]) -> str:
        """A secret that the message carries: drawn once, kept in the case file only with the message's intent."""
        if name not in self._drawn:
            self._drawn[name] = draw()
        return self._drawn[name]
