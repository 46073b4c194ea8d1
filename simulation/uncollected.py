"""Work during which Python does not look for values that refer to each other in a circle.

What is played is frozen and refers to older values only, so it goes by itself as soon as it is let go; looking through
all of it over and over would take a quarter of the time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["uncollected"]


@contextmanager
def uncollected() -> Iterator[None]:
    """Leave the collector alone inside; what is still there afterwards it looks through as ever."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
