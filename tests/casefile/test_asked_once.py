"""What a transaction asks once is still what a fresh look at the file says, whatever it wrote meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from casefile.case_file import CaseFile, Transaction
from casefile.identity import mark_of
from casefile.memory import Memory
from casefile.session import NotLocked, Session
from casefile.surroundings import surroundings_of
from domain import facts as f
from domain.blockers import HoldKind
from domain.statuses import StatusKind
from tests.casefile.builders import CASE, NOW, furnish, opened
from tests.domain.builders import eur

ON = NOW.date()
PAID = f.PaymentReceived(id="p1", at=NOW, on=ON, amount=eur("10.00"), credited_on=ON)
PAUSED = f.HoldPlaced(id="h1", at=NOW, on=ON, hold=HoldKind.PAUSE)
ASKED_HELP = f.DebtorStatusReported(
    id="s1", at=NOW, on=ON, report="s1", status=StatusKind.DEBT_HELP, since=ON, actor="piet"
)
RUN = f.HoldPlaced(
    id="r1", at=NOW, on=ON, hold=HoldKind.PAYMENT_RUN, until=ON + timedelta(days=20), about="25", actor="piet"
)


def test_how_far_a_case_is_counts_what_the_transaction_appends(file: CaseFile) -> None:
    with file.write(CASE) as transaction:
        before = mark_of(transaction, CASE)
        transaction.cases.append(CASE, (PAID, PAUSED))
        with pytest.raises(ZeroDivisionError), transaction.savepoint():
            transaction.cases.append(CASE, (ASKED_HELP,))
            raise ZeroDivisionError
        known = mark_of(transaction, CASE)
        own = transaction.cases.facts_after(CASE, before.last)
    with CaseFile(file.database).read() as fresh:
        assert known == mark_of(fresh, CASE) != before
        assert own == fresh.cases.facts_after(CASE, before.last) == (PAID, PAUSED)


def test_a_message_that_comes_in_the_transaction_waits_until_it_is_recorded(file: CaseFile) -> None:
    with file.write(CASE) as transaction:
        mark_of(transaction, CASE)
        assert transaction.inbox.waiting(CASE) == ()
        transaction.inbox.accept(CASE, "m1", "pause", b"{}", NOW)
        (row,) = transaction.inbox.waiting(CASE)
        transaction.inbox.recorded(row.seq, NOW, None)
        assert transaction.inbox.waiting(CASE) == ()


def test_who_only_reads_reads_a_case_once_and_sees_one_state_of_it_to_the_end(tmp_path: Path) -> None:
    file, asked = opened(tmp_path / "f.sqlite3"), list[str]()
    with file.write() as transaction:
        furnish(transaction)
    other = opened(tmp_path / "f.sqlite3")
    with file.read() as reader:
        seen, facts = reader.cases.load(CASE), reader.cases.facts(CASE)
        with other.write() as writer:
            writer.cases.append(CASE, (PAID,))
        event.listen(file.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert (reader.cases.load(CASE), reader.cases.facts(CASE)) == (seen, facts)
        # Asked anew the file says the same: what was kept is what a reader sees, and not older.
        anew = Transaction(Session(reader.session.connection, Memory(), locked=False))
        assert asked == []
        assert (anew.cases.load(CASE), anew.cases.facts(CASE)) == (seen, facts)
    with file.read() as later:
        assert later.cases.facts(CASE) == (*facts, PAID)
        assert later.cases.load(CASE).case.open == seen.case.open - PAID.amount


def test_all_facts_of_a_case_are_read_once_and_those_appended_or_undone_meanwhile_are_seen(file: CaseFile) -> None:
    asked = list[str]()
    with file.write(CASE) as transaction:
        before = transaction.cases.load(CASE).facts
        facts = transaction.cases.facts(CASE)
        event.listen(file.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert transaction.cases.facts(CASE) == facts
        assert asked == []
        with pytest.raises(ZeroDivisionError), transaction.savepoint():
            transaction.cases.append(CASE, (PAUSED,))
            assert transaction.cases.facts(CASE) == (*facts, PAUSED)
            raise ZeroDivisionError
        assert (transaction.cases.facts(CASE), transaction.cases.load(CASE).facts) == (facts, before)
        transaction.cases.append(CASE, (PAID,))
        known = transaction.cases.facts(CASE)
    with CaseFile(file.database).read() as fresh:
        assert known == fresh.cases.facts(CASE) == (*facts, PAID)


def test_what_the_transaction_writes_about_the_debtor_surrounds_his_cases(file: CaseFile) -> None:
    with file.write(CASE) as transaction:
        assert surroundings_of(transaction, transaction.cases.load(CASE)).statuses == ()
        transaction.cases.append(CASE, (ASKED_HELP, RUN))
        seen = surroundings_of(transaction, transaction.cases.load(CASE))
    assert [each.report for each in seen.statuses] == ["s1"]
    assert seen.payment_run is not None and seen.payment_run.day == 25
    with CaseFile(file.database).read() as fresh:
        assert surroundings_of(fresh, fresh.cases.load(CASE)) == seen


def test_nothing_is_done_under_the_lock_of_a_debtor_who_is_another_one_in_the_file(file: CaseFile) -> None:
    with file.database.read() as connection:
        session = Session(connection, Memory(), locked=True, of=CASE, taken_for=("devaart", "smid"))
        with pytest.raises(NotLocked, match="another debtor than was remembered"):
            session.debtor_of(CASE)
