"""Reasons to wait that anybody may give: each ends in its own way, and none can be misused (practice.md)."""

from __future__ import annotations

import pytest

from domain import facts as f
from domain.facts import HoldKind
from tests.domain.builders import Life, business_ladder, eur, policy, send

SMALL = (
    "payment_claimed",
    "payment_pending",
    "set_off",
    "invoice_not_received",
    "contact_changed",
    "post_returned",
    "inbox_unread",
)


def new(on: str = "2026-03-02") -> Life:
    """A case due on Sun 2026-03-01, on Mon 03-02."""
    return Life(business_ladder()).live("2026-03-01").at(on)


def ends(life: Life) -> list[tuple[str, str | None]]:
    return [(hold.kind.value, None if hold.end is None else str(hold.end)) for hold in life.case.holds_on(life.today)]


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("payment_claimed", "2026-03-05"),  # Mon, Tue, Wed: three banking days
        ("payment_pending", "2026-03-05"),
        ("set_off", None),
        ("invoice_not_received", "2026-03-07"),
        ("contact_changed", None),
        ("post_returned", None),
        ("inbox_unread", "2026-03-04"),
    ],
)
def test_each_kind_has_an_end_of_its_own(kind: str, end: str | None) -> None:
    life = new()
    assert life.ask("hold_case", {"hold": kind, "actor": "els"}).refusal is None
    assert ends(life) == [(kind, end)]


@pytest.mark.parametrize("kind", SMALL)
def test_one_without_an_end_has_a_task_that_ends_it(kind: str) -> None:
    rule = HoldKind(kind).rule
    assert rule.lasts is not None or (rule.task is not None and rule.ends_with_task)


@pytest.mark.parametrize("kind", SMALL)
def test_a_hold_told_twice_counts_once(kind: str) -> None:
    life = new()
    content = {"id": "h1", "hold": kind}
    assert life.hear("place_hold", content).facts
    before = life.case
    assert life.hear("place_hold", content).facts == ()
    assert life.case == before


def test_the_same_id_for_another_hold_is_refused() -> None:
    life = new()
    life.ask("hold_case", {"id": "h1", "hold": "set_off"})
    assert "id h1 is already used" in (life.ask("hold_case", {"id": "h1", "hold": "inbox_unread"}).refusal or "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"hold": "payment_claimed", "until": "2026-03-09"}, "3 banking days at most: until 2026-03-05"),
        ({"hold": "invoice_not_received", "until": "2026-03-08"}, "5 days at most: until 2026-03-07"),
        ({"hold": "inbox_unread", "until": "2026-03-05"}, "2 days at most: until 2026-03-04"),
        ({"hold": "set_off", "until": "2026-03-02"}, "must lie after 2026-03-02"),
        ({"hold": "debt_help"}, "Input should be"),
        ({"hold": "contact_changed", "about": "shoe size"}, "about"),
        ({}, "hold: is missing"),
    ],
)
def test_a_hold_that_its_kind_does_not_allow_is_refused_with_the_rule(content: dict[str, str], why: str) -> None:
    life = new()
    assert why in (life.ask("hold_case", content).refusal or "")
    assert life.case.holds == ()
    # As a signal nobody is there to answer: it is kept for a person.
    life.hear("place_hold", content)
    assert len(life.case.quarantined) == 1


def test_another_end_for_a_hold_that_stands_is_refused() -> None:
    life = new()
    life.ask("hold_case", {"hold": "set_off", "until": "2026-03-10"})
    said = life.ask("hold_case", {"hold": "set_off", "until": "2026-03-20"}).refusal or ""
    assert "on hold already (set_off, until 2026-03-10)" in said


def test_a_direct_debit_holds_until_the_bank_can_tell_of_it() -> None:
    # Sat 03-14 is no banking day: it is collected on Mon 03-16.
    life = new()
    life.ask("hold_case", {"hold": "payment_pending", "until": "2026-03-15", "actor": "els"})
    assert ends(life) == [("payment_pending", "2026-03-17")]


def test_a_debtor_who_says_again_that_he_has_paid_stops_nothing_and_a_person_of_ours_may() -> None:
    life = new()
    life.hear("place_hold", {"hold": "payment_claimed"})
    life.at("2026-03-09").hear("place_hold", {"hold": "payment_claimed", "actor": "debtor", "note": "echt waar"})
    assert ends(life) == []
    assert life.open_tasks() == ["check_payment"]
    life.at("2026-03-10").hear("place_hold", {"hold": "payment_claimed", "actor": "els"})
    assert ends(life) == [("payment_claimed", "2026-03-13")]


def test_a_proof_of_payment_closes_nothing() -> None:
    life = new()
    life.hear("place_hold", {"hold": "payment_claimed"})
    life.ask("complete_task", {"task": "check_payment", "outcome": "saw the proof"})
    assert life.case.closed is None
    assert life.case.open == eur("1000.00")
    assert ends(life) == []


def test_the_money_ends_what_waits_for_it_and_not_a_part_of_it() -> None:
    life = new()
    life.hear("place_hold", {"hold": "payment_claimed"})
    life.hear("payment_received", {"id": "p1", "amount": "400.00"})
    life.live("2026-03-02")
    assert ends(life) == [("payment_claimed", "2026-03-05")]
    life.hear("payment_received", {"id": "p2", "amount": "600.00"})
    life.live("2026-03-02")
    assert life.case.closed is f.CloseReason.PAID
    assert ends(life) == []
    assert [t.outcome for t in life.case.tasks if t.kind == "check_payment"] == ["paid"]


def test_an_invoice_is_sent_again_once_and_its_clock_is_kept() -> None:
    life = new()
    life.hear("place_hold", {"hold": "invoice_not_received"})
    assert [each.letter for each in life.case.owing] == ["invoice_copy"]
    life.at("2026-04-01").hear("place_hold", {"hold": "invoice_not_received", "actor": "els"})
    assert ends(life) == []
    assert [each.letter for each in life.case.owing] == ["invoice_copy"]
    assert life.case.due.isoformat() == "2026-03-01"


def test_new_contact_data_are_asked_about_over_the_old_channel_and_the_debtor_cannot_confirm_them() -> None:
    life = new()
    life.hear("place_hold", {"hold": "contact_changed", "about": "iban", "note": "nieuwe rekening"})
    assert [(each.letter, each.of) for each in life.case.owing] == [("contact_change", life.case.holds[0].id)]
    assert life.case.holds[0].about == "iban"
    for name, content in (
        ("unhold_case", {"hold": "contact_changed", "actor": "debtor"}),
        ("complete_task", {"task": "confirm_contact_change", "actor": "debtor"}),
    ):
        assert "it may be fraud" in (life.ask(name, content).refusal or "")
    assert life.ask("complete_task", {"task": "confirm_contact_change", "actor": "els"}).refusal is None
    assert ends(life) == []


def test_post_that_comes_back_stops_the_case_until_the_contact_is_mended() -> None:
    life = Life(policy(send("notice", {"after_due": "5d"}, send=["post"]))).live("2026-03-06")
    life.hear("delivery_reported", {"key": "F-1/notice/1/post", "status": "returned"})
    assert ends(life) == [("post_returned", None)]
    assert "fix_contact" in life.open_tasks()
    life.ask("complete_task", {"task": "fix_contact"})
    assert ends(life) == []


def test_a_contact_is_mended_without_a_hold_that_was_never_there() -> None:
    life = new()
    life.hear("delivery_reported", {"key": "F-1/reminder/1/email", "status": "bounced"})
    done = life.ask("complete_task", {"task": "fix_contact"})
    assert [fact.kind for fact in done.facts] == ["task_done"]


def test_an_unread_reply_holds_two_days_and_a_further_one_no_more_before_it_is_read() -> None:
    life = new()
    life.hear("place_hold", {"hold": "inbox_unread"})
    life.at("2026-03-05").hear("place_hold", {"hold": "inbox_unread"})
    assert ends(life) == []
    life.ask("complete_task", {"task": "read_reply"})
    life.hear("place_hold", {"hold": "inbox_unread"})
    assert ends(life) == [("inbox_unread", "2026-03-07")]


def test_what_is_not_held_cannot_be_released() -> None:
    life = new()
    life.hear("place_hold", {"hold": "set_off"})
    said = life.ask("unhold_case", {"hold": "inbox_unread"}).refusal or ""
    assert said == "the case is not on hold for inbox_unread; holds: set_off"
    assert life.ask("unhold_case", {"hold": "set_off"}).refusal is None
    assert life.open_tasks() == []


def test_several_holds_are_all_kept() -> None:
    life = new()
    for kind in SMALL:
        life.hear("place_hold", {"hold": kind})
    life.hear("pause")
    assert sorted(kind for kind, _ in ends(life)) == sorted((*SMALL, "pause"))


def test_notes_are_kept_with_the_hold() -> None:
    life = new()
    life.hear("place_hold", {"hold": "set_off", "note": "creditnota van F-9", "actor": "els"})
    placed = next(fact for fact in life.facts if isinstance(fact, f.HoldPlaced))
    assert (placed.actor, placed.note) == ("els", "creditnota van F-9")
