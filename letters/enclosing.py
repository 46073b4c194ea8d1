"""What is enclosed in a PDF, kept out of typst's hands where it is compressed inside already.

typst deflates each file that it encloses, looks whether that made it smaller, and lays the result aside if not: for an
invoice of 50 kB a seventh of the time of its letter. So it is handed a stand-in of the same length, in whose place the
file is put afterwards; nothing else in the PDF depends on its bytes.
"""

import zlib
from collections.abc import Mapping
from hashlib import sha256

# What typst takes for a gzip, which it encloses as it is.
_AS_IT_IS = b"\x1f\x8b\x08"
_HEAD = len(_AS_IT_IS) + 32
_SHORTEST = 2048
_SAMPLE = 1024
_SMALLER = 0.75
"""Below this part of its length a file is worth deflating: typst's own measure, which it takes over the whole file."""


def stand_in(content: bytes) -> bytes:
    """Return what typst is given for a file: as long, and another one for another file; or the file, to be deflated."""
    middle = max(0, (len(content) - _SAMPLE) // 2)
    sample = content[middle : middle + _SAMPLE]
    if len(content) < _SHORTEST or _deflated(sample) <= _SMALLER * len(sample):
        return content
    return (_AS_IT_IS + sha256(content).digest()).ljust(len(content), b"\0")


def put_in(pdf: bytes, given: Mapping[bytes, bytes]) -> bytes:
    """Return a PDF with the files in the places of their stand-ins.

    Args:
        pdf: As typst wrote it.
        given: The files, by the stand-ins that typst was given.

    Raises:
        RuntimeError: one of them is not there as it was given.
    """
    whole = bytearray(pdf)
    for standing, content in given.items():
        head = standing[:_HEAD]
        place = pdf.find(head)
        if pdf[place : place + len(standing)] != standing:
            raise RuntimeError(
                "letter.typ: typst did not enclose a file as it is; enclosing._AS_IT_IS has to follow it"
            )
        while place >= 0:
            whole[place : place + len(standing)] = content
            place = pdf.find(head, place + len(standing))
    return bytes(whole)


def _deflated(sample: bytes) -> int:
    # As little memory as zlib can do with: clearing more takes longer than such a sample.
    deflating = zlib.compressobj(1, zlib.DEFLATED, -9, 1)
    return len(deflating.compress(sample)) + len(deflating.flush())
