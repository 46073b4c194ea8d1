"""Disputes in whole scenarios: days and sums worked out by hand (practice.md, "What stops what").

Interest: base x 4 % x days / 365 from the day after the due date. Costs: 15 % of what the letter asked (BIK). A letter
posted on a Tuesday is received on Friday (three delivery days), its last day is fourteen days later, and its end is
acted on on the second banking day after that.
"""

from pathlib import Path

import pytest

from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario_file import load_scenario, shipped_scenarios

HEAD = """
scenario: test
policy: {policy}
start: 2026-09-01
until: 2027-01-31
terms: {{mail: [{{days: 3}}]}}
invoices:
  - {{number: A-1, debtor: ann, kind: {kind}, invoice_date: 2026-08-20, due: 2026-09-03, amount: "1000.00"}}
events:
"""


def play(folder: Path, *events: str, policy: str = "nl-consumer", kind: str = "consumer") -> Outcome:
    text = HEAD.format(policy=policy, kind=kind) + "".join(f"  - {{{event}}}\n" for event in events)
    path = folder / "test.yaml"
    path.write_text(text, encoding="utf-8")
    return run(load_scenario(path))


def steps(outcome: Outcome, number: str, *fields: str) -> list[tuple[str, ...]]:
    rows = outcome.as_json()["steps"]
    return [(row["on"][5:], row["step"], *(row[name] for name in fields)) for row in rows if row["invoice"] == number]


def letters(outcome: Outcome, number: str) -> list[tuple[str, str, str]]:
    rows = outcome.as_json().get("letters", [])
    return [(row["on"][5:], row["letter"], row["claimed"]) for row in rows if row["invoice"] == number]


@pytest.fixture(scope="module")
def shipped() -> Outcome:
    path = next(path for path in shipped_scenarios() if path.endswith("/disputes.yaml"))
    return run(load_scenario(Path(path)))


def test_the_rest_of_a_disputed_invoice_goes_on_and_the_whole_is_asked_again_after_a_rejection(
    shipped: Outcome,
) -> None:
    assert steps(shipped, "A-1", "open", "interest", "costs", "claimed") == [
        ("09-08", "reminder", "800.00", "0.44", "0.00", "800.00"),
        ("09-15", "second_reminder", "800.00", "1.05", "0.00", "800.00"),
        ("09-22", "notice", "800.00", "1.67", "0.00", "800.00"),
        ("10-01", "call", "800.00", "2.45", "0.00", "800.00"),
        ("10-13", "final_demand", "800.00", "3.51", "120.00", "923.51"),
        # Rejected on 11-02; seven days of respite; interest ran throughout, the costs of the rest stay.
        ("11-10", "notice", "1000.00", "7.45", "120.00", "1000.00"),
        # And of all letters together never more than 15 % of the whole.
        ("12-01", "final_demand", "1000.00", "9.75", "150.00", "1159.75"),
    ]
    assert letters(shipped, "A-1") == [
        ("09-07", "dispute_confirmation", "800.00"),
        ("11-02", "dispute_decision", "1000.00"),
    ]


def test_a_letter_whose_invoice_was_disputed_with_reason_falls_and_its_credit_note_makes_no_other_fall(
    shipped: Outcome,
) -> None:
    assert steps(shipped, "B-1", "open", "interest", "costs", "claimed")[2:] == [
        ("09-22", "notice", "1000.00", "2.08", "0.00", "1000.00"),
        ("10-20", "notice", "700.00", "3.61", "0.00", "700.00"),
        ("10-29", "call", "700.00", "4.30", "0.00", "700.00"),
        ("11-10", "final_demand", "700.00", "5.22", "105.00", "810.22"),
    ]


def test_who_is_right_is_asked_nothing_more(shipped: Outcome) -> None:
    assert [step for _, step in steps(shipped, "C-1")] == ["reminder"]
    assert letters(shipped, "C-1") == [("09-10", "dispute_confirmation", "0.00"), ("09-17", "dispute_decision", "0.00")]
    assert shipped.as_json()["cases"]["C-1"] == {"stage": "closed", "open": "0.00", "closed": "credited"}


def test_all_of_it_rejected_in_the_term_gives_the_letter_again_in_full_and_no_costs_before(tmp_path: Path) -> None:
    outcome = play(
        tmp_path,
        "on: 2026-09-30, invoice: A-1, dispute: {id: d1, reason: damaged}, actor: els",
        "on: 2026-10-12, invoice: A-1, resolve: {id: d1, outcome: rejected}",
    )
    assert steps(outcome, "A-1", "costs", "claimed")[2:6] == [
        ("09-22", "notice", "0.00", "1000.00"),
        # Respite to 10-19, a Monday; then the first sending day.
        ("10-20", "notice", "0.00", "1000.00"),
        ("10-29", "call", "0.00", "1000.00"),
        ("11-10", "final_demand", "150.00", "1157.45"),
    ]


def test_a_dispute_after_the_term_leaves_costs_that_were_due_as_they_are(tmp_path: Path) -> None:
    outcome = play(
        tmp_path,
        "on: 2026-10-14, invoice: A-1, dispute: {id: d1, amount: '200.00', reason: damaged}, actor: els",
        "on: 2026-10-19, invoice: A-1, resolve: {id: d1, outcome: rejected}",
    )
    assert [step for _, step in steps(outcome, "A-1")].count("notice") == 1
    assert outcome.played[0].case.open_disputes == ()


def test_while_a_dispute_is_open_nothing_is_handed_off(tmp_path: Path) -> None:
    events = (
        "on: 2026-09-16, invoice: A-1, dispute: {id: d1, amount: '100.00', reason: late}, actor: els",
        "on: 2026-12-15, invoice: A-1, approve: handoff",
    )
    assert "handoff" not in [step for _, step in steps(play(tmp_path, *events), "A-1")]
    assert "handoff" in [
        step for _, step in steps(play(tmp_path, "on: 2026-11-03, invoice: A-1, approve: handoff"), "A-1")
    ]


def test_a_business_whose_dispute_is_rejected_has_the_notice_again(tmp_path: Path) -> None:
    business = {"policy": "nl-business", "kind": "business"}
    rejected = play(
        tmp_path,
        "on: 2026-10-05, invoice: A-1, dispute: {id: d1, reason: wrong_price}, actor: els",
        "on: 2026-10-08, invoice: A-1, resolve: {id: d1, outcome: rejected}",
        **business,
    )
    assert [day for day, step in steps(rejected, "A-1") if step == "notice"] == ["09-29", "10-15"]


def test_a_withdrawn_dispute_leaves_the_letter_as_it_was(tmp_path: Path) -> None:
    outcome = play(
        tmp_path,
        "on: 2026-09-30, invoice: A-1, dispute: {id: d1, reason: damaged}, actor: els",
        "on: 2026-10-02, invoice: A-1, resolve: {id: d1, outcome: withdrawn}",
    )
    assert [day for day, step in steps(outcome, "A-1") if step in ("notice", "final_demand")] == ["09-22", "10-13"]


def test_what_is_told_on_one_day_holds_together(tmp_path: Path) -> None:
    outcome = play(
        tmp_path,
        "on: 2026-09-08, invoice: A-1, dispute: {id: d1, reason: damaged}",
        "on: 2026-09-08, invoice: A-1, resolve: {id: d1, outcome: upheld}",
        "on: 2026-09-08, invoice: A-1, credit: '1000.00', id: c1",
    )
    assert steps(outcome, "A-1") == []
    assert [name for _, name, _ in letters(outcome, "A-1")] == ["dispute_confirmation", "dispute_decision"]
    assert outcome.as_json()["cases"]["A-1"]["closed"] == "credited"
