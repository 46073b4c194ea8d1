"""The names of UBL 2.1 and of CII: namespaces, and how an element is named to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

__all__ = ["CII_NAMESPACES", "CREDIT_NOTE", "INVOICE", "NAMESPACES", "Breach", "line_of", "path_of", "written"]

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE: Final = (f"{_UBL}Invoice-2", "Invoice")
CREDIT_NOTE: Final = (f"{_UBL}CreditNote-2", "CreditNote")
NAMESPACES: Final = {"cac": f"{_UBL}CommonAggregateComponents-2", "cbc": f"{_UBL}CommonBasicComponents-2"}
_CII: Final = "urn:un:unece:uncefact:data:standard:"
CII_NAMESPACES: Final = {
    "rsm": f"{_CII}CrossIndustryInvoice:100",
    "ram": f"{_CII}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_CII}UnqualifiedDataType:100",
    "qdt": f"{_CII}QualifiedDataType:100",
}
_PREFIXES: Final = {uri: prefix for prefix, uri in (NAMESPACES | CII_NAMESPACES).items()}


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a file breaks: where, and in a sentence which and how."""

    path: str
    line: int
    reason: str


def path_of(element: etree._Element) -> str:
    """XPath of an element with the usual prefixes, numbered where it has siblings of its name."""
    steps: list[str] = []
    at: etree._Element | None = element
    while at is not None:
        name, parent = etree.QName(at), at.getparent()
        prefix = _PREFIXES.get(name.namespace or "")
        step = f"{prefix}:{name.localname}" if prefix else name.localname
        if parent is not None:
            alike = list(parent.iterchildren(at.tag))
            if len(alike) > 1:
                step += f"[{alike.index(at) + 1}]"
        steps.append(step)
        at = parent
    return "/" + "/".join(reversed(steps))


def line_of(element: etree._Element) -> int:
    """Line on which an element starts, counted from 1."""
    line = element.sourceline
    return line if isinstance(line, int) else 1


def written(element: etree._Element) -> str:
    """The text of an element, with outer and repeated white space removed."""
    return " ".join((element.text or "").split())
