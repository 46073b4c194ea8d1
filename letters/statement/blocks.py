"""What the papers of a hand-off are made of: headings, sentences, labels with values, tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["Block", "listed", "part", "rows", "said", "section", "table"]

Block = dict[str, Any]


def section(text: str) -> Block:
    """A heading."""
    return {"kind": "section", "text": text}


def part(text: str) -> Block:
    """A heading below one."""
    return {"kind": "part", "text": text}


def said(text: str) -> Block:
    """A paragraph."""
    return {"kind": "said", "text": text}


def listed(items: Sequence[str]) -> Block:
    """Some sentences below each other."""
    return {"kind": "list", "items": list(items)}


def rows(labelled: Sequence[tuple[str, str]]) -> Block:
    """Labels with their values."""
    return {"kind": "rows", "rows": [list(each) for each in labelled]}


def table(
    head: Sequence[str],
    lines: Sequence[Sequence[str]],
    *,
    widths: Sequence[int],
    left: int,
    sums: Sequence[Sequence[str]] = (),
) -> Block:
    """A table.

    Args:
        head: Its headings.
        lines: Its rows.
        widths: Of its columns, in millimetres; 0 takes what is left.
        left: How many columns stand to the left; the others are figures.
        sums: Rows under it: a label, and the figures of the last columns.
    """
    return {
        "kind": "table",
        "head": list(head),
        "rows": [list(line) for line in lines],
        "widths": list(widths),
        "left": left,
        "sums": [list(each) for each in sums],
    }
