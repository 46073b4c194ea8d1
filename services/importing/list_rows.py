"""Importing one list of open items into the case file, row by row.

Each row is written whole or not at all, and writing it again changes nothing: that is what an import that was
interrupted lives on (docs/decisions/0011-an-import-is-written-in-chunks.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import PurePath

from casefile.case_file import Transaction
from casefile.credits import cases_numbered
from casefile.taken_lists import Staying, keep_taken, staying
from domain.case import Case, fold
from domain.case_ids import case_id
from domain.facts import Fact
from domain.file_names import safe_filename
from domain.parties import Debtor
from domain.policy import Policy
from intake.comparing import (
    CannotImport,
    Change,
    ChangeKind,
    KnownCase,
    compare,
    compare_broken,
    debtor_of,
    email_in_doubt,
    import_id,
    language_of,
    open_item,
    settle_known,
    unreadable_row,
    what_changed,
)
from intake.findings import Finding
from intake.open_item import OpenItem, case_key
from intake.open_items.list_state import BrokenRow, SettledItem
from intake.open_items.reading import OpenItemsFile
from machine.regular import read_plain
from policies.creditor_profile import CreditorProfile
from services.importing.chunks import ChunkWriter, Piece
from services.importing.results import (
    MAX_DOCUMENT_BYTES,
    OPENED,
    Counter,
    Imported,
    ImportedList,
    ListFile,
    known_case,
    says_opened,
    tell_doubt,
    tell_known,
    with_checked_reference,
)
from services.provider_money.opening import give_money, open_with_money

__all__ = ["ListImport"]


class ListImport:
    """One list on its way into the case file.

    Attributes:
        read: The list as read.
    """

    def __init__(
        self,
        profile: CreditorProfile,
        source: ListFile,
        read: OpenItemsFile,
        at: datetime,
        today: date,
        counter: Counter,
    ) -> None:
        """Begin; nothing is written yet.

        Args:
            profile: The creditor with his policies.
            source: The file.
            read: What stands in it.
            at: Moment of the import, aware.
            today: Its local day.
            counter: Told of progress.
        """
        self.read = read
        self._profile = profile
        self._creditor = profile.creditor
        self._source = source
        self._at = at
        self._today = today
        self._counter = counter
        self._import_name = import_id(source.data)
        self._findings = list(read.findings)
        self._untrue: set[Finding] = set()
        self._rows: list[Imported] = []
        self._used: dict[str, list[OpenItem]] = {}
        self._unsaved: dict[str, None] = {}
        self._debtors: dict[str, Debtor | None] = {}
        self._known: frozenset[str] = frozenset()
        self._documented: frozenset[str] = frozenset()
        self._stays: Staying | None = None

    def write(self, writer: ChunkWriter) -> None:
        """Write all rows, those of a debtor one after the other, and with his first case the debtor."""
        with writer.file.read() as transaction:
            # What is known beforehand spares work under the lock; what counts is looked up there.
            self._known = frozenset(transaction.cases.ids(self._creditor.id))
            if any(item.document is not None for item in self.read.items):
                self._documented = transaction.documents.documented(self._creditor.id)
            if self.read.is_refused:
                self._stays = staying(transaction.session, self._creditor.id)
        writer.write(self._groups(), before_commit=self._save_debtors, together=self._open_together)
        # Asked only when all rows of a debtor are in: a later one may have told another address.
        writer.write(self._doubts())

    def result(self) -> ImportedList:
        """What became of the list."""
        findings = sorted((each for each in self._findings if each not in self._untrue), key=lambda each: each.line)
        rows = sorted(self._rows, key=lambda row: (row.line is None, row.line or 0))
        return ImportedList(self._source.name, tuple(rows), tuple(findings), stays=self._stays)

    def keep(self, transaction: Transaction) -> None:
        """Keep that the list was taken, so that it can be told by which list the cases stand."""
        name = PurePath(self._source.name).name
        keep_taken(transaction.session, self._creditor.id, self._source.data, name, self.read.rows, self._at)

    def note(self, line: int, column: str | None, reason: str, *, warning: bool = False) -> None:
        """Remark on a line, or on a cell of it."""
        shown = None if column is None else self.read.headers.get(column, column)
        self._findings.append(Finding(self._source.name, line, shown, reason, "warning" if warning else "error"))

    def note_broken_off(self, says: str) -> None:
        """Remark that the same import was begun before, and did not end."""
        self.note(1, None, says, warning=True)

    def tell(self, transaction: Transaction, known: KnownCase, line: int | None, changes: Iterable[Change]) -> None:
        """Put changes into the inbox of a case, and remember what became of it."""
        self._rows.extend(tell_known(transaction, known, line, changes, self._at))

    def _groups(self) -> Iterator[Sequence[Piece]]:
        debtors: dict[str, list[OpenItem]] = {}
        for item in self.read.items:
            debtors.setdefault(item.debtor_id, []).append(item)
        for own in debtors.values():
            yield [_Row(self, item) for item in own]
        for settled in self.read.settled:
            yield [_Settled(self, settled)]
        for broken in self.read.broken:
            yield [_Broken(self, broken)]

    def _doubts(self) -> Iterator[Sequence[Piece]]:
        for debtor_id, debtor in self._debtors.items():
            if debtor is not None and email_in_doubt(debtor) is not None:
                yield [_Doubt(self, debtor, item) for item in self._used[debtor_id]]

    # A row -------------------------------------------------------------------------------------------------

    def prepare(self, item: OpenItem) -> _Opening | None:
        """What opens the case of a row, calculated and read beforehand; None when there is a case already."""
        return None if self._case(item) in self._known else self._opening(item)

    def wanted_document(self, item: OpenItem) -> _Document | None:
        """The document of a row whose case is known, but has none; None when there is none to keep."""
        known_without = self._case(item) in self._known - self._documented
        return self._document(item.document) if item.document is not None and known_without else None

    def _open_together(self, transaction: Transaction, pieces: Sequence[Piece]) -> None:
        """Open the cases of rows that come one after the other, as many of them as nobody has opened meanwhile."""
        rows = {self._case(each.item): each for each in pieces if isinstance(each, _Row) and each.opens is not None}
        if rows:
            facts = {case: row.opens for case, row in rows.items() if row.opens is not None}
            folds = {case: row.folded for case, row in rows.items() if row.folded is not None}
            for case in transaction.cases.open_all(self._creditor.id, facts, self._at, folds):
                rows[case].opened = True

    def row(
        self,
        transaction: Transaction,
        item: OpenItem,
        opening: _Opening | None,
        document: _Document | None,
        *,
        opened: bool,
    ) -> None:
        """Open or compare one row.

        Args:
            transaction: The case file, locked as a whole.
            item: The row.
            opening: What opens its case, where it was calculated beforehand.
            document: Its document, where the case is known and lacks it.
            opened: Whether its case was opened just now, for this row.
        """
        self._counter.count()
        case = self._case(item)
        known = None if opened else known_case(transaction, case, self._at, item.due)
        try:
            if known is None:
                self._open(transaction, case, item, opening or self._opening(item), opened=opened)
            else:
                self._compare(transaction, known, item, document)
        except CannotImport as problem:
            self.note(item.line, problem.column, str(problem))
            if known is not None:
                self.tell(transaction, known, item.line, self._unreadable(known))
            return
        if (language := language_of(item)) is not None:
            self.note(item.line, "language", f"there are no letters in {language!r}: English is used", warning=True)
        self._used.setdefault(item.debtor_id, []).append(item)
        self._unsaved[item.debtor_id] = None

    def _case(self, item: OpenItem) -> str:
        return case_id(self._creditor.id, case_key(item))

    def _opening(self, item: OpenItem) -> _Opening:
        """What opens the case of a row, and how that is said: nothing of it needs the case file."""
        warnings: list[tuple[str, str]] = []
        checked = with_checked_reference(item, lambda column, reason: warnings.append((column, reason)))
        try:
            policy, facts = open_item(checked, self._creditor, self._profile.policies, self._at)
            document = None if item.document is None else self._document(item.document)
            if document is not None and document.problem is not None:
                warnings.append(("document", f"{document.problem}; the invoice was taken without it"))
                document = None
        except CannotImport as problem:
            return _Opening(tuple(warnings), problem=problem)
        case = fold(facts)
        says = says_opened(policy, facts, case, self._creditor.terms, self._at)
        return _Opening(tuple(warnings), policy, facts, document, says=says, case=case)

    def _open(self, transaction: Transaction, case: str, item: OpenItem, opening: _Opening, *, opened: bool) -> None:
        for column, reason in opening.warnings:
            self.note(item.line, column, reason, warning=True)
        if opening.problem is not None:
            raise opening.problem
        if opening.policy is None:
            raise ValueError("an opening has a policy or a problem")
        if opened:
            give_money(transaction, case, opening.facts, self._at)
        else:
            open_with_money(transaction, case, self._creditor.id, opening.facts, self._at)
        if opening.document is not None:
            transaction.documents.save(case, *opening.document.stored)
        self._rows.append(
            Imported(item.line, item.number, case, OPENED, opening.says, item.debtor_name or item.debtor_id)
        )

    def _compare(self, transaction: Transaction, known: KnownCase, item: OpenItem, document: _Document | None) -> None:
        changes = compare(item, known, self._import_name, self._today)
        if item.debtor_id != known.case.invoice.debtor:
            self.note(
                item.line,
                "debtor_number",
                "this invoice is being collected from another debtor, and stays with him: check the debtor",
                warning=True,
            )
        if item.document is not None and not transaction.documents.any_of(known.id):
            document = document or self._document(item.document)
            if document.problem is not None:
                self.note(item.line, document.problem.column, str(document.problem), warning=True)
            else:
                transaction.documents.save(known.id, *document.stored)
        self.tell(transaction, known, item.line, changes)

    def settled(self, transaction: Transaction, settled: SettledItem) -> None:
        """Take up a row with nothing open, if its invoice is known."""
        self._counter.count()
        known = known_case(transaction, case_id(self._creditor.id, settled.key), self._at)
        if known is None:
            return
        # That it was left out is true of invoices only of which nothing is known.
        self._untrue.add(settled.finding)
        try:
            changes = settle_known(settled, known, self._import_name, self._today)
        except CannotImport as problem:
            self.note(settled.line, problem.column, str(problem))
            changes = self._unreadable(known)
        self.tell(transaction, known, settled.line, changes)

    def broken(self, transaction: Transaction, broken: BrokenRow) -> None:
        """Take up a row that gave no item, if its invoice is known: what is sure of it, else its case waits."""
        self._counter.count()
        cases = self._cases_of(transaction, broken)
        known = [each for case in cases if (each := known_case(transaction, case, self._at)) is not None]
        for each in known:
            # Where two invoices may be meant, nobody knows what is open of either.
            changes = self._sure(broken, each) if len(known) == 1 else self._unreadable(each)
            if changes:
                self.tell(transaction, each, broken.line, changes)
        if len(known) == 1 and broken.forgiven is not None:
            self._untrue.add(broken.forgiven)

    def _sure(self, broken: BrokenRow, known: KnownCase) -> tuple[Change, ...]:
        try:
            return compare_broken(broken, known, self._import_name, self._today)
        except CannotImport as problem:
            self.note(broken.line, problem.column, str(problem))
            return self._unreadable(known)

    def _unreadable(self, known: KnownCase) -> tuple[Change, ...]:
        return unreadable_row(known, self._import_name, self._today)

    def _cases_of(self, transaction: Transaction, broken: BrokenRow) -> list[str]:
        """The cases that a row may be about: by its key, else those of whatever number it may name."""
        if broken.key is not None:
            return [case_id(self._creditor.id, broken.key)]
        found = (cases_numbered(transaction, self._creditor.id, number) for number in broken.numbers)
        return list(dict.fromkeys(chain.from_iterable(found)))

    def doubt(self, transaction: Transaction, debtor: Debtor, item: OpenItem) -> None:
        """Have a person look at the e-mail address of the debtor of a row."""
        self._rows.extend(tell_doubt(transaction, debtor, [(self._case(item), item.line)], self._at))

    def _document(self, path: str) -> _Document:
        """An invoice document, read."""
        folder = self._source.folder
        if folder is None:
            found = self._source.beside.get(PurePath(path.replace("\\", "/")).name)
            if found is None:
                return _Document.wrong(f"{path!r} did not come along: drop a ZIP with the list and its documents")
            content = found
        else:
            try:
                content = read_plain(folder / path, MAX_DOCUMENT_BYTES + 1)
            except OSError as error:
                missing = isinstance(error, FileNotFoundError)
                reason = "there is no such file" if missing else error.strerror or "unreadable"
                return _Document.wrong(f"{path!r} can't be read beside the list ({reason}): put it there")
        if len(content) > MAX_DOCUMENT_BYTES:
            return _Document.wrong(f"{path!r} is larger than {MAX_DOCUMENT_BYTES // 1_000_000} MB: make it smaller")
        if not content.startswith(b"%PDF-"):
            return _Document.wrong(f"{path!r} is no PDF: give the invoice as a PDF")
        return _Document(safe_filename(PurePath(path).name, otherwise="document.pdf"), content)

    def _save_debtors(self, transaction: Transaction) -> None:
        """Store what the rows so far tell of the debtors whose rows were just written.

        Whether their other rows come in this transaction or a later one, the first that says something counts.
        """
        if not self._unsaved:
            return
        parties = transaction.parties
        there = parties.debtors(self._creditor.id, self._unsaved)
        new: list[Debtor] = []
        for debtor_id in self._unsaved:
            known = there.get(debtor_id)
            debtor = debtor_of(self._used[debtor_id], known)
            self._debtors[debtor_id] = debtor
            if debtor is None or debtor == known:
                continue
            if known is None:
                new.append(debtor)
                continue
            parties.save_debtor(self._creditor.id, debtor)
            item = self._used[debtor_id][0]
            if (changed := what_changed(debtor, known)) is not None:
                self._rows.append(Imported(item.line, item.number, self._case(item), ChangeKind.DEBTOR.value, changed))
        parties.save_new_debtors(self._creditor.id, new)
        self._unsaved.clear()


@dataclass(frozen=True, slots=True)
class _Document:
    """An invoice document, or why there is none."""

    name: str
    content: bytes
    problem: CannotImport | None = None

    @classmethod
    def wrong(cls, reason: str) -> _Document:
        return cls("", b"", CannotImport("document", reason))

    @property
    def stored(self) -> tuple[str, str, bytes]:
        """Name, type and bytes."""
        return self.name, "application/pdf", self.content


@dataclass(frozen=True, slots=True)
class _Opening:
    """What opens a case and how that is said, or the problem that stands against it, after some warnings.

    Attributes:
        case: The fold of the facts; None beside a problem.
    """

    warnings: tuple[tuple[str, str], ...]
    policy: Policy | None = None
    facts: tuple[Fact, ...] = ()
    document: _Document | None = None
    problem: CannotImport | None = None
    says: str = ""
    case: Case | None = None


@dataclass(slots=True)
class _Row:
    """A row of the list, as a piece to write."""

    list: ListImport
    item: OpenItem
    opening: _Opening | None = None
    document: _Document | None = None
    opened: bool = False

    @property
    def opens(self) -> tuple[Fact, ...] | None:
        """The facts that open its case; None where there is a case already, or can be none."""
        return None if self.opening is None or self.opening.problem is not None else self.opening.facts

    @property
    def folded(self) -> Case | None:
        """The fold of these facts."""
        return None if self.opening is None else self.opening.case

    @property
    def size(self) -> int:
        document = self.document if self.opening is None else self.opening.document
        return 0 if document is None else len(document.content)

    def ready(self) -> None:
        self.opening = self.list.prepare(self.item)
        self.document = self.list.wanted_document(self.item)

    def write(self, transaction: Transaction) -> None:
        self.list.row(transaction, self.item, self.opening, self.document, opened=self.opened)


@dataclass(frozen=True, slots=True)
class _Settled:
    """A row with nothing open, as a piece to write."""

    list: ListImport
    item: SettledItem

    @property
    def size(self) -> int:
        return 0

    def ready(self) -> None:
        pass  # whether there is anything to do shows under the lock only

    def write(self, transaction: Transaction) -> None:
        self.list.settled(transaction, self.item)


@dataclass(frozen=True, slots=True)
class _Broken:
    """A row that gave no item, as a piece to write."""

    list: ListImport
    item: BrokenRow
    size: int = 0

    def ready(self) -> None:
        pass  # whether its invoice is known shows under the lock only

    def write(self, transaction: Transaction) -> None:
        self.list.broken(transaction, self.item)


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A row of a debtor whose e-mail address is in doubt, as a piece to write."""

    list: ListImport
    debtor: Debtor
    item: OpenItem
    size: int = 0

    def ready(self) -> None:
        pass  # what is in doubt is known

    def write(self, transaction: Transaction) -> None:
        self.list.doubt(transaction, self.debtor, self.item)
