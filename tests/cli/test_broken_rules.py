"""What matters of an e-invoice stands first; the rules of the standard that it breaks are one line, with a count."""

import json
from pathlib import Path

from tests.cli.running import Run
from tests.cli.test_e_invoices import SAMPLES, desk

__all__ = ["desk"]

INVOICE = (SAMPLES / "invoice-with-pdf.xml").read_text(encoding="utf-8")
OTHER_ACCOUNT = ("<cbc:ID>NL91 ABNA 0417 1643 00</cbc:ID>", "<cbc:ID>NL20 INGB 0001 2345 67</cbc:ID>")
ONE = (">30</cbc:PaymentMeansCode>", ">12345</cbc:PaymentMeansCode>")
MORE = (">1210.00</cbc:TaxInclusiveAmount", ">1200.00</cbc:TaxInclusiveAmount")


def written(folder: Path, *changes: tuple[str, str]) -> None:
    text = INVOICE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / "one.xml").write_text(text, encoding="utf-8")


def test_broken_rules_are_one_line_behind_what_matters(maanwerk: Run, desk: Path) -> None:
    written(desk, OTHER_ACCOUNT, ONE, MORE)
    ran = maanwerk("import", "one.xml", "--today", "2026-03-02")
    lines = ran.err.splitlines()
    told = json.loads(maanwerk("import", "one.xml", "--today", "2026-03-02", "--json").out)["files"][0]["findings"]
    rules = [each for each in told if "EN 16931" in each["reason"] or "NLCIUS" in each["reason"]]
    assert "it asks for payment to NL20INGB0001234567" in lines[0]
    assert lines[-1].startswith("one.xml: ") and "rules of the standard are broken" in lines[-1]
    assert not any("BR-CO-15" in line for line in lines)
    assert len(rules) >= 2 and ran.code == 0


def test_the_count_is_that_of_the_rules(maanwerk: Run, desk: Path) -> None:
    written(desk, MORE)
    lines = maanwerk("import", "one.xml", "--today", "2026-03-02").err.splitlines()
    shown = json.loads(maanwerk("case", "show", "U-1001", "--json").out)["remarks"]
    rules = [each for each in shown if each["reason"].startswith("[") or "schema" in each["reason"]]
    number = int(lines[-1].removeprefix("one.xml: ").split(" ")[0])
    assert number == len(rules)


def test_an_invoice_that_keeps_them_has_no_such_line(maanwerk: Run, desk: Path) -> None:
    written(desk)
    assert "of the standard" not in maanwerk("import", "one.xml", "--today", "2026-03-02").err
