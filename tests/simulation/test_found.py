"""Ladders that people found to go wrong, each with its right value (its head says what happened and why).

The kinds they belong to have properties of their own; these are the examples.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from domain import facts as f
from policies.problems import SourceError
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario_file import load_scenario

FOUND = Path(__file__).parent / "found"


def played(name: str, *changes: tuple[str, str], tmp_path: Path | None = None) -> Outcome:
    """Play a file of `found/`, with words in it changed."""
    (path,) = FOUND.glob(f"{name}*.yaml")
    if tmp_path is not None:
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / path.name
        path.write_text(text, encoding="utf-8")
    return run(load_scenario(path))


def steps(outcome: Outcome, *ids: str, invoice: str | None = None) -> list[tuple[str, str, str]]:
    """Day, step and costs of what was done, of some steps or of all, on one invoice or on all."""
    return [
        (row["on"], row["step"], row["costs"])
        for row in outcome.as_json()["steps"]
        if (not ids or row["step"] in ids) and invoice in (None, row["invoice"])
    ]


def announced(outcome: Outcome) -> list[str]:
    return [row["announced_costs"] for row in outcome.as_json()["steps"] if "announced_costs" in row]


def tasks(outcome: Outcome, number: str) -> list[str]:
    (found,) = [each for each in outcome.played if each.number == number]
    return [fact.task for fact in found.facts if isinstance(fact, f.TaskRaised)]


# Costs on what the letter asked ----------------------------------------------------------------------------


def test_who_paid_in_time_all_that_was_asked_is_asked_no_more_though_it_was_known_late() -> None:
    outcome = played("11")
    assert [step for _, step, _ in steps(outcome)] == ["reminder", "notice"]
    assert outcome.as_json()["cases"]["N-1"]["closed"] == "paid"


def test_a_large_claim_leaves_interest_only_and_that_is_waived(tmp_path: Path) -> None:
    outcome = played("11", ("1000.00", "30000.00"), tmp_path=tmp_path)
    assert outcome.as_json()["cases"]["N-1"]["closed"] == "paid"


def test_what_a_letter_never_asked_gets_a_letter_of_its_own(tmp_path: Path) -> None:
    changed = played("12", ("until: 2026-11-06", "until: 2026-12-31"), tmp_path=tmp_path)
    assert announced(changed) == ["105.00", "45.00"]
    assert steps(changed, "notice", "final") == [
        ("2026-10-14", "notice", "0.00"),
        ("2026-10-23", "notice", "0.00"),
        ("2026-11-13", "final", "45.00"),
    ]


def test_costs_are_on_the_part_that_was_asked_and_not_paid(tmp_path: Path) -> None:
    outcome = played("12", ('payment: "700.00"', 'payment: "500.00"'), tmp_path=tmp_path)
    assert steps(outcome, "final") == [("2026-11-04", "final", "40.00")]


def test_what_comes_open_after_the_term_gets_a_letter_of_its_own(tmp_path: Path) -> None:
    late = ("{on: 2026-10-20, invoice: N-1, reverse: p1}", "{on: 2026-11-10, invoice: N-1, reverse: p1}")
    outcome = played("12", late, ("until: 2026-11-06", "until: 2026-12-31"), tmp_path=tmp_path)
    assert announced(outcome) == ["105.00", "45.00"]
    assert [costs for _, _, costs in steps(outcome, "final")] == ["45.00"]


def test_belgian_damages_and_interest_are_on_what_the_free_reminder_named(tmp_path: Path) -> None:
    outcome = played("13", ("until: 2026-10-30", "until: 2026-12-31"), tmp_path=tmp_path)
    rows = outcome.as_json()["steps"]
    assert [(row["on"], row["step"], row["claimed"]) for row in rows if row["claimed"] != "400.00"] == [
        ("2026-10-20", "first_reminder", "250.00"),
        # Damages 30 + 10% of 100, on the second free reminder.
        ("2026-11-04", "second", "291.08"),
    ]


def test_belgian_damages_on_the_part_of_it_that_is_left(tmp_path: Path) -> None:
    outcome = played("13", ('payment: "400.00"', 'payment: "300.00"'), tmp_path=tmp_path)
    (second,) = [row for row in outcome.as_json()["steps"] if row["step"] == "second"]
    assert (second["interest"], second["costs"]) == ("0.00", "20.00")


# Which sum the scale is taken of ---------------------------------------------------------------------------


def test_a_catch_up_letter_on_terms_of_one_contract_costs_what_the_dearest_could_have_carried() -> None:
    outcome = played("01")
    assert sum(map(Decimal, announced(outcome))) == Decimal("45.00")
    assert sum(Decimal(costs) for _, step, costs in steps(outcome) if step == "final") == Decimal("45.00")


def test_a_letter_that_goes_later_is_no_earlier_one() -> None:
    outcome = played("02")
    assert announced(outcome) == ["40.00", "20.00"]
    assert [costs for _, _, costs in steps(outcome, "final")] == ["40.00", "20.00"]


@pytest.mark.parametrize("charge_40", ["never", "with_notice"])
def test_forty_euros_an_invoice_are_for_trade_contracts_alone(charge_40: str, tmp_path: Path) -> None:
    changed = ("  spacing: 3d", f"  spacing: 3d\n  charge_40: {charge_40}")
    outcome = played("03", changed, ("claims: principal+interest", "claims: all"), tmp_path=tmp_path)
    assert [costs for _, _, costs in steps(outcome, "notice")] == ["0.00"] * 5
    assert [costs for _, _, costs in steps(outcome, "handoff")] == ["15.00"] * 5


# What the check passes can be sent -------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "key"), [("04", "claims"), ("05", "announces")])
def test_a_policy_whose_letters_would_be_refused_is_refused_itself(name: str, key: str) -> None:
    with pytest.raises(SourceError, match=rf"\.{key}: "):
        played(name)


def test_what_such_a_policy_would_send_to_a_consumer_stands(tmp_path: Path) -> None:
    # A policy that does not say whom it is for is not held to the rules for consumers: its letters are.
    reminded = played("04", ("  kind: consumer\n  calendar", "  calendar"), tmp_path=tmp_path)
    assert [row["claimed"] for row in reminded.as_json()["steps"]] == ["1000.00", "1000.00"]


# Natural persons -------------------------------------------------------------------------------------------


def test_consumers_are_not_reached_on_a_sunday_or_at_christmas_under_a_policy_for_businesses() -> None:
    assert [day for day, _, _ in steps(played("06"))] == ["2026-12-07", "2026-12-28"]


def test_no_consumer_is_handed_off_without_a_final_demand() -> None:
    outcome = played("07")
    assert "handoff" not in [step for _, step, _ in steps(outcome)]
    assert "send_final_demand" in tasks(outcome, "C")


def test_nobody_is_reminded_on_the_due_date_itself() -> None:
    assert [day for day, _, _ in steps(played("s02"))] == ["2026-09-02"]


# Siblings --------------------------------------------------------------------------------------------------


def test_a_letter_that_a_closed_invoice_made_void_is_given_again_that_day() -> None:
    assert steps(played("14"), "notice", invoice="B") == [
        ("2026-10-15", "notice", "0.00"),
        ("2026-11-10", "notice", "0.00"),
    ]


def test_who_went_along_in_a_joint_letter_has_its_final_demand_with_the_others() -> None:
    assert {day for day, _, _ in steps(played("15"), "final")} == {"2026-09-22"}


# Decided: money that stands with us, trifles, pauses (decisions 18 to 20) --------------------------------------


def test_what_came_in_under_another_number_of_the_letter_leaves_no_costs_and_nothing_is_sent() -> None:
    outcome = played("08")
    assert "final" not in [step for _, step, _ in steps(outcome, invoice="B")]
    assert "overpayment" in tasks(outcome, "A")


def test_who_set_it_off_lets_the_ladder_go_on_without_costs(tmp_path: Path) -> None:
    more = ("credited: 2026-10-20}", "credited: 2026-10-20}\n  - {on: 2026-11-07, invoice: A, task_done: overpayment}")
    outcome = played("08", more, tmp_path=tmp_path)
    assert steps(outcome, "final", invoice="B") == [("2026-11-10", "final", "0.00")]


def test_a_part_that_came_in_under_another_number_lowers_the_costs(tmp_path: Path) -> None:
    part = ('payment: "600.00"', 'payment: "400.00"')
    held = played("08", part, tmp_path=tmp_path)
    assert steps(held, "final", invoice="B") == []
    more = ("credited: 2026-10-20}", "credited: 2026-10-20}\n  - {on: 2026-11-07, invoice: A, task_done: overpayment}")
    outcome = played("08", part, more, ("until: 2026-11-10", "until: 2026-12-15"), tmp_path=tmp_path)
    # 200.00 of the 400.00 of B are left: the minimum. Who looked at A wakes B that day.
    assert steps(outcome, "final", invoice="B") == [("2026-11-10", "final", "40.00")]


def test_one_euro_and_its_storno_reset_no_term() -> None:
    outcome = played("09")
    assert len(steps(outcome, "notice")) == 2
    assert steps(outcome, "final") == [("2026-11-04", "final", "149.85"), ("2026-11-04", "final", "75.00")]


def test_a_reversal_above_the_tolerance_still_does(tmp_path: Path) -> None:
    outcome = played("09", ('payment: "1.00", id: p1', 'payment: "100.00", id: p1'), tmp_path=tmp_path)
    assert [day for day, _, _ in steps(outcome, "notice", invoice="A")] == ["2026-10-14", "2026-11-03"]


def test_nobody_is_reminded_while_his_money_stands_with_us() -> None:
    outcome = played("s05")
    assert steps(outcome) == []
    assert "overpayment" in tasks(outcome, "A")


def test_a_forgotten_pause_holds_the_letter_on_the_others_for_thirty_days(tmp_path: Path) -> None:
    payment = '  - {on: 2026-10-20, invoice: A, payment: "200.00", id: p1}'
    paused = (payment, "  - {on: 2026-10-13, invoice: A, pause: {}}")
    gone = ('  - {on: 2026-11-10, invoice: A, credit: "50.00", kind: correction}', "")
    outcome = played("14", paused, gone, tmp_path=tmp_path)
    assert steps(outcome, "notice") == [("2026-11-12", "notice", "0.00")]
    assert "sibling_paused" in tasks(outcome, "B")


def test_one_letter_for_two_invoices_asks_once_what_is_left_of_both() -> None:
    rows = played("s01").as_json()["steps"]
    assert [(row["invoice"], row["claimed"]) for row in rows] == [("A", "600.00"), ("B", "500.00")]
    assert len({row["message"] for row in rows}) == 1


def test_money_that_stood_for_thirty_days_before_it_kept_a_letter_back_is_late_at_once() -> None:
    (case,) = [each.case for each in played("16").played if each.number == "A"]
    # Due on 04-19, so the reminder is for 04-24; thirty days from 02-21 were over on 03-23.
    assert [(str(task.raised_on), task.kind) for task in case.tasks] == [
        ("2026-04-24", "allocate_money"),
        ("2026-04-24", "money_late"),
    ]


def test_a_joint_file_that_came_back_goes_to_the_second_partner_as_the_second_hand_off_of_each() -> None:
    handed = {
        each.number: [(t.issue, t.partner, str(t.returned_on)) for t in each.case.taken if t.kind == "hand_off"]
        for each in played("17").played
    }
    assert handed == {
        "A": [(1, "partner1", "2026-03-11"), (2, "partner2", "None")],
        "B": [(1, "partner1", "2026-05-06"), (2, "partner2", "None")],
    }


def test_a_partner_hears_on_the_same_day_what_the_debtor_is_in() -> None:
    (case,) = [each.case for each in played("18").played if each.number == "A"]
    assert [(each.letter, str(each.sent_on)) for each in case.owing if each.sent_on] == [
        ("agency_notice", "2026-05-31")
    ]


def test_who_gave_a_file_back_is_told_nothing_of_it_any_more() -> None:
    (case,) = [each.case for each in played("19").played]
    assert [(each.letter, each.of, each.dropped, each.sent_on) for each in case.owing] == [
        ("agency_notice", "p1", True, None)
    ]
