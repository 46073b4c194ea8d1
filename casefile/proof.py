"""What shows years later how a message came about: what it was made of, how it was counted, what went with it.

Kept beside the exact bytes, and written with them. The case file does not look into content and calculation: they are
JSON of whoever composed the message.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

__all__ = ["Enclosed", "Proof", "enclosed_from_json", "enclosed_to_json"]


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A document that went with a message, by the name that the reader sees and its SHA-256."""

    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How a message came about.

    Attributes:
        calculation: JSON: what was owed of each case in it, and how that was counted.
        content: JSON: what the letter says; None where there is no letter (a dossier).
        template_version: Mark of the wording and layout it was made with; None where there is no letter.
        enclosed: The documents in it, in its order.
    """

    calculation: str
    content: str | None = None
    template_version: str | None = None
    enclosed: tuple[Enclosed, ...] = ()


def enclosed_to_json(enclosed: tuple[Enclosed, ...]) -> str:
    """The documents of a message as they are stored."""
    return json.dumps([asdict(each) for each in enclosed], ensure_ascii=False)


def enclosed_from_json(text: str | None) -> tuple[Enclosed, ...]:
    """The documents of a message as they were stored; none of one that was kept without them."""
    return () if text is None else tuple(Enclosed(**each) for each in json.loads(text))
