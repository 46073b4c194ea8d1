"""Patterns of what a letter must say or may not: compiled when the first letter of their language is held against them.

There are hundreds, in four languages, and most letters of a creditor speak one.
"""

import re
from functools import cache


@cache
def wording_pattern(said: str) -> re.Pattern[str]:
    """Return a pattern that is looked for in a wording, without case."""
    return re.compile(said, re.IGNORECASE)
