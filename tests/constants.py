"""Which constants of our program random tests try beside what they draw: those of rooms that are pure, in every run.

By itself hypothesis takes them from whatever is imported when it draws. Which modules that are hangs on the tests that
the process had before, so an example was another one in another run; and each module is read, in each process.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import ModuleType

from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants, constants_from_module

__all__ = ["constants_of_our_own", "the_same_constants"]

_ROOT = Path(__file__).parents[1]
_ROOMS = ("domain", "intake")


def the_same_constants() -> None:
    """From now on."""
    providers._get_local_constants = constants_of_our_own


@cache
def constants_of_our_own() -> Constants:
    """Numbers and texts that stand in the sources of these rooms."""
    found = Constants()
    for path in sorted(path for room in _ROOMS for path in (_ROOT / room).rglob("*.py")):
        module = ModuleType("a_source")  # it is read, not run
        module.__file__ = str(path)
        found |= constants_from_module(module)
    return found
