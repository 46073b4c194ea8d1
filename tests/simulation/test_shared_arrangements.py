"""One arrangement over several invoices of a debtor: one letter each time, judged and ended on all of them at once.

Days by hand: reminded five days before (the working day then), told the day after, three banking days of grace; a
consumer is warned then and has fourteen days from receipt, counted as of a letter by post (the third delivery day: of
Friday 9 October Wednesday the 14th), and the second banking day after them is acted on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain import bundle
from domain.bundle import Member
from domain.facts import Asked
from letters.content import LetterContent
from letters.render import render_email
from services.correspondence.letter_content import letter_content
from simulation import pure
from simulation.engine import _creditor, _debtor
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario, shipped_scenarios

HEAD = """
scenario: shared
policy: {policy}
start: 2026-09-01
until: 2026-12-31
terms: {{mail: [{{days: 3}}]}}
invoices:
  - {{number: A-1, debtor: ann, kind: {kind}, invoice_date: 2026-08-20, due: 2026-09-03, amount: "300.00"}}
  - {{number: A-2, debtor: ann, kind: {kind}, invoice_date: 2026-08-27, due: 2026-09-10, amount: "600.00"}}
  - {{number: A-3, debtor: ann, kind: {kind}, invoice_date: 2026-08-27, due: 2026-09-11, amount: "90.00"}}
events:
"""
TWO = '[{due: 2026-10-01, amount: "450.00"}, {due: 2026-11-02, amount: "450.00"}]'


def shipped() -> Scenario:
    return load_scenario(Path(next(p for p in shipped_scenarios() if p.endswith("/arrangement-over-several.yaml"))))


@pytest.fixture(scope="module")
def several() -> Outcome:
    return run(shipped())


def written(
    path: Path, events: str, *, policy: str = "nl-consumer", kind: str = "consumer", until: date = date(2026, 12, 31)
) -> Scenario:
    path.write_text(HEAD.format(policy=policy, kind=kind) + events)
    return replace(load_scenario(path), until=until)


def messages(outcome: Outcome, debtor: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Day, name and what is asked of each invoice, of each letter beside the ladder as it left."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in outcome.as_json()["letters"]:
        if row["invoice"].startswith(debtor):
            own = row.get("message", row["invoice"])
            found.setdefault((row["on"], row["letter"], own), {})[row["invoice"]] = row["claimed"]
    return ((day, letter, asked) for (day, letter, _), asked in found.items())


def steps(outcome: Outcome, *invoices: str, since: str = "") -> list[tuple[str, str, str]]:
    rows: list[dict[str, Any]] = outcome.as_json()["steps"]
    return [
        (row["on"], row["invoice"], row["step"]) for row in rows if row["invoice"] in invoices and row["on"] >= since
    ]


def test_each_letter_leaves_once_and_asks_the_instalment_over_all_invoices(several: Outcome) -> None:
    assert list(messages(several, "D")) == [
        ("2026-09-21", "arrangement_confirmation", {"D-1": "300.00", "D-2": "600.00"}),
        ("2026-09-30", "instalment_reminder", {"D-1": "300.00", "D-2": "150.00"}),
        ("2026-10-06", "instalment_missed", {"D-1": "300.00", "D-2": "150.00"}),
        ("2026-10-09", "arrangement_default", {"D-1": "300.00", "D-2": "150.00"}),
        ("2026-10-30", "arrangement_default", {"D-1": "300.00", "D-2": "600.00"}),
    ]


def test_a_default_ends_it_on_all_at_once_and_each_goes_on_at_its_letter(several: Outcome) -> None:
    ended = {
        each.number: [(fact.on, fact.missed) for fact in each.facts if fact.kind == "arrangement_broken"]
        for each in several.played
        if each.number.startswith("D")
    }
    assert ended["D-1"] == ended["D-2"] != []
    assert ended["D-1"][0][1] == (1,)
    # One 14-day letter on both, after the days to pay that the letter on the end gives.
    (first, *_), after = steps(several, "D-1", "D-2", since="2026-10-01"), "2026-10-30"
    assert first[0] > after
    assert [each[1:] for each in steps(several, "D-1", "D-2", since=after)[:2]] == [
        ("D-1", "notice"),
        ("D-2", "notice"),
    ]


def test_an_instalment_paid_on_the_wrong_invoice_is_paid(several: Outcome) -> None:
    names = [letter for _, letter, _ in messages(several, "B")]
    assert names == ["arrangement_confirmation", "instalment_reminder", "instalment_reminder"]
    assert all(several.as_json()["cases"][number]["closed"] == "paid" for number in ("B-1", "B-2"))


def test_the_end_by_agreement_on_one_is_the_end_on_all_and_told_once(several: Outcome) -> None:
    assert list(messages(several, "C"))[-1] == (
        "2026-10-01",
        "arrangement_ended",
        {"C-1": "300.00", "C-2": "600.00"},
    )


def test_who_disputes_one_of_the_invoices_breaks_nothing_meanwhile(tmp_path: Path) -> None:
    events = f"""
  - {{on: 2026-09-21, invoice: A-1, arrangement: {{id: a1, others: [A-2], instalments: {TWO}}}, actor: els}}
  - {{on: 2026-09-28, invoice: A-2, dispute: {{reason: damaged}}, actor: els}}
"""
    outcome = run(written(tmp_path / "held.yaml", events))
    names = [letter for _, letter, _ in messages(outcome, "A")]
    # The reminder was owed since Saturday 09-26, and a dispute stops no answer; nothing is missed while it is open.
    assert sorted(names) == ["arrangement_confirmation", "dispute_confirmation", "instalment_reminder"]


def test_a_paused_invoice_keeps_the_letter_on_all_of_them(tmp_path: Path) -> None:
    events = f"""
  - {{on: 2026-09-21, invoice: A-2, pause: {{until: 2026-09-25}}}}
  - {{on: 2026-09-21, invoice: A-1, arrangement: {{id: a1, others: [A-2], instalments: {TWO}}}, actor: els}}
"""
    first = next(messages(run(written(tmp_path / "paused.yaml", events)), "A"))
    assert first == ("2026-09-25", "arrangement_confirmation", {"A-1": "300.00", "A-2": "600.00"})


@pytest.mark.parametrize(
    ("instalments", "why"),
    [
        ('[{due: 2026-10-20, amount: "450.00"}, {due: 2026-11-02, amount: "450.00"}]', "the first one falls due in 14"),
        ('[{due: 2026-09-28, amount: "24.00"}, {due: 2026-11-02, amount: "876.00"}]', "below 25.00, the least"),
        ('[{due: 2026-09-28, amount: "450.00"}, {due: 2026-11-02, amount: "451.00"}]', "900.00 of principal is owed"),
    ],
)
def test_the_limits_are_judged_on_the_whole(tmp_path: Path, instalments: str, why: str) -> None:
    events = f"  - {{on: 2026-09-21, invoice: A-1, arrangement: {{others: [A-2], instalments: {instalments}}}}}\n"
    refused = run(written(tmp_path / "limits.yaml", events)).as_json()["refused"]
    assert refused and all(why in row["reason"] for row in refused), refused


def test_a_small_share_of_a_great_instalment_is_no_small_instalment(tmp_path: Path) -> None:
    # A-3 is paid last, 20.00 of it in the second instalment: alone that would be below the least of 25.00.
    events = """
  - on: 2026-09-21
    invoice: A-1
    actor: els
    arrangement:
      id: a1
      others: [A-2, A-3]
      instalments:
        - {due: 2026-10-01, amount: "450.00"}
        - {due: 2026-11-02, amount: "470.00"}
        - {due: 2026-12-01, amount: "70.00"}
"""
    outcome = run(written(tmp_path / "share.yaml", events))
    assert outcome.as_json()["refused"] == []
    reminders = [asked for _, letter, asked in messages(outcome, "A") if letter == "instalment_reminder"]
    assert reminders[0] == {"A-1": "300.00", "A-2": "150.00", "A-3": "0.00"}


def test_an_invoice_of_somebody_else_is_refused(tmp_path: Path) -> None:
    events = f"  - {{on: 2026-09-21, invoice: A-1, arrangement: {{others: [Z-9], instalments: {TWO}}}}}\n"
    (row,) = run(written(tmp_path / "strange.yaml", events)).as_json()["refused"]
    assert "Z-9" in row["reason"]


def making(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, LetterContent, str]]:
    """Play a scenario by the rules alone and make its letters about arrangements: name, content, words."""
    creditor, found, asked_of = _creditor("scenario", scenario.terms), [], bundle.asked_of

    def made(members: Sequence[Member], on: date) -> tuple[Asked, ...]:
        asked = asked_of(members, on)
        if members[0].step.id.startswith(("arrangement", "instalment")):
            debtor = _debtor(members[0].case.invoice.debtor)
            content = letter_content(members, asked, creditor, debtor, debtor.contacts[0], on)
            if members[0].step.id != "arrangement_ended":
                assert content.claimed.minor == sum(each.claimed.minor for each in asked)
            found.append((members[0].step.id, content, " ".join(render_email(content).text.split())))
        return asked

    with monkeypatch.context() as patched:
        patched.setattr(pure, "asked_of", made)
        run(scenario)
    return found


def test_a_letter_names_all_invoices_and_the_instalments_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = making(shipped(), monkeypatch)
    (confirmation,) = [
        (content, text)
        for name, content, text in letters
        if name == "arrangement_confirmation" and content.lines[0].number.startswith("D")
    ]
    content, text = confirmation
    assert [line.number for line in content.lines] == ["D-1", "D-2"]
    assert content.arrangement is not None
    assert [(each.due.isoformat(), each.amount.text) for each in content.arrangement.instalments] == [
        ("2026-10-05", "450.00"),
        ("2026-11-05", "450.00"),
    ]
    assert "D-1" in text and "D-2" in text and "€ 900,00" in text and "€ 450,00" in text
    reminder = next(content for name, content, _ in letters if name == "instalment_reminder")
    assert reminder.instalment is not None
    assert (reminder.instalment.number, reminder.instalment.of, reminder.instalment.amount.text) == (1, 2, "450.00")
    ended = [content for name, content, _ in letters if name == "arrangement_default"][-1]
    assert ended.default is not None and ended.default.missed


# Taken by some of its invoices only -------------------------------------------------------------------------------

# Played on the engine, too, until what is looked at has happened: how a ladder goes on from there is played elsewhere.

ALL_AT_ONCE = '[{due: 2026-10-01, amount: "600.00"}]'
HALF = f"""
  - {{on: 2026-09-21, invoice: A-2, arrangement: {{id: own, instalments: {ALL_AT_ONCE}}}, actor: els}}
  - {{on: 2026-09-22, invoice: A-1, arrangement: {{id: a1, others: [A-2], instalments: {TWO}}}, actor: els}}
"""


def in_part(outcome: Outcome, number: str) -> list[tuple[str, str]]:
    case = next(each.case for each in outcome.played if each.number == number)
    return [(str(t.raised_on), t.outcome) for t in case.tasks if t.kind == "arrangement_in_part"]


def test_one_that_another_invoice_refused_is_not_confirmed_and_a_person_hears_of_it_the_day_after(
    tmp_path: Path, play: Callable[[Scenario], Outcome]
) -> None:
    scenario = written(tmp_path / "half.yaml", HALF, until=date(2026, 10, 31))
    outcome = run(scenario)
    (refused,) = (row for row in outcome.as_json()["refused"] if row["invoice"] == "A-2")
    assert "arrangement own stands" in refused["reason"]
    assert [letter for day, letter, asked in messages(outcome, "A") if "A-1" in asked and day < "2026-09-26"] == []
    assert (in_part(outcome, "A-1"), in_part(outcome, "A-2")) == ([("2026-09-23", "it stands no more")], [])
    assert play(scenario).as_json() == outcome.as_json()


def test_agreed_on_the_other_one_too_it_is_confirmed_once_and_nobody_has_anything_to_do(
    tmp_path: Path, play: Callable[[Scenario], Outcome]
) -> None:
    events = f"""{HALF}  - {{on: 2026-09-24, invoice: A-2, end_arrangement: {{}}, actor: els}}
  - {{on: 2026-09-24, invoice: A-1, arrangement: {{id: a1, others: [A-2], instalments: {TWO}}}, actor: els}}
"""
    scenario = written(tmp_path / "mended.yaml", events, until=date(2026, 10, 6))
    outcome = run(scenario)
    told = [each for each in messages(outcome, "A") if each[1] == "arrangement_confirmation" and "A-1" in each[2]]
    assert told == [("2026-09-24", "arrangement_confirmation", {"A-1": "300.00", "A-2": "600.00"})]
    assert in_part(outcome, "A-1") == [("2026-09-23", "agreed on all of them")]
    assert play(scenario).as_json() == outcome.as_json()


def test_who_leaves_it_so_has_it_confirmed_for_the_invoices_that_took_it(tmp_path: Path) -> None:
    events = f"{HALF}  - {{on: 2026-09-25, invoice: A-1, task_done: arrangement_in_part}}\n"
    told = list(messages(run(written(tmp_path / "left.yaml", events)), "A"))
    assert ("2026-09-25", "arrangement_confirmation", {"A-1": "300.00"}) in told


# One that came open again when an agency collects the others -------------------------------------------------------

BACK = """
scenario: one came open again
policy:
  policy: family
  law: NL
  kind: consumer
  calendar: {zone: Europe/Amsterdam, holidays: NL, days: [tue, wed, thu, fri], from: "09:00", until: "16:00"}
  spacing: 3d
  steps:
    - {id: reminder, when: {after_due: 5d}, send: email, letter: reminder}
    - {id: notice, when: {after_due: 14d}, send: post, letter: notice, announces: [costs], term: 14d}
    - {id: final, when: {term_expired: notice}, send: email, letter: final_demand, claims: all}
    - {id: handoff, when: {after_previous: 10d, term_expired: notice}, hand_off: agency, claims: all}
start: 2026-02-16
until: 2026-07-07
invoices:
  - {number: F-1, debtor: ann, invoice_date: 2026-04-05, due: 2026-04-19, amount: "50.00"}
  - {number: F-2, debtor: ann, invoice_date: 2026-04-05, due: 2026-04-19, amount: "50.00"}
  - {number: F-3, debtor: ann, invoice_date: 2026-02-23, due: 2026-03-09, amount: "50.00"}
events:
  - on: 2026-04-13
    invoice: F-3
    arrangement:
      id: a2
      others: [F-2, F-1]
      instalments: [{due: 2026-04-18, amount: "75.00"}, {due: 2026-05-08, amount: "75.00"}]
      interest: frozen
      signed_off_by: legal
    actor: els
  - {on: 2026-04-25, invoice: F-1, payment: "50.00", id: p1}
  # F-3 was handed off on 5 June, and F-2 had no final demand then: a person lets it follow.
  - {on: 2026-06-08, invoice: F-2, task_done: let_follow}
  - {on: 2026-07-04, invoice: F-1, reverse: p1}
"""


def test_the_letter_on_its_end_asks_only_what_we_collect_still(
    tmp_path: Path, play: Callable[[Scenario], Outcome]
) -> None:
    (tmp_path / "back.yaml").write_text(BACK)
    scenario = load_scenario(tmp_path / "back.yaml")
    outcome = run(scenario)
    cases = outcome.as_json()["cases"]
    assert (cases["F-2"]["stage"], cases["F-3"]["stage"]) == ("handed_off", "handed_off")
    ends = [
        row for row in outcome.as_json()["letters"] if row["letter"] == "arrangement_default" and row["on"] > "2026-07"
    ]
    assert [(row["invoice"], row["claimed"]) for row in ends] == [("F-1", "50.01")]
    # The engine makes the letter; one that names more than it asks can't be made.
    assert play(scenario).as_json() == outcome.as_json()
