"""What a decision says in words: the reason, the day, and who must act."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.blockers import BlockerCode, BlockerKind, HoldKind
from domain.calendar import any_day
from domain.case import Case, apply, fold
from domain.facts import CaseClosed, CloseReason, HoldPlaced, TaskRaised
from domain.invoice import Invoice
from domain.money import Money
from domain.opening import open_case
from domain.planning.decision import Blocker, Decision
from domain.policy import Policy
from domain.tasks import task_text
from domain.views.explain import because, day_text, state_of, what_comes_next, why_not_now, why_this_day
from tests.rows import in_rows

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)
ON = date(2026, 3, 2)
CALENDAR = any_day("Europe/Amsterdam")
POLICY = Policy.model_validate(
    {
        "policy": "p",
        "calendar": {"days": ["tue", "wed", "thu"]},
        "spacing": "5d",
        "steps": [
            {"id": "reminder", "when": {"after_due": "5d"}, "send": "email"},
            {"id": "last", "when": {"after_due": "6d", "round": "end_of_month"}, "send": "email"},
        ],
    }
)


def case() -> Case:
    invoice = Invoice(
        number="F-1",
        debtor="d",
        invoice_date=date(2026, 2, 1),
        due=date(2026, 3, 1),
        amount=Money.parse("10.00", "EUR"),
    )
    return fold(open_case(invoice, POLICY, AT))


def decided(*, blockers: Sequence[Any] = (), **fields: Any) -> Decision:
    return Decision(**{"action": "wait", **fields}, blockers=tuple(map(Blocker.model_validate, blockers)))


@in_rows("code", [*HoldKind, *BlockerKind])
def test_every_blocker_has_words_with_and_without_a_day(code: BlockerCode) -> None:
    assert because(Blocker(code=code))
    assert "Tue 2026-03-10" in because(Blocker(code=code, until=date(2026, 3, 10)))


def test_a_day_is_told_with_its_weekday() -> None:
    assert day_text(date(2026, 3, 10)) == "Tue 2026-03-10"


def test_an_unknown_task_is_told_by_its_name() -> None:
    assert task_text("stop_supply") == "stop supply"


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (decided(action="send", step="reminder", at=AT), "reminder is sent on Mon 2026-03-02"),
        (decided(action="send", step="reminder", issue=2, at=AT), "reminder (issue 2) is sent on Mon 2026-03-02"),
        (decided(action="hand_off", step="handoff", at=AT), "handoff hands the case off on Mon 2026-03-02"),
        (decided(action="task", task="call", at=AT), "a person is asked to call on Mon 2026-03-02"),
        (decided(action="reconcile", step="notice", at=AT), "what became of notice is found out on Mon 2026-03-02"),
        (decided(action="close", close=CloseReason.PAID), "the case is closed: paid in full"),
        (decided(step="notice", at=AT), "notice is looked at again on Mon 2026-03-02"),
        (decided(step="notice"), "notice waits for a person or a message"),
        (decided(), "nothing until a person decides or a message comes"),
    ],
)
def test_what_comes_next_names_the_step_and_the_day(decision: Decision, words: str) -> None:
    assert what_comes_next(decision, CALENDAR) == words


def test_all_reasons_are_told() -> None:
    blockers = (
        Blocker(code=HoldKind.PAUSE, until=date(2026, 3, 10)),
        Blocker(code=BlockerKind.BANK_NOT_COVERING),
    )
    words = "the case is paused until Tue 2026-03-10; the bank statements do not cover the days before"
    assert why_not_now(decided(blockers=blockers)) == words


def test_a_hold_is_told_once_and_then_what_comes_next() -> None:
    held = apply(
        case(), HoldPlaced(id="h", at=AT, on=ON, hold=HoldKind.PAUSE, until=date(2026, 3, 10), actor="someone")
    )
    decision = decided(
        action="send", step="reminder", at=datetime(2026, 3, 10, 8, tzinfo=UTC), blockers=[{"code": "pause"}]
    )
    words = "On hold (pause) until Tue 2026-03-10. Reminder is sent on Tue 2026-03-10"
    assert state_of(held, decision, POLICY, ON) == words


def test_what_a_person_must_do_is_told() -> None:
    asked = apply(case(), TaskRaised(id="t", at=AT, on=ON, task="approve_handoff"))
    decision = decided(step="handoff", blockers=[{"code": "approval_required"}])
    words = "A person must approve the hand-off. Open task: approve the hand-off"
    assert state_of(asked, decision, POLICY, ON) == words


def test_a_closed_case_says_why() -> None:
    closed = apply(case(), CaseClosed(id="c", at=AT, on=ON, reason=CloseReason.BELOW_TOLERANCE))
    assert state_of(closed, None, POLICY, ON) == "What is left is too little to chase"


def test_a_day_moved_by_the_calendar_says_from_where() -> None:
    # Due 1 March 2026 and five days is Friday the 6th; the policy sends from Tuesday to Thursday.
    decision = decided(
        action="send", step="reminder", at=datetime(2026, 3, 10, 8, tzinfo=UTC), blockers=[{"code": "not_due_yet"}]
    )
    words = "5 days after the due date is Fri 2026-03-06; moved to the next day that fits"
    assert why_this_day(POLICY.steps[0], decision, case(), POLICY) == words


def test_a_day_rounded_to_the_end_of_the_month_says_so() -> None:
    decision = decided(action="send", step="last", at=datetime(2026, 3, 31, 8, tzinfo=UTC))
    words = "6 days after the due date, at the end of that month"
    assert why_this_day(POLICY.steps[1], decision, case(), POLICY) == words
