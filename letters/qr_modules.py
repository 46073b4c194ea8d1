"""The modules of a QR code, from what the package segno knows of the standard (ISO/IEC 18004).

Codes of one version differ in their data alone: where each bit of it stands, and all that is no data, is found out once
a version. Drawing a code anew each time takes three times as long, a tenth of a letter.
"""

from __future__ import annotations

import re
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
_NO_BYTES = re.compile("[0-9A-Z $%*+./:-]*")
"""What has a shorter mode than that of bytes (§7.3.3, 7.3.4)."""
_PADDING = b"\xec\x11"
_COUNTED_IN_TWO = 10
"""From this version on the number of bytes takes two."""


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
    if payload.isascii() and not _NO_BYTES.fullmatch(payload):
        words, version = _bytes_in_codewords(payload.encode())
    else:
        words, version = _codewords(payload)
    frame = _frame(version)
    bits = format(int.from_bytes(b"\x01" + _with_correction(words, version)), "b")[1:].ljust(frame.bits + 1, "0")
    drawn = format(int("".join(frame.spread(bits)), 2) ^ frame.rest, f"0{frame.side**2}b")
    return [drawn[begin : begin + frame.side] for begin in range(0, len(drawn), frame.side)]


def _bytes_in_codewords(text: bytes) -> tuple[bytes, int]:
    """The codewords of a text in mode byte, and the version that holds them (§7.4.5, 7.4.9, 7.4.10)."""
    for version, capacity in enumerate(_capacities(), start=1):
        # Half a codeword for the mode goes before the number of bytes, and the terminator after them is the other half.
        size = 1 if version < _COUNTED_IN_TWO else 2
        if 1 + size + len(text) > capacity:
            continue
        counted = int.from_bytes(b"\x04" + len(text).to_bytes(size, "big") + text, "big")
        # The empty one is of segno alone, which fills up a codeword that is full already; readers stop before it.
        words = (counted << 4).to_bytes(1 + size + len(text), "big") + b"\0"
        return (words + _PADDING * capacity)[:capacity], version
    raise ValueError(f"{text[:40]!r}… has {len(text)} bytes, and no QR code holds more than {_capacities()[-1] - 3}")


@cache
def _capacities() -> tuple[int, ...]:
    """How many codewords of data a version holds, the first first."""
    return tuple(consts.SYMBOL_CAPACITY[version][_LEVEL] // 8 for version in range(1, 41))


def _codewords(payload: str) -> tuple[bytes, int]:
    """The codewords of any text, as segno encodes it, and the version that holds them."""
    segments = encoder.prepare_data(payload, None, "utf-8")
    version = encoder.find_version(segments, _LEVEL, eci=False, micro=False)
    buffer = encoder.Buffer()
    sizes = encoder.version_range(version)
    for segment in segments:
        encoder.write_segment(buffer, segment, None, sizes, False)
    capacity = consts.SYMBOL_CAPACITY[version][_LEVEL]
    encoder.write_terminator(buffer, capacity, None, len(buffer))
    encoder.write_padding_bits(buffer, version, len(buffer))
    encoder.write_pad_codewords(buffer, version, capacity, len(buffer))
    return bytes(buffer.toints()), version


def _with_correction(words: bytes, version: int) -> bytes:
    """Data and error correction, interleaved (§7.5, 7.6)."""
    data: list[bytes] = []
    correction: list[bytes] = []
    for blocks in consts.ECC[version][_LEVEL]:
        for _ in range(blocks.num_blocks):
            data.append(words[: blocks.num_data])
            correction.append(_correction(data[-1], blocks.num_total - blocks.num_data))
            words = words[blocks.num_data :]
    return _interleaved(data) + _interleaved(correction)


def _correction(block: bytes, number: int) -> bytes:
    """The error correction of a block: what is left when it is divided by the generator (§7.5.2).

    All of the remainder is one number, so that a codeword takes one step of Python and not one for each of them.
    """
    multiples, top = _multiples(number), 8 * (number - 1)
    rest, low = 0, (1 << top) - 1
    for word in block:
        rest = ((rest & low) << 8) ^ multiples[word ^ (rest >> top)]
    return rest.to_bytes(number, "big")


@cache
def _multiples(number: int) -> tuple[int, ...]:
    """Of a generator, without its highest term: what each of the 256 codewords times it is, as one number."""
    log, exp, generator = consts.GALIOS_LOG, consts.GALIOS_EXP, consts.GEN_POLY[number]
    return (0, *(int.from_bytes(bytes(exp[log[word] + each] for each in generator), "big") for word in range(1, 256)))


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
