"""How many examples a random test tries: the same ones in every run, and ten times as many where somebody has the time.

MAANWERK_EXAMPLES=10 pytest tests/simulation tests/services/test_current_case.py
"""

from __future__ import annotations

import os

__all__ = ["examples"]

_TIMES = int(os.environ.get("MAANWERK_EXAMPLES", "1"))


def examples(number: int) -> int:
    """So many, or as many times as many as the environment says."""
    return number * _TIMES
