"""Handling a message: which facts follow from it, and which rule forbids it."""

from __future__ import annotations

from typing import Any

import pytest

from domain import facts as f
from domain.case import Case
from domain.facts import DeliveryStatus
from tests.domain.builders import Life, call, eur, hand_off, invoice, policy, send, without_proof
from tests.domain.messages.test_messages import UNREADABLE
from tests.domain.short_ladder import LADDER, handed_off, new, stage, unknown
from tests.rows import in_rows

# Money ------------------------------------------------------------------------------------------------------


def test_the_same_payment_twice_counts_once() -> None:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "300.00"})
    again = life.hear("payment_received", {"id": "p1", "amount": "300.00"})
    assert (again.facts, again.refusal, life.case.open) == ((), None, eur("700.00"))


def test_the_same_payment_with_another_amount_is_a_contradiction() -> None:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "300.00"})
    again = life.hear("payment_received", {"id": "p1", "amount": "400.00"})
    assert "already booked with 300.00; now it says 400.00" in (again.refusal or "")
    assert (len(life.case.quarantined), life.case.open) == (1, eur("700.00"))


@pytest.mark.parametrize("used", ["opened", "principal", "taken:one:1:0", "c1", "reversal:r1"])
def test_money_under_an_id_used_for_something_else_is_not_lost(used: str) -> None:
    life = new()
    life.hear("invoice_credited", {"id": "c1", "amount": "10.00"})
    life.hear("payment_reversed", {"id": "r1", "payment": "later", "amount": "5.00"})
    for name in ("payment_received", "write_off"):
        heard = life.hear(name, {"id": used, "amount": "10.00"})
        assert "already used" in (heard.refusal or "")
    assert (len(life.case.quarantined), life.case.open) == (2, eur("990.00"))


def test_a_payment_under_the_id_of_a_credit_does_not_pass_for_the_credit() -> None:
    life = new()
    life.hear("invoice_credited", {"id": "2026-7", "amount": "300.00"})
    assert life.hear("payment_received", {"id": "2026-7", "amount": "300.00"}).refusal
    assert life.case.quarantined


def test_a_reversal_before_its_payment_takes_it_back_at_once() -> None:
    life = new()
    life.hear("payment_reversed", {"payment": "p1"})
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    assert stage(life.live("2026-03-08")) == ("one", None)


def test_the_same_reversal_twice_counts_once() -> None:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "600.00"})
    life.hear("payment_reversed", {"id": "r1", "payment": "p1", "amount": "100.00"})
    again = life.hear("payment_reversed", {"id": "r1", "payment": "p1", "amount": "100.00"})
    assert (again.facts, life.case.open) == ((), eur("500.00"))


@pytest.mark.parametrize("named", ["principal", "reversal:r1"])
def test_only_a_payment_or_credit_can_be_reversed(named: str) -> None:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "600.00"})
    life.hear("payment_reversed", {"id": "r1", "payment": "p1"})
    heard = life.hear("payment_reversed", {"id": "r2", "payment": named})
    assert "is no payment or credit" in (heard.refusal or "")
    assert life.case.open == eur("1000.00")


def test_money_in_another_currency_is_kept_aside() -> None:
    life = new()
    heard = life.hear("payment_received", {"id": "p1", "amount": "1000.00", "currency": "USD"})
    assert "for an invoice in EUR" in (heard.refusal or "")
    assert life.case.open == eur("1000.00") and life.case.quarantined


@pytest.mark.parametrize(("amount", "currency"), [("10.50", "JPY"), ("1.001", "EUR")])
def test_more_decimals_than_the_currency_has_are_kept_aside(amount: str, currency: str) -> None:
    heard = new().hear("payment_received", {"id": "p1", "amount": amount, "currency": currency})
    assert "decimals" in (heard.refusal or "")


def test_an_invoice_in_yen_is_paid_in_yen() -> None:
    life = Life(LADDER, invoice(amount="5000", currency="JPY")).live("2026-03-07")
    life.hear("payment_received", {"id": "p1", "amount": "5000"})
    assert stage(life.live("2026-03-08")) == ("closed", "paid")


def test_a_write_off_of_all_closes_the_case() -> None:
    life = new()
    assert life.ask("write_off", {"id": "w1"}).refusal is None
    assert life.ask("write_off", {"id": "w1"}).refusal is None
    assert stage(life.live("2026-03-08")) == ("closed", "written_off")


@pytest.mark.parametrize("amount", ["1000.01", "2000.00"])
def test_no_more_is_written_off_than_is_open(amount: str) -> None:
    assert "open is 1000.00" in (new().ask("write_off", {"amount": amount}).refusal or "")


def test_a_message_that_left_after_the_money_came_has_crossed() -> None:
    life = new()
    heard = life.hear("payment_received", {"id": "p1", "amount": "10.00", "credited_on": "2026-03-05"})
    assert [x.message for x in heard.facts if isinstance(x, f.MessageCrossed)] == ["F-1/one/1"]


# The hand-off -----------------------------------------------------------------------------------------------


def test_money_after_the_hand_off_is_told_to_the_agency() -> None:
    life = handed_off()
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    # It was paid to us, so the file is asked back, too.
    assert [each.letter for each in life.live("2026-03-23").case.owing if each.sent_on] == [
        "agency_notice",
        "agency_recall",
    ]
    assert (stage(life), life.open_tasks()) == (("closed", "paid"), [])


def test_every_movement_after_the_hand_off_is_told_also_under_one_id() -> None:
    life = handed_off()
    life.hear("payment_received", {"id": "p1", "amount": "10.00"})
    life.hear("payment_reversed", {"id": "p1", "payment": "p1"})
    assert [each.of for each in life.case.owing] == ["p1", "reversal:p1"]


def test_a_message_already_known_is_not_told_again() -> None:
    life = handed_off()
    for _ in range(2):
        life.hear("payment_reversed", {"id": "r1", "payment": "p1"})
        life.hear("payment_received", {"id": "p1", "amount": "10.00"})
    assert len(life.case.owing) == 2


REFUSED_APPROVALS: list[tuple[str, Any, dict[str, Any], str]] = [
    ("another balance", lambda life: None, {"open": "999.00"}, "open is 1000.00"),
    ("no such step", lambda life: None, {"step": "two"}, "no hand-off to approve"),
    ("paused", lambda life: life.hear("pause"), {}, "on hold (pause)"),
    (
        "closed",
        lambda life: (life.hear("payment_received", {"amount": "1000.00"}), life.live("2026-03-08")),
        {},
        "is closed (paid)",
    ),
    ("decimals", lambda life: None, {"open": "1000.001"}, "decimals"),
]


@pytest.mark.parametrize(
    ("what", "before", "content", "says"), REFUSED_APPROVALS, ids=[r[0] for r in REFUSED_APPROVALS]
)
def test_an_approval_is_refused_with_its_reason(what: str, before: Any, content: dict[str, Any], says: str) -> None:
    life = new()
    before(life)
    heard = life.ask("approve_handoff", content)
    assert says in (heard.refusal or "") and life.case.approval is None


def test_what_is_handed_off_is_not_approved_again() -> None:
    assert "handed off already" in (handed_off().ask("approve_handoff", {}).refusal or "")


def test_an_approval_of_the_balance_as_it_stands_is_kept() -> None:
    life = new()
    assert life.ask("approve_handoff", {"open": "1000.00", "actor": "anna"}).refusal is None
    assert life.case.approval is not None and life.case.approval.actor == "anna"


# Quarantine -------------------------------------------------------------------------------------------------


@in_rows(("what", "raw"), UNREADABLE, ids=lambda row: row[0])
def test_what_cannot_be_used_is_kept_in_quarantine(what: str, raw: bytes | None) -> None:
    life = new()
    before = life.decision
    heard = life.hear("payment_received", raw=raw) if raw is not None else life.hear("payment_received")
    (fact,) = heard.facts
    assert isinstance(fact, f.MessageQuarantined) and heard.refusal
    assert f.FACT.validate_json(f.FACT.dump_json(fact)) == fact
    assert life.case.quarantined == (fact.id,) and life.decision == before


@in_rows(
    ("raw", "answered"),
    [(raw, answered) for _, raw in UNREADABLE for answered in (False, True)],
)
def test_a_pause_always_pauses(raw: bytes | None, answered: bool) -> None:
    life = new()
    life.hear("pause", raw=raw, answered=answered) if raw is not None else life.hear("pause", answered=answered)
    assert [hold.until for hold in life.case.holds_on(life.today)] == [None]


@pytest.mark.parametrize("until", ["2026-03-07", "2026-03-01", "9999-12-31", "soon"])
def test_a_pause_with_a_day_that_cannot_be_used_pauses_without_end_and_is_shown(until: str) -> None:
    life = new()
    life.hear("pause", {"until": until})
    assert [hold.until for hold in life.case.holds_on(life.today)] == [None]
    assert len(life.case.quarantined) == 1


def test_a_person_who_asks_for_a_pause_in_the_past_is_told() -> None:
    assert "must lie after" in (new().ask("pause_case", {"until": "2026-03-07"}).refusal or "")


@pytest.mark.parametrize("name", ["", "payment", "\ud800", "x\0y", "n" * 5000, "Zahlung\n"])
def test_an_unknown_name_is_kept_in_quarantine(name: str) -> None:
    life = new()
    (fact,) = life.hear(name, {}).facts
    assert isinstance(fact, f.MessageQuarantined) and len(fact.name) <= 200 and fact.name.isprintable()
    assert f.FACT.validate_json(f.FACT.dump_json(fact)) == fact


def test_an_answered_message_is_refused_and_not_kept() -> None:
    heard = new().ask("write_off", {"amount": "x"})
    assert heard.facts == () and "is no amount" in (heard.refusal or "")


def test_a_quarantined_message_can_be_resubmitted_with_a_better_content() -> None:
    life = new()
    life.hear("payment_recieved", {"id": "p1", "amount": 100})
    (kept,) = life.case.quarantined
    assert "still unreadable" in (life.ask("resubmit_quarantined", {"of": kept}).refusal or "")
    better = {"of": kept, "as_name": "payment_received", "payload": {"id": "p1", "amount": "100.00"}}
    assert life.ask("resubmit_quarantined", better).refusal is None
    assert (life.case.quarantined, life.case.open) == ((), eur("900.00"))
    assert "is not in this case's quarantine" in (life.ask("resubmit_quarantined", better).refusal or "")


def test_a_quarantined_message_can_be_dismissed() -> None:
    life = new()
    life.hear("nonsense", {})
    (kept,) = life.case.quarantined
    assert life.ask("dismiss_quarantined", {"of": kept}).refusal is None
    assert life.case.quarantined == ()
    assert "is not in" in (life.ask("dismiss_quarantined", {"of": kept}).refusal or "")


def test_a_message_about_the_quarantine_is_not_resubmitted() -> None:
    life = new()
    life.hear("nonsense", {})
    (kept,) = life.case.quarantined
    loop = {"of": kept, "as_name": "resubmit_quarantined", "payload": {"of": kept}}
    assert "can't itself be resubmitted" in (life.ask("resubmit_quarantined", loop).refusal or "")


def test_a_signal_that_a_rule_forbids_is_kept_in_quarantine() -> None:
    life = new()
    heard = life.hear("resume")
    assert heard.refusal == "the case is not paused" and len(life.case.quarantined) == 1


# Unknown outcomes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("outcome", "status"), [("sent", "sent"), ("not_sent", "not_sent")])
def test_a_person_may_settle_a_sending_under_way(outcome: str, status: str) -> None:
    life = unknown()
    assert life.ask("settle_send", {"step": "one", "outcome": outcome, "actor": "anna"}).refusal is None
    assert life.case.attempt is not None
    assert [d.status for d in life.case.attempt.deliveries] == [DeliveryStatus(status)]
    assert life.decision.action != "reconcile"
    assert "nothing about step one is unknown" in (
        life.ask("settle_send", {"step": "one", "outcome": outcome}).refusal or ""
    )


def unproven() -> Life:
    ladder = policy(send("notice", {"after_due": "5d"}, term="14d"), hand_off({"term_expired": "notice"}))
    life = Life(ladder).live("2026-03-06")
    life.case = without_proof(life.case)
    return life


def test_a_notice_settled_as_sent_starts_its_term_after_all() -> None:
    life = unproven()
    life.ask("settle_send", {"step": "notice", "outcome": "sent"})
    assert life.live("2026-04-30").steps == ["2026-03-06 notice", "2026-03-21 handoff"]


def test_a_notice_settled_as_received_counts_from_there() -> None:
    life = unproven()
    life.ask("settle_send", {"step": "notice", "outcome": "sent", "received_on": "2026-03-09"})
    assert life.live("2026-04-30").steps == ["2026-03-06 notice", "2026-03-24 handoff"]


def test_a_notice_settled_as_not_sent_is_sent_again() -> None:
    life = unproven().live("2026-03-08")
    life.ask("settle_send", {"step": "notice", "outcome": "not_sent"})
    # In the evening of the 8th, for without a calendar the day is open until midnight.
    assert life.live("2026-04-30").steps == ["2026-03-08 notice", "2026-03-23 handoff"]


def test_nothing_is_settled_that_is_not_unknown() -> None:
    assert "no sending whose outcome is unknown" in (
        new().ask("settle_send", {"step": "one", "outcome": "sent"}).refusal or ""
    )


# Requests ---------------------------------------------------------------------------------------------------


def test_a_due_date_does_not_lie_before_the_invoice() -> None:
    assert "before the invoice date" in (new().ask("change_due_date", {"due": "2026-01-31"}).refusal or "")


def test_a_due_date_that_no_term_can_be_counted_from_is_refused() -> None:
    assert "due" in (new().ask("change_due_date", {"due": "9999-12-31"}).refusal or "")


def test_a_policy_that_is_not_there_is_refused() -> None:
    assert "there is no policy 'x' version 3" in (
        new().ask("change_policy", {"policy": "x", "version": 3}).refusal or ""
    )
    heard = new().ask("change_policy", {"policy": "test"})
    assert (heard.facts, heard.refusal) == ((), None)


@pytest.mark.parametrize("hold", ["missing_from_list", "row_unreadable"])
def test_a_hold_of_intake_is_ended_by_its_task(hold: str) -> None:
    life = new()
    life.hear("place_hold", {"hold": hold})
    life.hear("raise_task", {"task": hold})
    assert f"on hold: {hold}" in (life.ask("resume_case").refusal or "")
    life.ask("complete_task", {"task": hold})
    assert (life.case.holds_on(life.today), life.open_tasks()) == ((), [])


def test_a_task_that_is_not_open_cannot_be_finished() -> None:
    assert "there is no open task 'call'; open: none" in (new().ask("complete_task", {"task": "call"}).refusal or "")


def test_a_task_can_be_finished_by_the_name_of_its_step() -> None:
    life = Life(policy(call("phone", {"after_due": "5d"}))).live("2026-03-06")
    assert life.ask("complete_task", {"task": "phone"}).refusal is None
    assert [t.done_on is not None for t in life.case.tasks if t.kind == "call"] == [True]


def test_a_logged_call_finishes_the_call_task() -> None:
    life = Life(policy(call("phone", {"after_due": "5d"}))).live("2026-03-06")
    life.ask("log_call", {"outcome": "promised"})
    assert "call" not in life.open_tasks()


def test_a_fact_told_twice_counts_once() -> None:
    life = new()
    for name, content in (
        ("pause", {"id": "1"}),
        ("log_call", {"id": "2"}),
        ("raise_task", {"id": "3", "task": "look"}),
        ("delivery_reported", {"id": "4", "key": "F-1/one/1/email", "status": "bounced"}),
    ):
        assert life.hear(name, content).facts
        before: Case = life.case
        assert life.hear(name, content).facts == ()
        assert life.case == before


# Holds ------------------------------------------------------------------------------------------------------


@in_rows("kind", [kind for kind in f.HoldKind if kind.rule.by_intake and kind.rule.task])
def test_a_hold_that_is_lifted_ends_the_task_that_it_is_about(kind: f.HoldKind) -> None:
    life = new()
    life.hear("place_hold", {"hold": kind.value})
    life.hear("raise_task", {"task": kind.rule.task})
    lifted = life.hear("lift_hold", {"hold": kind.value})
    assert lifted.refusal is None
    assert [task.kind for task in life.case.tasks if task.done_on is None] == []
