"""What a collection partner reports of a case that was handed off (law.md §9: never costs twice)."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import facts as f
from domain.claims.claim import claim_of
from domain.handoffs.partner_state import state_of
from domain.surroundings import NOTHING_SPECIAL
from tests.domain.builders import Life, day, eur, hand_off, policy, send


def handed_off(**fields: Any) -> Life:
    """A case that an agency has since 2026-03-21: its notice of 03-06 gave 14 days."""
    rules = policy(
        send("notice", {"after_due": "5d"}, term="14d", announces=["costs"]),
        hand_off({"term_expired": "notice"}),
        **fields,
    )
    life = Life(rules).live("2026-03-31")
    assert life.case.handed_off
    return life.at("2026-04-10")


def tell(life: Life, report: str, status: str, **more: Any) -> str:
    """One report of the agency; what was wrong with it, if anything."""
    content = {"id": report, "partner": "noordkade", "status": status, **more}
    return life.hear("agency_reported", content).refusal or ""


def test_a_payment_to_the_agency_lowers_what_is_owed_and_is_kept_apart_from_ours() -> None:
    life = handed_off()
    assert not tell(life, "r1", "payment", amount="400.00", on="2026-04-08")
    assert life.case.open == eur("600.00")
    (paid,) = [each for each in life.case.ledger.entries if each.source]
    assert (paid.source, paid.credited_on) == ("noordkade", day("2026-04-08"))


def test_a_payment_that_was_taken_back_there_is_owed_again() -> None:
    life = handed_off()
    tell(life, "r1", "payment", amount="400.00")
    tell(life, "r2", "payment_reversed", payment="r1", amount="150.00")
    assert life.case.open == eur("750.00")
    tell(life, "r3", "payment_reversed", payment="r1")
    assert life.case.open == eur("1000.00")


def test_a_report_told_twice_counts_once() -> None:
    life = handed_off()
    tell(life, "r1", "payment", amount="400.00", on="2026-04-08")
    before = len(life.facts)
    assert not tell(life, "r1", "payment", amount="400.00", on="2026-04-08")
    assert len(life.facts) == before


def test_an_id_that_told_something_else_before_is_kept_in_quarantine() -> None:
    life = handed_off()
    tell(life, "r1", "payment", amount="400.00", on="2026-04-08")
    assert "id of its own" in tell(life, "r1", "payment", amount="500.00", on="2026-04-08")
    assert life.case.open == eur("600.00")
    assert life.case.quarantined


def test_the_same_number_of_another_partner_is_another_report() -> None:
    life = handed_off()
    tell(life, "r1", "payment", amount="400.00")
    tell(life, "r1", "payment", amount="100.00", partner="zuidkade")
    assert life.case.open == eur("500.00")


@pytest.mark.parametrize(
    "content",
    [
        {"status": "liquidated"},
        {"status": "payment"},
        {"status": "costs"},
        {"status": "payment_reversed"},
        {"status": "payment", "amount": 100},
        {"status": "payment", "amount": "100.00", "currency": "USD"},
        {"status": "accepted", "on": "2026-04-11"},
        {},
    ],
)
def test_what_cannot_be_used_is_kept_in_quarantine_and_moves_nothing(content: dict[str, Any]) -> None:
    life = handed_off()
    handled = life.hear("agency_reported", {"id": "r1", "partner": "noordkade", **content})
    assert handled.refusal
    assert life.case.quarantined
    assert not life.case.reports
    assert life.case.open == eur("1000.00")


def test_a_report_on_a_case_that_nobody_has_is_kept_in_quarantine() -> None:
    life = Life(policy(send("reminder", {"after_due": "5d"}))).live("2026-03-10")
    assert "never handed off" in tell(life, "r1", "payment", amount="10.00")
    assert life.case.quarantined
    assert life.case.open == eur("1000.00")


def test_who_answers_before_we_know_that_he_has_the_file_is_heard() -> None:
    life = Life(policy(hand_off({"after_due": "5d"}))).live("2026-03-05")
    life.at("2026-03-06", "12:00").add(
        f.StepIntended(
            id="intended", at=life.now, on=life.today, step="handoff", issue=1, message="F-1/handoff/1",
            deliveries=(("agency", "F-1/handoff/1/agency"),),
        )
    )  # fmt: skip
    assert not tell(life, "r1", "accepted", reference="NK-1")
    assert [each.reference for each in life.case.reports] == ["NK-1"]


def test_a_code_that_nobody_knows_closes_the_file_all_the_same() -> None:
    life = handed_off()
    tell(life, "r1", "closed", code="written in the stars")
    assert [each.code for each in life.case.reports] == ["other"]
    assert state_of(life.case.reports) == "closed"


def test_costs_of_the_agency_are_never_added_to_the_claim() -> None:
    """The debtor owes collection costs once (BIK art. 2), whatever they cost us."""
    life = handed_off(law="NL", kind="business")
    before = claim_of(life.case, life.policy, life.today, NOTHING_SPECIAL)
    tell(life, "r1", "costs", amount="165.00")
    tell(life, "r2", "summons", amount="139.00")
    after = claim_of(life.case, life.policy, life.today, NOTHING_SPECIAL)
    assert (after.costs, after.total) == (before.costs, before.total)
    assert before.costs == eur("150.00")


def test_a_request_answers_and_a_refusal_says_why() -> None:
    life = handed_off()
    assert life.ask("report_agency", {"id": "r1", "status": "accepted", "actor": "els"}).refusal is None
    assert "to come" in (life.ask("report_agency", {"status": "accepted", "on": "2027-01-01"}).refusal or "")


_STATES = [
    {"id": "a", "status": "accepted", "on": "2026-04-01"},
    {"id": "b", "status": "paused", "on": "2026-04-03", "until": "2026-04-20"},
    {"id": "c", "status": "resumed", "on": "2026-04-03"},
    {"id": "d", "status": "closed", "on": "2026-04-08", "code": "paid"},
]


def test_where_the_file_stands_follows_from_the_reports_and_not_from_their_order() -> None:
    found = set()
    for order in permutations(_STATES):
        life = handed_off()
        for each in order:
            tell(life, **{"report" if name == "id" else name: value for name, value in each.items()})
        found.add(state_of(life.case.reports))
    assert found == {"closed"}


_CENTS = st.integers(1, 40_000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
_REPORTS = st.lists(
    st.one_of(
        st.tuples(st.just("payment"), _CENTS, st.none()),
        st.tuples(st.just("payment_reversed"), st.none() | _CENTS, st.integers(0, 5)),
        st.tuples(st.just("costs"), _CENTS, st.none()),
        st.tuples(st.sampled_from(("accepted", "paused", "closed", "refused")), st.none(), st.none()),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(_REPORTS, st.randoms(use_true_random=False))
def test_any_order_and_doubling_of_reports_gives_the_same_ledger(
    reports: list[tuple[str, str | None, int | None]], chance: random.Random
) -> None:
    told = [
        {
            "report": f"r{number}", "status": status, "on": f"2026-04-0{1 + number % 9}",
            **({} if amount is None else {"amount": amount}),
            **({} if of is None else {"payment": f"r{of}"}),
        }
        for number, (status, amount, of) in enumerate(reports)
    ]  # fmt: skip
    straight, mixed = handed_off(), handed_off()
    for each in told:
        tell(straight, **each)
    again = [*told, *chance.sample(told, chance.randrange(len(told) + 1))]
    chance.shuffle(again)
    for each in again:
        tell(mixed, **each)
    assert straight.case.ledger.balance == mixed.case.ledger.balance
    assert {each.id for each in straight.case.reports} == {each.id for each in mixed.case.reports}
    assert state_of(straight.case.reports) == state_of(mixed.case.reports)
