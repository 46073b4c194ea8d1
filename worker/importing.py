"""Importing lists of open items into the case file.

A list is checked whole, then written in one transaction: creditor, policies, debtors, new cases with their entry in
the outbox of starts, and messages to the inbox of known cases. Nothing is started here: whatever was written and not
delivered, because of a crash or because Temporal is away, is swept up by the next worker.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from casefile.case_file import CaseFile, Transaction, UnknownCase
from domain.case_ids import case_id, parse_case_id
from domain.messages import inbox_id
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
from worker.creditor_profile import CreditorProfile
from worker.standing import standing_of

__all__ = ["Imported", "ImportedList", "ListFile", "OtherPolicyStored", "import_lists"]

MAX_DOCUMENT_BYTES = 20_000_000
"""Largest invoice document that is kept; mail servers refuse more."""

OPENED, UNCHANGED = "opened", "unchanged"

Progress = Callable[[int, int], None]
"""Told how many rows are done, and how many there are."""


class OtherPolicyStored(ValueError):
    """A policy of the profile is in use with another content under the same version."""


class _Undo(Exception):
    """Ends a dry run: the transaction is rolled back."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list of open items as it lies on disk.

    Attributes:
        name: As findings call it.
        data: Its bytes.
        folder: Where its documents lie.
    """

    name: str
    data: bytes
    folder: Path


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one invoice.

    Attributes:
        line: Line of the list, None for an invoice that it does not name.
        what: `opened`, `unchanged`, or the kind of change (`intake.importing.ChangeKind`).
        says: Details for a person.
    """

    line: int | None
    number: str
    case_id: str
    what: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class ImportedList:
    """What became of one list: of each invoice, and all remarks in order of line."""

    file: str
    rows: tuple[Imported, ...]
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        """Whether anything was left out because it could not be used."""
        return any(finding.severity == "error" for finding in self.findings)

    def count(self, what: str) -> int:
        """Number of invoices of which something became."""
        return sum(row.what == what for row in self.rows)


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
    """Import lists of open items, each in one transaction.

    Args:
        file: The case file.
        profile: The creditor with his policies.
        lists: The lists.
        at: Moment of the import, aware.
        today: Its local day.
        complete: Together the lists name every invoice that is open: a case that they don't name is put on hold.
        dry_run: Do everything, then undo it.
        progress: Told of progress.

    Returns:
        What became of each list, in the same order.

    Raises:
        OtherPolicyStored: a policy of the profile is in use with another content; nothing was written.
    """
    read = [read_open_items(each.data, file=each.name, today=today) for each in lists]
    total = sum(len(each.items) + len(each.settled) for each in read)
    imports = [
        _Import(profile, each, content, at, today, _Counter(progress, total))
        for each, content in zip(lists, read, strict=True)
    ]
    for number, each in enumerate(imports):
        each.counter.done = sum(len(before.items) + len(before.settled) for before in read[:number])
    if complete and imports:
        imports[-1].complete = _Complete(import_id(b"".join(each.data for each in lists)), tuple(read))
    if not dry_run:
        done = []
        for each in imports:
            with file.write() as transaction:
                done.append(each.into(transaction))
        return tuple(done)
    results: list[ImportedList] = []
    try:
        with file.write() as transaction:
            results.extend(each.into(transaction) for each in imports)
            raise _Undo
    except _Undo:
        return tuple(results)


@dataclass(slots=True)
class _Counter:
    progress: Progress
    total: int
    done: int = 0

    def count(self) -> None:
        self.done += 1
        self.progress(self.done, self.total)


@dataclass(frozen=True, slots=True)
class _Complete:
    """The lists that together name everything that is open."""

    import_name: str
    read: tuple[OpenItemsFile, ...]

    def names(self, key: str, number: str) -> bool:
        return any(key in each.keys or number in each.numbers for each in self.read)


class _Import:
    """One list on its way into the case file."""

    def __init__(
        self,
        profile: CreditorProfile,
        source: ListFile,
        read: OpenItemsFile,
        at: datetime,
        today: date,
        counter: _Counter,
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
        self._save_profile(transaction)
        used = [item for item in self.read.items if self._item(transaction, item)]
        for settled in self.read.settled:
            self._settled(transaction, settled)
        self._debtors(transaction, used)
        if self.complete is not None:
            self._missing(transaction, self.complete)
        self.findings.sort(key=lambda finding: finding.line)
        self.rows.sort(key=lambda row: (row.line is None, row.line or 0))
        return ImportedList(self.source.name, tuple(self.rows), tuple(self.findings))

    def _save_profile(self, transaction: Transaction) -> None:
        transaction.save_creditor(self.creditor)
        for policy in self.profile.policies.values():
            try:
                transaction.save_policy(policy)
            except ValueError as problem:
                raise OtherPolicyStored(str(problem)) from None

    def _note(self, line: int, column: str | None, reason: str, *, warning: bool = False) -> None:
        shown = None if column is None else self.read.headers.get(column, column)
        self.findings.append(Finding(self.source.name, line, shown, reason, "warning" if warning else "error"))

    def _item(self, transaction: Transaction, item: OpenItem) -> bool:
        """Open or compare one row; False when it could not be used."""
        self.counter.count()
        case = case_id(self.creditor.id, case_key(item))
        try:
            known = self._known(transaction, case, item.due)
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

    def _known(self, transaction: Transaction, case: str, due: date | None = None) -> KnownCase | None:
        try:
            standing = standing_of(transaction, case, self.at)
        except UnknownCase:
            return None
        # Only a due date that differs asks what the lists before have said.
        asks = due is not None and due != standing.case.due
        facts = (*transaction.facts(case), *standing.coming) if asks else ()
        return KnownCase.of(case, standing.case, facts)

    def _open(self, transaction: Transaction, case: str, item: OpenItem) -> None:
        policy, facts = open_item(item, self.creditor, self.profile.policies, self.at)
        document = None if item.document is None else self._document(item.document)
        transaction.open_case(case, self.creditor.id, facts, self.at)
        if document is not None:
            transaction.save_document(case, *document)
        holds = [fact.hold.value.replace("_", " ") for fact in facts if fact.kind == "hold_placed"]
        says = f"{item.open.text} {item.currency} open, policy {policy.policy}"
        if holds:
            says += f", on hold: {', '.join(holds)}"
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
        known = self._known(transaction, case_id(self.creditor.id, settled.key))
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
        if not all(each.all_named for each in complete.read):
            self._note(
                1, None, "some rows could not be read at all, so nothing counts as missing: mend them and import again"
            )
            return
        for case in transaction.cases(self.creditor.id):
            known = self._known(transaction, case)
            if known is None or complete.names(_key(case), known.case.invoice.number):
                continue
            changes = missing_from_list(known, complete.import_name, self.today)
            if changes:
                self._tell(transaction, known, None, changes)

    def _tell(self, transaction: Transaction, known: KnownCase, line: int | None, changes: Iterable[Change]) -> None:
        """Put the changes into the inbox of a case."""
        number = known.case.invoice.number
        told: dict[str, str] = {}
        for change in changes:
            raw = json.dumps(dict(change.content)).encode()
            message = inbox_id(change.name, raw, change.content["id"])
            if transaction.accept(known.id, message, change.name, raw, self.at):
                told[change.kind.value] = change.says
        for what, says in told.items():
            self.rows.append(Imported(line, number, known.id, what, says))
        if not told:
            self.rows.append(Imported(line, number, known.id, UNCHANGED))

    def _document(self, path: str) -> tuple[str, str, bytes]:
        """Name, type and bytes of an invoice document.

        Raises:
            CannotImport: it is not there, or no PDF.
        """
        file = self.source.folder / path
        try:
            with file.open("rb") as opened:
                content = opened.read(MAX_DOCUMENT_BYTES + 1)
        except OSError as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or "unreadable"
            raise CannotImport("document", f"{path!r} can't be read beside the list ({reason}): put it there") from None
        if len(content) > MAX_DOCUMENT_BYTES:
            raise CannotImport(
                "document", f"{path!r} is larger than {MAX_DOCUMENT_BYTES // 1_000_000} MB: make it smaller"
            )
        if not content.startswith(b"%PDF-"):
            raise CannotImport("document", f"{path!r} is no PDF: give the invoice as a PDF")
        return file.name, "application/pdf", content

    def _debtors(self, transaction: Transaction, items: Sequence[OpenItem]) -> None:
        rows: dict[str, list[OpenItem]] = {}
        for item in items:
            rows.setdefault(item.debtor_id, []).append(item)
        for debtor_id, own in rows.items():
            known = transaction.debtor(self.creditor.id, debtor_id)
            debtor = debtor_of(own, known)
            if debtor is not None and debtor != known:
                transaction.save_debtor(self.creditor.id, debtor)


def _key(case: str) -> str:
    return parse_case_id(case)[1]
