"""What e-invoices travel in: a Peppol envelope (SBDH), an AttachedDocument. The invoice in it is what counts."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from lxml import etree

from intake.findings import Unreadable
from intake.ubl.names import NAMESPACES
from intake.xml_safety import looks_like_xml, parse_xml

__all__ = ["unwrapped"]

_ENVELOPE: Final = "StandardBusinessDocument"
_HEADER: Final = "StandardBusinessDocumentHeader"
_ATTACHED: Final = "AttachedDocument"
_MOST_DEEP: Final = 3


def unwrapped(root: etree._Element) -> etree._Element:
    """The document in its envelopes; the document itself when it has none.

    Raises:
        Unreadable: there is none in the envelope, or several.
    """
    for _ in range(_MOST_DEEP):
        match etree.QName(root).localname:
            case "StandardBusinessDocument":
                root = _of_envelope(root)
            case "AttachedDocument":
                root = _of_attached(root)
            case _:
                return root
    raise Unreadable("envelopes stand more than three deep in each other: ask the sender for the invoice itself")


def _of_envelope(root: etree._Element) -> etree._Element:
    inside = [each for each in root if isinstance(each.tag, str) and etree.QName(each).localname != _HEADER]
    if len(inside) != 1:
        raise Unreadable(f"the {_ENVELOPE} holds {len(inside)} documents: ask the sender for one invoice in each")
    (document,) = inside
    root.remove(document)
    return document


def _of_attached(root: etree._Element) -> etree._Element:
    text = root.findtext("cac:Attachment/cac:ExternalReference/cbc:Description", namespaces=NAMESPACES)
    binary = root.findtext("cac:Attachment/cbc:EmbeddedDocumentBinaryObject", namespaces=NAMESPACES)
    if text and text.strip():
        # A declaration that names an encoding would contradict a text.
        data = text.strip().encode("utf-8")
        if data.startswith(b"<?xml"):
            data = data[data.index(b"?>") + 2 :] if b"?>" in data else data
    else:
        try:
            data = base64.b64decode("".join((binary or "").split()), validate=True)
        except (binascii.Error, ValueError):
            data = b""
    if not looks_like_xml(data):
        raise Unreadable(f"there is no invoice in the {_ATTACHED}: ask the sender for the invoice itself")
    return parse_xml(data)
