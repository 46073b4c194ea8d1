"""Importing e-invoices: cases, documents, credit notes on the right invoice or on none, and nothing twice."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casefile import credits as held
from casefile.case_file import CaseFile
from domain.facts import HoldKind
from domain.parties import Creditor, PolicyRule
from domain.policy import Policy
from policies.creditor_profile import CreditorProfile
from services.current_case import current_case
from services.importing.credit_notes import book_credit
from services.importing.lists import ImportedList, ListFile, NoList, import_lists
from tests.casefile.builders import opened
from tests.conftest import DATABASES

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 12, 9, tzinfo=UTC)
SAMPLES = Path(__file__).parents[3] / "samples" / "ubl"
INVOICE = (SAMPLES / "invoice-with-pdf.xml").read_text(encoding="utf-8")
CREDIT = (SAMPLES / "credit-note.xml").read_text(encoding="utf-8")
LOOSE = (SAMPLES / "credit-note-naming-nothing.xml").read_text(encoding="utf-8")
NEGATIVE = (SAMPLES / "negative-invoice.xml").read_text(encoding="utf-8")
CASE = "case:papierhuis:2026-U-1001"
LIST = "number;debtor_number;debtor_name;invoice_date;due;amount;kind\n"

POLICY = Policy.model_validate(
    {"policy": "plain", "steps": [{"id": "reminder", "when": {"after_due": "5d"}, "send": ["email"]}]}
)
PROFILE = CreditorProfile(
    Creditor(
        id="papierhuis",
        name="Papierhuis Noorderlicht B.V.",
        kvk="00000000",
        vat="NL000000000B00",
        iban="NL91ABNA0417164300",
        email="debiteuren@papierhuis.example",
        policies=(PolicyRule(policy="plain"),),
    ),
    {"plain": POLICY},
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
def file(kept_in: str, tmp_path: Path) -> CaseFile:
    return opened(tmp_path / "cases.sqlite3")


def bring(
    file: CaseFile, *texts: str, at: datetime = AT, complete: bool = False, dry_run: bool = False
) -> tuple[ImportedList, ...]:
    lists = [
        ListFile(f"{number}.{'csv' if text.startswith('number') else 'xml'}", text.encode(), Path())
        for number, text in enumerate(texts)
    ]
    return import_lists(file, PROFILE, lists, at, at.date(), complete=complete, dry_run=dry_run)


def becomes(done: tuple[ImportedList, ...]) -> list[tuple[str, str]]:
    return [(row.number, row.what) for each in done for row in each.rows]


def open_of(file: CaseFile, case: str = CASE) -> str:
    with file.read() as transaction:
        return current_case(transaction, case, LATER).case.open.text


def waiting(file: CaseFile, case: str = CASE) -> list[str]:
    with file.read() as transaction:
        return [each.name for each in transaction.inbox.waiting(case)]


def loose(file: CaseFile) -> list[str]:
    with file.read() as transaction:
        return [each.number for each in held.unallocated(transaction)]


def test_an_invoice_opens_a_case_with_its_debtor_and_its_documents(file: CaseFile) -> None:
    assert becomes(bring(file, INVOICE)) == [("U-1001", "opened")]
    with file.read() as transaction:
        assert transaction.starts.unstarted() == (CASE,)
        case = transaction.cases.load(CASE).case
        assert (case.open.text, case.due) == ("1210.00", date(2026, 3, 4))
        debtor = transaction.parties.debtor("papierhuis", "D-2001")
        assert debtor is not None
        assert debtor.address == ("Ovenstraat 3", "9711 AA  Groningen")
        documents = {name: (kind, content) for name, kind, content in transaction.documents.of_case(CASE)}
        assert documents["U-1001.xml"] == ("application/xml", INVOICE.encode())
        kind, pdf = documents["U-1001.pdf"]
        assert (kind, pdf[:5]) == ("application/pdf", b"%PDF-")


def test_the_same_files_again_change_nothing(file: CaseFile) -> None:
    everything = (INVOICE, CREDIT, LOOSE, NEGATIVE)
    first = bring(file, *everything)
    assert becomes(first) == [
        ("U-1001", "opened"),
        ("U-1001", "credit"),
        ("C-2002", "unallocated"),
        ("U-1001", "credit"),
    ]
    with file.read() as transaction:
        documents, remarks = transaction.documents.of_case(CASE), held.remarks(transaction, CASE)
    before = (open_of(file), waiting(file), loose(file))
    again = bring(file, *everything, at=LATER)
    assert {what for _, what in becomes(again)} == {"unchanged"}
    assert (open_of(file), waiting(file), loose(file)) == before
    with file.read() as transaction:
        assert (transaction.documents.of_case(CASE), held.remarks(transaction, CASE)) == (documents, remarks)


def test_credit_notes_and_negative_invoices_reduce_the_invoice_they_name(file: CaseFile) -> None:
    # 1210.00 less 121.00 of the credit note and 24.20 of the negative invoice.
    bring(file, INVOICE, CREDIT, NEGATIVE)
    assert open_of(file) == "1064.80"
    assert waiting(file) == ["invoice_credited", "invoice_credited"]
    with file.read() as transaction:
        names = [name for name, _, _ in transaction.documents.of_case(CASE)]
    assert names == ["U-1001.pdf", "U-1001.xml", "credit-C-2001.xml", "credit-U-1002.xml"]


def test_the_order_of_the_files_does_not_matter(file: CaseFile) -> None:
    bring(file, CREDIT, INVOICE)
    assert open_of(file) == "1089.00"
    assert loose(file) == []


def test_a_credit_note_that_names_nothing_is_held_and_shown(file: CaseFile) -> None:
    (_, done) = bring(file, INVOICE, LOOSE)
    (row,) = done.rows
    assert (row.what, row.case_id) == ("unallocated", "")
    assert "60.50 EUR: it names no invoice" in row.says
    assert not done.has_errors
    assert open_of(file) == "1210.00"
    with file.read() as transaction:
        (credit,) = held.unallocated(transaction, "papierhuis")
    assert (credit.amount.text, credit.debtor, credit.content) == ("60.50", "D-2001", LOOSE.encode())


def test_a_credit_note_that_came_first_is_booked_when_its_invoice_comes(file: CaseFile) -> None:
    assert becomes(bring(file, CREDIT)) == [("C-2001", "unallocated")]
    assert becomes(bring(file, INVOICE, at=LATER)) == [("U-1001", "opened"), ("U-1001", "credit")]
    assert open_of(file) == "1089.00"
    assert loose(file) == []
    assert becomes(bring(file, CREDIT, at=LATER)) == [("C-2001", "unchanged")]


def test_an_invoice_from_a_list_takes_no_credit_by_itself_that_its_balance_may_hold_already(file: CaseFile) -> None:
    bring(file, CREDIT)
    bring(file, LIST + "U-1001;D-2001;Bakkerij;2026-02-02;2026-03-04;1089.00;business", at=LATER)
    assert open_of(file) == "1089.00"
    assert loose(file) == ["C-2001"]


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("U-1001", "U-9999", "not being collected"),
        ("2026-02-02", "2025-02-02", "another date"),
        (
            "  </cac:BillingReference>\n",
            "  </cac:BillingReference>\n  <cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>U-7</cbc:ID>"
            "</cac:InvoiceDocumentReference></cac:BillingReference>\n",
            "several invoices (U-1001, U-7)",
        ),
    ],
)
def test_a_credit_note_is_never_guessed_onto_an_invoice(file: CaseFile, before: str, after: str, why: str) -> None:
    (_, done) = bring(file, INVOICE, CREDIT.replace(before, after))
    assert [row.what for row in done.rows] == ["unallocated"]
    assert why in done.rows[0].says
    assert open_of(file) == "1210.00"


def test_a_person_puts_a_held_credit_note_on_its_invoice_once(file: CaseFile) -> None:
    bring(file, INVOICE, LOOSE)
    for at in (AT, LATER):
        with file.write() as transaction:
            credit = held.held_credit(transaction, "papierhuis", "2026-C-2002")
            assert credit is not None
            book_credit(transaction, CASE, credit, at)
    assert open_of(file) == "1149.50"
    assert waiting(file) == ["invoice_credited"]
    assert loose(file) == []


def test_a_credit_note_with_another_amount_the_second_time_is_an_error(file: CaseFile) -> None:
    bring(file, INVOICE, CREDIT)
    (done,) = bring(file, CREDIT.replace("121.00", "131.00"), at=LATER)
    assert done.has_errors
    assert open_of(file) == "1089.00"


def test_more_credit_than_is_open_is_told(file: CaseFile) -> None:
    (_, done) = bring(file, INVOICE, CREDIT.replace("121.00", "1300.00"))
    assert any("more than the 1210.00 that is open" in finding.reason for finding in done.findings)
    assert open_of(file) == "0.00"


def test_one_bad_file_does_not_stop_the_others(file: CaseFile) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    done = bring(file, bomb, INVOICE.replace("<cbc:ID>U-1001</cbc:ID>\n  <cbc:Is", "<cbc:Is"), INVOICE)
    assert [each.has_errors for each in done] == [True, True, False]
    assert str(done[1].findings[0]).startswith("1.xml:5: /Invoice/cbc:ID: the number is missing")
    assert becomes(done) == [("U-1001", "opened")]


def test_an_invoice_without_a_due_date_is_left_out_with_file_and_path(file: CaseFile) -> None:
    (done,) = bring(file, INVOICE.replace("  <cbc:DueDate>2026-03-04</cbc:DueDate>\n", ""))
    assert done.rows == ()
    assert "0.xml:1: /Invoice/cbc:DueDate: there is no due date" in str(done.findings[0])


def test_an_invoice_of_somebody_else_opens_no_case(file: CaseFile) -> None:
    theirs = INVOICE.replace(">00000000<", ">00000099<").replace("NL000000000B00", "NL000000099B01")
    (done,) = bring(file, theirs)
    assert done.has_errors
    assert done.rows == ()


def test_what_the_checks_said_stays_with_the_case(file: CaseFile) -> None:
    bring(file, INVOICE.replace("<cbc:PostalZone>9711 AA</cbc:PostalZone>", ""))
    with file.read() as transaction:
        (remark,) = held.remarks(transaction, CASE)
        names = [name for name, _, _ in transaction.documents.of_case(CASE)]
    assert remark.document == "U-1001.xml"
    assert "[BR-NL-4]" in remark.reason
    assert "cac:AccountingCustomerParty" in remark.place
    assert names == ["U-1001.pdf", "U-1001.xml"]


def test_a_payment_since_is_not_undone_by_the_invoice_again(file: CaseFile) -> None:
    bring(file, INVOICE)
    bring(file, LIST.replace("amount", "amount;open") + "U-1001;D-2001;B;2026-02-02;2026-03-04;1210.00;210.00;business")
    assert open_of(file) == "210.00"
    assert becomes(bring(file, INVOICE, at=LATER)) == [("U-1001", "unchanged")]
    assert open_of(file) == "210.00"


def test_a_known_invoice_that_asks_another_amount_is_told_and_changes_nothing(file: CaseFile) -> None:
    bring(file, INVOICE)
    (done,) = bring(file, INVOICE.replace("1210.00", "1310.00"), at=LATER)
    assert any("its case began with 1210.00 EUR" in finding.reason for finding in done.findings)
    assert open_of(file) == "1210.00"


def test_a_direct_debit_begins_on_hold(file: CaseFile) -> None:
    bring(file, INVOICE.replace(">30</cbc:PaymentMeansCode>", ">59</cbc:PaymentMeansCode>"))
    with file.read() as transaction:
        case = transaction.cases.load(CASE).case
    assert [hold.kind for hold in case.holds_on(AT.date())] == [HoldKind.IMPORTED]
    assert case.open_task("imported_hold") is not None


def test_a_corrected_invoice_holds_the_one_it_corrects(file: CaseFile) -> None:
    corrected = INVOICE.replace("U-1001", "U-1003").replace(">380<", ">384<")
    reference = CREDIT[CREDIT.index("  <cac:BillingReference>") : CREDIT.index("  <cac:AccountingSupplierParty>")]
    corrected = corrected.replace(
        "  <cac:AdditionalDocumentReference>", reference + "  <cac:AdditionalDocumentReference>"
    )
    done = bring(file, INVOICE, corrected)
    assert ("U-1001", "corrected") in becomes(done)
    with file.read() as transaction:
        case = current_case(transaction, CASE, LATER).case
    assert [hold.kind for hold in case.holds_on(LATER.date())] == [HoldKind.IMPORTED]


def test_a_doubtful_mail_domain_and_a_number_that_costs_are_told_and_the_invoice_is_collected(file: CaseFile) -> None:
    doubtful = INVOICE.replace("els@vroegevogel.example", "els@vr\u043eegevogel.example")
    done = bring(file, doubtful.replace("+31 97 0000 0117", "0900-1234567"))
    assert becomes(done) == [("U-1001", "opened"), ("U-1001", "email_domain")]
    told = [(each.severity, (each.column or "").rpartition(":")[2]) for each in done[0].findings]
    assert told == [("warning", "ElectronicMail"), ("warning", "Telephone")]
    assert waiting(file) == ["raise_task"]
    with file.read() as transaction:
        debtor = transaction.parties.debtor("papierhuis", transaction.cases.load(CASE).case.invoice.debtor)
    assert debtor is not None
    assert [(each.email, each.phone) for each in debtor.contacts] == [("els@vr\u043eegevogel.example", None)]


def test_an_invoice_with_nothing_to_pay_is_left_out_with_a_warning(file: CaseFile) -> None:
    nothing = INVOICE.replace('EUR">1210.00</cbc:PayableAmount', 'EUR">0.00</cbc:PayableAmount')
    (done,) = bring(file, nothing)
    assert done.rows == ()
    assert not done.has_errors
    assert any("nothing to pay" in finding.reason for finding in done.findings)


def test_a_dry_run_writes_nothing(file: CaseFile) -> None:
    done = bring(file, CREDIT, INVOICE, LOOSE, dry_run=True)
    assert becomes(done) == [("U-1001", "credit"), ("U-1001", "opened"), ("C-2002", "unallocated")]
    with file.read() as transaction:
        assert transaction.starts.unstarted() == ()
        assert held.unallocated(transaction) == ()


def test_a_complete_list_is_completed_by_the_invoices_beside_it(file: CaseFile) -> None:
    bring(file, INVOICE)
    row = LIST + "F-1;D-1;Jansen;2026-02-01;2026-03-01;100.00;business"
    assert ("U-1001", "missing") not in becomes(bring(file, row, INVOICE, complete=True))
    assert ("U-1001", "missing") in becomes(bring(file, row, complete=True, at=LATER))


def test_invoices_alone_are_no_complete_list(file: CaseFile) -> None:
    with pytest.raises(NoList):
        bring(file, INVOICE, complete=True)


# What it says of the invoice ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quoted", "reference"),
    [
        ("RF18539007547034", "RF18 5390 0754 7034"),
        ("+++010/8068/17183+++", "+++010/8068/17183+++"),
        ("5000056789012345", "5000 0567 8901 2345"),
        ("5000056789012346", None),
        ("U-1001", None),
    ],
)
def test_what_the_payer_should_quote_is_kept_when_a_bank_can_match_it(
    file: CaseFile, quoted: str, reference: str | None
) -> None:
    bring(file, INVOICE.replace("BETALINGSKENMERK 3020 1001", quoted))
    with file.read() as transaction:
        invoice = transaction.cases.load(CASE).case.invoice
    assert (invoice.payment_reference, invoice.product) == (reference, "Pizzadozen, 40 pakken")


def test_a_number_that_passes_the_check_by_chance_is_the_invoice_and_no_reference(file: CaseFile) -> None:
    # 5000 0567 8901 2345 is the example of the Betaalvereniging for a betalingskenmerk.
    number = "5000056789012345"
    text = INVOICE.replace("BETALINGSKENMERK 3020 1001", number).replace("<cbc:ID>U-1001<", f"<cbc:ID>{number}<")
    bring(file, text)
    with file.read() as transaction:
        assert transaction.cases.load(f"case:papierhuis:2026-{number}").case.invoice.payment_reference is None


@pytest.mark.parametrize(("day", "kept"), [("2026-03-10", date(2026, 3, 10)), ("2026-03-11", None)])
def test_a_delivery_after_today_is_not_used(file: CaseFile, day: str, kept: date | None) -> None:
    delivery = f"<cac:Delivery><cbc:ActualDeliveryDate>{day}</cbc:ActualDeliveryDate></cac:Delivery>"
    (done,) = bring(file, INVOICE.replace("<cac:PaymentMeans>", f"{delivery}<cac:PaymentMeans>", 1))
    with file.read() as transaction:
        assert transaction.cases.load(CASE).case.invoice.delivered_on == kept
    assert any("after today: not used" in finding.reason for finding in done.findings) == (kept is None)
