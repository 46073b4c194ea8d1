"""A pro forma invoice asks for nothing: it opens no case, whatever its syntax."""

from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from tests.intake.test_cii_rules import INVOICE as CII
from tests.services.importing.test_importing_ubl import INVOICE as UBL
from tests.services.importing.test_importing_ubl import becomes, bring, file

__all__ = ["file"]

NUMBERED = "<cbc:InvoiceTypeCode>380<"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("kept_in", ["sqlite"], indirect=True)


@pytest.mark.parametrize(("text", "before"), [(UBL, NUMBERED), (CII, "<ram:TypeCode>380<")], ids=["UBL", "CII"])
def test_a_pro_forma_opens_nothing_and_is_told(file: CaseFile, text: str, before: str, tmp_path: Path) -> None:
    assert before in text
    (done,) = bring(file, text.replace(before, before.replace("380", "325")))
    assert (becomes((done,)), done.has_errors) == ([], False)
    assert "this is a pro forma invoice (325), which asks for nothing: left out" in [f.reason for f in done.findings]
    with file.read() as transaction:
        assert transaction.cases.ids() == ()


def test_the_invoice_that_follows_it_opens_the_case(file: CaseFile) -> None:
    bring(file, UBL.replace(NUMBERED, NUMBERED.replace("380", "325")))
    assert becomes(bring(file, UBL)) == [("U-1001", "opened")]
