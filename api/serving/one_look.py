"""Looking once for all who ask at the same time: nobody who asks a lot makes more work than one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

__all__ = ["OneLook"]

_T = TypeVar("_T")


class OneLook(Generic[_T]):
    """A look that all share who ask while it is under way."""

    def __init__(self, look: Callable[[], Awaitable[_T]]) -> None:
        """Share it.

        Args:
            look: Looks, and takes its time.
        """
        self._look = look
        self._under_way: asyncio.Future[_T] | None = None

    async def __call__(self) -> _T:
        """What is seen by a look that is under way, or else by a new one."""
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.ensure_future(self._look())
        # Who no longer waits does not end it for the others.
        return await asyncio.shield(self._under_way)
