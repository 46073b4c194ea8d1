"""XML from strangers: parsed without entities, network or surprises, or refused with a sentence.

A document type declaration is where entities are declared (external files, "billion laughs"); e-invoices have none, so
it is refused before anything behind it is read. The limits of libxml2 stay on (`huge_tree=False`): 256 levels, 10 MB in
one text.
"""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from lxml import etree

from intake.findings import Unreadable

__all__ = ["MAX_XML_BYTES", "begins_late", "looks_like_xml", "parse_xml"]

MAX_XML_BYTES: Final = 20_000_000
"""Largest file that is read. One embedded document is at most 10 MB of text in it, some 7 MB of PDF."""

_MAX_MARKS: Final = 1_000_000
"""Most signs of markup, two for each element: a file of 20 MB that is nothing but elements would fill the memory."""

_STARTS: Final = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00", b"\x00<")


def looks_like_xml(data: bytes) -> bool:
    """Whether the bytes begin as XML does, in UTF-8 or UTF-16."""
    return data[:200].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or data.startswith(_STARTS)


_LATE: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]+(?=<\?xml[ \t\r\n])")
"""White space before the XML declaration, where XML allows none; some senders' templates leave a line there."""


def begins_late(data: bytes) -> bool:
    """Whether a file has white space before its XML declaration, which `parse_xml` passes over."""
    return _LATE.match(data) is not None


def parse_xml(data: bytes) -> etree._Element:
    """Parse a document; comments, processing instructions and white space before its declaration are left out.

    Args:
        data: The whole file.

    Returns:
        Its root element.

    Raises:
        Unreadable: it is too large, not well formed, or has a document type declaration.
    """
    if len(data) > MAX_XML_BYTES:
        raise Unreadable(
            f"the file is larger than {MAX_XML_BYTES // 1_000_000} MB and was not read: an e-invoice is far smaller;"
            " leave large attachments out"
        )
    if not data.strip():
        raise Unreadable("the file is empty")
    if data.count(b"<") + data.count(b"=") > _MAX_MARKS:
        raise Unreadable("the file has over half a million elements and was not read: this is no invoice")
    data = _LATE.sub(b"", data, count=1) if begins_late(data) else data
    _refuse_doctype(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_in_words(str(error))) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _has_doctype()
    return root


class _RootSeen(Exception):
    """The root element began: what comes before it was harmless."""


def _has_doctype() -> Unreadable:
    return Unreadable(
        "the file has a document type declaration (<!DOCTYPE …>), by which entities can read other files or fill the"
        " memory, and was not read: an e-invoice has none; ask the sender for a clean file"
    )


def _refuse_doctype(data: bytes) -> None:
    """Look at everything before the root element, with a parser that stops at a document type declaration."""

    def doctype(*_: object) -> None:
        raise _has_doctype()

    def root(*_: object) -> None:
        raise _RootSeen

    looking = expat.ParserCreate()
    looking.StartDoctypeDeclHandler = doctype
    looking.StartElementHandler = root
    try:
        looking.Parse(data, True)
    except _RootSeen:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Unreadable(_in_words(str(error))) from None


def _in_words(error: str) -> str:
    """What a parser said, in one line."""
    said = re.sub(r"\s+", " ", error).removesuffix(" (<string>, line 0)").replace("(<string>, ", "(")
    if "Excessive depth" in said or "depth" in said:
        return f"elements stand more than 256 deep in each other ({said[:80]}): this is no invoice"
    if "huge text node" in said or "Resource limit" in said or "too large" in said.lower():
        return "one text in the file is larger than 10 MB: leave the large attachment out"
    return f"the file is not well-formed XML ({said[:120]}): export it again"
