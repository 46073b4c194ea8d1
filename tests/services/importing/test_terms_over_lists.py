"""The terms of one invoice over several lists: each stays the case that it is, whichever rows are left."""

from datetime import date
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from domain.case_ids import case_id
from domain.facts import HoldKind
from services.importing.lists import ListFile, import_lists
from tests.services.importing.test_importing import HEADER, LATER, becomes, bring, file, profile, row
from tests.services.importing.test_rows_with_errors import case_now, holds

__all__ = ["file"]

TERMS = {1: "2026-03-01", 2: "2026-04-01", 3: "2026-05-01"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("kept_in", ["sqlite"], indirect=True)


def term(place: int, still_open: str = "500.00", due: str | None = None) -> str:
    return row("F-1", still_open, due=due or TERMS[place], amount="500.00")


def case(place: int) -> str:
    return case_id(profile().creditor.id, f"2026-F-1/{place}")


def test_each_term_is_a_case_with_its_own_due_date(file: CaseFile) -> None:
    assert becomes(bring(file, term(1), term(2))) == [("F-1/1", "opened"), ("F-1/2", "opened")]
    assert [case_now(file, case(place)).due for place in (1, 2)] == [date(2026, 3, 1), date(2026, 4, 1)]


def test_the_last_term_stays_the_last_when_the_first_left_the_list(file: CaseFile) -> None:
    bring(file, term(1), term(2), term(3))
    assert becomes(bring(file, term(2, "400.00"), term(3), at=LATER)) == [("F-1/2", "payment"), ("F-1/3", "unchanged")]
    assert becomes(bring(file, term(3, "100.00"), at=LATER)) == [("F-1/3", "payment")]
    assert [case_now(file, case(place)).open.text for place in (1, 2, 3)] == ["500.00", "400.00", "100.00"]


def test_a_term_with_nothing_open_is_paid(file: CaseFile) -> None:
    bring(file, term(1), term(2))
    assert becomes(bring(file, term(1, "0.00"), term(2), at=LATER)) == [("F-1/1", "payment"), ("F-1/2", "unchanged")]
    assert case_now(file, case(1)).open.text == "0.00"


def test_one_term_whose_due_date_was_moved_is_still_that_term(file: CaseFile) -> None:
    bring(file, term(1), term(2))
    done = bring(file, term(1), term(2, due="2026-04-15"), at=LATER)
    assert becomes(done) == [("F-1/1", "unchanged"), ("F-1/2", "due_date")]


def test_a_later_term_gets_the_next_number(file: CaseFile) -> None:
    bring(file, term(1), term(2))
    done = bring(file, term(1), term(2), term(3), at=LATER)
    assert becomes(done) == [("F-1/1", "unchanged"), ("F-1/2", "unchanged"), ("F-1/3", "opened")]


def test_where_the_due_date_tells_no_term_every_term_waits(file: CaseFile) -> None:
    bring(file, term(1), term(2))
    done = bring(file, term(2, due="2026-06-15"), at=LATER)
    assert becomes(done) == [("F-1/1", "row_unreadable"), ("F-1/2", "row_unreadable")]
    assert [holds(file, case(place)) for place in (1, 2)] == [[HoldKind.ROW_UNREADABLE]] * 2
    assert "can't be told by its due date" in done.findings[0].reason


def test_what_is_collected_as_one_invoice_is_not_split_by_a_list(file: CaseFile) -> None:
    bring(file, row("F-1"))
    done = bring(file, term(1), term(2), at=LATER)
    assert becomes(done) == [("F-1", "row_unreadable")]
    assert "being collected as one invoice" in done.findings[0].reason


def test_a_complete_list_holds_a_term_that_it_does_not_name(file: CaseFile) -> None:
    bring(file, term(1), term(2))
    data = "\n".join((HEADER, term(2))).encode()
    (done,) = import_lists(file, profile(), [ListFile("l.csv", data, Path())], LATER, LATER.date(), complete=True)
    assert becomes(done) == [("F-1/2", "unchanged"), ("F-1/1", "missing")]


def test_an_invoice_whose_own_number_ends_in_a_slash_is_no_term_of_another(file: CaseFile) -> None:
    bring(file, row("F-1/1"), row("F-1/2"))
    other = row("F-1", due="2026-03-01").replace("d1;Bakker", "d2;Smit")
    assert becomes(bring(file, other, at=LATER)) == [("F-1", "opened")]
