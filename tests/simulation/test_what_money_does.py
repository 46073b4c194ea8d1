"""Every row of "What money does" (practice.md), to the day and the cent; none of the sums comes from our own output.

Interest: base x 4% x days / 365, first day 2026-10-02. R = third delivery day after posting, E = R + 14, G = second
banking day after E, all as in practice.md. The engine plays the same file in `test_engine.py`.
"""

from pathlib import Path
from typing import Any

import pytest

from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario_file import load_scenario, shipped_scenarios


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    path = next(path for path in shipped_scenarios() if path.endswith("/money.yaml"))
    return run(load_scenario(Path(path)))


def steps(outcome: Outcome, invoice: str) -> list[tuple[str, str]]:
    return [(row["on"], row["step"]) for row in outcome.as_json()["steps"] if row["invoice"] == invoice]


def sums(outcome: Outcome, invoice: str, step: str) -> tuple[str, str, str, str]:
    """Open, interest, costs and total of a step."""
    (row,) = (r for r in outcome.as_json()["steps"] if (r["invoice"], r["step"]) == (invoice, step))
    return row["open"], row["interest"], row["costs"], row["total"]


def letters(outcome: Outcome, invoice: str) -> list[tuple[str, str, str]]:
    rows = (row for row in outcome.as_json().get("letters", []) if row["invoice"] == invoice)
    return [(row["on"], row["letter"], row["claimed"]) for row in rows]


def tasks(outcome: Outcome, invoice: str) -> dict[str, str]:
    """Kind and outcome of each task."""
    (played,) = (each for each in outcome.played if each.number == invoice)
    return {task.kind: task.outcome for task in played.case.tasks}


def test_a_part_before_any_notice_repeats_no_rung_and_is_thanked_for(outcome: Outcome) -> None:
    assert letters(outcome, "PART") == [("2026-10-13", "receipt", "400.00")]
    # The notice was due on Thursday the 15th: five days after the receipt is Sunday the 18th, so Tuesday the 20th.
    assert steps(outcome, "PART") == [
        ("2026-10-06", "reminder"),
        ("2026-10-20", "notice"),
        ("2026-11-10", "final"),
        ("2026-11-20", "handoff"),
    ]


def test_interest_splits_on_the_day_of_crediting_which_is_still_on_the_old_balance(outcome: Outcome) -> None:
    # 500 x 4% x 12 / 365 = 0.6575 and 400 x 4% x 28 / 365 = 1.2274: 1.8849. Costs 15% of 400.
    assert sums(outcome, "PART", "final") == ("400.00", "1.88", "60.00", "461.88")


def test_a_part_after_the_term_leaves_the_costs_as_they_were_and_pays_them_first(outcome: Outcome) -> None:
    # R Tue 10-20, E Tue 11-03, G Thu 11-05: 15% of 300 = 45.00; 300 x 4% x 35 / 365 = 1.15.
    assert sums(outcome, "AFTER", "final") == ("300.00", "1.15", "45.00", "346.15")
    # 11-10: 40 days, 1.3151: 100.00 pays 45.00 of costs, 1.32 of interest, 53.68 of the principal. Then 7 days on
    # 246.32: 0.1890, of which 0.0049 was paid by the rounding: 0.18.
    assert sums(outcome, "AFTER", "handoff") == ("246.32", "0.18", "0.00", "246.50")
    assert letters(outcome, "AFTER") == [("2026-11-10", "receipt", "246.32")]


def test_a_small_rest_closes_the_case_and_is_not_confirmed(outcome: Outcome) -> None:
    assert outcome.as_json()["cases"]["SMALL"] == {"stage": "closed", "open": "0.50", "closed": "below_tolerance"}
    assert letters(outcome, "SMALL") == []


def test_what_was_paid_too_much_holds_his_other_invoice_until_it_is_given_back(outcome: Outcome) -> None:
    # His reminder was due on Tuesday the 6th; looked at again a week later, after the refund of the 12th.
    assert steps(outcome, "BESIDE")[:2] == [("2026-10-13", "reminder"), ("2026-10-20", "notice")]
    assert tasks(outcome, "OVER") == {"overpayment": "refunded"}
    assert outcome.as_json()["cases"]["OVER"] == {"stage": "closed", "open": "0.00", "closed": "paid"}
    (over,) = (each for each in outcome.played if each.number == "OVER")
    assert over.case.overpaid.is_zero


def test_a_debit_that_came_back_for_lack_of_funds_is_told_first_and_tried_again_on_pay_day(outcome: Outcome) -> None:
    assert letters(outcome, "NO-FUNDS") == [("2026-10-07", "debit_returned", "200.00")]
    # Five days after that letter is Monday the 12th.
    assert steps(outcome, "NO-FUNDS")[:2] == [("2026-10-13", "reminder"), ("2026-10-20", "notice")]
    # We had the money from the 2nd to the 7th: 1 + 6 days, 200 x 4% x 7 / 365 = 0.15.
    assert sums(outcome, "NO-FUNDS", "reminder") == ("200.00", "0.15", "0.00", "200.15")
    assert "retry_debit" in tasks(outcome, "NO-FUNDS")


def test_costs_that_were_due_stay_when_the_payment_comes_back_and_who_refused_is_called_first(outcome: Outcome) -> None:
    assert letters(outcome, "REFUSED") == [("2026-11-12", "debit_returned", "300.00")]
    # Hand-off ten days after 11-05 is Tuesday the 17th; the call is done on the 18th.
    assert steps(outcome, "REFUSED")[-1] == ("2026-11-18", "handoff")
    # 36 days until the payment and 6 after it came back: 300 x 4% x 42 / 365 = 1.38.
    assert sums(outcome, "REFUSED", "handoff") == ("300.00", "1.38", "45.00", "346.38")


def test_an_invoice_that_he_named_is_paid_before_the_older_one(outcome: Outcome) -> None:
    assert letters(outcome, "NAMED") == [("2026-10-05", "receipt", "50.00")]
    assert sums(outcome, "OLDER", "reminder")[0] == "100.00"
    # One letter on both, 15% of 150 is 22.50: the minimum of 40.00, two to one.
    assert sums(outcome, "OLDER", "final")[2] == "26.67"
    assert sums(outcome, "NAMED", "final")[2] == "13.33"


def test_money_that_names_a_settled_invoice_is_kept_and_holds_his_others_until_it_is_on_one(outcome: Outcome) -> None:
    (kept,) = outcome.as_json()["refused"]
    assert (kept["on"], kept["invoice"], kept["event"]) == ("2026-10-05", None, "payment")
    assert "kept" in kept["reason"]
    assert tasks(outcome, "WAITS")["allocate_money"] == "allocated or given back"
    assert letters(outcome, "WAITS") == [("2026-10-12", "receipt", "20.00")]
    assert steps(outcome, "WAITS")[0] == ("2026-10-20", "reminder")
    # 80 x 4% x 4 / 365 = 0.0351 (credited on the 5th) and 20 x 4% x 15 / 365 = 0.0329: 0.07.
    assert sums(outcome, "WAITS", "reminder") == ("20.00", "0.07", "0.00", "20.07")
    assert "on_no_invoice" not in outcome.as_json()


MONEY = """
scenario: money
policy: nl-consumer
start: 2026-09-01
until: 2026-10-31
invoices:
  - {number: A-1, debtor: ann, kind: consumer, invoice_date: 2026-08-20, due: 2026-09-03, amount: "300.00"}
events:
"""


def _played(path: Path, events: str) -> dict[str, Any]:
    path.write_text(MONEY + events, encoding="utf-8")
    return run(load_scenario(path)).as_json()


def test_money_in_another_currency_is_kept_on_no_invoice_and_holds_the_letters(tmp_path: Path) -> None:
    told = _played(
        tmp_path / "usd.yaml", '  - {on: 2026-09-04, invoice: A-1, payment: "350.00", currency: USD, id: u1}\n'
    )
    assert [(row["payment"], row["amount"], row["currency"]) for row in told["on_no_invoice"]] == [
        ("u1", "350.00", "USD")
    ]
    assert [row["reason"] for row in told["refused"]] == [
        "350.00 USD for A-1, which is in another currency: kept, on no invoice"
    ]
    assert [row for row in told["steps"] if row["channels"] != ["task"]] == []


def test_the_debtor_is_told_once_of_what_he_paid_too_much(tmp_path: Path) -> None:
    events = """
  - {on: 2026-09-04, invoice: A-1, payment: "300.00", id: p1}
  - {on: 2026-09-07, invoice: A-1, payment: "50.00", id: p2}
"""
    told = _played(tmp_path / "twice.yaml", events)
    assert [(row["on"], row["letter"], row["claimed"]) for row in told["letters"]] == [
        ("2026-09-07", "overpayment", "0.00")
    ]


@pytest.mark.parametrize("undone", ['refund: "50.00"', "reverse: p2"])
def test_what_is_given_back_before_he_is_told_is_told_no_more(tmp_path: Path, undone: str) -> None:
    events = f"""
  - {{on: 2026-09-04, invoice: A-1, payment: "300.00", id: p1}}
  - {{on: 2026-09-07, invoice: A-1, payment: "50.00", id: p2}}
  - {{on: 2026-09-07, invoice: A-1, {undone}}}
"""
    assert "letters" not in _played(tmp_path / "back.yaml", events)


def test_a_cent_too_much_is_not_written_of(tmp_path: Path) -> None:
    assert "letters" not in _played(
        tmp_path / "cent.yaml", '  - {on: 2026-09-04, invoice: A-1, payment: "300.01", id: p1}\n'
    )
