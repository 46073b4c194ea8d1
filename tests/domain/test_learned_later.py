"""What is learned after a letter left: payments inside its term, corrections, receipts, another due date."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain import facts as f
from domain.claims.claim import claim_of, open_on
from domain.invoice import Kind, LegalStatus, TermBasis
from domain.money import Money
from domain.opening import History
from tests.domain.builders import Life, day, eur, hand_off, invoice, policy, send
from tests.domain.cost_ladder import HOURS, consumer, costs, ladder, life


def test_a_payment_inside_the_term_learned_after_a_cost_letter_undoes_it_and_the_debtor_is_told() -> None:
    lived = life().live("2026-11-04")
    assert lived.case.taken[-1].costs == eur("150.00")
    lived.at("2026-11-06").hear("payment_received", {"id": "p1", "amount": "1000.00", "credited_on": "2026-11-02"})
    lived.live("2026-11-30")
    undone = [x for x in lived.facts if isinstance(x, f.GateUndone)]
    assert [(x.step, x.claimed, x.due) for x in undone] == [("final", eur("150.00"), eur("0.00"))]
    # Fri 6 November is a sending day.
    assert lived.steps[-1] == "2026-11-06 apology"
    assert lived.case.closed is f.CloseReason.PAID
    assert costs(lived, "2026-11-30") == "0.00"


def test_a_correction_after_everything_was_paid_gives_the_costs_back() -> None:
    lived = life(consumer("800.00")).live("2026-11-04")
    # 800 × 4% × 36/365 = 3.16 and 120.00.
    lived.at("2026-11-05").hear("payment_received", {"id": "p1", "amount": "923.16", "credited_on": "2026-11-05"})
    lived.live("2026-11-09").at("2026-11-10").hear("invoice_credited", {"id": "c1", "amount": "100.00"})
    lived.live("2026-11-30")
    claim = claim_of(lived.case, lived.policy, day("2026-11-10"))
    # 700 × 4% × 36/365 = 2.76 was owed beside the principal: 923.16 − 702.76.
    assert (claim.costs, claim.total, claim.overpaid) == (eur("0.00"), eur("0.00"), eur("220.40"))
    assert lived.case.closed is f.CloseReason.PAID and lived.open_tasks() == ["overpayment"]


def test_costs_claimed_after_a_letter_that_came_back_later_are_taken_back() -> None:
    lived = life().live("2026-11-04")
    lived.at("2026-11-05").hear("delivery_reported", {"key": "F-1/notice/1/post", "status": "returned"})
    lived.live("2026-11-12")
    assert [(x.step, x.claimed, x.due) for x in lived.facts if isinstance(x, f.GateUndone)] == [
        ("final", eur("150.00"), eur("0.00"))
    ]
    assert "2026-11-05 apology" in lived.steps and costs(lived, "2026-11-12") == "0.00"


def test_no_apology_when_nothing_was_claimed_wrongly() -> None:
    lived = life().live("2026-11-04")
    lived.at("2026-11-06").hear("payment_received", {"id": "p1", "amount": "1153.84", "credited_on": "2026-11-06"})
    lived.live("2026-11-30")
    assert not [x for x in lived.facts if isinstance(x, f.GateUndone)]
    assert lived.case.closed is f.CloseReason.PAID


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "correction"}, "corrected"),
        ("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "return"}, "corrected"),
        ("payment_received", {"id": "p1", "amount": "200.00", "credited_on": "2026-10-13"}, "paid_before"),
        ("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "rebate"}, None),
        ("payment_received", {"id": "p1", "amount": "200.00", "credited_on": "2026-10-14"}, None),
    ],
)
def test_a_correction_voids_the_letter_and_a_payment_does_not(
    name: str, content: dict[str, str], reason: str | None
) -> None:
    lived = life().live("2026-10-18")
    lived.at("2026-10-19").hear(name, content)
    lived.live("2026-10-30")
    assert [x.reason for x in lived.facts if isinstance(x, f.LetterVoided)] == ([reason] if reason else [])
    notices = [s for s in lived.steps if "notice" in s]
    # Monday 19 October; the next sending day is the 20th.
    assert notices == ["2026-10-14 notice"] + (["2026-10-20 notice #2"] if reason else [])


def test_a_void_letter_starts_a_full_new_term_and_what_hung_on_it_is_given_again() -> None:
    lived = life().live("2026-11-04")
    lived.at("2026-11-05").hear("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "correction"})
    assert costs(lived.live("2026-11-05"), "2026-11-06") == "0.00"
    lived.live("2026-11-30")
    # Posted Thu 5 Nov, received Tue 10 (Fri, Sat, Tue), E Tue 24, G Thu 26.
    assert lived.steps[-3:] == ["2026-11-04 final", "2026-11-05 notice #2", "2026-11-26 final #2"]
    assert lived.case.taken[-1].costs == eur("120.00")


def test_a_reversed_payment_inside_the_term_brings_a_new_letter_and_one_after_it_keeps_the_costs() -> None:
    inside, after = life().live("2026-10-20"), life().live("2026-11-04")
    inside.hear("payment_received", {"id": "p1", "amount": "1000.00", "credited_on": "2026-10-20"})
    inside.live("2026-11-09").at("2026-11-10").hear("payment_reversed", {"payment": "p1"})
    inside.live("2026-11-12")
    assert inside.steps[-1] == "2026-11-10 notice #2" and costs(inside, "2026-11-12") == "0.00"
    after.at("2026-11-05").hear("payment_received", {"id": "p1", "amount": "1153.84", "credited_on": "2026-11-05"})
    after.live("2026-11-09").at("2026-11-10").hear("payment_reversed", {"payment": "p1"})
    after.live("2026-11-12")
    assert "notice #2" not in str(after.steps) and costs(after, "2026-11-12") == "150.00"


def test_a_person_may_ask_for_a_new_notice_with_a_reason() -> None:
    lived = life().live("2026-10-18")
    refused = lived.ask("reissue_notice", {"step": "reminder", "reason": "wrong address"})
    assert refused.refusal is not None and "in force: notice" in refused.refusal
    assert lived.ask("reissue_notice", {"reason": "wrong address"}).refusal is None
    lived.live("2026-10-30")
    assert [s for s in lived.steps if "notice" in s] == ["2026-10-14 notice", "2026-10-20 notice #2"]


def test_a_new_notice_never_leaves_on_the_day_of_the_former() -> None:
    lived = life().live("2026-10-13").at("2026-10-14", "09:00").live("2026-10-14")
    lived.at("2026-10-14", "10:00").ask("reissue_notice", {"reason": "wrong address"})
    lived.live("2026-10-20")
    assert [s for s in lived.steps if "notice" in s] == ["2026-10-14 notice", "2026-10-15 notice #2"]


@pytest.mark.parametrize("basis", list(TermBasis))
@pytest.mark.parametrize("law", ["NL", "BE"])
@pytest.mark.parametrize("kind", list(Kind))
def test_a_letter_that_was_right_when_it_left_is_sent_once(law: str, kind: Kind, basis: TermBasis) -> None:
    rules = policy(
        send("notice", {"after_due": "1d"}, send=["post"], announces=["costs"], term="14d"),
        law=law,
        kind=kind.value,
        calendar=HOURS,
    )
    inv = consumer(term_basis=basis, legal_status=LegalStatus.of_kind(kind))
    lived = Life(rules, inv, "2026-09-16").live("2027-03-31")
    letters = [t.legal for t in lived.case.taken]
    assert not any(t.void for t in lived.case.taken)
    assert len(letters) == (2 if letters[0] == "default_notice" else 1)


def test_reissuing_needs_a_reason_and_a_notice() -> None:
    lived = life()
    assert "reason" in (lived.ask("reissue_notice", {}).refusal or "")
    assert "in force: none" in (lived.ask("reissue_notice", {"reason": "new address"}).refusal or "")


def of_the_notice(lived: Life) -> list[tuple[str, int, bool]]:
    return [(t.on.isoformat(), t.issue, t.void) for t in lived.case.taken if t.step == "notice"]


def business_life(**changes: Any) -> Life:
    """Policy PB of practice.md without the call: the notice on Wed 30 Sep 2026, received Sat 3 Oct, E Sat 17 Oct."""
    rules = policy(
        send("reminder", {"after_due": "7d"}),
        send(
            "notice", {"after_due": "28d"}, send=["post"], claims="principal+interest", announces=["costs"], term="14d"
        ),
        hand_off({"term_expired": "notice"}),
        law="NL",
        kind="business",
        calendar=HOURS,
    )
    inv = invoice("2026-08-03", "2026-09-02", "2420.00", Kind.BUSINESS).model_copy(
        update={"term_basis": TermBasis.AGREED, **changes}
    )
    return Life(rules, inv, "2026-09-02")


def test_a_due_date_moved_beyond_the_letter_voids_it_for_he_was_not_in_default() -> None:
    # The letter must come after default began (BW 6:96 lid 6; practice.md, struck down no. 1).
    lived = life().live("2026-10-20")
    lived.hear("change_due_date", {"due": "2026-10-28", "actor": "desk"})
    lived.live("2026-11-10")
    # Letter 1 of 14 Oct is void: no costs on 3 Nov, when it would have run out. The next is on day 14 from the new due.
    assert of_the_notice(lived) == [("2026-10-14", 1, True)]
    assert costs(lived, "2026-11-10") == "0.00"
    lived.live("2026-11-11")
    assert of_the_notice(lived)[1:] == [("2026-11-11", 2, False)]


def test_a_due_date_moved_before_the_letter_leaves_it_in_force() -> None:
    lived = life().live("2026-10-20")
    lived.hear("change_due_date", {"due": "2026-10-13", "actor": "desk"})
    assert of_the_notice(lived.live("2026-10-21")) == [("2026-10-14", 1, False)]


def test_a_business_notice_from_before_the_new_due_date_is_given_again_and_nothing_is_handed_off() -> None:
    lived = business_life().live("2026-10-06")
    lived.hear("change_due_date", {"due": "2026-12-01", "actor": "desk"})
    lived.live("2026-12-29")
    assert of_the_notice(lived) == [("2026-09-30", 1, True), ("2026-12-29", 2, False)]
    assert not lived.case.handed_off
    assert costs(lived, "2026-12-29") == "0.00"


def test_a_payment_inside_a_business_notice_that_is_taken_back_brings_a_new_notice_and_then_costs() -> None:
    # practice.md, "Reversal judges the gates anew": paid inside the term, so no costs until a new one ran out.
    lived = business_life().live("2026-10-06")
    lived.hear("payment_received", {"amount": "2420.00", "id": "p1", "credited_on": "2026-10-06"})
    lived.at("2026-10-28").hear("payment_reversed", {"payment": "p1", "id": "r1"})
    lived.live("2026-10-29")
    assert of_the_notice(lived) == [("2026-09-30", 1, True), ("2026-10-28", 2, False)]
    # Posted Wed 28 Oct, received Sat 31 Oct, E Sat 14 Nov.
    assert [costs(lived, on) for on in ("2026-11-14", "2026-11-15")] == ["0.00", "363.00"]


def test_an_imported_letter_is_void_when_it_came_before_default_or_the_invoice_is_corrected() -> None:
    early = History(last_step="notice", notice_posted_on=day("2026-09-22"), notice_received_on=day("2026-09-24"))
    before = Life(ladder(), consumer(), "2026-10-13", history=early)
    assert of_the_notice(before.live("2026-10-14")) == [("2026-09-22", 1, True), ("2026-10-14", 2, False)]
    good = History(last_step="notice", notice_posted_on=day("2026-10-06"), notice_received_on=day("2026-10-08"))
    corrected = Life(ladder(), consumer(), "2026-10-13", history=good)
    corrected.hear("invoice_credited", {"amount": "200.00", "kind": "correction", "id": "c1"})
    assert of_the_notice(corrected.live("2026-10-14")) == [("2026-10-06", 1, True), ("2026-10-14", 2, False)]


def test_a_business_owes_no_costs_before_it_is_in_default_whatever_the_term_of_the_notice() -> None:
    # Printed term, received 3 Sep: default 30 days after the start of 4 Sep, so from 4 Oct (BW 6:119a lid 2).
    lived = Life(
        policy(send("notice", {"after_due": "1d"}, send=["post"], announces=["costs"], term="5d"), law="NL"),
        invoice("2026-09-03", "2026-09-04", "1000.00", Kind.BUSINESS).model_copy(
            update={"term_basis": TermBasis.PRINTED, "received_on": day("2026-09-03")}
        ),
        "2026-09-04",
    ).live("2026-09-20")
    assert [costs(lived, on) for on in ("2026-10-03", "2026-10-04")] == ["0.00", "150.00"]


@pytest.mark.parametrize("catch_up", ["latest", "skip"])
def test_no_catching_up_hands_a_consumer_off_without_his_final_demand(catch_up: str) -> None:
    # practice.md, hand-off: before it, a consumer gets a final demand, at least seven days.
    lived = life(rules=ladder(catch_up=catch_up)).live("2026-10-14").at("2026-12-01").live("2026-12-31")
    assert [(t.step, t.on.isoformat()) for t in lived.case.taken[2:]] == [
        ("final", "2026-12-01"),
        ("handoff", "2026-12-11"),
    ]


def test_what_is_shown_as_open_is_what_is_claimed_when_money_comes_on_the_day_of_the_notice() -> None:
    lived = Life(
        policy(
            send("notice", {"after_due": "28d"}, send=["post"], claims="all", announces=["costs"], term="14d"),
            law="NL",
            charge_40="with_notice",
            calendar=HOURS,
        ),
        invoice("2026-08-03", "2026-09-02", "500.00", Kind.BUSINESS).model_copy(
            update={"term_basis": TermBasis.AGREED}
        ),
        "2026-09-02",
    ).live("2026-09-30")
    lived.hear("payment_received", {"amount": "500.00", "id": "p1", "credited_on": "2026-09-30"})
    # The 40.00 and 28 days of interest, 500 x 10.4% x 28/365 = 3.99, were paid first (BW 6:44).
    on = day("2026-09-30")
    assert open_on(lived.case, lived.policy, on, lived.surroundings) == eur("43.99")
    assert claim_of(lived.case, lived.policy, on, lived.surroundings).open == eur("43.99")


def test_a_consumer_who_owes_another_currency_gets_a_notice_without_costs() -> None:
    # The scale of the decree is in euros (BIK art. 2): nothing is announced and nothing is owed.
    lived = life(consumer(amount=Money(Decimal("1000.00"), "USD"))).live("2026-12-31")
    notice = next(t for t in lived.case.taken if t.step == "notice")
    assert (notice.legal, notice.announced_costs) == ("notice", None)
    assert costs(lived, "2026-12-31") == "0.00"


def test_no_letter_asks_for_an_invoice_that_is_paid_when_only_interest_is_left() -> None:
    claims_interest = {"interest_only": "claim", "extras_below": "0.00"}
    lived = life(rules=ladder(remainder=claims_interest)).live("2026-10-08")
    lived.hear("payment_received", {"amount": "1000.00", "id": "p1", "credited_on": "2026-10-08"})
    lived.live("2026-12-31")
    assert lived.steps == ["2026-10-06 reminder"]
    assert [step for _, step in lived.passed] == ["notice", "final", "handoff"]
    assert lived.open_tasks() == ["decide_next"]


def test_a_belgian_notice_by_post_ends_on_the_day_that_it_names() -> None:
    # It says: eight days from the day after delivery. Registered on Tue 27 Oct 2026, presumed delivered on the third
    # working day, Fri 30 Oct: the eighth day is Sat 7 Nov. The 40.00 for a late invoice come after it.
    rules = policy(
        send("notice", {"after_due": "20d"}, send=["registered"], claims="all", announces=["costs"], term="8d"),
        law="BE",
        calendar={**HOURS, "holidays": "BE", "zone": "Europe/Brussels"},
    )
    inv = invoice("2026-09-05", "2026-10-07", "400.00", Kind.BUSINESS).model_copy(
        update={"term_basis": TermBasis.AGREED}
    )
    lived = Life(rules, inv, "2026-10-07").live("2026-10-28")
    assert [costs(lived, on) for on in ("2026-11-07", "2026-11-08")] == ["0.00", "40.00"]


def test_a_notice_from_before_the_scale_owes_no_costs_and_says_so() -> None:
    # The decree on collection costs applies from 1 July 2012.
    old = History(last_step="notice", notice_posted_on=day("2011-03-01"), notice_received_on=day("2011-03-03"))
    inv = consumer().model_copy(update={"invoice_date": day("2011-01-01"), "due": day("2011-02-01")})
    lived = Life(ladder(), inv, "2026-10-01", history=old).live("2026-10-02")
    claim = claim_of(lived.case, lived.policy, day("2026-10-02"), lived.surroundings)
    assert claim.costs.is_zero
    assert [remark for remark in claim.remarks if remark.startswith("no collection costs are counted")]
