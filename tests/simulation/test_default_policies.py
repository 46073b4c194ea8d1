"""The shipped policies, held to days and amounts that were worked out by hand.

Source: practice.md, "Default policies". R is the third delivery day (Tuesday to Saturday) after posting, E the last
day of the term (R and its days; a consumer's is moved off a weekend day), G the second banking day after E; a message
goes on the next Tuesday, Wednesday or Thursday. Interest is base x rate x days / 365 from the day after due, the asked
day included.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from domain.case import Case
from domain.policy import Policy
from letters.render import known_letters
from policies.load import load_policy, shipped_policies, shipped_policy
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario
from tests.casefile.builders import CASE, close_all, furnish, opened
from tests.simulation.on_the_engine import DEFAULTS

Step = tuple[str, str, str, str]
"""Day, step, channels, and what is claimed (of a task: what is owed in all)."""


def scenario(name: str) -> Scenario:
    return load_scenario(Path(str(files("samples") / "scenarios" / f"policy-{name}.yaml")), known_letters())


@pytest.fixture(scope="module")
def played() -> Callable[[str], dict[str, Any]]:
    results: dict[str, dict[str, Any]] = {}

    def of(name: str) -> dict[str, Any]:
        if name not in results:
            results[name] = run(scenario(name)).as_json()
        return results[name]

    return of


def ladder(result: dict[str, Any], number: str) -> list[Step]:
    return [
        (
            row["on"][5:],
            row["step"],
            "+".join(row["channels"]),
            row["total"] if row["channels"] == ["task"] else row["claimed"],
        )
        for row in result["steps"]
        if row["invoice"] == number
    ]


Played = Callable[[str], dict[str, Any]]

# nl-business: due Wednesday 2 September 2026, trade rate 10.40% -------------------------------------------------


def test_a_large_silent_business_goes_from_the_call_before_due_to_the_agency(played: Played) -> None:
    # Due - 5 is Friday 28 August: Tuesday 1 September. +5 Monday, +12 Monday, +17 Saturday: each the Tuesday after.
    # +24 is Saturday 26 September: Tuesday 29. R Friday 2 October, E +8 = Saturday the 10th, G Tuesday the 13th (Monday
    # is the first banking day); the seventh banking day after E is Tuesday the 20th;
    # the register of companies is looked into on the 21st.
    # Interest on 12,100 (1258.40 a year): 27 days to 29 September 93.09; 41 to the 13th 141.35; 49 to the 21st 168.94.
    # Scale: 375 + 250 + 250 + 1% of 2,100 = 896.00. 12,100 + 141.35 + 896 = 13,137.35; + 168.94 = 13,164.94.
    assert ladder(played("nl-business"), "B-1") == [
        ("09-01", "service_call", "task", "12100.00"),
        ("09-08", "reminder", "email", "12100.00"),
        ("09-15", "second_reminder", "email", "12100.00"),
        ("09-22", "call", "task", "12168.95"),  # 20 days: 68.95
        ("09-29", "notice", "email+registered", "12193.09"),
        ("10-13", "supply_stop", "task", "13137.35"),
        ("10-13", "manager_call", "task", "13137.35"),
        ("10-21", "handoff", "agency", "13164.94"),
    ]


def test_a_business_that_pays_after_the_call_hears_nothing_more(played: Played) -> None:
    result = played("nl-business")
    assert [step for _, step, _, _ in ladder(result, "B-2")] == ["reminder", "second_reminder", "call"]
    assert result["cases"]["B-2"] == {"stage": "closed", "open": "0.00", "closed": "paid"}


def test_two_small_invoices_are_called_about_and_not_handed_off(played: Played) -> None:
    # 180.00 and 95.00 are each below 250.00, and two: the call comes, the manager's call and the hand-off do not.
    # On 13 October 41 days of interest, 2.10 and 1.11, and the least of the scale, 40.00, for each.
    result = played("nl-business")
    assert ladder(result, "B-3")[2:] == [
        ("09-22", "call", "task", "181.03"),  # 20 days: 1.03
        ("09-29", "notice", "email+post", "181.38"),  # 27 days: 1.38; below 10,000 it is not registered
        ("10-13", "supply_stop", "task", "222.10"),
    ]
    assert ladder(result, "B-4")[-1] == ("10-13", "supply_stop", "task", "136.11")
    left_out = {(row["invoice"], row["step"]) for row in result["passed_over"]}
    assert {("B-3", "service_call"), ("B-3", "manager_call"), ("B-3", "handoff"), ("B-4", "handoff")} <= left_out
    first = {
        row["message"] for row in result["steps"] if row["step"] == "reminder" and row["invoice"] in ("B-3", "B-4")
    }
    assert len(first) == 1


def test_a_sole_trader_has_fourteen_days_under_the_policy_of_businesses(played: Played) -> None:
    # R Friday 2 October, E +14 = Friday the 16th, G Tuesday the 20th, seventh banking day Tuesday the 27th.
    # 605 x 10.40%: 48 days 8.27, 55 days 9.48; 15% of 605 = 90.75.
    assert ladder(played("nl-business"), "B-5")[-3:] == [
        ("09-29", "notice", "email+post", "609.65"),  # 27 days: 4.65
        ("10-20", "supply_stop", "task", "704.02"),
        ("10-27", "handoff", "agency", "705.23"),
    ]


# nl-consumer: due Wednesday 30 September 2026, 4% ----------------------------------------------------------------


def test_a_silent_consumer_has_two_free_contacts_a_letter_a_call_and_a_final_demand(played: Played) -> None:
    # +4 is Sunday 4 October: Tuesday. +11 Sunday: Tuesday 13. +19 Monday: Tuesday 20. R Friday 23 October, E Friday 6
    # November, G Tuesday the 10th. Letter + 9: Thursday 29 October. Final demand + 10 is Friday the 20th: Tuesday 24.
    # 249 x 4%: 29 days 0.79, 41 days 1.12, 55 days 1.50. Costs 15% = 37.35, so 40.00.
    result = played("nl-consumer")
    assert ladder(result, "C-1") == [
        ("10-06", "reminder", "email", "249.00"),
        ("10-13", "second_reminder", "email+sms", "249.00"),
        ("10-20", "notice", "post+email", "249.00"),
        ("10-29", "call", "task", "249.79"),
        ("11-10", "final_demand", "email+post", "290.12"),
        ("11-24", "handoff", "agency", "290.50"),
    ]
    assert [row["announced_costs"] for row in result["steps"] if row["step"] == "notice"] == ["40.00", "40.00", "90.00"]


def test_a_consumer_who_pays_inside_the_term_owes_no_costs(played: Played) -> None:
    result = played("nl-consumer")
    assert result["cases"]["C-2"] == {"stage": "closed", "open": "0.00", "closed": "paid"}
    assert {row["costs"] for row in result["steps"] if row["invoice"] == "C-2"} == {"0.00"}


def test_a_printed_term_makes_the_reminder_a_notice_of_default_and_the_letter_waits_for_it(played: Played) -> None:
    # Reminder of Tuesday 6 October with 14 days: R Friday the 9th, E Friday the 23rd, default from the 24th, acted on
    # from Tuesday the 27th. The letter of that day: R Friday the 30th, E Friday 13 November, G Tuesday the 17th.
    # Letter + 9: Thursday 5 November, 13 days from 24 October: 0.85. 600 x 4% x 25 / 365 = 1.64; 15% = 90.00.
    # Paid two days later: 0.14 of interest more, which is not chased.
    result = played("nl-consumer")
    assert ladder(result, "C-3") == [
        ("10-06", "reminder", "email", "600.00"),
        ("10-13", "second_reminder", "email+sms", "600.00"),
        ("10-27", "notice", "post+email", "600.00"),
        ("11-05", "call", "task", "600.85"),
        ("11-17", "final_demand", "email+post", "691.64"),
    ]
    assert result["cases"]["C-3"]["closed"] == "paid"


# be-business: due Wednesday 2 September 2026, 10.5% ----------------------------------------------------------------


def test_a_silent_belgian_business_owes_interest_and_forty_euros_from_the_notice(played: Played) -> None:
    # +4 Sunday: Tuesday 8 September. +11 Sunday: Tuesday 15. +20: Tuesday 22. Third working day after it: Friday the
    # 25th, so eight days end on Friday 2 October; three banking days later is Wednesday the 7th. +38 is Saturday the
    # 10th: Tuesday 13. 2,000 x 10.5% is 210 a year: 13 days 7.48, 20 days 11.51, 35 days 20.14, 41 days 23.59.
    assert ladder(played("be-business"), "W-1") == [
        ("09-08", "reminder", "email", "2000.00"),
        ("09-15", "call", "task", "2007.48"),
        ("09-15", "second_reminder", "email", "2000.00"),
        ("09-22", "notice", "registered+email", "2051.51"),
        ("10-07", "supply_stop", "task", "2060.14"),
        ("10-07", "manager_call", "task", "2060.14"),
        ("10-13", "handoff", "agency", "2063.59"),
    ]


def test_a_belgian_business_that_pays_what_the_notice_asks_is_done(played: Played) -> None:
    # 500 x 10.5% x 20 / 365 = 2.88, and 40.00. Two days later 0.28 more would be owed.
    result = played("be-business")
    assert ladder(result, "W-2")[-1] == ("09-22", "notice", "registered+email", "542.88")
    assert result["cases"]["W-2"] == {"stage": "closed", "open": "0.00", "closed": "paid"}


def test_a_belgian_business_that_pays_the_invoice_alone_still_owes_interest_and_forty_euros(played: Played) -> None:
    # Paid on 29 September, inside the term: 27 days. W-3: 7.77 and 40.00, below 50.00. W-4: 23.30 and 40.00 come first,
    # so 63.30 of the invoice is left; 8 days on it until 7 October are 0.15.
    result = played("be-business")
    assert result["cases"]["W-3"] == {"stage": "closed", "open": "0.00", "closed": "paid"}
    assert ladder(result, "W-4")[-2:] == [
        ("10-07", "supply_stop", "task", "63.45"),
        ("10-07", "manager_call", "task", "63.45"),
    ]
    assert result["cases"]["W-4"]["closed"] is None


# be-consumer: due Monday 5 October 2026, clause at the legal maximum, 10.5% ----------------------------------------


def test_a_silent_belgian_consumer_owes_nothing_more_before_the_free_reminder_ran_out(played: Played) -> None:
    # +5 Saturday: Tuesday 13 October. By e-mail the term begins on the 14th and ends on the 27th; two banking days on
    # is Thursday the 29th. +10 is Sunday 8 November: Tuesday 10. The 11th is a holiday: third working day Monday the
    # 16th, 15 days end on Monday the 30th; the fifth banking day after it is Monday 7 December: Tuesday 8.
    # Damages 30 + 10% of 250 = 55.00. 42.00 of interest a year from 14 October: 16 days 1.84, 28 days 3.22, 56 days
    # 6.44.
    assert ladder(played("be-consumer"), "K-1") == [
        ("10-13", "first_reminder", "email", "400.00"),
        ("10-29", "call", "task", "456.84"),
        ("10-29", "second_reminder", "email", "456.84"),
        ("11-10", "notice", "registered", "458.22"),
        ("12-08", "handoff", "agency", "461.44"),
    ]


def test_a_belgian_consumer_who_pays_in_time_or_leaves_a_little_is_done(played: Played) -> None:
    # K-3: 20.00 and 21 days on 150.00, 0.91: together below 25.00.
    cases = played("be-consumer")["cases"]
    assert [cases[number]["closed"] for number in ("K-2", "K-3")] == ["paid", "paid"]
    assert [step for _, step, _, _ in ladder(played("be-consumer"), "K-2")] == ["first_reminder"]


# The presets: due Wednesday 2 September 2026, no law ----------------------------------------------------------------


def test_the_presets_count_from_the_due_date_and_ask_for_what_is_open(played: Played) -> None:
    # +7 and +14 and +21 are Wednesdays. +3 is Saturday: Tuesday 8; +30 is Friday 2 October: Tuesday 6.
    assert ladder(played("preset-7-14-21"), "P-1") == [
        ("09-09", "reminder", "email", "484.00"),
        ("09-16", "second_reminder", "email", "484.00"),
        ("09-23", "call", "task", "484.00"),
    ]
    assert ladder(played("preset-7-14-21"), "P-2") == [("09-09", "reminder", "email", "96.80")]
    assert ladder(played("preset-3-14-30"), "P-1") == [
        ("09-08", "reminder", "email", "484.00"),
        ("09-16", "second_reminder", "email", "484.00"),
        ("10-06", "final_reminder", "post+email", "484.00"),
    ]
    assert ladder(played("preset-3-14-30"), "P-2")[1:] == [("09-16", "second_reminder", "email", "48.40")]


# All of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped_policies())
def test_a_shipped_policy_is_free_of_findings_with_the_letters_there_are(name: str) -> None:
    text = (files("policies") / f"{name}.yaml").read_text(encoding="utf-8")
    assert load_policy(text, name, known_letters()).findings == ()


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_policy_plays_the_same_on_the_engine(name: str, play: Callable[[Scenario], Outcome]) -> None:
    # There every letter is written and held against what the law asks of it; one that is refused stops its ladder.
    result = play(scenario(name)).as_json()
    assert result == run(scenario(name)).as_json()


# nl-business as it stood in its first version, cut to what a case needs; kept here because it is in use somewhere.
_FIRST_VERSION = """\
policy: nl-business
version: 1
law: NL
kind: business
calendar: {zone: Europe/Amsterdam, holidays: NL, days: [tue, wed, thu], from: "09:00", until: "16:00"}
tolerance: "1.00"
spacing: 5d
bundle: debtor
catch_up: in_order
after_hold: shift
steps:
  - {id: reminder, when: {after_due: 5d}, send: [email], to: finance, letter: reminder, attach: [invoice]}
  - {id: second_reminder, when: {after_due: 12d}, send: [email, sms], announces: [interest, costs]}
  - {id: call, when: {after_due: 17d}, task: call, wait_for_task: 3d, if: {open_at_least: "250.00"}}
  - id: notice
    when: {after_due: 24d, after_previous: 5d}
    send: [post, email]
    letter: notice
    claims: principal+interest
    announces: [costs, handoff]
    term: 14d
  - id: handoff
    when: {term_expired: notice}
    hand_off: agency
    claims: all
    if: {open_at_least: "75.00"}
    approval: required
"""


def test_a_case_of_the_first_version_stays_on_it_when_the_second_arrives(tmp_path: Path) -> None:
    first = load_policy(_FIRST_VERSION, "nl-business.yaml", known_letters()).checked()
    second = shipped_policy("nl-business")
    assert (first.version, second.version) == (1, 3)
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        furnish(transaction, first)
    with file.write() as transaction:
        transaction.parties.save_policy(second)
    with file.read() as transaction:
        kept: tuple[Case, Policy] = (transaction.cases.load(CASE).case, transaction.cases.load(CASE).policy)
        newest = transaction.parties.policy("nl-business", None)
    close_all()
    assert (kept[0].policy_version, kept[1]) == (1, first)
    assert newest == second
