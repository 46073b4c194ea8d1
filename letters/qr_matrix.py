"""The black and white modules of a QR code, as ISO/IEC 18004 makes them, for one level and one mask.

segno draws any code, and takes a millisecond for it; a letter has two. Here what is the same in every code of one size
is worked out once, with segno: the fixed patterns, and the order in which the bits of a message fill the rest.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import cast

import segno

# ISO/IEC 18004 table 9, level M, by version: check bytes of a block, then data bytes of each block.
_BLOCKS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (10, (16,)),
    (16, (28,)),
    (26, (44,)),
    (18, (32,) * 2),
    (24, (43,) * 2),
    (16, (27,) * 4),
    (18, (31,) * 4),
    (22, (38,) * 2 + (39,) * 2),
    (22, (36,) * 3 + (37,) * 2),
    (26, (43,) * 4 + (44,)),
    (30, (50,) + (51,) * 4),
    (22, (36,) * 6 + (37,) * 2),
    (22, (37,) * 8 + (38,)),
)
# Finding the best of the eight masks takes longer than all else; a reader is told the mask, and reads any of them.
_MASK = 3
MOST_BYTES = 331
"""The longest message, of version 13."""
MOST_MODULES = 17 + 4 * len(_BLOCKS)
"""Modules of the side of the largest code."""


def matrix(message: bytes) -> tuple[str, ...]:
    """Return the rows of a code as texts of `1` (black) and `0` (white), without the quiet zone.

    Args:
        message: What a reader gets, in byte mode.

    Raises:
        ValueError: the message is longer than `MOST_BYTES`.
    """
    for version, (_, sizes) in enumerate(_BLOCKS, start=1):
        count_bits = 8 if version < 10 else 16
        # The mode and the count stand before the message.
        if len(message) * 8 + 4 + count_bits <= sum(sizes) * 8:
            break
    else:
        raise ValueError(f"a message of {len(message)} bytes is too long for a code; it holds {MOST_BYTES}")
    checks = _BLOCKS[version - 1][0]
    words = _interleaved(_data(message, count_bits, sum(sizes)), sizes, checks)
    order, masked, places = _frame(version)
    bits = int.from_bytes(words, "big") << places - len(words) * 8
    drawn = "".join(order(f"{bits ^ masked:0{places}b}01"))
    side = 17 + 4 * version
    return tuple(drawn[start : start + side] for start in range(0, side * side, side))


def _data(message: bytes, count_bits: int, size: int) -> bytes:
    """Byte mode (0100), the count, the message, four bits of end, and alternating filling (§7.4)."""
    bits = (0b0100 << count_bits | len(message)) << len(message) * 8 | int.from_bytes(message, "big")
    used = len(message) + (4 + count_bits + 4) // 8
    filled = (bits << 4).to_bytes(used, "big")
    return (filled + b"\xec\x11" * (size // 2 + 1))[:size]


def _interleaved(data: bytes, sizes: Sequence[int], checks: int) -> bytes:
    """Each block followed by its check bytes, byte by byte in turn (§7.6)."""
    blocks, start = list[bytes](), 0
    for size in sizes:
        blocks.append(data[start : start + size])
        start += size
    remainders = [_remainder(block, checks) for block in blocks]
    longest = max(sizes)
    words = bytes(block[place] for place in range(longest) for block in blocks if place < len(block))
    return words + bytes(each[place] for place in range(checks) for each in remainders)


def _remainder(block: bytes, checks: int) -> bytes:
    """Check bytes of Reed and Solomon: the remainder of the block after division by the generator."""
    multiples, high = _multiples(checks), 8 * (checks - 1)
    rest, kept = 0, (1 << high) - 1
    for byte in block:
        rest = (rest & kept) << 8 ^ multiples[rest >> high ^ byte]
    return rest.to_bytes(checks, "big")


@cache
def _multiples(checks: int) -> tuple[int, ...]:
    """The generator without its first term, times every byte, each as one number."""
    generator = [1]
    root = 1
    for _ in range(checks):
        generator = [a ^ _product(b, root) for a, b in zip([*generator, 0], [0, *generator], strict=True)]
        root = _product(root, 2)
    return tuple(int.from_bytes(bytes(_product(term, byte) for term in generator[1:]), "big") for byte in range(256))


def _product(one: int, other: int) -> int:
    """Multiply in the field of 256 with x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one = one << 1 ^ (0x11D if one & 0x80 else 0)
        other >>= 1
    return product


@cache
def _frame(version: int) -> tuple[Callable[[str], tuple[str, ...]], int, int]:
    """Return how a code of this version is filled.

    Returns:
        What picks all modules in reading order from the bits of a message followed by `01`, the mask on those bits as
        a number, and how many bits there are.
    """
    sample = segno.make("", version=version, error="m", boost_error=False, micro=False, mask=_MASK, mode="byte")
    side = len(sample.matrix)
    free = [[not _fixed(y, x, side) for x in range(side)] for y in range(side)]
    aligning = {segno.consts.TYPE_ALIGNMENT_PATTERN_DARK, segno.consts.TYPE_ALIGNMENT_PATTERN_LIGHT}
    for y, row in enumerate(sample.matrix_iter(border=0, verbose=True)):
        for x, kind in enumerate(row):
            free[y][x] &= kind not in aligning
    places: list[tuple[int, int]] = []
    # §7.7.3: in columns of two from the right, up and down in turn; the column of the timing pattern is left out.
    for turn, right in enumerate([*range(side - 1, 6, -2), *range(5, 0, -2)]):
        for y in range(side) if turn % 2 else range(side - 1, -1, -1):
            places += [(y, x) for x in (right, right - 1) if free[y][x]]
    where = {place: index for index, place in enumerate(places)}
    picked = [
        where.get((y, x), len(places) + (1 if sample.matrix[y][x] else 0)) for y in range(side) for x in range(side)
    ]
    masked = "".join("1" if (y + x) % 3 == 0 else "0" for y, x in places)
    return cast("Callable[[str], tuple[str, ...]]", itemgetter(*picked)), int(masked, 2), len(places)


def _fixed(y: int, x: int, side: int) -> bool:
    """Whether a module belongs to finders, format, timing or version (§6.3, 7.9, 7.10)."""
    near_finder = (y < 9 and (x < 9 or x >= side - 8)) or (y >= side - 8 and x < 9)
    of_version = side >= 45 and ((y < 6 and x >= side - 11) or (x < 6 and y >= side - 11))
    return near_finder or of_version or 6 in (y, x)
