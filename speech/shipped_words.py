"""Words that we ship as YAML: of letters, pages and calls, in each language.

Everything that a process says first waits for these files, so libyaml reads them, in a seventh of the time that Python
takes; where it is missing Python does.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any, Final

import yaml

__all__ = ["shipped_words"]

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def shipped_words(file: Traversable) -> Mapping[str, Any]:
    """Return what a file of words says.

    Args:
        file: A file of a package of ours.

    Raises:
        ValueError: it is no YAML, or no mapping of names to words; the error names file and line.
    """
    try:
        words = yaml.load(file.read_text("utf-8"), Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = file.name if mark is None else f"{file.name}, line {mark.line + 1}"
        raise ValueError(f"{place}: no file of words: {getattr(error, 'problem', None) or error}") from error
    if not isinstance(words, dict):
        raise ValueError(f"{file.name}, line 1: no file of words: it holds no names with words")
    return words
