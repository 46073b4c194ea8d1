"""Facts of several cases that are written at once stand as if each case had been told by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.outgoing_tables import outgoing_events
from casefile.session import NotLocked
from casefile.subscribers import set_subscribers
from domain import facts as f
from domain.case import fold
from domain.opening import open_case
from tests.casefile.builders import CREDITOR, NOW, furnish, opened, reminders
from tests.domain.builders import eur, invoice

IDS = tuple(f"case:devaart:2026-F-{number}" for number in range(1, 4))
OF_ANOTHER = "case:devaart:2026-F-9"
ON = NOW.date()


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        for case_id in IDS:
            furnish(transaction, case_id=case_id, number=case_id[-3:])
    return found


def paid(case_id: str) -> f.PaymentReceived:
    return f.PaymentReceived(id=f"p-{case_id[-1]}", at=NOW, on=ON, amount=eur("10.00"), credited_on=ON)


def asked_to_call(name: str = "call") -> f.TaskRaised:
    return f.TaskRaised(id=f"task:{name}", at=NOW, on=ON, task=name)


def test_each_case_has_its_facts_in_their_order_and_all_that_follows_from_them(file: CaseFile) -> None:
    many = {case_id: (asked_to_call(), paid(case_id), asked_to_call("again")) for case_id in IDS}
    with file.write(IDS[0]) as transaction:
        transaction.cases.append_each(many)
        known = {case_id: transaction.cases.fold_of(case_id) for case_id in IDS}
    with CaseFile(file.database).read() as fresh:
        for case_id, told in many.items():
            facts = fresh.cases.facts(case_id)
            assert facts[-3:] == told
            assert known[case_id] == fresh.cases.fold_of(case_id)
            assert known[case_id][1] == fold(facts)
            entries = select(t.entries.c.id).where(t.entries.c.case_id == case_id)
            assert set(fresh.session.connection.scalars(entries)) >= {paid(case_id).id}
            tasks = select(t.tasks.c.kind).where(t.tasks.c.case_id == case_id)
            assert set(fresh.session.connection.scalars(tasks)) == {"call", "again"}


def test_a_fact_that_is_known_or_told_twice_is_there_once(file: CaseFile) -> None:
    first, second, third = IDS
    with file.write(first) as transaction:
        transaction.cases.append(first, (paid(first),))
        transaction.cases.append_each({first: (paid(first),), second: (paid(second), paid(second)), third: ()})
        transaction.cases.append_each({each: (paid(each),) for each in IDS})
    with CaseFile(file.database).read() as fresh:
        assert [fresh.cases.load(each).case.open for each in IDS] == [eur("990.00")] * 3


def test_what_of_it_is_undone_was_never_there(file: CaseFile) -> None:
    with file.write(IDS[0]) as transaction:
        with pytest.raises(ZeroDivisionError), transaction.savepoint():
            transaction.cases.append_each({each: (paid(each),) for each in IDS})
            raise ZeroDivisionError
        assert [transaction.cases.load(each).case.open for each in IDS] == [eur("1000.00")] * 3


def test_none_is_written_when_one_of_the_cases_is_not_locked(file: CaseFile) -> None:
    with file.write() as transaction:
        other = invoice(number="F-9").model_copy(update={"debtor": "smid"})
        transaction.cases.open(OF_ANOTHER, CREDITOR.id, open_case(other, reminders(), NOW), NOW)
    with pytest.raises(NotLocked), file.write(IDS[0]) as transaction:
        transaction.cases.append_each({IDS[1]: (paid(IDS[1]),), OF_ANOTHER: (paid(OF_ANOTHER),)})
    with file.read() as transaction:
        assert transaction.cases.load(IDS[1]).case.open == eur("1000.00")


def test_other_systems_hear_of_each_case(file: CaseFile) -> None:
    set_subscribers(file, {"crm": ("crm.example", ("task.raised",))}, NOW)
    with file.write(IDS[0]) as transaction:
        transaction.cases.append_each({each: (asked_to_call(),) for each in IDS})
    with file.read() as transaction:
        told = transaction.session.connection.scalars(select(outgoing_events.c.case_id)).all()
    assert sorted(told) == sorted(IDS)


@pytest.mark.parametrize("meanwhile", [False, True])
def test_what_an_earlier_transaction_wrote_is_all_that_is_new_unless_somebody_wrote_since(
    file: CaseFile, meanwhile: bool
) -> None:
    own, later = IDS[0], asked_to_call("later")
    with file.write(own) as transaction:
        first = transaction.cases.load(own).facts
        transaction.cases.append(own, (paid(own), asked_to_call()))
        wrote = transaction.cases.wrote(own)
    if meanwhile:
        with CaseFile(file.database).write(own) as transaction:
            transaction.cases.append(own, (later,))
    with file.write(own) as transaction:
        transaction.cases.wrote_before(own, first, wrote)
        ended = asked_to_call("ended")
        transaction.cases.append(own, (ended,))
        known = transaction.cases.facts_after(own, first)
    assert known == (paid(own), asked_to_call(), *((later,) if meanwhile else ()), ended)
