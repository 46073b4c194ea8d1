"""What an edited policy would change: judged by the rules that a worker judges by, and nothing is recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest
from casefile.case_file import CaseFile
from domain.opening import open_case
from domain.policy import Policy
from services.policy_change import PolicyChange, policy_change
from tests.casefile.builders import CREDITOR, DEBTOR, opened
from tests.domain.builders import invoice, policy, send

NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)


def rules(*steps: dict[str, object], **more: object) -> Policy:
    return policy(*(steps or FIRST), law="NL", **more)


FIRST = (send("reminder", {"after_due": "5d"}), send("second_reminder", {"after_due": "40d"}))


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    """F-1 is due on 2026-03-31: its reminder comes on 5 April. F-2 was due in January: its reminder is due now."""
    made = opened(tmp_path / "f.sqlite3")
    with made.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(rules())
        for number, due, amount in (("F-1", "2026-03-31", "1000.00"), ("F-2", "2026-01-05", "200.00")):
            own = invoice(number=number, due=due, invoice_date="2025-12-06", amount=amount)
            transaction.cases.open(f"case:devaart:{number}", CREDITOR.id, open_case(own, rules(), NOW), NOW)
    return made


def facts(file: CaseFile) -> list[int]:
    with file.read() as transaction:
        return [len(transaction.cases.facts(case_id)) for case_id in transaction.cases.ids()]


def changed(found: PolicyChange) -> dict[str, tuple[str, ...]]:
    return {each.number: each.kinds for each in found.cases}


def test_the_same_policy_changes_nothing_and_nothing_is_recorded(file: CaseFile) -> None:
    before = facts(file)
    found = policy_change(file, rules(version=2), NOW)
    assert (found.looked_at, found.changed, found.days) == (2, 0, 0)
    assert facts(file) == before


def test_a_later_day_moves_what_is_still_to_come(file: CaseFile) -> None:
    edited = rules(send("reminder", {"after_due": "8d"}), FIRST[1], version=2)
    found = policy_change(file, edited, NOW)
    # F-2 is past both days: it comes at once under either.
    assert changed(found) == {"F-1": ("later",)}
    (case,) = found.cases
    assert (case.before.on, case.after.on) == (date(2026, 4, 5), date(2026, 4, 8))
    assert found.days == 3
    assert [(each.kind, each.number, str(each.open[0])) for each in found.kinds] == [("later", 1, "1000.00 EUR")]


def test_a_rung_that_is_left_out_puts_cases_on_another(file: CaseFile) -> None:
    found = policy_change(file, rules(FIRST[1], version=2), NOW)
    assert {number: kinds[0] for number, kinds in changed(found).items()} == {
        "F-1": "other_step",
        "F-2": "other_step",
    }
    assert [(each.kind, each.number) for each in found.steps] == [("reminder > second_reminder", 2)]


def test_a_tolerance_closes_what_lies_below_it(file: CaseFile) -> None:
    found = policy_change(file, rules(version=2, tolerance="250.00"), NOW)
    assert changed(found)["F-2"][0] == "closes"


def test_what_it_says_is_what_comes_when_the_case_is_moved(file: CaseFile) -> None:
    """The judgement is no guess: moving the case by `change_policy` leads to the very same next step and day."""
    edited = rules(send("reminder", {"after_due": "9d"}, claims="principal+interest"), version=2)
    expected = {each.case: each.after for each in policy_change(file, edited, NOW).cases}["case:devaart:F-1"]
    with file.write() as transaction:
        transaction.parties.save_policy(edited)
        raw = b'{"policy": "test", "version": 2, "actor": "els"}'
        transaction.inbox.accept("case:devaart:F-1", "m", "change_policy", raw, NOW)
    turn = Advancing(file, "all").advance(AdvanceRequest(case_id="case:devaart:F-1", at=NOW))
    assert turn.view is not None and turn.view.at is not None
    assert (turn.view.next, turn.view.step, turn.view.at.date()) == (expected.next, expected.step, expected.on)


def test_cases_under_another_policy_are_left_alone_unless_they_are_asked_for(file: CaseFile) -> None:
    other = rules(FIRST[1]).model_copy(update={"policy": "other"})
    assert policy_change(file, other, NOW).looked_at == 0
    assert policy_change(file, other, NOW, instead_of="test").changed == 2


def test_a_version_that_is_stored_with_another_content_is_told(file: CaseFile) -> None:
    assert policy_change(file, rules(FIRST[0]), NOW).same_version
    assert not policy_change(file, rules(), NOW).same_version


def test_a_sample_is_always_the_same(file: CaseFile) -> None:
    edited = rules(FIRST[1], version=2)
    one, two = (policy_change(file, edited, NOW, sample=1) for _ in range(2))
    assert one == two and one.looked_at == 1 and one.open_cases == 2
