"""What is read under a lock stays true until the commit: for a debtor's cases, and for the whole file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.session import NotLocked
from domain import facts as f
from domain.case import fold
from domain.opening import open_case
from domain.parties import Debtor
from tests.casefile.builders import CASE, CREDITOR, DEBTOR, NOW, furnish, letter, opened, reminders
from tests.domain.builders import eur, invoice

ON = date(2026, 3, 1)
SIBLING = "case:devaart:2026-F-2"
STRANGER = "case:devaart:2026-F-3"
NOBODY = "case:devaart:2026-F-404"


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    """Two cases of one debtor and one of another."""
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
        furnish(transaction, case_id=SIBLING, number="F-2")
        transaction.parties.save_debtor(CREDITOR.id, Debtor(id="other", name="Ander"))
        facts = open_case(invoice(number="F-3").model_copy(update={"debtor": "other"}), reminders(), NOW)
        transaction.cases.open(STRANGER, CREDITOR.id, facts, NOW)
    return found


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def paid(number: int, amount: str = "1.00") -> f.PaymentReceived:
    return f.PaymentReceived(id=f"p{number}", at=NOW, on=ON, amount=eur(amount), credited_on=ON)


def until_one_waits(file: CaseFile, work: Future[Any]) -> None:
    """Return as soon as a transaction waits for a lock; its work can't be done then."""
    with file.database.engine.connect() as connection:
        query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        deadline = time.monotonic() + 20
        while not work.done() and time.monotonic() < deadline:
            if connection.scalar(query):
                return
            connection.rollback()
    raise AssertionError(f"it did not wait: {work}")


def append(file: CaseFile, case_id: str, number: int, of: str | None = None) -> None:
    with file.write(of or case_id) as transaction:
        transaction.cases.append(case_id, (paid(number),))


# What a lock covers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [CASE, SIBLING])
def test_two_transactions_on_cases_of_one_debtor_come_one_after_the_other(
    file: CaseFile, only_postgresql: None, threads: ThreadPoolExecutor, other: str
) -> None:
    with file.write(CASE) as transaction:
        before = transaction.cases.facts(other)
        later = threads.submit(append, file, other, 1)
        until_one_waits(file, later)
        assert transaction.cases.facts(other) == before
        assert not later.done()
    later.result(20)
    with file.read() as transaction:
        assert len(transaction.cases.facts(other)) == len(before) + 1


def test_cases_of_other_debtors_do_not_wait(file: CaseFile, only_postgresql: None, threads: ThreadPoolExecutor) -> None:
    with file.write(CASE):
        threads.submit(append, file, STRANGER, 1).result(20)


def test_who_locks_the_whole_file_waits_for_everybody_and_keeps_everybody_out(
    file: CaseFile, only_postgresql: None, threads: ThreadPoolExecutor
) -> None:
    def import_again() -> tuple[str, ...]:
        with file.write() as transaction:
            transaction.parties.save_creditor(CREDITOR)
            return tuple(str(transaction.cases.load(case_id).case.open) for case_id in (CASE, STRANGER))

    with file.write(CASE) as transaction:
        transaction.cases.append(CASE, (paid(1, "100.00"),))
        importing = threads.submit(import_again)
        until_one_waits(file, importing)
    assert importing.result(20)[0] == str(eur("900.00"))
    with file.write():
        paying = threads.submit(append, file, STRANGER, 2)
        until_one_waits(file, paying)
    paying.result(20)


def test_an_unknown_case_is_locked_by_its_id(
    file: CaseFile, only_postgresql: None, threads: ThreadPoolExecutor
) -> None:
    def accept() -> bool:
        with file.write(NOBODY) as transaction:
            return transaction.inbox.accept(NOBODY, "m1", "pause", b"{}", NOW)

    with file.write(NOBODY) as transaction:
        assert transaction.inbox.accept(NOBODY, "m1", "pause", b"{}", NOW)
        again = threads.submit(accept)
        until_one_waits(file, again)
    assert again.result(20) is False


def test_a_case_opened_while_its_first_message_waited_is_locked_by_its_debtor(
    file: CaseFile, only_postgresql: None, threads: ThreadPoolExecutor
) -> None:
    """The debtor is looked up under the file's lock: before it, a case that is being imported has none yet."""
    new = "case:devaart:2026-F-9"

    def accept() -> list[str]:
        with file.write(new) as transaction:
            transaction.inbox.accept(new, "m1", "pause", b"{}", NOW)
            query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            assert transaction.session.connection.scalar(query) == 2
            return [transaction.cases.load(case_id).id for case_id in (new, CASE, SIBLING)]

    with file.write() as transaction:
        accepting = threads.submit(accept)
        until_one_waits(file, accepting)
        furnish(transaction, case_id=new, number="F-9")
    assert accepting.result(20) == [new, CASE, SIBLING]


@pytest.mark.parametrize(
    "touch",
    [
        lambda t: t.cases.load(STRANGER),
        lambda t: t.cases.append(STRANGER, (paid(1),)),
        lambda t: t.inbox.accept(STRANGER, "m", "pause", b"{}", NOW),
        lambda t: t.inbox.waiting(STRANGER),
        lambda t: t.deliveries.intend(letter(), [CASE, STRANGER], NOW, NOW),
        lambda t: t.inbox.accept(NOBODY, "m", "pause", b"{}", NOW),
        lambda t: t.cases.open(NOBODY, CREDITOR.id, open_case(invoice(number="F-4"), reminders(), NOW), NOW),
        lambda t: t.parties.save_debtor(CREDITOR.id, DEBTOR),
        lambda t: t.parties.save_creditor(CREDITOR),
        lambda t: t.parties.save_policy(reminders()),
        lambda t: t.parties.set_bank_coverage(CREDITOR.id, ON),
    ],
)
def test_what_is_not_locked_is_not_touched(file: CaseFile, touch: Callable[[object], object]) -> None:
    """On both databases, so that no test on SQLite passes with what PostgreSQL would not protect."""
    with pytest.raises(NotLocked), file.write(CASE) as transaction:
        touch(transaction)


def test_what_is_locked_may_be_touched(file: CaseFile) -> None:
    with file.write(CASE) as transaction:
        transaction.cases.append(SIBLING, (paid(1),))
        transaction.deliveries.intend(letter(), [CASE, SIBLING], NOW, NOW)
        assert transaction.cases.siblings(CREDITOR.id, DEBTOR.id, CASE) == (SIBLING,)
        assert transaction.cases.load(SIBLING).case.open == eur("999.00")


# A payment and an intent -------------------------------------------------------------------------------------


def test_a_payment_that_waited_for_the_intent_finds_it_and_marks_it_as_crossed(
    file: CaseFile, only_postgresql: None, threads: ThreadPoolExecutor
) -> None:
    def acknowledge() -> None:
        with file.write(CASE) as transaction:
            transaction.inbox.accept(CASE, "p1", "payment_received", b'{"id": "p1", "amount": "1000.00"}', NOW)

    with file.write(SIBLING) as transaction:
        assert transaction.inbox.waiting(CASE) == ()
        paying = threads.submit(acknowledge)
        until_one_waits(file, paying)
        assert transaction.inbox.waiting(CASE) == (), "what stopped no message then must not turn up now"
        transaction.deliveries.intend(letter(), [CASE, SIBLING], NOW, NOW)
    paying.result(20)
    with file.read() as transaction:
        assert [delivery.crossed for delivery in transaction.deliveries.of_case(CASE)] == [True]


def test_an_intent_that_waited_for_a_payment_finds_it_in_the_inbox(
    file: CaseFile, only_postgresql: None, threads: ThreadPoolExecutor
) -> None:
    def plan() -> list[str]:
        with file.write(CASE) as transaction:
            return [row.id for row in transaction.inbox.waiting(CASE)]

    with file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, "p1", "payment_received", b'{"id": "p1", "amount": "1000.00"}', NOW)
        planning = threads.submit(plan)
        until_one_waits(file, planning)
    assert planning.result(20) == ["p1"]


# The fold that a process remembers ---------------------------------------------------------------------------


def test_facts_committed_out_of_their_order_are_all_read_by_who_remembers_a_fold(
    file: CaseFile, only_postgresql: None, tmp_path: Path
) -> None:
    """Numbers are given before the commit: a lower one may become visible after a higher one, of another debtor."""
    reader = opened(tmp_path / "f.sqlite3")
    with file.write(CASE) as slow:
        slow.cases.append(CASE, (paid(1),))
        with file.write(STRANGER) as quick:
            quick.cases.append(STRANGER, (paid(2),))
        with reader.write(STRANGER) as transaction:
            higher = transaction.cases.load(STRANGER)
            assert higher.case.open == eur("999.00")
        with reader.read() as transaction:
            assert transaction.cases.load(CASE).case.open == eur("1000.00")
    with reader.write(CASE) as transaction:
        lower = transaction.cases.load(CASE)
        assert lower.case.open == eur("999.00")
    assert lower.facts < higher.facts, "otherwise this test shows nothing"


def test_within_a_case_numbers_follow_the_commits(
    file: CaseFile, only_postgresql: None, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    """So the number of the last fact that a process has folded says what it has not: only higher ones."""
    reader = opened(tmp_path / "f.sqlite3")
    with file.write(CASE) as first:
        first.cases.append(CASE, (paid(1),))
        second = threads.submit(append, file, CASE, 2)
        until_one_waits(file, second)
        third = threads.submit(append, opened(tmp_path / "f.sqlite3"), CASE, 3, SIBLING)
    for work in (second, third):
        work.result(20)
    with reader.read() as transaction:
        query = text("SELECT seq FROM facts WHERE case_id = :case ORDER BY xmin::text::bigint, seq")
        by_commit = list(transaction.session.connection.scalars(query, {"case": CASE}))
    assert by_commit == sorted(by_commit)
    assert len(by_commit) == 4


def test_everybody_who_remembers_folds_has_all_facts_in_the_end(
    file: CaseFile, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    """Four processes' worth of case files, each with its own memory, write and look at three cases at once."""
    files = [opened(tmp_path / "f.sqlite3") for _ in range(4)]
    cases = (CASE, SIBLING, STRANGER)

    def write(writer: int) -> None:
        for number in range(15):
            case_id = cases[(writer + number) % 3]
            with files[writer].write(case_id) as transaction:
                assert transaction.cases.load(case_id).case == fold(transaction.cases.facts(case_id))
                transaction.cases.append(case_id, (paid(100 * writer + number),))
            with files[writer].read() as transaction:
                assert transaction.cases.load(case_id).case == fold(transaction.cases.facts(case_id))

    for work in [threads.submit(write, writer) for writer in range(4)]:
        work.result(60)
    for each in files:
        with each.read() as transaction:
            assert [transaction.cases.load(case_id).case.open for case_id in cases] == [eur("980.00")] * 3


def test_an_import_beside_steps_of_many_debtors_stops_nobody_for_good(
    file: CaseFile, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    """Nobody waits in a circle: PostgreSQL would end one of them with an error."""
    files = [opened(tmp_path / "f.sqlite3") for _ in range(4)]

    def step(writer: int) -> None:
        for number in range(20):
            own, other = ((CASE, SIBLING), (SIBLING, CASE), (STRANGER, STRANGER))[(writer + number) % 3]
            with files[writer].write(own) as transaction:
                transaction.cases.append(own, (paid(100 * writer + number),))
                transaction.cases.append(other, (paid(1000 + 100 * writer + number),))
                transaction.inbox.accept(own, f"m{writer}-{number}", "payment_received", b"{}", NOW)

    def import_lists() -> None:
        for number in range(10):
            with files[3].write() as transaction:
                transaction.parties.save_creditor(CREDITOR)
                for case_id in (STRANGER, SIBLING, CASE) if number % 2 else (CASE, SIBLING, STRANGER):
                    transaction.inbox.accept(case_id, f"import-{number}", "lift_hold", b"{}", NOW)
                    transaction.cases.append(case_id, (paid(5000 + number),))
                facts = open_case(invoice(number=f"N-{number}"), reminders(), NOW)
                transaction.cases.open(f"case:devaart:2026-N-{number}", CREDITOR.id, facts, NOW)

    for work in [*(threads.submit(step, writer) for writer in range(3)), threads.submit(import_lists)]:
        work.result(60)
    with file.read() as transaction:
        owed = sum(transaction.cases.load(case_id).case.open.minor for case_id in (CASE, SIBLING, STRANGER))
    assert owed == 300_000 - 100 * (60 * 2 + 10 * 3)


# The lock itself ---------------------------------------------------------------------------------------------


def test_a_lock_goes_with_the_transaction_however_it_ends(file: CaseFile, tmp_path: Path) -> None:
    other = opened(tmp_path / "f.sqlite3")
    with pytest.raises(ZeroDivisionError), file.write(CASE) as transaction:
        transaction.cases.append(CASE, (paid(1),))
        raise ZeroDivisionError
    append(other, CASE, 2)
    with file.read() as transaction:
        assert transaction.cases.load(CASE).case.open == eur("999.00")


def test_a_writer_whose_connection_broke_has_written_nothing_and_may_go_on(
    file: CaseFile, only_postgresql: None, tmp_path: Path
) -> None:
    """As when the database is restarted, or ends a transaction that hangs."""
    other = opened(tmp_path / "f.sqlite3")
    with pytest.raises(OperationalError), file.write(CASE) as transaction:
        transaction.cases.append(CASE, (paid(1),))
        own = transaction.session.connection.scalar(text("SELECT pg_backend_pid()"))
        with other.database.engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:own, 20000)"), {"own": own})
        transaction.cases.append(CASE, (paid(2),))
    append(other, CASE, 3)
    with file.write(CASE) as transaction:
        assert transaction.cases.load(CASE).case == fold(transaction.cases.facts(CASE))
        assert transaction.cases.load(CASE).case.open == eur("999.00")


def test_reading_never_waits(file: CaseFile, tmp_path: Path) -> None:
    other = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        transaction.cases.append(CASE, (paid(1),))
        with other.read() as reader:
            assert reader.cases.load(CASE).case.open == eur("1000.00")


def test_nobody_waits_for_ever(file: CaseFile, only_postgresql: None) -> None:
    """A process that hangs in a transaction loses it; who waits for it gives up before."""
    with file.database.write() as connection:
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "30s"
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == "1min"


def test_database_is_what_the_test_says(file: CaseFile, kept_in: str) -> None:
    database: Database = file.database
    assert database.engine.dialect.name == kept_in
