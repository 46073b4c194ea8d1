"""A manual as the data of its layout on paper."""

from __future__ import annotations

from services.manual.content import Manual
from speech.words import tr

__all__ = ["printed"]


def printed(manual: Manual, author: str = "Maanwerk") -> dict[str, object]:
    """The data that `letters.manual.press_manual` prints.

    Args:
        manual: The manual.
        author: Whose it is.
    """
    return {**manual.model_dump(mode="json"), "author": author, "rungs_heading": tr("The steps")}
