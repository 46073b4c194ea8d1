"""What becomes of all that a debtor owes when one invoice of his is handed off: it goes along, or it stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario, shipped_scenarios

Play = Callable[[Scenario], Outcome]

HEAD = """
scenario: joint
policy:
  policy: short
  law: NL
  kind: business
  calendar: off
  steps:
    - {id: reminder, when: {after_due: 1d}, send: email}
    - {id: notice, when: {after_due: 5d}, send: email, letter: notice, announces: [costs], term: 14d}
    - {id: handoff, when: {term_expired: notice, after_previous: 30d}, hand_off: agency, claims: all%s}
start: 2026-03-01
until: 2026-06-30
invoices:
  - {number: A, debtor: bob, kind: business, invoice_date: 2026-02-15, due: 2026-03-01, amount: "500.00"}
  - {number: B, debtor: bob, kind: business, invoice_date: 2026-02-15, due: 2026-03-03, amount: "300.00"}
  - {number: C, debtor: bob, kind: business, invoice_date: 2026-03-15, due: 2026-04-14, amount: "500.00"}
  - {number: D, debtor: eve, kind: business, invoice_date: 2026-02-15, due: 2026-03-01, amount: "500.00"}
events:
"""


def scenario(folder: Path, *events: str, step: str = "", change: tuple[str, str] = ("", "")) -> Scenario:
    path = folder / "joint.yaml"
    told = "".join(f"  - {{{event}}}\n" for event in events)
    head = (HEAD % step).replace(*change) if change[0] else HEAD % step
    path.write_text(head + told if told else head.replace("events:\n", ""))
    return load_scenario(path)


def steps(outcome: Outcome, number: str) -> list[str]:
    case = next(each.case for each in outcome.played if each.number == number)
    return [f"{step.on} {step.step}" for step in case.taken]


def open_tasks(outcome: Outcome, number: str) -> list[str]:
    case = next(each.case for each in outcome.played if each.number == number)
    return [task.kind for task in case.tasks if task.done_on is None]


def why_held(outcome: Outcome, number: str) -> list[str]:
    played = next(each for each in outcome.played if each.number == number)
    return [fact.note for fact in played.facts if fact.kind == "hold_placed" and fact.hold == "sibling_with_partner"]


def both(written: Scenario, play: Play, until: date = date(2026, 4, 30)) -> Outcome:
    """The outcome by the rules alone, which the engine gives, too: of those in which something happens meanwhile.

    Until what is looked at has happened: how a ladder goes on from there is played elsewhere.
    """
    shorter = replace(written, until=until)
    outcome = run(shorter)
    assert play(shorter).as_json() == outcome.as_json()
    return outcome


def test_what_is_ready_goes_along_though_its_own_day_comes_later_and_the_rest_stops(tmp_path: Path) -> None:
    outcome = run(scenario(tmp_path))
    # The notice of A left on 6 March: thirty days later is 5 April. B would have come two days after it.
    assert steps(outcome, "A")[-1] == "2026-04-05 handoff"
    assert steps(outcome, "B")[-1] == "2026-04-05 handoff"
    # C is not due yet: nothing goes out on it, then or later. D is of somebody else.
    assert steps(outcome, "C") == []
    assert why_held(outcome, "C") == ["notice was not sent"]
    assert open_tasks(outcome, "C") == ["let_follow"]
    assert steps(outcome, "D")[-1] == "2026-04-05 handoff"


def test_an_invoice_that_follows_gets_what_the_hand_off_needs_and_no_reminder(tmp_path: Path) -> None:
    outcome = run(scenario(tmp_path, "on: 2026-04-20, invoice: C, task_done: let_follow"))
    # Five days after it was due on 14 April, and six under the hold do not count; thirty days later its file.
    assert steps(outcome, "C") == ["2026-04-25 notice", "2026-05-25 handoff"]
    passed = [row for row in outcome.as_json()["passed_over"] if row["invoice"] == "C"]
    assert [(row["step"], row["reason"]) for row in passed] == [
        ("reminder", "the debtor hears from the partner who has another invoice of his")
    ]


def test_when_no_partner_has_anything_of_his_any_more_the_ladder_goes_on(tmp_path: Path, play: Play) -> None:
    paid = ('on: 2026-04-10, invoice: A, payment: "500.00"', 'on: 2026-04-10, invoice: B, payment: "300.00"')
    outcome = both(scenario(tmp_path, *paid, change=("  law: NL\n", "")), play)
    assert steps(outcome, "C")[0] == "2026-04-15 reminder"
    assert "let_follow" not in open_tasks(outcome, "C")


def test_one_in_dispute_stays_behind_and_the_answer_that_he_is_owed_leaves_all_the_same(
    tmp_path: Path, play: Play
) -> None:
    outcome = both(
        scenario(
            tmp_path,
            "on: 2026-03-20, invoice: B, dispute: {id: d1, reason: damaged}, actor: els",
            "on: 2026-04-08, invoice: B, resolve: {outcome: rejected}, actor: els",
        ),
        play,
    )
    assert steps(outcome, "B")[-1] == "2026-03-08 notice"
    assert why_held(outcome, "B") == ["a dispute (damaged) waits for its answer"]
    letters = [(row["on"], row["letter"]) for row in outcome.as_json()["letters"] if row["invoice"] == "B"]
    assert ("2026-04-08", "dispute_decision") in letters


HALVES = (
    "on: 2026-03-20, invoice: B, arrangement: {id: a1, instalments: "
    '[{due: 2026-04-01, amount: "150.00"}, {due: 2026-04-21, amount: "150.00"}]}, actor: els',
    'on: 2026-03-30, invoice: B, payment: "150.00"',
)
"""B is paid in halves; the first one is paid before A is handed off on 5 April."""


def test_what_was_agreed_on_one_that_stays_behind_is_broken_on_its_day_and_the_debtor_hears_that_all_is_due(
    tmp_path: Path, play: Play
) -> None:
    outcome = both(scenario(tmp_path, *HALVES), play)
    case = next(each.case for each in outcome.played if each.number == "B")
    # Three banking days after Tuesday 21 April are over with Friday.
    assert (case.arrangements[-1].outcome, str(case.arrangements[-1].ended_on)) == ("broken", "2026-04-25")
    # The partner speaks with him: nothing reminds him of his second instalment, and the ladder waits for a person.
    letters = [(str(owed.sent_on), owed.letter) for owed in case.owing if owed.sent_on is not None]
    assert [each for each in letters if each[0] > "2026-04-05"] == [("2026-04-25", "arrangement_default")]
    assert steps(outcome, "B")[-1] == "2026-03-08 notice"
    assert open_tasks(outcome, "B") == ["let_follow"]


def test_what_was_agreed_on_one_that_stays_behind_is_kept_by_who_pays_it(tmp_path: Path) -> None:
    outcome = run(scenario(tmp_path, *HALVES, 'on: 2026-04-24, invoice: B, payment: "150.00"'))
    case = next(each.case for each in outcome.played if each.number == "B")
    assert (case.arrangements[-1].outcome, case.closed) == ("kept", "paid")


def test_an_approval_lapses_when_what_goes_along_changes(tmp_path: Path, play: Play) -> None:
    outcome = both(
        scenario(
            tmp_path,
            "on: 2026-04-04, invoice: A, approve: handoff, actor: els",
            "on: 2026-04-05, invoice: B, payment: \"1.00\"",
            "on: 2026-04-10, invoice: A, approve: handoff, actor: els",
            step=", approval: required",
        ),
        play,
    )  # fmt: skip
    assert [steps(outcome, number)[-1] for number in ("A", "B")] == ["2026-04-10 handoff"] * 2


def test_invoices_that_are_each_too_small_are_enough_together(tmp_path: Path) -> None:
    outcome = run(scenario(tmp_path, step=', if: {open_at_least: "600.00"}'))
    assert [steps(outcome, number)[-1] for number in ("A", "B")] == ["2026-04-05 handoff"] * 2
    assert steps(outcome, "D")[-1] == "2026-03-06 notice"


def test_another_currency_does_not_go_along(tmp_path: Path) -> None:
    dollars = ('due: 2026-03-03, amount: "300.00"', 'due: 2026-03-03, amount: "300.00", currency: USD')
    outcome = run(scenario(tmp_path, change=dollars))
    assert steps(outcome, "A")[-1] == "2026-04-05 handoff"
    assert "handoff" not in steps(outcome, "B")[-1]
    assert open_tasks(outcome, "B") == ["let_follow"]


def test_costs_of_one_letter_are_counted_once_on_what_leaves_in_one_file() -> None:
    (path,) = (each for each in shipped_scenarios() if each.endswith("joint-hand-off.yaml"))
    handed = [row for row in run(load_scenario(Path(path))).as_json()["steps"] if row["step"] == "handoff"]
    # S6: three of 100.00 in one letter owe 45.00, 15.00 each. Interest of 4 % from the day after due to 1 December: 61,
    # 54 and 47 days. The fourth follows alone: 40.00, and 49 days to 29 December, after Christmas.
    assert [(row["on"], row["invoice"], row["interest"], row["costs"], row["claimed"]) for row in handed] == [
        ("2026-12-01", "C-1", "0.67", "15.00", "115.67"),
        ("2026-12-01", "C-2", "0.59", "15.00", "115.59"),
        ("2026-12-01", "C-3", "0.52", "15.00", "115.52"),
        ("2026-12-29", "C-4", "0.54", "40.00", "140.54"),
    ]


def test_what_the_partner_is_told_takes_no_other_invoice_along(tmp_path: Path, play: Play) -> None:
    events = ("on: 2026-04-20, invoice: C, task_done: let_follow", 'on: 2026-05-20, invoice: A, payment: "100.00"')
    outcome = both(scenario(tmp_path, *events), play, date(2026, 5, 26))
    # The partner hears of the payment on A. The term of C is over by then; its thirty days are from 25 April to 25 May.
    case = next(each.case for each in outcome.played if each.number == "A")
    assert [f"{owed.sent_on} {owed.letter}" for owed in case.owing] == ["2026-05-20 agency_notice"]
    assert steps(outcome, "C") == ["2026-04-25 notice", "2026-05-25 handoff"]
