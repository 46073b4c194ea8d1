"""Passwords of tests are hashed at the least cost that there is: what one costs by design takes longer than most tests.

What our program makes of a password is asserted on its own (`tests/services/test_passwords.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher

from services import passwords

_dear = passwords._hasher
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_cheaply() -> None:
    """From now on."""
    passwords._hasher = _cheap  # type: ignore[assignment]


def _cheap() -> PasswordHasher:
    return _CHEAP


@contextmanager
def as_in_production() -> Iterator[None]:
    """Within the block it costs what it does in our program."""
    passwords._hasher = _dear
    try:
        yield
    finally:
        hash_cheaply()
