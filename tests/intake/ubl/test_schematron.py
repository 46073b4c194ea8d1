"""The rules of EN 16931, all of them: what a person is told, and what can't be done to him with them."""

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import pytest

from intake.ubl.names import Breach
from intake.ubl.schematron import _compiled, check_schematron
from intake.xml_safety import parse_xml

INVOICE = (Path(__file__).parents[3] / "samples" / "ubl" / "invoice-with-pdf.xml").read_text(encoding="utf-8")
RATE = "<cbc:Percent>21</cbc:Percent>"


def check(*changes: tuple[str, str]) -> tuple[Breach, ...]:
    text = INVOICE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return check_schematron(parse_xml(text.encode()))


def rules(found: tuple[Breach, ...]) -> set[str]:
    return {match[1] for each in found if (match := re.match(r"\[([^]]+)]", each.reason))}


@pytest.fixture
def no_saxon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _compiled.cache_clear()
    monkeypatch.setitem(sys.modules, "saxonche", None)
    yield
    _compiled.cache_clear()


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (">1210.00</cbc:TaxInclusiveAmount", ">1200.00</cbc:TaxInclusiveAmount", "BR-CO-15"),
        (">1000.00</cbc:TaxExclusiveAmount", ">999.00</cbc:TaxExclusiveAmount", "BR-CO-13"),
        (RATE, "<cbc:Percent>9</cbc:Percent>", "BR-CO-17"),
        ("<cbc:ID>S</cbc:ID>", "<cbc:ID>Z</cbc:ID>", "BR-Z-05"),
        ("<cbc:IdentificationCode>NL<", "<cbc:IdentificationCode>XX<", "BR-CL-14"),
        (">30</cbc:PaymentMeansCode>", ">12345</cbc:PaymentMeansCode>", "BR-CL-16"),
        ("<cbc:ID>NL91 ABNA 0417 1643 00</cbc:ID>", "<cbc:ID> </cbc:ID>", "BR-50"),
    ],
)
def test_a_broken_rule_is_told_by_its_id(before: str, after: str, rule: str) -> None:
    assert rule in rules(check((before, after)))


def test_a_breach_has_the_place_and_the_line_of_what_is_wrong() -> None:
    found = check((">30</cbc:PaymentMeansCode>", ">12345</cbc:PaymentMeansCode>"))
    (breach,) = [each for each in found if "[BR-CL-16]" in each.reason]
    lines = INVOICE.splitlines()
    assert "cbc:PaymentMeansCode" in lines[breach.line - 1]
    assert breach.path.endswith("/cbc:PaymentMeansCode")
    assert "(EN 16931, fatal" in breach.reason


def test_what_forbids_stands_before_what_advises_and_each_rule_is_told_once() -> None:
    found = check(
        ("<cbc:BuyerReference>", "<cbc:UUID>x</cbc:UUID><cbc:BuyerReference>"),
        ("  <cac:TaxTotal>", "<cac:PaymentMeans/>" * 3 + "  <cac:TaxTotal>"),
    )
    kinds = ["fatal" in each.reason for each in found]
    assert kinds == sorted(kinds, reverse=True)
    assert True in kinds
    assert False in kinds
    (br_49,) = [each for each in found if each.reason.startswith("[BR-49]")]
    assert "and in 2 more places" in br_49.reason


def test_a_number_that_is_none_ends_in_words_and_not_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    for bad in ("NaN", "1e999999999", "", "9" * 5000):
        (breach,) = check((">210.00<", f">{bad}<"))
        assert "could not be run here" in breach.reason
    assert capfd.readouterr().err == ""


def test_what_saxon_can_not_do_is_told_and_does_not_crash() -> None:
    total = '<cbc:PayableAmount currencyID="EUR">1210.00</cbc:PayableAmount>'
    (breach,) = check((total, total * 2))
    assert "could not be run here: Saxon says" in breach.reason


@pytest.mark.usefixtures("no_saxon")
def test_without_saxon_one_warning_says_so() -> None:
    (breach,) = check()
    assert breach.reason.startswith("the EN 16931 rules could not be run here")


def test_an_embedded_document_does_not_count_in_the_size_of_a_file() -> None:
    assert check(("JVBERi0x", "JVBERi0x" + "A" * 5_000_000)) == ()


@pytest.mark.parametrize("extra", ["<cac:InvoiceLine/>" * 20_001, f"<cbc:Note>{'x' * 2_000_001}</cbc:Note>"])
def test_a_file_that_is_too_large_for_the_rules_is_told_and_not_checked(extra: str) -> None:
    (breach,) = check(("</Invoice>", f"{extra}</Invoice>"))
    assert "could not be run here: the file has over" in breach.reason


def test_thousands_of_breaches_end_soon() -> None:
    began = perf_counter()
    found = check(("</Invoice>", "<cac:InvoiceLine/>" * 4_000 + "</Invoice>"))
    assert "BR-21" in rules(found)
    assert perf_counter() - began < 10


def test_nothing_is_fetched_by_saxon(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret", encoding="utf-8")
    processor, _ = _compiled()
    sheet = (
        '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
        f"<xsl:value-of select=\"unparsed-text-available('{secret.as_uri()}')\"/></xsl:template></xsl:stylesheet>"
    )
    reading = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=sheet)
    assert "false" in reading.transform_to_string(xdm_node=processor.parse_xml(xml_text="<a/>"))


def test_many_threads_share_the_rules() -> None:
    right = parse_xml(INVOICE.encode())
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: check_schematron(right), range(64))) == [()] * 64
