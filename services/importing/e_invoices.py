"""Importing e-invoices (UBL) into the case file: invoices open cases, credit notes reduce the invoice they name.

A credit note that can't be put on exactly one invoice is held and shown, never guessed. It is booked when it is
imported again, or when the e-invoice that it names comes in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from casefile import credits as held
from casefile.case_file import Transaction
from casefile.credits import UnallocatedCredit
from domain.blockers import HoldKind
from domain.case import fold
from domain.case_ids import case_id
from domain.money import Money
from domain.tasks import TaskKind
from intake.comparing import CannotImport, Change, ChangeKind, KnownCase, debtor_of, open_item
from intake.e_invoice import is_pdf, read_e_invoice
from intake.findings import Finding, Severity
from intake.open_item import OpenItem, plain
from intake.ubl.document import PrecedingInvoice, UblDocument
from intake.ubl.open_item import check_supplier, customer_id, key_of_document, open_item_of
from policies.creditor_profile import CreditorProfile
from services.importing.credit_notes import book_credit, document_name
from services.importing.results import (
    MAX_DOCUMENT_BYTES,
    OPENED,
    UNALLOCATED,
    UNCHANGED,
    Counter,
    Imported,
    ImportedList,
    ListFile,
    known_case,
    says_opened,
    structured_reference,
    tell_doubt,
    tell_known,
)
from services.provider_money.opening import open_with_money

__all__ = ["InvoiceImport"]

_ACTOR = "import"
_CORRECTED_INVOICE = "384"
"""UNTDID 1001: an invoice that corrects one that was sent before."""

_PRO_FORMA = "325"
"""UNTDID 1001: shows what will be asked, and asks nothing."""


class InvoiceImport:
    """One e-invoice on its way into the case file.

    Attributes:
        document: What the file says; None when it can't be used.
    """

    def __init__(
        self,
        profile: CreditorProfile,
        source: ListFile,
        at: datetime,
        today: date,
        counter: Counter,
        *,
        must_prove: bool = False,
    ) -> None:
        """Read the file; nothing is written yet.

        Args:
            profile: The creditor with his policies.
            source: The file.
            at: Moment of the import, aware.
            today: Its local day.
            counter: Told of progress.
            must_prove: Whether an invoice is refused that does not prove whose it is.
        """
        read = read_e_invoice(source.data, file=source.name)
        self.document = read.document
        self._profile = profile
        self._creditor = profile.creditor
        self._source = source
        self._at = at
        self._today = today
        self._counter = counter
        self._must_prove = must_prove
        self._findings = list(read.findings)
        self._rows: list[Imported] = []

    @property
    def is_credit(self) -> bool:
        """Whether the file gives money back."""
        return self.document is not None and self.document.is_credit

    def names(self, number: str) -> bool:
        """Whether the file is the invoice with this number."""
        return self.document is not None and not self.is_credit and self.document.number == number

    @property
    def size(self) -> int:
        """About how many bytes are kept of it."""
        embedded = () if self.document is None else self.document.embedded
        return len(self._source.data) + sum(len(each.content) for each in embedded)

    def ready(self) -> None:
        """Nothing: it was read in the beginning."""

    def write(self, transaction: Transaction) -> None:
        """Write everything; the caller commits."""
        self._counter.count()
        if self.document is not None:
            try:
                self._document(transaction, self.document)
            except CannotImport as problem:
                path = problem.column or ""
                self._note(path if path.startswith("/") else "", str(problem))

    def result(self) -> ImportedList:
        """What became of the file."""
        findings = sorted(self._findings, key=lambda each: (each.severity != "error", each.is_rule, each.line))
        return ImportedList(self._source.name, tuple(self._rows), tuple(findings), is_invoice=True)

    def note_broken_off(self, says: str) -> None:
        """Remark that the same import was begun before, and did not end."""
        self._warn("", says)

    def _note(self, path: str, reason: str, *, warning: bool = False) -> None:
        root = "" if self.document is None else f"/{self.document.root}"
        severity: Severity = "warning" if warning else "error"
        self._findings.append(Finding(self._source.name, 1, f"{root}{path}" or None, reason, severity))

    def _warn(self, path: str, reason: str) -> None:
        self._note(path, reason, warning=True)

    def _document(self, transaction: Transaction, document: UblDocument) -> None:
        check_supplier(document, self._creditor, self._warn, must_prove=self._must_prove)
        if document.issue_date > self._today:
            self._warn("/cbc:IssueDate", f"it is dated {document.issue_date}, after today: check the date")
        if document.type_code == _PRO_FORMA:
            self._warn("/cbc:InvoiceTypeCode", "this is a pro forma invoice (325), which asks for nothing: left out")
        elif document.is_credit:
            self._credit(transaction, document)
        elif not document.payable.is_positive:
            self._warn("/cac:LegalMonetaryTotal/cbc:PayableAmount", "there is nothing to pay; it was left out")
        else:
            self._invoice(transaction, document)

    # Invoices ----------------------------------------------------------------------------------------------

    def _invoice(self, transaction: Transaction, document: UblDocument) -> None:
        case = case_id(self._creditor.id, key_of_document(document))
        known = known_case(transaction, case, self._at)
        if known is not None:
            self._compare(transaction, known, document)
            return
        item = self._item(document)
        policy, facts = open_item(item, self._creditor, self._profile.policies, self._at)
        debtor = debtor_of([item], transaction.parties.debtor(self._creditor.id, item.debtor_id))
        if debtor is not None:
            transaction.parties.save_debtor(self._creditor.id, debtor)
        open_with_money(transaction, case, self._creditor.id, facts, self._at)
        self._save_documents(transaction, case, document)
        says = says_opened(policy, facts, fold(facts), self._creditor.terms, self._at)
        self._rows.append(Imported(1, item.number, case, OPENED, says, item.debtor_name or item.debtor_id))
        self._rows.extend(tell_doubt(transaction, debtor, [(case, 1)], self._at))
        self._corrects(transaction, document)
        for credit in held.unallocated(transaction, self._creditor.id):
            if credit.names == (item.number,) and credit.amount.currency == item.currency:
                self._book(transaction, case, credit, None)

    def _item(self, document: UblDocument) -> OpenItem:
        item = open_item_of(document, self._creditor, self._warn)
        delivered_on = item.delivered_on
        if delivered_on is not None and delivered_on > self._today:
            self._warn(
                "/cac:Delivery/cbc:ActualDeliveryDate",
                f"it is to be delivered on {delivered_on}, after today: not used",
            )
            delivered_on = None
        reference = structured_reference(document.payment_references, document.number)
        return replace(item, delivered_on=delivered_on, payment_reference=reference)

    def _compare(self, transaction: Transaction, known: KnownCase, document: UblDocument) -> None:
        """An invoice says what was asked on its day, and nothing of what was paid since: it changes no balance."""
        invoice = known.case.invoice
        if document.payable != invoice.amount:
            self._warn(
                "/cac:LegalMonetaryTotal/cbc:PayableAmount",
                f"it asks {document.payable.text} {document.payable.currency}, its case began with"
                f" {invoice.amount.text} {invoice.amount.currency}; the case stays as it is: check which is right",
            )
        if document.due is not None and document.due not in (invoice.due, known.case.due):
            self._warn(
                "/cbc:DueDate",
                f"it is due on {document.due}, its case on {known.case.due}; the case stays as it is: check which is"
                " right (maanwerk case change-due)",
            )
        self._save_documents(transaction, known.id, document)
        self._rows.append(Imported(1, document.number, known.id, UNCHANGED))

    def _corrects(self, transaction: Transaction, document: UblDocument) -> None:
        """A corrected invoice stands beside the one it corrects: a person says what of that one is left."""
        if document.type_code != _CORRECTED_INVOICE:
            return
        for named in document.preceding:
            for case in held.cases_numbered(transaction, self._creditor.id, named.number):
                known = known_case(transaction, case, self._at)
                if known is None or known.case.closed is not None:
                    continue
                own = f"{_ACTOR}:corrected:{key_of_document(document)}"
                says = f"corrected by {document.number}; on hold"
                hold = {"id": own, "hold": HoldKind.IMPORTED.value, "actor": _ACTOR}
                task = {"id": own, "task": TaskKind.IMPORTED_HOLD.value, "actor": _ACTOR}
                changes = (
                    Change(ChangeKind.CORRECTED, "place_hold", hold, says),
                    Change(ChangeKind.CORRECTED, "raise_task", task, says),
                )
                self._rows.extend(tell_known(transaction, known, None, changes, self._at))

    # Credit notes ------------------------------------------------------------------------------------------

    def _credit(self, transaction: Transaction, document: UblDocument) -> None:
        key = key_of_document(document)
        before = held.held_credit(transaction, self._creditor.id, key)
        if before is not None and before.amount != document.credited:
            raise CannotImport(
                "/cac:LegalMonetaryTotal/cbc:PayableAmount",
                f"credit note {document.number} is known with another amount, {before.amount.text}"
                f" {before.amount.currency}: ask the sender which is right",
            )
        if before is not None and before.case_id is not None:
            self._rows.append(Imported(1, document.number, before.case_id, UNCHANGED))
            return
        credit = UnallocatedCredit(
            creditor=self._creditor.id,
            id=key,
            number=document.number,
            issued_on=document.issue_date,
            debtor=customer_id(document),
            amount=document.credited,
            names=tuple(each.number for each in document.preceding),
            reason="",
            file=self._source.name,
            content=self._source.data,
        )
        try:
            known = self._credited(transaction, document.preceding, credit.amount, document)
        except _NoOneInvoice as reason:
            self._hold(transaction, credit, str(reason))
            return
        self._book(transaction, known.id, before or credit, 1)
        self._save_documents(transaction, known.id, document)

    def _credited(
        self, transaction: Transaction, preceding: tuple[PrecedingInvoice, ...], amount: Money, document: UblDocument
    ) -> KnownCase:
        """The case of the one invoice that a credit note names.

        Raises:
            _NoOneInvoice: it names none, or several, or one that is not being collected.
        """
        if not preceding:
            raise _NoOneInvoice("it names no invoice")
        if len(preceding) > 1:
            numbers = ", ".join(each.number for each in preceding)
            raise _NoOneInvoice(f"it names several invoices ({numbers}), and not what each gets")
        (named,) = preceding
        found = [
            known
            for case in held.cases_numbered(transaction, self._creditor.id, named.number)
            if (known := known_case(transaction, case, self._at)) is not None
        ]
        if named.issued_on is not None:
            dated = [known for known in found if known.case.invoice.invoice_date == named.issued_on]
            if found and not dated:
                raise _NoOneInvoice(f"it names invoice {named.number} of {named.issued_on}, but ours has another date")
            found = dated
        if not found:
            raise _NoOneInvoice(f"it names invoice {named.number}, which is not being collected")
        if len(found) > 1:
            raise _NoOneInvoice(f"it names invoice {named.number}, and there are several of that number")
        (known,) = found
        if known.case.ledger.currency != amount.currency:
            raise _NoOneInvoice(f"it is in {amount.currency}, invoice {named.number} in {known.case.ledger.currency}")
        debtor = transaction.parties.debtor(self._creditor.id, known.case.invoice.debtor)
        same = known.case.invoice.debtor == customer_id(document)
        if not same and (debtor is None or plain(debtor.name) != plain(document.customer.name or "")):
            self._warn(
                "/cac:AccountingCustomerParty",
                f"the customer is not named as the debtor of invoice {named.number} is: check the debtor",
            )
        return known

    def _book(self, transaction: Transaction, case: str, credit: UnallocatedCredit, line: int | None) -> None:
        booked = book_credit(transaction, case, credit, self._at, line=line)
        self._rows.extend(booked.rows)
        if booked.remark is not None:
            self._warn("/cac:LegalMonetaryTotal/cbc:PayableAmount", booked.remark)

    def _hold(self, transaction: Transaction, credit: UnallocatedCredit, reason: str) -> None:
        fresh = held.hold_credit(transaction, replace(credit, reason=reason), self._at)
        says = f"{credit.amount.text} {credit.amount.currency}: {reason}"
        self._rows.append(Imported(1, credit.number, "", UNALLOCATED if fresh else UNCHANGED, says))
        self._warn("", f"credit note {credit.number} is on no invoice: {reason} (maanwerk case credits)")

    # Documents ---------------------------------------------------------------------------------------------

    def _save_documents(self, transaction: Transaction, case: str, document: UblDocument) -> None:
        """Keep the file, what travels in it, and what the checks had to say."""
        before = "credit-" if document.is_credit else ""
        name = document_name(document.number, credit=document.is_credit)
        if not is_pdf(self._source.data):  # which is among what travels in it
            transaction.documents.save(case, name, "application/xml", self._source.data)
        for each in document.embedded:
            if len(each.content) <= MAX_DOCUMENT_BYTES:
                transaction.documents.save(case, f"{before}{each.name}", each.media_type, each.content)
        if any(remark.document == name for remark in held.remarks(transaction, case)):
            return
        told = [(f"{each.column or '/'} (line {each.line})", each.reason) for each in self._findings]
        held.save_remarks(transaction, case, name, told)


class _NoOneInvoice(Exception):
    """A credit note does not name exactly one invoice that is being collected; the text says how."""
