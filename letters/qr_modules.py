"""The modules of a QR code, from what the package segno knows of the standard (ISO/IEC 18004).

Codes of one version differ in their data alone: where each bit of it stands, and all that is no data, is found out once
a version. Drawing a code anew each time takes three times as long, a tenth of a letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import chain, zip_longest
from operator import itemgetter
from typing import Any

__all__ = ["modules"]

# Neither has types.
consts: Any = import_module("segno.consts")
encoder: Any = import_module("segno.encoder")

_LEVEL: int = consts.ERROR_LEVEL_M
_MASK = 3
"""Finding the best of the eight masks takes five milliseconds a code; a reader is told it, and reads any of them."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What codes of one version have in common.

    Attributes:
        side: Modules of a side.
        rest: All modules as bits, where the data is nought: patterns, what a reader is told, and the mask.
        spread: Puts the bits of the data, and a nought behind them, where they stand.
        bits: How many bits of data there are.
    """

    side: int
    rest: int
    spread: Callable[[str], Sequence[str]]
    bits: int


def modules(payload: str) -> list[str]:
    """The rows of the code that holds a text, each module `1` (black) or `0`: correction M, mask 3, in UTF-8."""
    segments = encoder.prepare_data(payload, None, "utf-8")
    version = encoder.find_version(segments, _LEVEL, eci=False, micro=False)
    frame = _frame(version)
    bits = format(int.from_bytes(b"\x01" + _codewords(segments, version)), "b")[1:].ljust(frame.bits + 1, "0")
    drawn = format(int("".join(frame.spread(bits)), 2) ^ frame.rest, f"0{frame.side**2}b")
    return [drawn[begin : begin + frame.side] for begin in range(0, len(drawn), frame.side)]


def _codewords(segments: Any, version: int) -> bytes:
    """Data and error correction, interleaved (§7.4 to 7.6)."""
    buffer = encoder.Buffer()
    sizes = encoder.version_range(version)
    for segment in segments:
        encoder.write_segment(buffer, segment, None, sizes, False)
    capacity = consts.SYMBOL_CAPACITY[version][_LEVEL]
    encoder.write_terminator(buffer, capacity, None, len(buffer))
    encoder.write_padding_bits(buffer, version, len(buffer))
    encoder.write_pad_codewords(buffer, version, capacity, len(buffer))
    data, correction = encoder.make_blocks(consts.ECC[version][_LEVEL], buffer)
    return _interleaved(data) + _interleaved(correction)


def _interleaved(blocks: Iterable[Iterable[int]]) -> bytes:
    return bytes(each for each in chain.from_iterable(zip_longest(*blocks)) if each is not None)


@cache
def _frame(version: int) -> _Frame:
    side = encoder.calc_matrix_size(version)
    patterns = encoder.make_matrix(side, side)
    encoder.add_finder_patterns(patterns, side, side)
    encoder.add_alignment_patterns(patterns, side, side)
    free = sum(row.count(_FREE) for row in patterns)
    # Numbers in the place of bits: what stands where in the end is the place of that bit.
    places: list[list[Any]] = [[_FREE if module == _FREE else None for module in row] for row in patterns]
    encoder.add_codewords(places, [_Place(number) for number in range(free)], version)
    masked = encoder.get_data_mask_functions(False)[_MASK]
    for i, row in enumerate(patterns):
        for j, module in enumerate(row):
            if module == _FREE:
                row[j] = int(masked(i, j))
    encoder.add_format_info(patterns, version, _LEVEL, _MASK)
    encoder.add_version_info(patterns, version)
    rest = int("".join(str(module) for row in patterns for module in row), 2)
    spread = itemgetter(*(free if place is None else place.number for row in places for place in row))
    return _Frame(side, rest, spread, free)


_FREE = 2
"""How segno marks a module that is free for data."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The place of a bit among all bits of the data."""

    number: int
