"""Deadlines: what is lost when nobody acts in time. They run through every hold."""

from __future__ import annotations

from typing import Any

import pytest

from domain.facts import TaskRaised
from domain.invoice import Invoice, Kind
from domain.reactions.deadlines import deadlines
from domain.surroundings import Surroundings
from domain.terms import PLAIN_TERMS, CreditorTerms
from tests.domain.builders import Life, day, hand_off, invoice, policy, send

LADDER = policy(
    send("notice", {"after_due": "14d"}, send=["post"], announces=["costs"], term="14d"),
    law="NL",
    kind="consumer",
)


def life(**changes: Any) -> Life:
    inv: Invoice = invoice("2026-02-01", "2026-03-01", "1000.00", Kind.CONSUMER).model_copy(
        update={"term_basis": "agreed", **changes}
    )
    return Life(LADDER, inv, "2026-02-01")


def found(lived: Life, terms: CreditorTerms = PLAIN_TERMS) -> dict[str, str]:
    return {each.kind: str(each.day) for each in deadlines(lived.case, lived.policy, terms)}


def raised(lived: Life) -> list[tuple[str, str]]:
    return [(str(x.on), x.task) for x in lived.facts if isinstance(x, TaskRaised) and x.id.startswith("deadline:")]


def test_a_claim_is_barred_after_five_years_and_the_price_of_a_consumer_sale_after_two() -> None:
    # BW 3:307: five years from the day after due; 7:28: two for the price of goods sold to a consumer.
    assert found(life())["limitation"] == "2031-03-01"
    assert found(life(goods=True))["limitation"] == "2028-03-01"


def test_only_a_demand_that_is_proven_to_have_arrived_interrupts_the_limitation() -> None:
    lived = life().live("2026-03-20")
    assert found(lived)["limitation"] == "2031-03-01", "presumed receipt is no proof"
    lived.hear("delivery_reported", {"key": "F-1/notice/1/post", "status": "confirmed", "received_on": "2026-03-19"})
    assert found(lived)["limitation"] == "2031-03-19"


def test_vat_is_reclaimed_within_a_year_after_due() -> None:
    assert found(life())["vat_reclaim"] == "2027-03-01"


@pytest.mark.parametrize(
    ("delivered", "last"),
    [
        (None, "2026-04-12"),  # six weeks after 1 March
        ("2026-02-01", "2026-04-12"),  # sixty days after 1 February is 2 April: the later of the two
        ("2026-02-25", "2026-04-26"),
    ],
)
def test_the_right_to_take_goods_back_ends_after_six_weeks_and_sixty_days(delivered: str | None, last: str) -> None:
    lived = life(goods=True, delivered_on=None if delivered is None else day(delivered))
    assert found(lived)["complaint_rights"] == last
    assert "complaint_rights" not in found(life())


def test_the_credit_insurer_is_told_within_the_days_of_the_profile() -> None:
    assert found(life(), CreditorTerms(insurer_notice_days=60))["credit_insurer"] == "2026-04-30"


def test_a_person_is_told_three_weeks_and_one_week_before() -> None:
    lived = life(goods=True).live("2026-05-31")
    assert raised(lived) == [
        ("2026-03-22", "complaint_rights_in_21_days"),
        ("2026-04-05", "complaint_rights_in_7_days"),
    ]


def test_deadlines_run_through_a_pause_without_end() -> None:
    lived = life(goods=True)
    lived.at("2026-02-10").hear("pause", {"reason": "until further notice"})
    lived.live("2026-05-31")
    assert [task for _, task in raised(lived)] == ["complaint_rights_in_21_days", "complaint_rights_in_7_days"]


def test_a_case_that_waits_for_a_person_is_woken_for_its_deadlines() -> None:
    lived = life().live("2027-03-15")
    assert raised(lived) == [("2027-02-08", "vat_reclaim_in_21_days"), ("2027-02-22", "vat_reclaim_in_7_days")]


def test_what_is_past_already_when_a_case_comes_is_told_only_where_it_still_matters() -> None:
    old = Life(LADDER, invoice("2019-02-01", "2019-03-01", "1000.00", Kind.CONSUMER), "2026-02-01").live("2026-02-02")
    assert raised(old) == [("2026-02-01", "limitation_passed")]


def test_an_outage_over_a_deadline_says_that_it_has_passed() -> None:
    lived = life(goods=True).live("2026-03-01").at("2026-04-20").live("2026-04-21")
    assert raised(lived) == [("2026-04-20", "complaint_rights_passed")]


def test_a_closed_case_has_no_deadlines() -> None:
    lived = life(goods=True)
    lived.hear("payment_received", {"amount": "1000.00"})
    lived.live("2026-05-31")
    assert found(lived) == {} and raised(lived) == []


def test_a_case_that_was_handed_off_still_tells_its_deadlines() -> None:
    ladder = policy(
        send("notice", {"after_due": "14d"}, send=["post"], term="14d"),
        hand_off({"term_expired": "notice"}),
        law="NL",
        kind="business",
    )
    lived = Life(ladder, invoice("2026-02-01", "2026-03-01"), "2026-02-01").live("2026-05-31")
    assert lived.case.handed_off and found(lived)["vat_reclaim"] == "2027-03-01"
    # The agency has the file; the VAT is still ours to reclaim.
    lived.live("2027-12-31")
    assert raised(lived) == [
        ("2027-02-08", "vat_reclaim_in_21_days"),
        ("2027-02-22", "vat_reclaim_in_7_days"),
    ]


def test_a_policy_without_law_watches_nothing() -> None:
    plain = Life(policy(send("one", {"after_due": "5d"})), invoice(), "2026-02-01")
    plain.surroundings = Surroundings(terms=CreditorTerms(insurer_notice_days=60))
    assert found(plain) == {}
