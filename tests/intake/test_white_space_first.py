"""White space before the XML declaration, which XML forbids and some senders write: passed over, and said."""

from pathlib import Path

import pytest

from intake.e_invoice import read_e_invoice
from intake.findings import Unreadable
from intake.xml_safety import parse_xml

FOUND = Path(__file__).parent / "ubl" / "found"
LATE = (FOUND / "u10-newline-before-declaration.xml").read_bytes()


def test_the_invoice_is_taken_with_a_warning() -> None:
    result = read_e_invoice(LATE, file="late.xml")
    assert result.document is not None
    assert "white space stands before the XML declaration" in result.findings[-1].reason
    assert {finding.severity for finding in result.findings} == {"warning"}


@pytest.mark.parametrize("before", [b" ", b"\r\n\r\n\t", b"\xef\xbb\xbf\n"])
def test_whatever_white_space_it_is(before: bytes) -> None:
    assert parse_xml(before + LATE.lstrip()).tag == parse_xml(LATE).tag


@pytest.mark.parametrize("before", [b"x", b"\x00", b"<!-- -->", b"\n<!DOCTYPE a>"])
def test_nothing_else_may_stand_there(before: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_xml(before + LATE.lstrip())


def test_what_it_hides_is_refused_as_ever() -> None:
    with pytest.raises(Unreadable, match="document type declaration"):
        parse_xml(b'\n<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
