"""Transactions in a thread: SQLAlchemy and SQLite block, and the worker's event loop waits for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

__all__ = ["in_thread"]

P = ParamSpec("P")
R = TypeVar("R")


async def in_thread(threads: ThreadPoolExecutor, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a transaction in one of the threads; returns what it returns."""
    return await asyncio.get_running_loop().run_in_executor(threads, partial(work, *args, **kwargs))
