"""An import is written in chunks: others write meanwhile, and an interrupted one is done again."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select

from casefile.all_tables import metadata
from casefile.case_file import CaseFile
from casefile.database import Database
from domain.facts import CaseClosed, CloseReason
from intake.e_invoice import read_e_invoice
from machine.regular import read_plain
from services.current_case import current_case
from services.importing.chunks import Pace
from services.importing.lists import ImportedList, ListFile, import_lists
from tests.casefile.builders import opened
from tests.conftest import DATABASES
from tests.postgresql import MADE_WITH_THE_TABLES
from tests.services.importing.test_importing_ubl import CREDIT, INVOICE, LOOSE, PROFILE

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 12, 9, tzinfo=UTC)
HEADER = "number;debtor_number;debtor_name;email;invoice_date;due;amount;open;kind;document"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("kept_in", DATABASES, indirect=True)


def row(
    number: str, debtor: str = "d1", owed: str = "1000.00", email: str = "", name: str = "Bakker", document: str = ""
) -> str:
    return f"{number};{debtor};{name};{email};2026-02-01;2026-03-01;1000.00;{owed};business;{document}"


def as_list(*rows: str, folder: Path = Path(), name: str = "list.csv") -> ListFile:
    return ListFile(name, "\n".join((HEADER, *rows)).encode(), folder)


def case(number: str) -> str:
    return f"case:papierhuis:2026-{number}"


def bring(file: CaseFile, *lists: ListFile, at: datetime = AT, **more: object) -> tuple[ImportedList, ...]:
    return import_lists(file, PROFILE, lists, at, at.date(), **more)  # type: ignore[arg-type]


def open_of(file: CaseFile, number: str) -> str:
    with file.read() as transaction:
        return current_case(transaction, case(number), LATER).case.open.text


# Killed, and done again --------------------------------------------------------------------------------------


def before(file: CaseFile) -> None:
    """What was known before the import: one case that is paid in part since, one that the list forgets."""
    bring(file, as_list(row("F-1"), row("F-2", "d2"), row("F-9", "d9"), row("F-8", "d9", owed="600.00")))


def the_import(file: CaseFile, folder: Path, pace: Pace, progress: Callable[[int, int], None]) -> None:
    """Everything that an import can do, each row in a chunk of its own where the pace says so."""
    lists = (
        as_list(
            row("F-1", owed="400.00"),
            row("F-2", "d2", owed="0.00"),
            row("F-3", email="post@b\u0430nk.example"),
            row("F-4", "d4", name="Nieuw", document="F-4.pdf"),
            row("F-5", "d4", name=""),
            folder=folder,
        ),
        as_list(row("F-8", "d9", owed="800.00"), row("F-6", "d6"), name="second.csv"),
        ListFile("1.xml", CREDIT.encode(), folder),
        ListFile("2.xml", LOOSE.encode(), folder),
        ListFile("3.xml", INVOICE.encode(), folder),
    )
    bring(file, *lists, at=LATER, complete=True, pace=pace, progress=progress)


WRITTEN = [table for table in metadata.sorted_tables if table.name not in MADE_WITH_THE_TABLES]
"""The tables but for what each case file has of its own from the beginning."""


def all_that_is_kept(file: CaseFile) -> dict[str, list[str]]:
    """Every table, without the numbers that follow from the order of writing."""
    kept = {}
    with file.read() as transaction:
        for table in WRITTEN:
            columns = [column for column in table.c if column.name not in ("seq", "listed")]
            kept[table.name] = sorted(map(repr, transaction.session.connection.execute(select(*columns))))
    return kept


def empty(database: Database) -> None:
    with database.write() as connection:
        for table in reversed(WRITTEN):
            connection.execute(table.delete())


@dataclass
class Borders:
    """Counts what it is called for, and ends the process at one of them as a power cut would."""

    at: int | None = None
    seen: int = 0

    def __call__(self, *_: object) -> None:
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def in_a_process(work: Callable[[], None]) -> bool:
    """Do work in a process of its own; False when it was killed."""
    child = os.fork()
    if child == 0:
        done = False
        try:
            work()
            done = True
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0 if done else 1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An e-invoice is read the first time that it is imported: what is read of it hangs on its bytes alone."""
    monkeypatch.setattr("services.importing.e_invoices.read_e_invoice", cache(read_e_invoice))


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("where", ["between two chunks", "within a chunk"])
def test_an_import_killed_anywhere_and_run_again_ends_like_one_that_was_not(
    tmp_path: Path, kept_in: str, where: str
) -> None:
    """Killed at the first place, run again and killed at the next, and so on: each time it goes on from what was kept.

    And killed a single time, in the middle and at the last place.
    """
    (tmp_path / "F-4.pdf").write_bytes(b"%PDF-1.7 four")
    path = tmp_path / "f.sqlite3"
    pause, rows = Borders(), Borders()
    one_by_one = Pace(lock_seconds=0.0, sleep=pause)
    file = opened(path)
    before(file)
    the_import(file, tmp_path, one_by_one, rows)
    expected = all_that_is_kept(file)
    assert pause.seen == 12
    last = (pause if where == "between two chunks" else rows).seen
    places: Sequence[int] = range(1, last + 1)
    if (where, kept_in) == ("within a chunk", "postgresql"):
        # Of one transaction a server keeps nothing, wherever it broke off.
        places = (1, last // 2, last)

    def killed(place: int) -> bool:
        def bring_until() -> None:
            at_border, in_row = Borders(place), Borders(place)
            own = opened(path)
            if where == "between two chunks":
                the_import(own, tmp_path, Pace(lock_seconds=0.0, sleep=at_border), Borders())
            else:
                # All in one chunk: what was written of it is gone.
                the_import(own, tmp_path, Pace(lock_seconds=3600.0), in_row)

        return not in_a_process(bring_until)

    for tried in (places, (last // 2,), (last,)):
        empty(file.database)
        before(opened(path))
        for place in tried:
            assert killed(place), place
        again = opened(path)
        the_import(again, tmp_path, one_by_one, Borders())
        assert all_that_is_kept(again) == expected, tried


def test_an_import_that_was_killed_says_when_it_is_run_again_how_far_it_came(tmp_path: Path, kept_in: str) -> None:
    """Told once: of three rows two were committed, one was not. Another import of the same creditor says nothing."""
    listed = as_list(row("F-1"), row("F-2", "d2"), row("F-3", "d3"))
    opened(tmp_path / "f.sqlite3").database.close()

    def killed() -> None:
        # Between the second chunk and the third.
        bring(opened(tmp_path / "f.sqlite3"), listed, pace=Pace(lock_seconds=0.0, sleep=Borders(2)))

    assert not in_a_process(killed)
    file = opened(tmp_path / "f.sqlite3")
    (other,) = bring(file, as_list(row("F-9", "d9")), at=LATER)
    (again,) = bring(file, listed, at=LATER)
    (once_more,) = bring(file, listed, at=LATER)
    said = "the same import began on 2026-03-10 and did not end: 2 of 3 rows were in; it went on from there"
    assert [(found.line, found.severity, found.reason) for found in again.findings] == [(1, "warning", said)]
    assert [each.what for each in again.rows] == ["unchanged", "unchanged", "opened"]
    assert (other.findings, once_more.findings) == ((), ())


def test_e_invoices_say_it_too(tmp_path: Path, kept_in: str) -> None:
    files = (ListFile("1.xml", INVOICE.encode(), tmp_path), ListFile("2.xml", LOOSE.encode(), tmp_path))

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    file = opened(tmp_path / "f.sqlite3")
    with pytest.raises(KeyboardInterrupt):
        bring(file, *files, pace=Pace(lock_seconds=0.0, sleep=stop))
    said = [found.reason for done in bring(file, *files, at=LATER) for found in done.findings]
    assert [text for text in said if "did not end: 1 of 2 rows were in" in text]


def test_what_an_interrupted_import_wrote_asks_to_be_started(tmp_path: Path, kept_in: str) -> None:
    """Each case is right by itself: it does not wait until somebody imports again."""

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    file = opened(tmp_path / "f.sqlite3")
    with pytest.raises(KeyboardInterrupt):
        bring(file, as_list(row("F-1"), row("F-2", "d2")), pace=Pace(lock_seconds=0.0, sleep=stop))
    with file.read() as transaction:
        assert transaction.starts.unstarted() == transaction.cases.ids() == (case("F-1"),)
        assert transaction.parties.debtor("papierhuis", "d1") is not None


# Others meanwhile --------------------------------------------------------------------------------------------


@dataclass
class Meanwhile:
    """Does something once between two chunks, as any other writer may."""

    work: Callable[[], object]
    done: bool = False

    def __call__(self, seconds: float) -> None:
        if not self.done:
            self.done = True
            self.work()


def pay(file: CaseFile, number: str, amount: str) -> None:
    raw = json.dumps({"id": f"bank-{number}", "amount": amount, "currency": "EUR"}).encode()
    with file.write(case(number)) as transaction:
        transaction.inbox.accept(case(number), f"bank-{number}", "payment_received", raw, AT)


def test_a_row_is_compared_with_its_case_as_it_is_when_the_row_is_written(tmp_path: Path, kept_in: str) -> None:
    """300.00 comes in while the list, which knows of it, is being written: it is not booked again."""
    file, other = opened(tmp_path / "f.sqlite3"), opened(tmp_path / "f.sqlite3")
    bring(file, as_list(row("F-1"), row("F-2", "d2"), row("F-3", "d3")))

    def paid() -> None:
        pay(other, "F-2", "300.00")
        pay(other, "F-3", "300.00")

    pays = Meanwhile(paid)
    tomorrow = as_list(row("F-1"), row("F-2", "d2", owed="700.00"), row("F-3", "d3", owed="0.00"))
    (done,) = bring(file, tomorrow, at=LATER, pace=Pace(lock_seconds=0.0, sleep=pays))
    assert [(each.number, each.what) for each in done.rows] == [
        ("F-1", "unchanged"),
        ("F-2", "unchanged"),
        ("F-3", "payment"),
    ]
    assert [open_of(file, number) for number in ("F-1", "F-2", "F-3")] == ["1000.00", "700.00", "0.00"]


def test_a_case_that_somebody_opens_meanwhile_is_compared_and_not_opened_again(tmp_path: Path, kept_in: str) -> None:
    file, other = opened(tmp_path / "f.sqlite3"), opened(tmp_path / "f.sqlite3")
    opens = Meanwhile(lambda: bring(other, as_list(row("F-2", "d2"))))
    listed = as_list(row("F-1"), row("F-2", "d2", owed="600.00"))
    (done,) = bring(file, listed, pace=Pace(lock_seconds=0.0, sleep=opens))
    assert [(each.number, each.what) for each in done.rows] == [("F-1", "opened"), ("F-2", "payment")]
    assert open_of(file, "F-2") == "600.00"


def test_what_is_missing_is_judged_again_under_the_lock(tmp_path: Path, kept_in: str) -> None:
    """F-1 is closed and F-2 is not, between the look that finds both missing and the chunks that say so."""
    file, other = opened(tmp_path / "f.sqlite3"), opened(tmp_path / "f.sqlite3")
    bring(file, as_list(row("F-1"), row("F-2", "d2"), row("F-3", "d3")))
    borders: list[float] = []

    def closes(seconds: float) -> None:
        borders.append(seconds)
        if len(borders) == 1:  # F-3 is written; what is missing was looked up
            closed = CaseClosed(id="closed", at=AT, on=AT.date(), reason=CloseReason.PAID)
            with other.write(case("F-1")) as transaction:
                transaction.cases.append(case("F-1"), [closed])

    pace = Pace(lock_seconds=0.0, sleep=closes)
    (done,) = bring(file, as_list(row("F-3", "d3")), at=LATER, complete=True, pace=pace)
    assert [(each.number, each.what) for each in done.rows] == [("F-3", "unchanged"), ("F-2", "missing")]


def test_bookings_come_in_between_two_chunks_all_the_time(tmp_path: Path, kept_in: str) -> None:
    """How long one waits is counted in chunks that were committed meanwhile: no writer is kept out by a new one."""
    file, other = opened(tmp_path / "f.sqlite3"), opened(tmp_path / "f.sqlite3")
    bring(file, as_list(row("F-0")))
    state = _Bookings()
    thread = threading.Thread(target=state.book, args=(other,))

    def paused(seconds: float) -> None:
        state.chunks += 1
        time.sleep(seconds)

    thread.start()
    try:
        rows = (row(f"G-{number}", f"g{number // 3}") for number in range(80))
        (done,) = bring(file, as_list(*rows), pace=Pace(lock_seconds=0.0, sleep=paused))
    finally:
        state.ended.set()
        thread.join()
    assert done.count("opened") == 80
    assert state.chunks == 79
    assert len(state.waited) > state.chunks / 2
    assert max(state.waited) <= 5
    # Counted, not judged: how many came in hangs on the machine, and thousands of them take long to judge.
    with file.read() as transaction:
        assert [row.id for row in transaction.inbox.waiting(case("F-0"))] == [f"b{n}" for n in range(len(state.waited))]


@dataclass
class _Bookings:
    """Books one cent after the other until it is ended."""

    ended: threading.Event = field(default_factory=threading.Event)
    chunks: int = 0
    waited: list[int] = field(default_factory=list)

    def book(self, file: CaseFile) -> None:
        while not self.ended.is_set():
            number = len(self.waited)
            raw = json.dumps({"id": f"b{number}", "amount": "0.01", "currency": "EUR"}).encode()
            before = self.chunks
            with file.write(case("F-0")) as transaction:
                transaction.inbox.accept(case("F-0"), f"b{number}", "payment_received", raw, AT)
                self.waited.append(self.chunks - before)


def test_a_dry_run_waits_for_nobody_and_keeps_nobody_waiting(tmp_path: Path, kept_in: str) -> None:
    file, other = opened(tmp_path / "f.sqlite3"), opened(tmp_path / "f.sqlite3")
    before(file)
    kept = all_that_is_kept(file)
    lists = (as_list(row("F-1", owed="400.00"), row("F-7", "d7")), ListFile("1.xml", INVOICE.encode(), Path()))
    with other.write():
        dry = bring(file, *lists, at=LATER, complete=True, dry_run=True)
    assert all_that_is_kept(file) == kept
    assert bring(file, *lists, at=LATER, complete=True) == dry
    assert {each.what for done in dry for each in done.rows} == {"payment", "opened", "missing"}


# What stays together -----------------------------------------------------------------------------------------


def test_a_debtor_is_known_with_his_first_case_and_complete_with_his_last(tmp_path: Path, kept_in: str) -> None:
    file = opened(tmp_path / "f.sqlite3")
    known: list[tuple[str, int]] = []

    def look(seconds: float) -> None:
        with file.read() as transaction:
            debtor = transaction.parties.debtor("papierhuis", "d1")
            known.append(("" if debtor is None else debtor.name, 0 if debtor is None else len(debtor.contacts)))

    rows = (
        row("F-1"),
        row("G-1", "d2"),
        row("F-2", name="Bakker & Zn", email="a@b.example"),
        row("F-3", email="c@d.example"),
    )
    bring(file, as_list(*rows), pace=Pace(lock_seconds=0.0, sleep=look))
    assert known == [("Bakker", 0), ("Bakker", 1), ("Bakker", 1)]
    with file.read() as transaction:
        debtor = transaction.parties.debtor("papierhuis", "d1")
    assert debtor is not None
    assert (debtor.name, debtor.contacts[0].email) == ("Bakker", "a@b.example")


def test_a_document_is_read_before_the_lock(tmp_path: Path, kept_in: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network drive may take seconds for it."""
    file = opened(tmp_path / "f.sqlite3")
    (tmp_path / "F-1.pdf").write_bytes(b"%PDF-1.7 one")

    def reading(path: Path, most: int) -> bytes:
        with opened(tmp_path / "f.sqlite3").write():
            return read_plain(path, most)  # nobody else has the lock

    monkeypatch.setattr("services.importing.list_rows.read_plain", reading)
    listed = as_list(row("F-1", document="F-1.pdf"), folder=tmp_path)
    bring(file, as_list(row("F-1")))
    bring(file, listed)
    bring(file, as_list(row("F-2", document="F-1.pdf"), folder=tmp_path))
    with file.read() as transaction:
        assert [len(transaction.documents.of_case(case(number))) for number in ("F-1", "F-2")] == [1, 1]
