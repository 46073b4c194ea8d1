"""Messages that are nearly right, or wrong in every way that somebody can think of."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from domain.messages import MESSAGES

HOSTILE_TEXT = st.one_of(
    st.sampled_from(
        ["", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e", "\U0001f4a9" * 200, "é" * 1000, "x" * 5000, "'; --"]
    ),
    st.sampled_from(
        ["nan", "-0", "1e400", "0.00001", "9" * 20, "9999999999.9999", "\uff12\uff10\uff12\uff16-01-01", "0001-01-01"]
    ),
    st.sampled_from(["9999-12-31", "2026-02-30", "test", "pause", "reminder", "notice", "EUR", "ZZZ", "JPY", "sent"]),
    st.text(max_size=40),
)
HOSTILE_NUMBER = st.one_of(
    st.sampled_from([0, -1, 2**15, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, 9223372036854775808, 10**400]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
HOSTILE = st.recursive(
    st.one_of(HOSTILE_TEXT, HOSTILE_NUMBER, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(HOSTILE_TEXT, inner, max_size=3)),
    max_leaves=5,
)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "amount": st.sampled_from(["1.00", "0.01", "9999999999.99", "99999999999999", "0.0001"]),
    "open": st.sampled_from(["1.00", "99999999999999"]),
    "currency": st.sampled_from(["EUR", "JPY", "KWD", "XXX"]),
    "payment": st.sampled_from(["p", "never"]),
    "key": st.just("k"),
    "status": st.sampled_from(["delivered", "bounced", "returned"]),
    "until": st.sampled_from(["2026-12-31", "9999-12-31", "2199-12-31"]),
    "due": st.sampled_from(["2026-12-31", "2199-12-31", "2200-01-01", "1999-01-01"]),
    "hold": st.sampled_from(["promise", "imported"]),
    "kind": st.sampled_from(["correction", "return", "rebate"]),
    "outcome": st.sampled_from(["sent", "not_sent", "called"]),
    "policy": st.just("test"),
    "version": st.sampled_from([1, 2, 2**31 - 1, 2**31, 2**63, 9223372036854775808]),
    "of": st.sampled_from(["quarantine:x", "p"]),
    "task": st.sampled_from(["look", "call"]),
    "step": st.sampled_from(["reminder", "notice"]),
    "reason": st.just("because"),
    "actor": st.just("j"),
}


@st.composite
def contents(draw: st.DrawFn, name: str) -> Any:
    """A content that is near to a good one, with some of its fields hostile; or anything."""
    if draw(st.integers(0, 9)) == 0:
        return draw(HOSTILE)
    fields = [field for field in MESSAGES[name].model_fields if field not in ("name", "notes")]
    content: dict[str, Any] = {}
    for field in fields:
        what = draw(st.integers(0, 9))
        if what < 6 and field in GOOD:
            content[field] = draw(GOOD[field])
        elif what < 8:
            content[field] = draw(HOSTILE)
    if draw(st.integers(0, 4)) == 0:
        content[draw(HOSTILE_TEXT)] = draw(HOSTILE)
    return content


def written(content: Any) -> bytes:
    return json.dumps(content).encode()
