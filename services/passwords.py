"""Passwords: kept as hashes of Argon2id, and compared so that nobody learns whether there is such a user."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = ["LONGEST", "SHORTEST", "BadPassword", "hashed", "is_password", "needs_hashing", "weakness"]

SHORTEST = 15
LONGEST = 200
"""Signs of a password: 15 where nothing else is asked, and no rules on which (NIST SP 800-63B-4, 3.1.1.2); a longer one
than this only keeps us busy."""

_AT_ONCE = threading.BoundedSemaphore(2)
"""Each takes 64 MiB and a core for a moment: a flood of sign-ins is to wait, not to take the machine."""


class BadPassword(ValueError):
    """A password can't be taken; the text says what would be accepted."""


def weakness(password: str, *others: str) -> str | None:
    """What is wrong with a password that somebody chooses; None when nothing is.

    Args:
        password: As he typed it.
        others: What it must not be: his login, his name.
    """
    if len(password) < SHORTEST:
        return f"a password has at least {SHORTEST} signs: a few words are easy to remember"
    if len(password) > LONGEST:
        return f"a password has at most {LONGEST} signs"
    if len(set(password.casefold())) < 5 or any(each and each.casefold() in password.casefold() for each in others):
        return "this password is too easy to guess: take a few words that have nothing to do with you"
    return None


def hashed(password: str) -> str:
    """The hash of a password, with its own salt and what it cost."""
    with _AT_ONCE:
        return _hasher().hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether a password is the one that is kept.

    Args:
        password: As it was typed.
        kept: Its hash; None where there is no such user: that takes as long.
    """
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            return _hasher().verify(_nobodys() if kept is None else kept, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_hashing(kept: str) -> bool:
    """Whether it was hashed at other costs than those of today."""
    return _hasher().check_needs_rehash(kept)


@cache
def _hasher() -> PasswordHasher:
    # The library's defaults are the second choice of RFC 9106 §4: 64 MiB, three passes.
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody")
