"""Opening a case, with what happened to the invoice before."""

from __future__ import annotations

from typing import Any

import pytest

from domain import facts as f
from domain.opening import History, UnknownStep, open_case
from tests.domain.builders import Life, business_ladder, call, day, hand_off, invoice, local, policy, send

LATE = invoice("2026-08-19", "2026-09-02")
NOTICE_FIRST = policy(
    send("one", {"after_due": "5d"}),
    send("notice", {"after_due": "9d"}, term="14d"),
    call("phone", {"after_due": "12d"}),
    hand_off({"term_expired": "notice"}),
    spacing="5d",
)


def opened(opened_on: str, ladder: Any = None, **history: Any) -> Life:
    return Life(ladder or business_ladder(), LATE, opened=opened_on, history=History(**history))


def test_a_new_case_stands_before_its_first_step() -> None:
    life = opened("2026-09-03")
    assert (life.case.stage, life.decision.step) == ("new", "reminder")


def test_the_ladder_goes_on_after_the_last_step_taken_elsewhere() -> None:
    life = opened("2026-09-17", last_step="second", last_contact_on=day("2026-09-16"))
    assert (life.case.stage, life.decision.step) == ("second", "call")
    assert life.case.last_contact_on == day("2026-09-16")
    assert [step for step, _ in life.case.passed] == ["reminder"]


def test_a_notice_without_proof_of_receipt_is_repeated() -> None:
    life = opened("2026-10-06", last_step="notice", notice_posted_on=day("2026-09-30"))
    assert (life.case.stage, life.decision.step) == ("call", "notice")


def test_a_proven_notice_counts_from_its_receipt() -> None:
    proof = {"notice_posted_on": day("2026-09-30"), "notice_received_on": day("2026-10-01")}
    life = opened("2026-10-06", last_step="notice", **proof)
    # 1 October and 14 days is Thursday the 15th; second banking day after it Monday the 19th, sent from Tuesday.
    assert (life.case.taken[-1].on, life.decision.step) == (day("2026-09-30"), "handoff")
    assert str(life.policy.sending_calendar.local_date(life.decision.at or life.now)) == "2026-10-20"


def test_a_notice_without_proof_is_repeated_also_when_more_was_done_after_it() -> None:
    life = opened("2026-10-06", NOTICE_FIRST, last_step="phone", last_contact_on=day("2026-10-05"))
    assert life.decision.step == "notice"
    assert life.case.last_contact_on == day("2026-10-05")


def test_a_proven_notice_counts_also_when_more_was_done_after_it() -> None:
    life = opened(
        "2026-10-06",
        NOTICE_FIRST,
        last_step="phone",
        last_contact_on=day("2026-10-05"),
        notice_posted_on=day("2026-09-28"),
        notice_received_on=day("2026-09-30"),
    )
    assert [(s.step, str(s.on)) for s in life.case.taken] == [("notice", "2026-09-28"), ("phone", "2026-10-05")]
    # Last day 14 October, plain policy.
    assert life.live("2026-11-30").steps[-1] == "2026-10-15 handoff"


@pytest.mark.parametrize("history", [{"last_step": "x"}, {"last_step": "handed_off"}])
def test_a_step_that_the_policy_does_not_have_is_named(history: dict[str, Any]) -> None:
    with pytest.raises(UnknownStep, match="known: reminder, second, call, notice, handoff"):
        opened("2026-09-17", **history)


def test_a_file_that_an_agency_has_is_left_alone() -> None:
    life = opened("2026-10-06", handed_off=True).live("2026-12-31")
    assert (life.case.stage, life.case.closed) == ("handed_off", "handed_off")
    with pytest.raises(UnknownStep, match="has no hand-off step"):
        opened("2026-10-06", policy(send("one", {"after_due": "5d"})), handed_off=True)


def test_a_promise_made_elsewhere_is_waited_for() -> None:
    life = opened("2026-09-07", promise_until=day("2026-09-17"))
    # Planned for the 9th, eleven days on hold: Sunday the 20th, sent on Tuesday.
    assert life.decision.at == local("2026-09-22", "09:00")


def test_a_hold_made_elsewhere_is_a_task() -> None:
    life = opened("2026-09-07", on_hold=True)
    assert ([b.code for b in life.decision.blockers], life.open_tasks()) == (["imported"], ["imported_hold"])
    life.ask("complete_task", {"task": "imported_hold"})
    assert life.decision.step == "reminder"


@pytest.mark.parametrize(("opened_on", "held"), [("2026-10-02", False), ("2026-10-03", True)])
def test_an_invoice_over_30_days_late_without_history_is_looked_at_first(opened_on: str, held: bool) -> None:
    life = Life(business_ladder(), LATE, opened=opened_on, review=True)
    assert life.open_tasks() == (["onboarding_review"] if held else [])
    assert [hold.kind for hold in life.case.holds_on(life.today)] == (["onboarding_review"] if held else [])


def test_an_old_invoice_with_history_is_not_looked_at() -> None:
    history = History(last_step="reminder", last_contact_on=day("2026-09-09"))
    assert Life(business_ladder(), LATE, opened="2026-11-02", review=True, history=history).open_tasks() == []


@pytest.mark.parametrize(("invoice_date", "due"), [("2026-01-01", "9999-12-31"), ("0001-01-01", "2026-01-01")])
def test_an_invoice_with_a_day_that_means_never_is_refused(invoice_date: str, due: str) -> None:
    with pytest.raises(ValueError, match="does not lie between"):
        invoice(invoice_date, due)


def test_a_step_says_what_it_claimed_and_announced_and_how_well_its_receipt_is_known() -> None:
    """practice.md, facts 3 and 4: they belong in the case from the first day."""
    ladder = policy(
        send("notice", {"after_due": "24d"}, term="14d", claims="principal+interest", announces=["costs", "handoff"]),
        send("last", {"after_previous": "30d"}),
    )
    before = History(
        last_step="notice",
        notice_posted_on=day("2026-03-25"),
        notice_received_on=day("2026-03-28"),
        notice_evidence="delivered",
    )
    facts = open_case(invoice(), ladder, local("2026-04-01", "09:00"), history=before)
    taken = next(fact for fact in facts if isinstance(fact, f.StepTaken))
    assert (taken.claims, taken.announces) == ("principal+interest", ("costs", "handoff"))
    assert (taken.received_on, taken.evidence) == (day("2026-03-28"), "delivered")
