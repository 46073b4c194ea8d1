"""Importing lists of open items and e-invoices into the case file.

A file is checked whole, then written in one transaction: creditor, policies, debtors, new cases with their entry in
the outbox of starts, and messages to the inbox of known cases. Nothing is started here: whatever was written and not
delivered, because of a crash or because Temporal is away, is swept up by the next worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casefile.case_file import CaseFile, Transaction
from disk.regular import read_plain
from domain.case_ids import case_id, parse_case_id
from domain.file_names import safe_filename
from intake.findings import Finding
from intake.importing import (
    CannotImport,
    Change,
    KnownCase,
    compare,
    debtor_of,
    import_id,
    language_of,
    missing_from_list,
    open_item,
    settle_known,
)
from intake.open_item import OpenItem, case_key
from intake.open_items import OpenItemsFile, SettledItem, read_open_items
from intake.xml_safety import looks_like_xml
from worker.creditor_profile import CreditorProfile
from worker.imported import (
    MAX_DOCUMENT_BYTES,
    OPENED,
    UNCHANGED,
    Counter,
    Imported,
    ImportedList,
    ListFile,
    OtherPolicyStored,
    Progress,
    known_case,
    save_profile,
    says_opened,
    tell_doubt,
    tell_known,
    with_checked_reference,
)
from worker.importing_ubl import InvoiceImport

__all__ = ["UNCHANGED", "Imported", "ImportedList", "ListFile", "NoList", "OtherPolicyStored", "import_lists"]


class NoList(ValueError):
    """Nothing among the files can tell all that is open."""


class _Undo(Exception):
    """Ends a dry run: the transaction is rolled back."""


def import_lists(
    file: CaseFile,
    profile: CreditorProfile,
    lists: Sequence[ListFile],
    at: datetime,
    today: date,
    *,
    complete: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
) -> tuple[ImportedList, ...]:
    """Import lists of open items (CSV) and e-invoices (UBL), each file in one transaction.

    Lists come first, then invoices, then credit notes, so that a credit note finds the invoice beside it.

    Args:
        file: The case file.
        profile: The creditor with his policies.
        lists: The files.
        at: Moment of the import, aware.
        today: Its local day.
        complete: Together the files name every invoice that is open: a case that they don't name is put on hold.
            There must be a list among them.
        dry_run: Do everything, then undo it.
        progress: Told of progress.

    Returns:
        What became of each file, in the same order.

    Raises:
        OtherPolicyStored: a policy of the profile is in use with another content; nothing was written.
        NoList: `complete` is asked of e-invoices alone; nothing was written.
    """
    read = {
        place: read_open_items(each.data, file=each.name, today=today)
        for place, each in enumerate(lists)
        if not _is_invoice(each)
    }
    counter = Counter(progress, sum(len(each.items) + len(each.settled) for each in read.values()))
    tables = {place: _Import(profile, lists[place], content, at, today, counter) for place, content in read.items()}
    invoices = {
        place: InvoiceImport(profile, each, at, today, counter)
        for place, each in enumerate(lists)
        if place not in tables
    }
    counter.total += len(invoices)
    if complete and not tables:
        raise NoList("the files are e-invoices only, which never tell all that is open: give a list (CSV) too")
    if complete:
        name = import_id(b"".join(each.data for each in lists))
        tables[max(tables)].complete = _Complete(name, tuple(read.values()), tuple(invoices.values()))
    in_order: list[tuple[int, _Import | InvoiceImport]] = [
        *tables.items(),
        *sorted(invoices.items(), key=lambda each: (each[1].is_credit, each[0])),
    ]
    done: dict[int, ImportedList] = {}
    if not dry_run:
        for place, one in in_order:
            with file.write() as transaction:
                done[place] = one.into(transaction)
    else:
        try:
            with file.write() as transaction:
                for place, one in in_order:
                    done[place] = one.into(transaction)
                raise _Undo
        except _Undo:
            pass  # that was the point of it
    return tuple(done[place] for place in sorted(done))


def _is_invoice(file: ListFile) -> bool:
    """Whether a file is read as an e-invoice: by its name, else by how it begins."""
    return file.name.lower().endswith(".xml") or looks_like_xml(file.data)


@dataclass(frozen=True, slots=True)
class _Complete:
    """The files that together name everything that is open."""

    import_name: str
    read: tuple[OpenItemsFile, ...]
    invoices: tuple[InvoiceImport, ...] = ()

    @property
    def all_named(self) -> bool:
        """Whether every row and file says which invoice it is about."""
        return all(each.all_named for each in self.read) and all(each.document is not None for each in self.invoices)

    def names(self, key: str, number: str) -> bool:
        return any(key in each.keys or number in each.numbers for each in self.read) or any(
            each.names(number) for each in self.invoices
        )


class _Import:
    """One list on its way into the case file."""

    def __init__(
        self,
        profile: CreditorProfile,
        source: ListFile,
        read: OpenItemsFile,
        at: datetime,
        today: date,
        counter: Counter,
    ) -> None:
        self.profile = profile
        self.creditor = profile.creditor
        self.source = source
        self.read = read
        self.at = at
        self.today = today
        self.counter = counter
        self.import_name = import_id(source.data)
        self.complete: _Complete | None = None
        self.findings: list[Finding] = []
        self.rows: list[Imported] = []

    def into(self, transaction: Transaction) -> ImportedList:
        """Write everything; the caller commits."""
        self.findings = list(self.read.findings)
        save_profile(transaction, self.profile)
        used = [item for item in self.read.items if self._item(transaction, item)]
        for settled in self.read.settled:
            self._settled(transaction, settled)
        self._debtors(transaction, used)
        if self.complete is not None:
            self._missing(transaction, self.complete)
        self.findings.sort(key=lambda finding: finding.line)
        self.rows.sort(key=lambda row: (row.line is None, row.line or 0))
        return ImportedList(self.source.name, tuple(self.rows), tuple(self.findings))

    def _note(self, line: int, column: str | None, reason: str, *, warning: bool = False) -> None:
        shown = None if column is None else self.read.headers.get(column, column)
        self.findings.append(Finding(self.source.name, line, shown, reason, "warning" if warning else "error"))

    def _item(self, transaction: Transaction, item: OpenItem) -> bool:
        """Open or compare one row; False when it could not be used."""
        self.counter.count()
        case = case_id(self.creditor.id, case_key(item))
        try:
            known = known_case(transaction, case, self.at, item.due)
            if known is None:
                self._open(transaction, case, item)
            else:
                self._compare(transaction, known, item)
        except CannotImport as problem:
            self._note(item.line, problem.column, str(problem))
            return False
        if (language := language_of(item)) is not None:
            self._note(item.line, "language", f"there are no letters in {language!r}: English is used", warning=True)
        return True

    def _open(self, transaction: Transaction, case: str, item: OpenItem) -> None:
        item = with_checked_reference(item, lambda column, reason: self._note(item.line, column, reason, warning=True))
        policy, facts = open_item(item, self.creditor, self.profile.policies, self.at)
        document = None if item.document is None else self._document(item.document)
        transaction.open_case(case, self.creditor.id, facts, self.at)
        if document is not None:
            transaction.save_document(case, *document)
        says = says_opened(f"{item.open.text} {item.currency}", policy, facts)
        self.rows.append(Imported(item.line, item.number, case, OPENED, says))

    def _compare(self, transaction: Transaction, known: KnownCase, item: OpenItem) -> None:
        changes = compare(item, known, self.import_name, self.today)
        if item.debtor_id != known.case.invoice.debtor:
            self._note(
                item.line,
                "debtor_number",
                "this invoice is being collected from another debtor, and stays with him: check the debtor",
                warning=True,
            )
        if item.document is not None and not transaction.documents(known.id):
            try:
                transaction.save_document(known.id, *self._document(item.document))
            except CannotImport as problem:
                self._note(item.line, problem.column, str(problem), warning=True)
        self._tell(transaction, known, item.line, changes)

    def _settled(self, transaction: Transaction, settled: SettledItem) -> None:
        self.counter.count()
        known = known_case(transaction, case_id(self.creditor.id, settled.key), self.at)
        if known is None:
            return
        # That it was left out is true of invoices only of which nothing is known.
        self.findings = [finding for finding in self.findings if finding is not settled.finding]
        try:
            changes = settle_known(settled, known, self.import_name, self.today)
        except CannotImport as problem:
            self._note(settled.line, problem.column, str(problem))
            return
        self._tell(transaction, known, settled.line, changes)

    def _missing(self, transaction: Transaction, complete: _Complete) -> None:
        if not complete.all_named:
            self._note(
                1,
                None,
                "not all rows and files could be read, so nothing counts as missing: mend them and import again",
            )
            return
        for case in transaction.cases(self.creditor.id):
            known = known_case(transaction, case, self.at)
            if known is None or complete.names(_key(case), known.case.invoice.number):
                continue
            changes = missing_from_list(known, complete.import_name, self.today)
            if changes:
                self._tell(transaction, known, None, changes)

    def _tell(self, transaction: Transaction, known: KnownCase, line: int | None, changes: Iterable[Change]) -> None:
        """Put the changes into the inbox of a case."""
        self.rows.extend(tell_known(transaction, known, line, changes, self.at))

    def _document(self, path: str) -> tuple[str, str, bytes]:
        """Name, type and bytes of an invoice document.

        Raises:
            CannotImport: it is not there, or no PDF.
        """
        file = self.source.folder / path
        try:
            content = read_plain(file, MAX_DOCUMENT_BYTES + 1)
        except OSError as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or "unreadable"
            raise CannotImport("document", f"{path!r} can't be read beside the list ({reason}): put it there") from None
        if len(content) > MAX_DOCUMENT_BYTES:
            raise CannotImport(
                "document", f"{path!r} is larger than {MAX_DOCUMENT_BYTES // 1_000_000} MB: make it smaller"
            )
        if not content.startswith(b"%PDF-"):
            raise CannotImport("document", f"{path!r} is no PDF: give the invoice as a PDF")
        return safe_filename(file.name, otherwise="document.pdf"), "application/pdf", content

    def _debtors(self, transaction: Transaction, items: Sequence[OpenItem]) -> None:
        rows: dict[str, list[OpenItem]] = {}
        for item in items:
            rows.setdefault(item.debtor_id, []).append(item)
        for debtor_id, own in rows.items():
            known = transaction.debtor(self.creditor.id, debtor_id)
            debtor = debtor_of(own, known)
            if debtor is not None and debtor != known:
                transaction.save_debtor(self.creditor.id, debtor)
            cases = ((case_id(self.creditor.id, case_key(item)), item.line) for item in own)
            self.rows.extend(tell_doubt(transaction, debtor, cases, self.at))


def _key(case: str) -> str:
    return parse_case_id(case)[1]
