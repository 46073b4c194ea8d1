"""Reads an e-invoice whatever its syntax (UBL, CII), and whatever it travels in (an envelope, a PDF)."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Final

from intake.cii.reading import is_cii, read_cii
from intake.findings import Finding, Unreadable
from intake.ubl.document import EmbeddedDocument
from intake.ubl.reading import UblFile, read_ubl_document
from intake.ubl.wrapping import unwrapped
from intake.xml_safety import begins_late, looks_like_xml, parse_xml

__all__ = ["is_pdf", "read_e_invoice"]

_MOST_BYTES: Final = 20_000_000
_NAMES: Final = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml")


def is_pdf(data: bytes) -> bool:
    """Whether the bytes are a PDF."""
    return b"%PDF-" in data[:1024]


def read_e_invoice(data: bytes, *, file: str) -> UblFile:
    """Read one file.

    Args:
        data: The file: XML in UBL or CII, in an envelope or not, or a PDF with such XML inside.
        file: Its name, for the findings.

    Returns:
        The document with its remarks. A PDF that held it is one of its documents.
    """
    try:
        xml = _xml_of_pdf(data) if is_pdf(data) else data
        root = unwrapped(parse_xml(xml))
    except Unreadable as problem:
        return UblFile(None, (Finding(file, 1, None, str(problem), "error"),))
    read = read_cii(root, file=file) if is_cii(root) else read_ubl_document(root, file=file)
    if begins_late(xml):
        late = Finding(file, 1, None, "white space stands before the XML declaration: passed over", "warning")
        read = replace(read, findings=(*read.findings, late))
    if read.document is None or not is_pdf(data):
        return read
    stem = (
        "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in read.document.number).strip(".")
        or "invoice"
    )
    pdf = EmbeddedDocument(f"{stem}.pdf", "application/pdf", data)
    return replace(read, document=replace(read.document, embedded=(pdf, *read.document.embedded)))


def _xml_of_pdf(data: bytes) -> bytes:
    """The e-invoice in a PDF.

    Raises:
        Unreadable: there is none.
    """
    if len(data) > _MOST_BYTES:
        raise Unreadable(f"the PDF is larger than {_MOST_BYTES // 1_000_000} MB and was not read")
    # Imported here: an XML file does not need it.
    from pypdf import PdfReader

    try:
        attached = PdfReader(BytesIO(data)).attachments
        found = {name.lower(): contents[0] for name, contents in attached.items() if contents}
    except Exception:  # what a broken PDF makes of its reader has no common name
        raise Unreadable("the PDF is damaged or has a password: ask the sender for the invoice as XML") from None
    named = next((found[name] for name in _NAMES if name in found), None)
    xml = named or next((each for name, each in found.items() if name.endswith(".xml") and looks_like_xml(each)), None)
    if xml is None:
        raise Unreadable(
            "this is a PDF without an e-invoice inside, of which nothing can be read for certain: import the invoice"
            " as XML (UBL or CII), or with a list, in which `document` names this PDF"
        )
    return bytes(xml)
