"""The advice before a hand-off: expected proceeds against cost, and no chance made up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from domain.handoffs.advice import Advice, History, Way, advise
from domain.handoffs.partners import Fees
from tests.domain.builders import day, eur

ON = day("2026-06-16")
FEES = Fees(fixed=Decimal("25.00"), percent=Decimal(15), when_nothing=Decimal("35.00"), source="agreement of 2026")


HALF = History(10, 5, Decimal(50))


def advice(claim: str = "1000.00", history: History = HALF, **more: Any) -> Advice:
    given = {"law": "NL", "fees": FEES, "creditor_is_company": True, "too_small": False, "others_open": 0, **more}
    return advise(eur(claim), ON, history=history, **given)


def way(found: Advice, name: str) -> Way:
    return next(each for each in found.ways if each.name == name)


def test_what_is_left_on_average_is_the_chance_against_what_it_costs() -> None:
    # Half of the cases: 850.00 of 1000.00 kept; else 35.00; 25.00 for the file: 425.00 − 17.50 − 25.00.
    agency = way(advice(), "agency")
    assert (agency.proceeds, agency.costs) == (eur("382.50"), eur("25.00"))
    # p·850 − 25 − (1−p)·35 = 0 at 60/885.
    assert agency.pays_from == Decimal("6.8")


def test_the_court_fee_is_that_of_the_amount_and_of_who_sues() -> None:
    # law.md §9: up to 1,500 the fee is 350 for a company, 233 for a person; 287 after judgment.
    assert way(advice(), "court").costs == eur("637.00")
    assert way(advice(creditor_is_company=False), "court").costs == eur("520.00")
    assert way(advice("500.00"), "court").costs == eur("426.00")
    assert way(advice("500.01"), "court").costs == eur("637.00")
    assert way(advice("30000.00"), "court").costs == eur("3370.00")


def test_a_small_claim_is_not_worth_a_court() -> None:
    # 90.00 of 0.5 against 426.00 lost in the other half: writing it off costs less.
    ways = [each.name for each in advice("90.00").ways]
    assert ways.index("write_off") < ways.index("court")


def test_too_few_cases_say_nothing_of_a_chance() -> None:
    found = advice(history=History(4, 4, Decimal(100)))
    assert found.chance is None and way(found, "agency").proceeds is None
    assert found.remarks[0] == "4 cases were handed off before: fewer than 5 say nothing of the chance"


def test_fees_that_nobody_wrote_down_are_not_made_up() -> None:
    assert way(advice(fees=None), "agency").proceeds is None


def test_figures_past_the_day_on_which_they_were_checked_are_marked() -> None:
    late = advise(
        eur("1000.00"),
        day("2027-02-01"),
        law="NL",
        history=History(0, 0, None),
        fees=FEES,
        creditor_is_company=True,
        too_small=False,
        others_open=0,
    )
    assert any("court fees" in each and "2026-12-31" in each for each in late.remarks)


def test_other_invoices_of_the_debtor_make_waiting_a_way() -> None:
    assert "bundle" in [each.name for each in advice(others_open=2).ways]
    assert "bundle" in [each.name for each in advice("90.00", too_small=True).ways]
    assert "bundle" not in [each.name for each in advice().ways]


def test_what_does_not_go_along_yet_is_counted_and_where_there_is_nothing_it_is_said() -> None:
    found = advice(others_open=2, goes_with=("F-2",))
    assert found.goes_with == ("F-2",)
    assert way(found, "bundle").said[0].startswith("2 other invoices of the debtor do not go along yet")
    assert way(advice(too_small=True), "bundle").said[0].startswith("no other invoice of the debtor is open")
