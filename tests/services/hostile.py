"""Messages that are nearly right, or wrong in every way that somebody can think of."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hypothesis import strategies as st

from domain.messages import MESSAGES
from domain.statuses import StatusKind

TEXTS = (
    *("", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e", "\U0001f4a9" * 200, "é" * 1000, "x" * 5000, "'; --"),
    *("nan", "-0", "1e400", "0.00001", "9" * 20, "9999999999.9999", "\uff12\uff10\uff12\uff16-01-01", "0001-01-01"),
    *("9999-12-31", "2026-02-30", "test", "pause", "reminder", "notice", "EUR", "ZZZ", "JPY", "sent"),
)
NUMBERS = (0, -1, 2**15, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, 9223372036854775808, 10**400)
PLANES = (0x80, 0x250, 0x10000, 0x110000)
"""Signs below these: ASCII, Latin, the first plane with its halves of pairs, all there are."""
GOOD: dict[str, tuple[Any, ...]] = {
    "amount": ("1.00", "0.01", "9999999999.99", "99999999999999", "0.0001"),
    "open": ("1.00", "99999999999999"),
    "currency": ("EUR", "JPY", "KWD", "XXX"),
    "payment": ("p", "never"),
    "key": ("k",),
    "status": ("delivered", "bounced", "returned", "accepted", "closed", *StatusKind),
    "until": ("2026-12-31", "9999-12-31", "2199-12-31"),
    "due": ("2026-12-31", "2199-12-31", "2200-01-01", "1999-01-01"),
    "hold": ("promise", "imported", "set_off", "payment_claimed"),
    "kind": ("correction", "return", "rebate"),
    "outcome": ("sent", "not_sent", "called", "upheld", "rejected", "withdrawn", "one", "two", "confirmed", "refused"),
    "policy": ("test",),
    "version": (1, 2, 2**31 - 1, 2**31, 2**63, 9223372036854775808),
    "of": ("quarantine:x", "p"),
    "task": ("look", "call"),
    "step": ("reminder", "notice"),
    "reason": ("because",),
    "actor": ("j",),
    "by": ("2026-03-20", "2026-12-31", "2199-12-31"),
    "instalments": ([{"due": "2026-04-01", "amount": "1.00"}], [{"due": "2199-12-31", "amount": "99999999999999"}]),
}


def contents(name: str) -> st.SearchStrategy[Any]:
    """The same, where hypothesis chooses."""
    return st.integers(0, 2**32).map(lambda seed: content_of(Random(f"{name} {seed}"), name))


def content_of(chance: Random, name: str) -> Any:
    """A content that is near to a good one, with some of its fields hostile; or anything.

    Made without hypothesis, which takes a hundred times as long for it: who fails has the content in his hand.
    """
    if chance.random() < 0.1:
        return _hostile(chance)
    content: dict[str, Any] = {}
    # Of one with many hostile fields the first is refused, and nothing behind it is looked at.
    wild = chance.choice((0.1, 0.4, 0.8))
    for field in MESSAGES[name].model_fields:
        if field in ("name", "notes"):
            continue
        if chance.random() < wild:
            content[field] = _hostile(chance)
        elif field in GOOD and chance.random() < 0.9:
            content[field] = chance.choice(GOOD[field])
    if chance.random() < 0.2:
        content[_text(chance)] = _hostile(chance)
    return content


def _hostile(chance: Random, deep: int = 0) -> Any:
    what = chance.randrange(10 if deep < 3 else 8)
    if what < 4:
        return _text(chance)
    if what < 7:
        return _number(chance)
    if what == 7:
        return chance.choice((True, False, None))
    inner = [_hostile(chance, deep + 1) for _ in range(chance.randrange(4))]
    return inner if what == 8 else {_text(chance): each for each in inner}


def _text(chance: Random) -> str:
    if chance.random() < 0.7:
        return chance.choice(TEXTS)
    return "".join(chr(chance.randrange(chance.choice(PLANES))) for _ in range(chance.randrange(40)))


def _number(chance: Random) -> int | float:
    what = chance.randrange(4)
    if what < 2:
        return chance.choice(NUMBERS)
    if what == 2:
        return chance.randrange(-(2**64), 2**64)
    return chance.choice((0.1, -0.0, 1e-7, 1e22, 1.7976931348623157e308, chance.uniform(-1e6, 1e6)))


def written(content: Any) -> bytes:
    return json.dumps(content).encode()
