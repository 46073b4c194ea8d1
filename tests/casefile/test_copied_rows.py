"""Many new rows stand as if each had been inserted by itself, and cost no more for each the more there are."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.narrowed import NotSeen, narrowed
from domain.facts import Fact
from domain.opening import open_case
from domain.parties import Debtor
from tests.casefile.builders import CREDITOR, NOW, furnish, reminders
from tests.domain.builders import invoice

NAMES = ("\\N", "\\.", "a\tb", "c\\d", 'de "Zon"', "O'Neill; DROP", "Überfällig 🙂", "%s %(x)s", "{1,2}", "x" * 300)


def debtors() -> list[Debtor]:
    return [Debtor(id=f"D{place}", name=name) for place, name in enumerate(NAMES)]


def first_facts(first: int, count: int) -> dict[str, tuple[Fact, ...]]:
    made = {}
    for number in range(first, first + count):
        of = invoice(number=f"F-{number}")
        made[f"case:{CREDITOR.id}:2026-F-{number}"] = open_case(of, reminders(), NOW)
    return made


def test_every_sign_comes_back_as_it_was_written(file: CaseFile) -> None:
    with file.write() as transaction:
        transaction.parties.save_new_debtors(CREDITOR.id, debtors())
    with CaseFile(file.database).read() as fresh:
        assert fresh.parties.debtors(CREDITOR.id, [f"D{place}" for place in range(len(NAMES))]) == {
            each.id: each for each in debtors()
        }
        folded = fresh.session.connection.execute(select(t.debtors.c.id, t.debtors.c.folded))
        assert {own: said for own, said in folded if own.startswith("D")} == {
            f"D{place}": name.casefold() for place, name in enumerate(NAMES)
        }


def test_a_row_that_is_there_is_refused_with_all_beside_it_and_no_value_is_named(file: CaseFile) -> None:
    with file.write() as transaction:
        transaction.parties.save_new_debtors(CREDITOR.id, debtors()[3:4])
    with pytest.raises(IntegrityError) as refused, file.write() as transaction:
        transaction.parties.save_new_debtors(CREDITOR.id, debtors())
    assert "D3" not in str(refused.value)
    with CaseFile(file.database).read() as fresh:
        assert set(fresh.parties.debtors(CREDITOR.id, ["D0", "D3", "D9"])) == {"D3"}


def test_of_which_fact_lists_tell_is_the_last_of_each_case(file: CaseFile) -> None:
    told = "case:devaart:2026-F-23"
    with file.write(told) as transaction:
        transaction.quarantine.keep(told, "quarantine:p", "payment_received", b"{}", "no such case", NOW)
    many = first_facts(20, 9)
    with file.write() as transaction:
        assert transaction.cases.open_all(CREDITOR.id, many, NOW) == frozenset(many)
        known = {case_id: transaction.cases.fold_of(case_id) for case_id in many}
    with CaseFile(file.database).read() as fresh:
        last = select(t.facts.c.case_id, func.max(t.facts.c.seq)).group_by(t.facts.c.case_id)
        numbers = {case_id: seq for case_id, seq in fresh.session.connection.execute(last)}
        listed = {own: said for own, said in fresh.session.connection.execute(select(t.cases.c.id, t.cases.c.listed))}
        for case_id in many:
            assert fresh.cases.fold_of(case_id) == known[case_id]
            assert listed[case_id] == str(numbers[case_id]) == str(known[case_id][0])
        assert [fact.kind for fact in fresh.cases.facts(told)] == ["case_opened", "message_quarantined"]


def test_facts_go_on_behind_the_numbers_that_were_drawn(file: CaseFile) -> None:
    with file.write() as transaction:
        transaction.cases.open_all(CREDITOR.id, first_facts(20, 9), NOW)
    with file.write() as transaction:
        furnish(transaction, case_id="case:devaart:2026-F-90", number="F-90")
        assert transaction.cases.open_all(CREDITOR.id, first_facts(40, 9), NOW)
    with file.read() as transaction:
        numbers = transaction.session.connection.scalars(select(t.facts.c.seq).order_by(t.facts.c.seq)).all()
    assert list(numbers) == list(range(numbers[0], numbers[0] + 20))


def test_who_sees_another_creditor_brings_no_rows_of_this_one(file: CaseFile) -> None:
    his = narrowed(file, frozenset({"papierhuis"}))
    with pytest.raises(NotSeen), his.write() as transaction:
        transaction.cases.open_all(CREDITOR.id, first_facts(20, 9), NOW)
    with pytest.raises(NotSeen), his.write() as transaction:
        transaction.parties.save_new_debtors(CREDITOR.id, debtors())
    with file.read() as transaction:
        assert len(transaction.cases.ids()) == 1
        assert transaction.parties.debtors(CREDITOR.id, ["D0"]) == {}


def test_no_row_has_all_cases_looked_through_though_few_were_there_when_they_were_counted(
    file: CaseFile, only_postgresql: None
) -> None:
    with file.write() as transaction:
        transaction.cases.open_all(CREDITOR.id, first_facts(20, 20), NOW)
        transaction.session.connection.execute(text("ANALYZE"))
    with file.write() as transaction:
        for first in range(100, 2100, 50):
            transaction.cases.open_all(CREDITOR.id, first_facts(first, 50), NOW)
        read = text("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'cases'")
        looked_at = transaction.session.connection.scalar(read)
    # Of each row one look whether its case is there: read from the first to the last, that is six million. The first
    # hundreds are read so whatever was counted, for a table of a few pages is.
    assert looked_at is not None
    assert looked_at < 1_000_000
