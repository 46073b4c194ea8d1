"""From events to messages: what each case is told, and what nobody can be told."""

from datetime import date
from pathlib import Path
from typing import Any

from policies.yaml_source import load_yaml
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import scenario_of

HEAD = """\
policy:
  policy: one
  steps:
    - {id: reminder, when: {after_due: 5d}, send: email}
    - {id: call, when: {after_due: 9d}, task: call, wait_for_task: 20d}
    - {id: handoff, when: {after_due: 20d}, hand_off: agency, approval: required}
calendar: off
start: 2026-03-01
until: 2026-04-30
invoices:
  - {number: F-1, debtor: bakker, invoice_date: 2026-02-01, due: 2026-03-01, amount: "100.00"}
  - {number: F-2, debtor: bakker, invoice_date: 2026-02-01, due: 2026-03-08, amount: "200.00"}
  - {number: F-3, debtor: jansen, invoice_date: 2026-02-01, due: 2026-03-01, amount: "50.00"}
events:
"""


def scenario(*events: str) -> Scenario:
    text = HEAD + "".join(f"  - {{on: {event}}}\n" for event in events)
    return scenario_of(load_yaml(text, "case.yaml"), Path())


def play(*events: str) -> dict[str, Any]:
    return run(scenario(*events)).as_json()


def test_what_is_left_of_a_debtors_payment_stays_on_the_case_paid_last() -> None:
    result = run(scenario('2026-03-02, debtor: bakker, payment: "350.00", id: p1'))
    cases = {each.number: each.case for each in result.played}
    assert cases["F-1"].overpaid.is_zero
    assert cases["F-2"].overpaid.text == "50.00"
    assert cases["F-2"].open_task("overpayment") is not None


def test_what_a_debtor_without_an_open_case_pays_is_kept_on_no_invoice() -> None:
    result = play('2026-03-02, debtor: jansen, payment: "50.00"', '2026-03-03, debtor: jansen, payment: "10.00"')
    assert result["refused"] == [
        {
            "on": "2026-03-03",
            "invoice": None,
            "event": "payment",
            "reason": "no open case of jansen in EUR to book 10.00 on: kept, on no invoice",
        }
    ]


def test_a_debtors_payment_told_twice_counts_once() -> None:
    twice = '2026-03-02, debtor: bakker, payment: "120.00", id: p1'
    assert play(twice)["cases"] == play(twice, twice)["cases"]
    other = play(twice, '2026-03-02, debtor: bakker, payment: "130.00", id: p1')
    assert other["cases"] == play(twice)["cases"]
    assert "was 120.00 before" in other["refused"][0]["reason"]


def test_a_payment_told_twice_counts_once_and_another_amount_is_refused() -> None:
    result = play(
        '2026-03-02, invoice: F-1, payment: "30.00", id: p1',
        '2026-03-03, invoice: F-1, payment: "30.00", id: p1',
        '2026-03-04, invoice: F-1, payment: "40.00", id: p1',
    )
    assert result["cases"]["F-1"]["open"] == "70.00"
    assert [(row["on"], row["event"]) for row in result["refused"]] == [("2026-03-04", "payment")]


def test_a_share_of_a_debtors_payment_can_be_reversed_on_its_case() -> None:
    result = play('2026-03-02, debtor: bakker, payment: "150.00", id: p1', "2026-03-05, invoice: F-1, reverse: p1")
    assert result["cases"]["F-1"]["open"] == "100.00"
    assert result["cases"]["F-2"]["open"] == "150.00"


def test_a_finished_task_lets_the_ladder_go_on() -> None:
    # The call is raised on 10 March and would be waited for until the 30th; the hand-off's day is the 21st.
    on = {row["step"]: row["on"] for row in _of("F-1", "2026-03-12, invoice: F-1, task_done: call")}
    assert on["handoff"] == "2026-03-21"
    waiting = {row["step"]: row["on"] for row in _of("F-1")}
    assert waiting["handoff"] == "2026-03-30"


def _of(number: str, *events: str) -> list[dict[str, Any]]:
    approve = ("2026-03-21, invoice: F-1, approve: handoff", "2026-03-30, invoice: F-1, approve: handoff")
    steps: list[dict[str, Any]] = play(*events, *approve)["steps"]
    return [row for row in steps if row["invoice"] == number]


def test_an_event_is_known_before_the_steps_of_its_day() -> None:
    result = play('2026-03-06, invoice: F-1, payment: "100.00"')
    assert not [row for row in result["steps"] if row["invoice"] == "F-1"]


def test_an_uncovered_bank_holds_messages_back_until_it_covers_the_day_before() -> None:
    # Due 1 March, reminder 6 March (Friday): the statements must cover Thursday the 5th. Tasks need no bank.
    result = play("2026-03-02, bank_covers: 2026-03-01", "2026-03-09, bank_covers: 2026-03-20")
    days = {(row["invoice"], row["step"]): row["on"] for row in result["steps"]}
    assert days["F-1", "reminder"] == "2026-03-09"


def test_after_the_hand_off_a_debtors_payment_still_counts() -> None:
    events = (
        "2026-03-30, invoice: F-1, approve: handoff",
        '2026-04-10, debtor: bakker, payment: "100.00", id: p1',
    )
    result = play(*events)
    assert result["cases"]["F-1"] == {"stage": "closed", "open": "0.00", "closed": "paid"}


def test_a_message_is_told_on_its_day() -> None:
    (first, *_) = run(scenario('2026-03-02, invoice: F-1, payment: "30.00", id: p1, credited: 2026-02-27')).played
    entry = first.case.ledger.entry("p1")
    assert entry is not None
    assert (entry.credited_on, entry.known_on) == (date(2026, 2, 27), date(2026, 3, 2))
