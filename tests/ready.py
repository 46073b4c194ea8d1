"""Makes a process ready that tests: what costs most is done once, or without waiting, from the first test on.

Who only hands tests out to other processes needs none of it, and does not import our program: the others begin earlier.
"""

from __future__ import annotations

from services.correspondence import presses
from tests.casefile.connections import keep_connections
from tests.casefile.disk import wait_for_no_disk
from tests.casefile.statements import compile_once
from tests.constants import the_same_constants
from tests.hashing import hash_cheaply
from tests.templates import compile_templates_once

__all__ = ["make_ready"]


def make_ready() -> None:
    """From now on."""
    wait_for_no_disk()
    compile_once()
    hash_cheaply()
    keep_connections()
    compile_templates_once()
    the_same_constants()
    # Letters that crowd get no processes of their own, but where that is tested: all processors are at work.
    presses._MOST = 1
