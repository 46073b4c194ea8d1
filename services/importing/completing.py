"""What is missing from lists that name all that is open: decided when everything that they name is in the case file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain, islice

from casefile.case_file import Transaction
from casefile.listing import expected_cases
from domain.case_ids import parse_case_id
from intake.comparing import missing_from_list
from intake.open_items.reading import OpenItemsFile
from services.importing.chunks import ChunkWriter, Piece
from services.importing.e_invoices import InvoiceImport
from services.importing.list_rows import ListImport
from services.importing.results import known_case

__all__ = ["NamedInvoices", "write_missing"]

_LOOKED_AT_ONCE = 200
"""Cases that are looked at in one reading transaction: a long one would keep the log of SQLite from being emptied."""


class NamedInvoices:
    """What the files of an import name together.

    Attributes:
        import_name: Name of the files in the ids of messages.
        all_named: Whether every row and file says which invoice it is about.
    """

    def __init__(self, import_name: str, read: Iterable[OpenItemsFile], invoices: Iterable[InvoiceImport]) -> None:
        """Gather.

        Args:
            import_name: As `intake.comparing.import_id` makes it.
            read: The lists.
            invoices: The e-invoices.
        """
        lists, files = tuple(read), tuple(invoices)
        self.import_name = import_name
        self.all_named = all(each.all_named for each in lists) and all(each.document is not None for each in files)
        self._keys = frozenset(chain.from_iterable(each.keys for each in lists))
        self._numbers = frozenset(chain.from_iterable(each.numbers for each in lists)).union(
            each.document.number for each in files if each.document is not None and not each.is_credit
        )
        self._mentioned = frozenset(number for each in lists for broken in each.broken for number in broken.numbers)
        self._credited = frozenset(
            named.number for each in files if each.document is not None for named in each.document.preceding
        )

    def names(self, case_id: str, number: str) -> bool:
        """Whether a list, or an invoice beside it, names the invoice of a case as open."""
        return number in self._numbers or parse_case_id(case_id)[1] in self._keys

    def touches(self, case_id: str, number: str) -> bool:
        """Whether the import may change the case of an invoice: it is named, or credited, or corrected."""
        return number in self._credited or number in self._mentioned or self.names(case_id, number)


def write_missing(
    writer: ChunkWriter, creditor: str, complete: NamedInvoices, last: ListImport, at: datetime, today: date
) -> None:
    """Put every open case that nothing names on hold, with a task.

    Which cases those are is looked up without a lock, and judged again under the lock of each chunk.

    Args:
        writer: Writes the chunks.
        creditor: Whose cases.
        complete: The files.
        last: The list that the cases are told of with.
        at: Moment of the import, aware.
        today: Its local day.
    """
    if not complete.all_named:
        last.note(
            1, None, "not all rows and files could be read, so nothing counts as missing: mend them and import again"
        )
        return

    def judge(transaction: Transaction, case_id: str, *, tell: bool) -> bool:
        known = known_case(transaction, case_id, at)
        changes = () if known is None else missing_from_list(known, complete.import_name, today)
        if known is not None and changes and tell:
            last.tell(transaction, known, None, changes)
        return bool(changes)

    def missing() -> Iterator[Sequence[Piece]]:
        candidates = iter(_unnamed(writer, creditor, complete))
        while some := tuple(islice(candidates, _LOOKED_AT_ONCE)):
            with writer.file.read() as transaction:
                found = [case_id for case_id in some if judge(transaction, case_id, tell=False)]
            yield from ([_Missing(partial(judge, case_id=case_id, tell=True))] for case_id in found)

    writer.write(missing())


@dataclass(frozen=True, slots=True)
class _Missing:
    """A case that nothing names, as a piece to write."""

    tell: Callable[[Transaction], bool]
    size: int = 0

    def ready(self) -> None:
        pass  # it was looked at when it was found

    def write(self, transaction: Transaction) -> None:
        self.tell(transaction)


def _unnamed(writer: ChunkWriter, creditor: str, complete: NamedInvoices) -> list[str]:
    with writer.file.read() as transaction:
        expected = expected_cases(transaction.session, creditor)
    return [each.id for each in expected if not complete.names(each.id, each.number)]
