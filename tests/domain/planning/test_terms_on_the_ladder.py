"""The law of the term: when the step behind a notice comes, and which notice starts no term."""

from __future__ import annotations

from dataclasses import replace

from domain.invoice import Kind, LegalStatus
from tests.domain.builders import (
    Life,
    business_ladder,
    consumer_ladder,
    hand_off,
    invoice,
    local,
    policy,
    send,
    without_proof,
)
from tests.domain.planning.ladders import codes


def test_no_term_starts_from_a_notice_that_came_back_before_its_outcome_was_known() -> None:
    ladder = policy(send("notice", {"after_due": "5d"}, term="14d"), hand_off({"term_expired": "notice"}))
    life = Life(ladder).live("2026-03-05")
    # The key under which this driver sends.
    life.hear("delivery_reported", {"key": "F-1/notice/1/email", "status": "bounced"})
    assert life.live("2026-06-30").case.stage == "notice"
    assert codes(life.decision) == ["term_unproven"]


def test_no_term_starts_from_a_notice_that_came_back() -> None:
    ladder = policy(send("notice", {"after_due": "5d"}, term="14d"), hand_off({"term_expired": "notice"}))
    life = Life(ladder).live("2026-03-07")
    notice = life.case.taken[0]
    life.case = replace(life.case, taken=(replace(notice, keys=("k1",)),))
    life.hear("delivery_reported", {"key": "k1", "status": "bounced"})
    assert life.live("2026-06-30").case.stage == "notice"
    assert "fix_contact" in life.open_tasks()
    assert codes(life.decision) == ["term_unproven"]


def test_s1_a_silent_business_is_handed_off_on_the_second_banking_day_after_the_term() -> None:
    life = Life(business_ladder(), invoice("2026-08-19", "2026-09-02", "2420.00"), opened="2026-08-19")
    life.live("2026-10-19").at("2026-10-20").ask("approve_handoff", {})
    assert life.live("2026-10-31").steps == [
        "2026-09-09 reminder",
        "2026-09-16 second",
        "2026-09-23 call",
        "2026-09-30 notice",
        "2026-10-20 handoff",
    ]


def test_s2_a_silent_consumer_gets_every_day_of_his_term() -> None:
    life = Life(
        consumer_ladder(), invoice("2026-10-16", "2026-10-30", "249.00", Kind.CONSUMER), opened="2026-10-16"
    ).live("2026-12-31")
    assert life.steps == [
        "2026-11-04 reminder",
        "2026-11-13 notice",
        "2026-12-04 final",
        "2026-12-15 handoff",
    ]


def test_s2_over_christmas_the_term_ends_in_the_new_year() -> None:
    life = Life(
        consumer_ladder(), invoice("2026-11-17", "2026-12-01", "249.00", Kind.CONSUMER), opened="2026-11-17"
    ).live("2027-01-08")
    assert life.steps == ["2026-12-08 reminder", "2026-12-15 notice", "2027-01-06 final"]


def test_a_debtor_of_unknown_kind_has_the_term_of_a_consumer() -> None:
    # Received Saturday 17 October; the 14th day is Saturday 31 October, so the last is Monday 2 November.
    ladder = policy(
        send("notice", {"after_due": "1d"}, term="14d", announces=["handoff"]),
        hand_off({"term_expired": "notice"}, claims="principal"),
        law="NL",
    )
    known = invoice("2026-10-01", "2026-10-13")
    unknown = known.model_copy(update={"legal_status": LegalStatus()})
    assert Life(ladder, unknown, opened="2026-10-01").live("2026-12-01").steps[-1] == "2026-11-04 handoff"
    # A business: last day Saturday the 31st, second banking day after it Tuesday 3 November.
    assert Life(ladder, known, opened="2026-10-01").live("2026-12-01").steps[-1] == "2026-11-03 handoff"


def test_a_proven_receipt_moves_the_term() -> None:
    life = Life(business_ladder(), invoice("2026-08-19", "2026-09-02", "2420.00"), opened="2026-08-19")
    life.live("2026-10-06")
    report = {"key": "F-1/notice/1/post", "status": "delivered", "received_on": "2026-10-06"}
    life.hear("delivery_reported", report)
    # 6 October and 14 days is Tuesday the 20th; second banking day after it Thursday the 22nd.
    assert life.decision.at == local("2026-10-22", "09:00")


def test_a_receipt_by_mail_does_not_shorten_a_term_given_by_post() -> None:
    ladder = policy(
        send("notice", {"after_due": "7d"}, send=["post", "email"], term="14d"),
        hand_off({"term_expired": "notice"}),
        law="NL",
    )
    life = Life(ladder, invoice("2026-08-19", "2026-09-23"), opened="2026-08-19").live("2026-10-01")
    report = {"key": "F-1/notice/1/email", "status": "delivered", "received_on": "2026-09-30"}
    life.hear("delivery_reported", report)
    # Posted on 30 September like in S1, so presumed received on 3 October.
    assert life.live("2026-11-30").steps[-1] == "2026-10-20 handoff"


def test_of_two_receipts_the_later_counts_in_any_order() -> None:
    for days in (("2026-10-02", "2026-10-06"), ("2026-10-06", "2026-10-02")):
        life = Life(business_ladder(), invoice("2026-08-19", "2026-09-02"), opened="2026-08-19").live("2026-10-06")
        for received in days:
            report = {"key": "F-1/notice/1/post", "status": "delivered", "received_on": received}
            life.hear("delivery_reported", report)
        assert life.decision.at == local("2026-10-22", "09:00")


def test_an_unproven_notice_starts_no_term() -> None:
    ladder = policy(send("notice", {"after_due": "5d"}, term="14d"), hand_off({"term_expired": "notice"}))
    life = Life(ladder).live("2026-03-06")
    life.case = without_proof(life.case)
    assert (life.decision.action, life.decision.at, codes(life.decision)) == ("wait", None, ["term_unproven"])
