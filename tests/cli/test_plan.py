"""`maanwerk plan`: the calendar of one invoice that nobody pays."""

import json
from pathlib import Path

from tests.cli.running import Run

POLICY = """\
policy: pb
law: NL
kind: business
calendar: {zone: Europe/Amsterdam, holidays: NL, days: [tue, wed, thu, fri], from: "09:00", until: "16:00"}
spacing: 3d
steps:
  - {id: reminder, when: {after_due: 7d}, send: email}
  - {id: call, when: {after_due: 21d}, task: call, wait_for_task: 3d}
  - {id: notice, when: {after_due: 28d, after_previous: 5d}, send: post, letter: notice, term: 14d}
  - {id: handoff, when: {term_expired: notice}, hand_off: agency, approval: required}
"""


def policy(folder: Path, text: str = POLICY) -> Path:
    file = folder / "pb.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_days_are_those_of_the_worked_case(maanwerk: Run, tmp_path: Path) -> None:
    # practice.md S1: due Wednesday 2 September 2026, silence, hand-off on 20 October.
    ran = maanwerk("plan", "--due", "2026-09-02", "--amount", "2420.00", "--policy", policy(tmp_path), "--json")
    assert (ran.code, ran.err) == (0, "")
    steps = json.loads(ran.out)["steps"]
    assert [(step["step"], step["on"], step["weekday"], step["time"], step["channels"]) for step in steps] == [
        ("reminder", "2026-09-09", "Wed", "09:00", ["email"]),
        ("call", "2026-09-23", "Wed", "09:00", ["task"]),
        ("notice", "2026-09-30", "Wed", "09:00", ["post"]),
        ("handoff", "2026-10-20", "Tue", "09:00", ["agency"]),
    ]


def test_it_says_why_a_day_is_another_than_the_policy_names(maanwerk: Run, tmp_path: Path) -> None:
    # Due Monday 31 August 2026: seven days later is a Monday, on which this policy sends nothing.
    ran = maanwerk("plan", "--due", "2026-08-31", "--policy", policy(tmp_path))
    assert ran.code == 0
    assert "Tue 2026-09-08" in ran.out
    assert "7 days after the due date is Mon 2026-09-07; moved to the next day that fits" in ran.out


def test_the_invoice_may_stand_in_a_file(maanwerk: Run, tmp_path: Path) -> None:
    file = tmp_path / "invoice.yaml"
    file.write_text('{number: F-1, debtor: a, invoice_date: 2026-08-03, due: 2026-09-02, amount: "10.00"}\n')
    ran = maanwerk("plan", file, "--policy", policy(tmp_path), "--json")
    assert json.loads(ran.out)["invoice"] == "F-1"
    assert json.loads(ran.out)["steps"][0]["on"] == "2026-09-09"


def test_a_step_whose_condition_is_not_met_is_shown_as_left_out(maanwerk: Run, tmp_path: Path) -> None:
    ran = maanwerk("plan", "--due", "2026-03-01", "--amount", "100.00", "--policy", "nl-business", "--json")
    left_out = {step["step"]: step["passed_over"] for step in json.loads(ran.out)["steps"] if step["passed_over"]}
    assert left_out == {
        "service_call": "open 100.00 is below 5000.00",
        "call": "open 100.00 is below 250.00",
        "manager_call": "open 100.00 is below 2500.00",
        "handoff": "open 100.00 is below 250.00",
    }


def test_steps_that_repeat_without_end_are_cut_off(maanwerk: Run, tmp_path: Path) -> None:
    text = "policy: p\nsteps: [{id: r, when: {after_due: 1d}, send: email, repeat: {every: 1d}}]\n"
    ran = maanwerk("plan", "--due", "2026-03-01", "--policy", policy(tmp_path, text), "--json")
    assert len(json.loads(ran.out)["steps"]) == 60


def test_bad_input_is_exit_2(maanwerk: Run, tmp_path: Path) -> None:
    rules = policy(tmp_path)
    assert maanwerk("plan", "--policy", rules).code == 2
    assert maanwerk("plan", "--due", "soon", "--policy", rules).code == 2
    assert maanwerk("plan", "--due", "2026-03-01", "--kind", "friend", "--policy", rules).code == 2
    assert maanwerk("plan", "--due", "2026-03-01", "--amount", "ten", "--policy", rules).code == 2
    ran = maanwerk("plan", "--due", "2026-03-01", "--policy", "nl-busines")
    assert (ran.code, "did you mean nl-business?" in ran.err) == (2, True)
