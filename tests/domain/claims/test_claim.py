"""The claim of a case: every amount to the cent, and what holds for all of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claims.claim import claim_of, open_claim
from domain.invoice import ClaimBasis, Invoice, Kind, LegalStatus, TermBasis, YesNo, YesNoUnknown
from domain.money import Money
from domain.policy import Policy
from domain.surroundings import Sibling, Surroundings
from domain.terms import ClauseTerms, CreditorTerms
from tests.domain.builders import Life, day, eur, hand_off, invoice, policy, send


def ladder(law: str = "NL", kind: str = "business", term: str = "14d", **fields: Any) -> Policy:
    return policy(
        send(
            "notice", {"after_due": "28d"}, send=["post"], claims="principal+interest", announces=["costs"], term=term
        ),
        hand_off({"term_expired": "notice"}),
        **{"law": law, "kind": kind, **fields},
    )


def agreed(amount: str = "1000.00", kind: Kind = Kind.BUSINESS, **changes: Any) -> Invoice:
    inv = invoice("2026-08-03", "2026-09-02", amount, kind, number=changes.pop("number", "F-1"))
    return inv.model_copy(update={"term_basis": TermBasis.AGREED, **changes})


def life(inv: Invoice | None = None, rules: Policy | None = None) -> Life:
    return Life(rules or ladder(), inv or agreed(), "2026-08-03")


def amounts(lived: Life, on: str) -> tuple[str, str, str]:
    claim = claim_of(lived.case, lived.policy, day(on), lived.surroundings)
    return claim.open.text, claim.interest.text, claim.costs.text


# Which rate, which costs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "interest"),
    [
        # 1000 × 73/365 days × rate: 10.40%, 4%.
        ({}, "20.80"),
        ({"claim_basis": ClaimBasis.DAMAGES}, "8.00"),
        ({"claim_basis": ClaimBasis.CANCELLATION_FEE}, "8.00"),
        ({"legal_status": LegalStatus(natural_person=YesNoUnknown.NO, in_business=YesNoUnknown.NO)}, "8.00"),
        (
            {"legal_status": LegalStatus(natural_person=YesNoUnknown.NO, government=YesNo.YES)},
            "20.80",
        ),
    ],
)
def test_the_trade_rate_is_for_the_price_of_a_trade_contract_and_for_governments(
    changes: dict[str, Any], interest: str
) -> None:
    on = day("2026-09-02") + timedelta(days=73)
    assert claim_of(life(agreed(**changes)).case, ladder(), on).interest == eur(interest)


def test_costs_of_a_business_follow_the_scale_and_are_at_least_forty() -> None:
    # Notice on 30 September (28 days), received Sat 3 Oct, E Sat 17 Oct.
    assert amounts(life().live("2026-10-17"), "2026-10-18")[2] == "150.00"
    assert amounts(life(agreed("100.00")).live("2026-10-17"), "2026-10-18")[2] == "40.00"


@pytest.mark.parametrize(
    ("mine", "other", "other_due", "share"),
    [
        # 15% of 2,500 and 10% of 2,500 are 625.00 on the sum, half of it each; apart it would be 375.00 each.
        ("2500.00", "2500.00", "2026-09-02", "312.50"),
        # 15% of 275.00 is less than 40.00 for each of the two.
        ("180.00", "95.00", "2026-09-02", "40.00"),
        # A notice of another day is another claim.
        ("2500.00", "2500.00", "2026-09-03", "375.00"),
    ],
)
def test_costs_of_a_business_are_counted_on_the_sum_of_what_one_days_notices_claim(
    mine: str, other: str, other_due: str, share: str
) -> None:
    lived = life(agreed(mine)).live("2026-10-17")
    sibling = life(agreed(other, number="F-2", due=day(other_due))).live("2026-10-17")
    lived.surroundings = Surroundings(siblings=(Sibling("F-2", sibling.case, sibling.policy),))
    assert amounts(lived, "2026-10-18")[2] == share


def test_the_forty_of_a_notice_is_no_extra_to_the_scale() -> None:
    lived = life(rules=ladder(charge_40="with_notice")).live("2026-10-01")
    assert [amounts(lived, on)[2] for on in ("2026-09-29", "2026-09-30", "2026-10-17", "2026-10-18")] == [
        "0.00",
        "40.00",
        "40.00",
        "150.00",
    ]


def test_a_belgian_business_owes_forty_or_the_clause_and_simple_interest() -> None:
    lived = life(rules=ladder("BE", term="8d")).live("2026-10-20")
    # Posted Wed 30 Sep, presumed delivered on the third working day, Mon 5 Oct; 8 days from the day after, to the 13th.
    assert [amounts(lived, on)[2] for on in ("2026-10-13", "2026-10-14")] == ["0.00", "40.00"]
    # 1000 × 10.5% × 41/365 = 11.79
    assert amounts(lived, "2026-10-13")[1] == "11.79"
    lived.surroundings = Surroundings(terms=CreditorTerms(damages_clause=ClauseTerms(percent=Decimal("10"))))
    assert amounts(lived, "2026-10-14")[2] == "100.00"


def test_no_costs_are_counted_in_a_currency_that_the_scale_does_not_know() -> None:
    dollars = agreed().model_copy(update={"amount": Money.parse("1000.00", "USD")})
    lived = life(dollars).live("2026-10-20")
    claim = claim_of(lived.case, lived.policy, day("2026-10-20"))
    assert claim.costs.is_zero and any("EUR" in remark for remark in claim.remarks)


def test_interest_of_years_before_the_tables_does_not_stop_a_case() -> None:
    old = invoice("2009-01-01", "2009-02-01", "1000.00").model_copy(update={"term_basis": TermBasis.AGREED})
    claim = claim_of(Life(ladder(), old, "2026-02-01").case, ladder(), day("2026-02-01"))
    assert claim.periods[0].first == date(2011, 7, 1)


def test_a_payment_of_a_debtor_goes_to_the_principal_until_costs_are_due_and_then_to_all_that_is_owed() -> None:
    lived = life().live("2026-10-17")
    before = open_claim("a", lived.case, lived.policy, day("2026-10-17"), lived.surroundings)
    after = open_claim("a", lived.case, lived.policy, day("2026-10-18"), lived.surroundings)
    # 1000 × 10.40% × 46/365 = 13.11, and costs of 150.00.
    assert before is not None and (before.open, before.rate) == (eur("1000.00"), Decimal("10.40"))
    assert after is not None and after.open == eur("1163.11")


# Instalments (BIK art. 2a in its lowest reading) ------------------------------------------------------------


CONSUMER = policy(
    send("notice", {"after_due": "14d"}, send=["post"], announces=["costs"], term="14d"),
    law="NL",
    kind="consumer",
)


def instalment(number: str, due: str) -> Life:
    inv = invoice("2026-08-01", due, "100.00", Kind.CONSUMER, number=number)
    return Life(CONSUMER, inv.model_copy(update={"term_basis": TermBasis.AGREED, "contract": "rent"}), "2026-08-01")


def test_a_second_small_instalment_within_six_months_bears_twenty_and_a_person_is_asked() -> None:
    first = instalment("C-1", "2026-09-01").live("2026-10-15")
    second = instalment("C-2", "2026-11-02")
    second.surroundings = Surroundings(siblings=(Sibling("C-1", first.case, CONSUMER),))
    second.live("2026-12-31")
    assert (first.case.taken[0].announced_costs, second.case.taken[0].announced_costs) == (eur("40.00"), eur("20.00"))
    assert "confirm_cumulation" in second.open_tasks()
    remarks = claim_of(second.case, CONSUMER, day("2026-12-31"), second.surroundings).remarks
    assert any("2a" in remark for remark in remarks)


# What holds for every claim ---------------------------------------------------------------------------------

moves = st.lists(
    st.tuples(
        st.integers(0, 120),
        st.integers(0, 40),
        st.sampled_from(["payment_received", "invoice_credited", "payment_reversed"]),
        st.sampled_from(["p1", "p2", "c1"]),
        st.sampled_from(["0.01", "40.00", "333.33", "1000.00"]),
        st.sampled_from(["correction", "rebate"]),
    ),
    max_size=6,
)


def lived_through(kind: Kind, drawn: list[tuple[int, int, str, str, str, str]], allocation: str) -> Life:
    rules = ladder(kind=kind.value, allocation=allocation, remainder={"interest_only": "claim", "extras_below": "0.00"})
    lived = life(agreed(kind=kind), rules)
    for wait, before, name, own, amount, credit in sorted(drawn):
        on = day("2026-08-20") + timedelta(days=wait)
        lived.live(str(on - timedelta(days=1))).at(str(on))
        content = {"id": own, "amount": amount, "kind": credit, "credited_on": str(on - timedelta(days=before))}
        if name == "payment_reversed":
            content = {"id": f"r-{own}", "payment": own, "amount": amount}
        lived.hear(name, content)
    return lived.live("2027-01-31")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(Kind)), moves, st.sampled_from(["principal_first", "legal"]))
def test_a_claim_never_asks_for_costs_without_a_letter_and_never_loses_a_cent(
    kind: Kind, drawn: list[Any], allocation: str
) -> None:
    lived = lived_through(kind, drawn, allocation)
    case = lived.case
    for on in (day("2026-09-02") + timedelta(days=days) for days in range(0, 150, 7)):
        claim = claim_of(case, lived.policy, on, lived.surroundings)
        assert min(claim.open.minor, claim.interest.minor, claim.costs.minor, claim.overpaid.minor) >= 0
        letters = [t for t in case.taken if t.term_days is not None and not t.void and t.on <= on]
        assert claim.costs.is_zero or letters, "costs need a letter that stands"
    last = claim_of(case, lived.policy, day("2027-01-31"), lived.surroundings)
    run = sum((period.amount.minor for period in last.periods), 0)
    # What was invoiced and accrued, less what came in for it, is what is left, less what is held.
    left = last.open.minor + last.interest.minor - last.overpaid.minor
    booked_to_costs = sum(b.costs.minor for b in last.booked)
    assert left == case.ledger.balance_minor + run + booked_to_costs


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(Kind)), moves)
def test_taking_everything_back_restores_the_principal(kind: Kind, drawn: list[Any]) -> None:
    payments = [move for move in drawn if move[2] == "payment_received"]
    lived = lived_through(kind, payments, "principal_first").at("2027-02-01")
    for own in ("p1", "p2", "c1"):
        lived.hear("payment_reversed", {"id": f"all-{own}", "payment": own})
    assert claim_of(lived.case, lived.policy, lived.today, lived.surroundings).open == eur("1000.00")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(Kind)), moves)
def test_a_closed_case_stays_as_it_is_whatever_the_day(kind: Kind, drawn: list[Any]) -> None:
    lived = lived_through(kind, drawn, "principal_first")
    closed, reopened = lived.case.closed, len(lived.case.idle)
    lived.live("2029-12-31")
    if closed is not None:
        assert (lived.case.closed, len(lived.case.idle)) == (closed, reopened)
