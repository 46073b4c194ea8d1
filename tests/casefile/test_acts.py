"""Acts over HTTP: written down before they are done, answered once under their key."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from casefile.acts import KEPT_FOR, Act, Begun, KeptAnswer, OtherRequest, Repeat, acts, begin, conclude, record_act
from casefile.case_file import CaseFile
from casefile.case_mark import mark_of
from tests.casefile.builders import CASE, NOW, furnish, opened

ACT = Act("k1", "j.devries", "write_off", CASE, "for later")
SAME, OTHER = Repeat("i-1", "aa"), Repeat("i-1", "bb")


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    return opened(tmp_path / "f.sqlite3")


def begun(file: CaseFile, act: Act = ACT, repeat: Repeat | None = None) -> Begun:
    found = begin(file, act, NOW, repeat)
    assert isinstance(found, Begun)
    return found


def test_an_act_stands_there_before_it_is_done_and_its_outcome_afterwards(file: CaseFile) -> None:
    first = begun(file)
    assert [(row.act, row.outcome, row.detail) for row in acts(file)] == [("write_off", "begun", "for later")]
    conclude(file, first, "accepted", "m1", 200, "{}")
    assert [(row.outcome, row.detail) for row in acts(file)] == [("accepted", "m1")]


def test_a_request_that_was_answered_gets_that_answer(file: CaseFile) -> None:
    conclude(file, begun(file, repeat=SAME), "accepted", "", 200, '{"state": "é"}')
    assert begin(file, ACT, NOW, SAME) == KeptAnswer(200, '{"state": "é"}')
    assert len(acts(file)) == 1


def test_a_request_that_was_interrupted_goes_on_with_what_was_known_then(file: CaseFile) -> None:
    first = begun(file, repeat=SAME)
    again = begun(file, Act("k1", "j.devries", "write_off", CASE, "something else"), SAME)
    assert (again.seq, again.act.detail) == (first.seq, "for later")


def test_another_request_under_the_same_key_is_refused(file: CaseFile) -> None:
    begun(file, repeat=SAME)
    with pytest.raises(OtherRequest):
        begin(file, ACT, NOW, OTHER)
    assert len(acts(file)) == 1, "and is no act"


def test_answers_are_forgotten_in_the_end_and_acts_never(file: CaseFile) -> None:
    conclude(file, begun(file, repeat=SAME), "accepted", "", 200, "{}")
    assert isinstance(begin(file, ACT, NOW + KEPT_FOR, SAME), KeptAnswer)
    assert isinstance(begin(file, ACT, NOW + KEPT_FOR + timedelta(seconds=1), OTHER), Begun)
    assert len(acts(file)) == 2


def test_what_no_database_takes_is_kept_in_other_signs(file: CaseFile) -> None:
    record_act(file, Act("", "x\0\ud800", "api-key create", "é" * 800), NOW, "done")
    assert (acts(file)[0].actor, len(acts(file)[0].subject)) == ("x\\x00\\ud800", 700)


def test_the_mark_of_a_case_moves_with_all_that_it_is_told_and_with_nothing_else(file: CaseFile) -> None:
    other = "case:devaart:2026-F-2"
    with file.write() as transaction:
        furnish(transaction)
        furnish(transaction, case_id=other, number="F-2")
        first = mark_of(transaction, CASE)
        transaction.inbox.accept(other, "m1", "pause", b"{}", NOW)
        assert mark_of(transaction, CASE) == first
        transaction.inbox.accept(CASE, "m1", "pause", b"{}", NOW)
        waits = mark_of(transaction, CASE)
        (row,) = transaction.inbox.waiting(CASE)
        transaction.inbox.recorded(row.seq, NOW, "refused")
        assert len({first, waits, mark_of(transaction, CASE)}) == 3
