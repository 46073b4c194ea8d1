"""Importing lists of open items and e-invoices into the case file.

Files are read and checked whole, then written in chunks, so that payments are booked meanwhile: the creditor with his
policies, then debtors, new cases with their entry in the outbox of starts, and messages to the inbox of known cases.
Every row and every e-invoice is written whole or not at all, and writing it again changes nothing: an import that was
interrupted is done again, and ends as if nothing had happened (docs/decisions/0011-an-import-is-written-in-chunks.md).
Nothing is started here: whatever was written and not delivered, because of a crash or because Temporal is away, is
swept up by the next worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path

from casefile.begun_imports import BegunImport, begin_import, end_import, note_progress
from casefile.case_file import CaseFile, Transaction
from casefile.narrowed import sees_all
from intake.comparing import import_id
from intake.e_invoice import is_pdf
from intake.mappings.guessing import recognised
from intake.mappings.mapping import ListMapping
from intake.open_items.reading import read_open_items
from intake.xml_safety import looks_like_xml
from policies.creditor_profile import CreditorProfile
from services.importing.chunks import ChunkWriter, Pace
from services.importing.completing import NamedInvoices, write_missing
from services.importing.e_invoices import InvoiceImport
from services.importing.garbage import seldom_collected
from services.importing.list_rows import ListImport
from services.importing.mappings import find_mapping, kept_mappings, preset_mappings
from services.importing.profiles import write_profile
from services.importing.rehearsing import rehearsal
from services.importing.results import (
    UNCHANGED,
    Counter,
    Imported,
    ImportedList,
    ListFile,
    OtherAccountStored,
    OtherPolicyStored,
    Progress,
)
from services.importing.terms import with_known_terms
from services.today.day import office_day

__all__ = [
    "UNCHANGED",
    "Imported",
    "ImportedList",
    "ListFile",
    "NoList",
    "OtherAccountStored",
    "OtherPolicyStored",
    "import_lists",
]


class NoList(ValueError):
    """Nothing among the files can tell all that is open."""


@seldom_collected()
def import_lists(
    file: CaseFile,
    profile: CreditorProfile,
    lists: Sequence[ListFile],
    at: datetime,
    today: date,
    *,
    complete: bool = False,
    dry_run: bool = False,
    accept_new_account: bool = False,
    progress: Progress = lambda done, total: None,
    pace: Pace | None = None,
    mapping: ListMapping | None = None,
    sheet: str | None = None,
) -> tuple[ImportedList, ...]:
    """Import lists of open items (CSV) and e-invoices (UBL), in chunks that lock the case file for a moment each.

    Lists come first, then invoices, then credit notes, so that a credit note finds the invoice beside it; what is
    missing is decided when all of that is in. When it raises in the middle, what was written so far stays, and the
    same import again goes on from there.

    Args:
        file: The case file.
        profile: The creditor with his policies.
        lists: The files.
        at: Moment of the import, aware.
        today: Its local day.
        complete: Together the files name every invoice that is open: a case that they don't name is put on hold.
            There must be a list among them.
        dry_run: Do everything in a copy, which is thrown away; the case file is only read.
        accept_new_account: Take another account than the stored one for what is sent from now on.
        progress: Told of progress.
        pace: How fast to write.
        mapping: What the lists call our columns and values; None for one that was kept at the desk and knows the list,
            else that of the profile, else a shipped one that fits.
        sheet: Name of the sheet in workbooks.

    Returns:
        What became of each file, in the same order.

    Raises:
        OtherAccountStored: the profile has another account than the case file, and it is not accepted; nothing was
            written.
        SourceError: the profile names a mapping that can't be used; nothing was written.
        OtherPolicyStored: a policy of the profile is in use with another content; nothing was written.
        NoList: `complete` is asked of e-invoices alone; nothing was written.
    """
    counter = Counter(progress, 0)
    own = None
    if profile.mapping is not None:
        own = find_mapping(profile.mapping, profile.path.parent if profile.path else Path(), profile.path)
    kept = () if mapping is not None else kept_mappings(file, profile.creditor.id)
    told = {
        place: mapping or recognised(each.data, kept, sheet=sheet) or own
        for place, each in enumerate(lists)
        if not _is_invoice(each)
    }
    tables = {
        place: ListImport(
            profile,
            each,
            with_known_terms(
                read_open_items(
                    each.data,
                    file=each.name,
                    today=today,
                    mapping=told[place],
                    presets=() if told[place] is not None else preset_mappings(),
                    sheet=sheet,
                    default_kind=profile.default_kind,
                ),
                each.name,
                file,
                profile.creditor.id,
                at,
            ),
            at,
            today,
            counter,
        )
        for place, each in enumerate(lists)
        if place in told
    }
    for place, table in tables.items():
        if (by := told[place]) in kept and by is not None:
            table.note(1, None, f"read by the mapping {by.mapping}, which was kept at the desk", warning=True)
    invoices = {
        # The copy of a dry run tells no more whose eyes look: the file does.
        place: InvoiceImport(profile, each, at, today, counter, must_prove=not sees_all(file))
        for place, each in enumerate(lists)
        if place not in tables
    }
    counter.total = len(invoices) + sum(each.read.rows for each in tables.values())
    if complete and not tables:
        raise NoList("the files are e-invoices only, which never tell all that is open: give a list (CSV) too")
    named = NamedInvoices(
        import_id(b"".join(each.data for each in lists)), (each.read for each in tables.values()), invoices.values()
    )
    copied = rehearsal(file, profile.creditor.id, named, whole=complete) if dry_run else nullcontext(file)
    with copied as used:
        with used.write() as transaction:
            write_profile(transaction, profile, own, accept_new_account=accept_new_account)
            creditor, of_import = profile.creditor.id, named.import_name
            begun = begin_import(transaction.session, creditor, of_import, counter.total, at)
        if begun is not None:
            (tables or invoices)[min(tables or invoices)].note_broken_off(_broken_off(begun))

        def progressed(transaction: Transaction) -> None:
            # One that is run again begins with the rows that are in: it came as far as it came.
            done = max(counter.done, 0 if begun is None else begun.done)
            note_progress(transaction.session, creditor, of_import, done)

        writer = ChunkWriter(used, pace or Pace(), progressed)
        for table in tables.values():
            table.write(writer)
        writer.write([each] for each in _invoices_first(invoices.values()))
        if complete:
            write_missing(writer, profile.creditor.id, named, tables[max(tables)], at, today)
        taken = [each for each in tables.values() if not each.read.is_refused]
        with used.write() as transaction:
            for each in taken:
                each.keep(transaction)
            end_import(transaction.session, creditor, of_import)
    done = {place: each.result() for place, each in tables.items()}
    done |= {place: each.result() for place, each in invoices.items()}
    return tuple(done[place] for place in sorted(done))


def _broken_off(begun: BegunImport) -> str:
    """What is said of an import that is run again."""
    return (
        f"the same import began on {office_day(begun.begun_at)} and did not end: {begun.done} of {begun.rows} rows"
        " were in; it went on from there"
    )


def _is_invoice(file: ListFile) -> bool:
    """Whether a file is read as an e-invoice: by its name, else by how it begins."""
    return file.name.lower().endswith((".xml", ".pdf")) or looks_like_xml(file.data) or is_pdf(file.data)


def _invoices_first(files: Iterable[InvoiceImport]) -> list[InvoiceImport]:
    return sorted(files, key=lambda each: each.is_credit)
