"""Arrangements in whole scenarios: days and sums worked out by hand (practice.md, S10 and "What stops what").

Interest: base x rate x days / 365; consumers 4 %, trade 10.4 % since 2026-07-01. Grace: three banking days.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claims.claim import claim_of
from domain.money import Money
from domain.surroundings import Surroundings
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario_file import load_scenario, shipped_scenarios
from tests.domain.builders import Life, business_ladder, day, eur, invoice


def shipped(name: str) -> Outcome:
    return run(load_scenario(Path(next(path for path in shipped_scenarios() if path.endswith(f"/{name}.yaml")))))


@pytest.fixture(scope="module")
def s10() -> Outcome:
    return shipped("s10-arrangement-broken")


@pytest.fixture(scope="module")
def consumers() -> Outcome:
    return shipped("arrangements")


def steps(outcome: Outcome, number: str, *fields: str) -> list[tuple[str, ...]]:
    rows = outcome.as_json()["steps"]
    return [(row["on"], row["step"], *(row[name] for name in fields)) for row in rows if row["invoice"] == number]


def letters(outcome: Outcome, number: str) -> list[tuple[str, str, str]]:
    rows = outcome.as_json().get("letters", [])
    return [(row["on"], row["letter"], row["claimed"]) for row in rows if row["invoice"] == number]


def test_s10_a_frozen_asks_what_is_left_of_the_sum_agreed(s10: Outcome) -> None:
    assert letters(s10, "A-1") == [
        ("2026-09-01", "arrangement_confirmation", "3478.85"),
        ("2026-09-10", "instalment_reminder", "1159.62"),
        ("2026-10-12", "instalment_reminder", "1159.62"),
        ("2026-10-16", "instalment_missed", "1159.62"),
        ("2026-10-21", "arrangement_default", "2319.23"),
    ]


def test_s10_b_reserved_asks_the_interest_of_its_time_after_all(s10: Outcome) -> None:
    assert letters(s10, "B-1")[-1] == ("2026-10-21", "arrangement_default", "2355.11")
    # Principal left by BW 6:44: 3000 - (1159.62 - 425.00 - 65.82).
    assert s10.as_json()["cases"]["B-1"] == {"stage": "notice", "open": "2331.20", "closed": None}


def test_s10_takes_no_step_of_the_ladder_while_it_stands_and_goes_on_after_the_last_one(s10: Outcome) -> None:
    assert [(on, step) for on, step in steps(s10, "A-1") if on >= "2026-07-28"] == [
        ("2026-07-28", "notice"),
        # Seven days after the letter of 10-21: approved on 10-27, handed off on 10-29.
        ("2026-10-29", "handoff"),
    ]
    # Interest runs again since the day after the default: 2319.23 x 10.4 % x 8 / 365 = 5.29.
    assert steps(s10, "A-1", "open", "interest", "costs", "claimed")[-1][2:] == ("2319.23", "5.29", "0.00", "2324.52")
    assert s10.as_json()["refused"] == []


def test_before_the_term_ran_out_a_consumer_is_warned_and_then_has_a_new_letter(consumers: Outcome) -> None:
    assert letters(consumers, "A-1") == [
        ("2026-09-28", "arrangement_confirmation", "1000.00"),
        ("2026-09-30", "instalment_reminder", "500.00"),
        ("2026-10-06", "instalment_missed", "500.00"),
        # Grace to Thursday 8 October. Warned on Friday; received Wednesday 14, E Wednesday 28, G Friday 30.
        ("2026-10-09", "arrangement_default", "500.00"),
        ("2026-10-30", "arrangement_default", "1000.00"),
    ]
    assert steps(consumers, "A-1", "interest", "costs", "claimed")[2:] == [
        ("2026-09-22", "notice", "2.08", "0.00", "1000.00"),
        # Respite to 7 November. No interest of the time before 31 October: it was frozen, and the rest given up.
        ("2026-11-10", "notice", "1.21", "0.00", "1000.00"),
        ("2026-11-19", "call", "2.19", "0.00", "1000.00"),
        ("2026-12-01", "final_demand", "3.51", "150.00", "1153.51"),
    ]


def test_a_payment_taken_back_after_all_was_paid_opens_the_arrangement_again(consumers: Outcome) -> None:
    assert letters(consumers, "B-1")[2:] == [
        ("2026-10-06", "instalment_missed", "200.00"),
        ("2026-11-02", "instalment_reminder", "500.00"),
        ("2026-12-02", "instalment_missed", "500.00"),
        # Grace to Friday 4 December, and the letter on Monday; received Thursday 10, E 24, G Tuesday 29 December.
        ("2026-12-07", "arrangement_default", "500.00"),
        ("2026-12-29", "arrangement_default", "500.00"),
    ]
    assert steps(consumers, "B-1")[3:] == [
        ("2027-01-06", "notice"),
        ("2027-01-19", "call"),
        ("2027-01-27", "final_demand"),
    ]


def test_after_the_term_ran_out_interest_and_costs_of_the_day_are_in_the_sum(consumers: Outcome) -> None:
    # 1000 x 4 % x 46 / 365 = 5.04, costs 150.00. Paid early and in one sum.
    assert letters(consumers, "C-1") == [("2026-10-19", "arrangement_confirmation", "1155.04")]
    assert consumers.as_json()["cases"]["C-1"] == {"stage": "closed", "open": "0.00", "closed": "paid"}


def test_a_proposal_shifts_the_ladder_by_a_week_and_no_more(consumers: Outcome) -> None:
    assert [on for on, _ in steps(consumers, "D-1")][:3] == ["2026-09-08", "2026-09-22", "2026-09-29"]


HEAD = """
scenario: test
policy: {policy}
start: 2026-09-01
until: 2027-01-31
terms: {{mail: [{{days: 3}}]}}
invoices:
{invoices}
events:
"""
INVOICE = (
    "  - {{number: {number}, debtor: ann, kind: {kind}, invoice_date: 2026-08-20, due: 2026-09-03, "
    "amount: '{amount}'}}\n"
)


def play(folder: Path, *events: str, policy: str, kind: str, amounts: tuple[str, ...] = ("1000.00",)) -> Outcome:
    rows = "".join(
        INVOICE.format(number=f"A-{number}", kind=kind, amount=amount) for number, amount in enumerate(amounts, start=1)
    )
    text = HEAD.format(policy=policy, invoices=rows) + "".join(f"  - {{{event}}}\n" for event in events)
    path = folder / "test.yaml"
    path.write_text(text, encoding="utf-8")
    return run(load_scenario(path))


def arrangement(on: str, number: str, *instalments: tuple[str, str], interest: str = "frozen") -> str:
    rows = ", ".join(f"{{due: {due}, amount: '{amount}'}}" for due, amount in instalments)
    return f"on: {on}, invoice: {number}, arrangement: {{interest: {interest}, instalments: [{rows}]}}, actor: els"


def test_an_invoice_in_instalments_neither_goes_in_the_letter_on_the_others_nor_keeps_it_waiting(
    tmp_path: Path,
) -> None:
    outcome = play(
        tmp_path,
        arrangement("2026-09-10", "A-1", ("2026-09-24", "500.00"), ("2026-10-26", "500.00")),
        "on: 2026-09-24, invoice: A-1, payment: '500.00', id: p1",
        policy="nl-consumer",
        kind="consumer",
        amounts=("1000.00", "400.00"),
    )
    notice = [row for row in outcome.as_json()["steps"] if row["step"] == "notice"]
    assert (notice[0]["invoice"], notice[0]["on"], notice[0]["announced_costs"]) == ("A-2", "2026-09-22", "60.00")


@pytest.mark.parametrize(
    ("interest", "closed"),
    [
        # As was written to him: none, or only if he had not kept it.
        ("frozen", "paid"),
        ("reserved", "paid"),
        # Runs: 1000 x 10.4 % of a month's time is less than 25.00, and is waived by `remainder`.
        ("runs", "paid"),
    ],
)
def test_a_kept_arrangement_closes_the_case(tmp_path: Path, interest: str, closed: str) -> None:
    outcome = play(
        tmp_path,
        arrangement("2026-09-07", "A-1", ("2026-09-21", "500.00"), ("2026-10-05", "500.00"), interest=interest),
        "on: 2026-09-21, invoice: A-1, payment: '500.00', id: p1",
        "on: 2026-10-05, invoice: A-1, payment: '500.00', id: p2",
        policy="nl-business",
        kind="business",
    )
    assert outcome.as_json()["cases"]["A-1"]["closed"] == closed
    assert outcome.played[0].case.holds_on(outcome.until) == ()


def test_interest_that_runs_on_is_asked_after_the_last_instalment(tmp_path: Path) -> None:
    # 100 000.00 for 30 days at 10.4 %: more than is waived, under a policy that claims it.
    text = (
        "{policy: p, law: NL, kind: business, remainder: {interest_only: claim, extras_below: '25.00'}, "
        "steps: [{id: notice, when: {after_due: 60d}, send: email, letter: notice, claims: principal+interest, "
        "term: 14d}]}"
    )
    kept = play(
        tmp_path,
        arrangement("2026-09-07", "A-1", ("2026-09-21", "50000.00"), ("2026-10-05", "50000.00"), interest="runs"),
        "on: 2026-09-21, invoice: A-1, payment: '50000.00', id: p0",
        "on: 2026-10-05, invoice: A-1, payment: '50000.00', id: p1",
        policy=text,
        kind="business",
        amounts=("100000.00",),
    )
    # 18 days on 100 000.00 and 14 days on 50 000.00: 512.88 + 199.45.
    played = kept.played[0]
    assert played.case.closed is None
    assert ("2026-10-05", "receipt", "0.00") in letters(kept, "A-1")
    assert claim_of(played.case, played.policy, kept.until, Surroundings()).interest.text == "712.33"


def test_all_of_it_on_one_day_comes_to_rest(tmp_path: Path) -> None:
    outcome = play(
        tmp_path,
        "on: 2026-09-10, invoice: A-1, proposes: {}",
        arrangement("2026-09-10", "A-1", ("2026-09-10", "500.00"), ("2026-10-12", "500.00")),
        "on: 2026-09-10, invoice: A-1, payment: '500.00', id: p1",
        "on: 2026-09-10, invoice: A-1, reverse: p1",
        "on: 2026-09-10, invoice: A-1, end_arrangement: {}",
        "on: 2026-09-10, invoice: A-1, end_arrangement: {}",
        policy="nl-consumer",
        kind="consumer",
    )
    assert [row["reason"] for row in outcome.as_json()["refused"]] == [
        "there is no arrangement to change or end; none stands"
    ]
    assert [step for _, step in steps(outcome, "A-1")][:2] == ["reminder", "notice"]


def test_an_arrangement_in_the_term_of_a_joint_letter_leaves_it_standing_for_the_others(tmp_path: Path) -> None:
    outcome = play(
        tmp_path,
        arrangement("2026-09-25", "A-1", ("2026-10-01", "400.00")),
        "on: 2026-10-01, invoice: A-1, payment: '400.00', id: p1",
        policy="nl-consumer",
        kind="consumer",
        amounts=("400.00", "600.00"),
    )
    assert [on for on, step in steps(outcome, "A-2") if step == "notice"] == ["2026-09-22"]
    # Its share of 150.00 on both: 15 % of 600.00.
    assert ("2026-10-13", "final_demand", "90.00") in steps(outcome, "A-2", "costs")


PAYMENTS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 120_000)), max_size=6)


@given(PAYMENTS)
@settings(max_examples=40, deadline=None)
def test_while_it_is_frozen_what_is_owed_is_the_sum_agreed_less_what_was_paid(payments: list[tuple[int, int]]) -> None:
    lived = Life(business_ladder(), invoice(due="2026-03-02"))
    lived.live("2026-05-05")
    assert lived.steps[-1].split()[1] == "notice"
    total = claim_of(lived.case, lived.policy, lived.today).total
    days = ("2026-05-15", "2026-06-15", "2026-07-15")
    rows = [{"due": due, "amount": part.text} for due, part in zip(days, total.split([1, 1, 1]), strict=True)]
    heard = lived.ask("agree_arrangement", {"arrangement": "a", "instalments": rows, "interest": "frozen"})
    assert heard.refusal is None and total > eur("1000.00")
    paid = 0
    for number, (after, minor) in enumerate(sorted(payments)):
        minor = min(minor, total.minor - paid)
        if not minor or lived.case.arrangement is None:
            break
        paid += minor
        amount = Money.from_minor(minor, "EUR").text
        lived.at(str(day("2026-05-06") + timedelta(days=after)))
        lived.hear("payment_received", {"id": f"p{number}", "amount": amount})
        assert claim_of(lived.case, lived.policy, lived.today).total.minor == total.minor - paid
