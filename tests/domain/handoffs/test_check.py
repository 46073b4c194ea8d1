"""The check before a hand-off: one list for the planner, for people and for the file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain import facts as f
from domain.handoffs.findings import Finding, Point
from domain.handoffs.on_file import OnFile
from domain.handoffs.whole_check import check
from domain.invoice import Kind
from domain.policy import Policy
from domain.surroundings import Surroundings
from tests.domain.builders import Life, business_ladder, consumer_ladder, day, hand_off, invoice, policy, send
from tests.domain.test_always import OPENED, events, policies

COMPLETE = OnFile(named=True, addressed=True, invoice_copy="F-1.pdf", described_by="invoice")


def found(life: Life, on_file: OnFile | None = COMPLETE) -> dict[Point, Finding]:
    return {each.point: each for each in check(life.case, life.policy, life.surroundings, life.today, on_file)}


def stopping(life: Life) -> list[str]:
    return [each.point.value for each in check(life.case, life.policy, life.surroundings, life.today) if each.stops]


def silent_business(until: str = "2026-10-20") -> Life:
    """S1 of practice.md: a business that stays silent; the notice reaches it on 3 October, E is the 17th."""
    return Life(business_ladder(), invoice("2026-08-19", "2026-09-02", "2420.00"), opened="2026-08-19").live(until)


# One rule set ------------------------------------------------------------------------------------------------


class Watched(Life):
    """A case of which each hand-off is held against the check, at its moment."""

    handed_off = 0

    def add(self, *facts: f.Fact) -> None:
        for fact in facts:
            if isinstance(fact, f.StepTaken) and fact.step_kind == "hand_off":
                self.handed_off += 1
                assert not [each for each in check(self.case, self.policy, self.surroundings, self.today) if each.stops]
            super().add(fact)


def test_the_planner_hands_off_only_what_the_check_lets_through() -> None:
    seen = 0

    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(
        policies().filter(lambda drawn: drawn.hands_off),
        events,
        st.integers(30, 120),
        st.sampled_from([None, "2026-12-31"]),
    )
    def random(ladder: Policy, drawn: list[Any], later: int, covered: str | None) -> None:
        nonlocal seen
        life = Watched(ladder)
        life.surroundings = Surroundings(bank_covered_until=None if covered is None else day(covered))
        on = OPENED
        for wait, awake, (name, content) in drawn:
            on += timedelta(days=wait)
            if awake and wait:
                life.live(str(on - timedelta(days=1)))
            life.at(str(on)).hear(name, content)
        on += timedelta(days=later)
        life.live(str(on)).hear("approve_handoff", {})
        life.live(str(on + timedelta(days=9)))
        seen += life.handed_off

    random()
    assert seen > 10


def test_what_the_check_lets_through_the_planner_hands_off() -> None:
    life = silent_business()
    assert stopping(life) == ["approval"]
    life.hear("approve_handoff", {"actor": "j.devries"})
    assert stopping(life) == []
    assert life.live("2026-10-22").steps[-1] == "2026-10-21 handoff"


# Each answer with its evidence -------------------------------------------------------------------------------


def test_the_check_names_for_each_point_the_fact_it_rests_on_and_its_day() -> None:
    said = found(silent_business())
    assert (said[Point.NOTICE].answer, said[Point.NOTICE].on) == ("ok", day("2026-10-17"))
    assert said[Point.NOTICE].evidence == "notice: its receipt is presumed; its last day was 2026-10-17"
    assert (said[Point.SENT].answer, said[Point.SENT].on) == ("ok", day("2026-09-30"))
    assert (said[Point.TERM].answer, said[Point.TERM].evidence) == (
        "unknown",
        "due 2026-09-02; the term only stands on the invoice",
    )
    assert said[Point.PERFORMED].answer == "unknown"
    # BW 3:307: five years from the day after the due date.
    assert (said[Point.LIMITATION].answer, said[Point.LIMITATION].on) == ("ok", day("2031-09-02"))
    assert [each.value for each in said][:2] == ["debtor_name", "address"]


def test_what_is_missing_on_file_fails_and_asks_a_person() -> None:
    said = found(silent_business(), OnFile(named=False, addressed=False))
    missing = [p.value for p, each in said.items() if each.stops and p is not Point.APPROVAL]
    assert missing == ["debtor_name", "address", "description", "invoice_copy"]
    assert all(each.task is not None for point, each in said.items() if point in missing)


def test_a_dutch_natural_person_goes_only_to_a_partner_with_a_number_in_the_register() -> None:
    asked = OnFile(
        named=True,
        addressed=True,
        invoice_copy="F-1.pdf",
        described_by="invoice",
        partner="Snel Incasso",
        partner_needs_number=True,
        asks_partner=True,
    )
    assert found(silent_business(), asked)[Point.PARTNER].stops


def test_a_dispute_stops_it_until_it_is_answered() -> None:
    life = silent_business()
    life.hear("approve_handoff", {"actor": "j.devries"})
    life.hear("raise_dispute", {"dispute": "d1", "reason": "damaged", "actor": "j.devries"})
    said = found(life)
    assert (said[Point.DISPUTE].answer, said[Point.DISPUTE].stops) == ("fails", True)
    assert said[Point.PERFORMED].answer == "fails"
    # The approval named another state of the case.
    assert said[Point.APPROVAL].answer == "fails"


def test_a_status_of_the_debtor_stops_it() -> None:
    life = silent_business()
    life.hear("report_debtor_status", {"status": "bankruptcy", "actor": "j.devries"})
    assert found(life)[Point.STATUS].stops


# Without an expired notice -----------------------------------------------------------------------------------


def early(life: Life, reason: str, **more: Any) -> str | None:
    return life.ask("approve_handoff", {"actor": "j.devries", "without_notice": reason, **more}).refusal


def test_a_listed_reason_hands_a_business_off_before_the_notice_and_without_its_costs() -> None:
    life = silent_business("2026-09-17")
    assert found(life)[Point.NOTICE].stops
    assert early(life, "debtor_flees") is None
    assert life.live("2026-09-18").steps[-1] == "2026-09-18 handoff"
    handed = next(each for each in life.facts if each.kind == "step_taken" and each.step == "handoff")
    assert handed.costs.is_zero


def test_no_other_reason_is_taken() -> None:
    life = silent_business("2026-09-17")
    assert early(life, "impatience") is not None
    assert early(life, "debtor_flees", actor="") == (
        "say who hands it off before the term of the notice has run out; give the actor"
    )


def test_a_claim_counts_as_nearly_barred_in_the_last_thirty_days_only() -> None:
    life = silent_business("2026-09-17")
    assert early(life, "limitation_near") == (
        "the claim is not barred within 30 days: that is after 2031-09-02; give the reason that holds"
    )


def test_a_consumer_is_never_handed_off_without_a_final_demand_whatever_reason_and_policy() -> None:
    refused = "a consumer is not handed off without a final demand, whatever the reason; send that first"
    bill = invoice("2026-08-19", "2026-09-02", "249.00", Kind.CONSUMER)
    assert early(Life(consumer_ladder(), bill, opened="2026-08-19").live("2026-09-17"), "fraud") == refused
    # Nor where the policy knows no law.
    bare = policy(send("reminder", {"after_due": "5d"}), hand_off({"after_due": "10d"}, approval="required"))
    life = Life(bare, bill, opened="2026-08-19").live("2026-09-17")
    assert early(life, "fraud") == refused
    life.hear("approve_handoff", {"actor": "j.devries"})
    assert life.live("2026-12-31").case.handed_off is False


def test_an_early_approval_lapses_as_any_other() -> None:
    life = silent_business("2026-09-17")
    early(life, "fraud")
    life.hear("payment_received", {"id": "p1", "amount": "100.00"})
    assert "handoff" not in {step.split()[1] for step in life.live("2026-09-25").steps}
