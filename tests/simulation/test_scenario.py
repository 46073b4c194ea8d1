"""Scenario files: read as a whole, and refused with the place of everything that is wrong."""

from datetime import date
from pathlib import Path

import pytest

from domain.money import Money
from policies.problems import SourceError
from policies.yaml_source import load_yaml
from simulation.events import BankCovers, Credit, Pause, Payment, Reversal
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import scenario_of
from tests.rows import in_rows

POLICY = """\
policy: {policy: one, steps: [{id: reminder, when: {after_due: 5d}, send: email}]}
"""
HEAD = (
    POLICY
    + """\
start: 2026-03-01
until: 2026-04-30
invoices:
  - {number: F-1, debtor: bakker, invoice_date: 2026-02-01, due: 2026-03-01, amount: "100.00"}
  - {number: F-2, debtor: jansen, invoice_date: 2026-03-10, due: 2026-03-20, amount: "200.00"}
events:
"""
)


def read(text: str, folder: Path = Path()) -> Scenario:
    return scenario_of(load_yaml(text, "case.yaml"), folder)


def problems(text: str, folder: Path = Path()) -> list[str]:
    with pytest.raises(SourceError) as refused:
        read(text, folder)
    return str(refused.value).splitlines()


def problem(text: str, folder: Path = Path()) -> str:
    (line,) = problems(text, folder)
    return line


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            '{on: 2026-03-10, invoice: F-1, payment: "30.00", id: p1, credited: 2026-03-09}',
            Payment(date(2026, 3, 10), "p1", "F-1", Money.parse("30.00", "EUR"), None, date(2026, 3, 9)),
        ),
        (
            '{on: 2026-03-10, debtor: bakker, payment: "30.00"}',
            Payment(date(2026, 3, 10), "event-1", None, Money.parse("30.00", "EUR"), "bakker"),
        ),
        (
            '{on: 2026-03-10, invoice: F-1, reverse: never-seen, amount: "1.00"}',
            Reversal(date(2026, 3, 10), "event-1", "F-1", "never-seen", Money.parse("1.00", "EUR")),
        ),
        (
            '{on: 2026-03-10, invoice: F-1, credit: "5.00", kind: rebate}',
            Credit(date(2026, 3, 10), "event-1", "F-1", Money.parse("5.00", "EUR"), "rebate"),
        ),
        ("{on: 2026-03-10, invoice: F-1, pause: {}}", Pause(date(2026, 3, 10), "event-1", "F-1")),
        ("{on: 2026-03-10, bank_covers: 2026-03-09}", BankCovers(date(2026, 3, 10), "event-1", None, date(2026, 3, 9))),
    ],
)
def test_every_form_of_event_is_read(event: str, expected: object) -> None:
    assert read(HEAD + f"  - {event}\n").events == (expected,)


@in_rows(
    ("event", "place", "words"),
    [
        ('{on: 2026-03-10, invoice: F-3, payment: "1.00"}', "8:22: events[0].invoice", "did you mean F-2?"),
        ('{on: 2026-03-10, debtor: baker, payment: "1.00"}', "8:22: events[0].debtor", "did you mean bakker?"),
        ('{on: 2026-05-10, invoice: F-1, payment: "1.00"}', "8:6: events[0].on", "outside 2026-03-01 to 2026-04-30"),
        ('{on: 2026-03-05, invoice: F-2, payment: "1.00"}', "8:6: events[0].on", "before the invoice date"),
        ("{on: 2026-03-10, invoice: F-1, pause: {until: 2026-03-10}}", "events[0].pause.until", "must lie after"),
        ("{on: 2026-03-10, invoice: F-1}", "8:5: events[0]", "found none"),
        ('{on: 2026-03-10, invoice: F-1, payment: "1", reverse: x}', "8:5: events[0]", "found payment and reverse"),
        ('{on: 2026-03-10, payment: "1.00"}', "8:5: events[0]", "needs an invoice or a debtor"),
        ("{on: 2026-03-10, debtor: bakker, pause: {}}", "events[0].debtor", "does not go with pause"),
        ('{on: 2026-03-10, invoice: F-1, payment: "1.00", kind: rebate}', "events[0].kind", "does not go with payment"),
        ('{on: 2026-03-10, invoice: F-1, payment: "-1.00"}', "events[0].payment", "greater than 0"),
        ('{on: 2026-03-10, invoice: F-1, payment: "1e2"}', "events[0].payment", "not a plain decimal number"),
        ("{on: 2026-03-10, invoice: F-1, payment: }", "events[0].payment", "is empty"),
        ("{on: 2026-03-10, invoice: F-1, task_done: fax}", "events[0].task_done", "raises no task 'fax'"),
        ('{on: 2026-03-10, invoice: F-1, paymet: "1.00"}', "events[0].paymet", "did you mean payment?"),
    ],
)
def test_a_wrong_event_is_refused_with_its_place(event: str, place: str, words: str) -> None:
    line = problem(HEAD + f"  - {event}\n")
    assert line.startswith("case.yaml:8:")
    assert place in line
    assert words in line


def test_everything_wrong_is_told_at_once() -> None:
    text = (
        HEAD + '  - {on: 2026-03-10, invoice: F-9, payment: "1.00"}\n  - {on: 2026-09-10, invoice: F-1, resume: {}}\n'
    )
    assert len(problems(text)) == 2


def test_a_number_is_used_once() -> None:
    assert "'F-1' is used twice; the first is on line 5" in problem(HEAD.replace("F-2", "F-1"))


def test_an_invoice_needs_a_policy() -> None:
    assert all("has no policy" in line for line in problems(HEAD.removeprefix(POLICY)))


def test_a_due_date_before_the_invoice_date_is_refused_where_it_stands() -> None:
    line = problem(HEAD.replace("due: 2026-03-20", "due: 2026-03-09"))
    assert "case.yaml:6:" in line and "invoices[1].due" in line and "before invoice_date" in line


def test_a_policy_is_checked_where_it_is_written() -> None:
    line = problem(HEAD.replace("after_due: 5d", "term_expired: notice"))
    assert line.startswith("case.yaml:1:") and "policy.steps[0].when.term_expired" in line
    unknown = [line for line in problems(HEAD.replace("after_due: 5d", "after_du: 5d")) if "unknown key" in line]
    assert "policy.steps[0].when.after_du: " in unknown[0] and "did you mean after_due?" in unknown[0]


def test_a_policy_is_found_beside_the_scenario_by_name_and_as_shipped(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("policy: mine\nsteps: [{id: one, when: {after_due: 1d}, send: email}]\n")
    body = HEAD.removeprefix(POLICY).removesuffix("events:\n")
    assert read("policy: mine.yaml\n" + body, tmp_path).invoices[0].policy.policy == "mine"
    assert read("policy: mine\n" + body, tmp_path).invoices[0].policy.policy == "mine"
    assert read("policy: nl-business\n" + body, tmp_path).invoices[0].policy.policy == "nl-business"
    assert read("policy: policies/nl-business.yaml\n" + body, tmp_path).invoices[0].policy.policy == "nl-business"
    named = "policies: {own: mine.yaml}\n" + body.replace("amount", "policy: own, amount")
    assert read(named, tmp_path).invoices[1].policy.policy == "mine"


def test_an_unknown_policy_is_refused_with_its_place(tmp_path: Path) -> None:
    body = HEAD.removeprefix(POLICY)
    line = problem("policy: gone.yaml\n" + body, tmp_path)
    assert line.startswith("case.yaml:1:1: policy: gone.yaml: there is no such policy file")
    assert "did you mean nl-business?" in problem("policy: nl-busines\n" + body, tmp_path)


def test_a_broken_policy_file_is_told_with_its_own_place(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("policy: mine\nsteps: []\n")
    line = problem("policy: mine.yaml\n" + HEAD.removeprefix(POLICY), tmp_path)
    assert line.startswith(f"{tmp_path / 'mine.yaml'}:2:1: steps:")


def test_calendar_off_overrides_the_policy() -> None:
    body = HEAD.removeprefix(POLICY).removesuffix("events:\n")
    scenario = read("policy: nl-business\ncalendar: off\n" + body)
    assert {each.policy.calendar for each in scenario.invoices} == {None}
    # 6 March 2026 is a Friday, on which the policy's own calendar sends nothing.
    assert run(scenario).as_json()["steps"][0]["on"] == "2026-03-06"


def test_policies_with_different_clocks_do_not_mix() -> None:
    one = "{steps: [{id: one, when: {after_due: 1d}, send: email}], policy: "
    policies = f"policies:\n  here: {one}here}}\n  there: {one}there, calendar: {{zone: America/New_York}}}}\n"
    body = HEAD.removeprefix(POLICY).replace("due: 2026-03-01", "policy: here, due: 2026-03-01")
    body = body.replace("due: 2026-03-20", "policy: there, due: 2026-03-20")
    assert "different clocks (America/New_York and Europe/Amsterdam)" in problem(policies + body)


def test_an_invoice_of_after_the_start_opens_on_its_own_date() -> None:
    scenario = read(HEAD)
    (first, second) = run(scenario).played
    assert first.case.opened_on == date(2026, 3, 1)
    assert second.case.opened_on == date(2026, 3, 10)


def test_a_day_awake_lies_in_the_period() -> None:
    assert "awake[0]" in problem(HEAD.replace("invoices:", "awake: [2027-01-01]\ninvoices:"))


def test_days_and_lengths_that_no_scenario_needs_are_refused() -> None:
    assert "until: '9999-12-31' should be less than" in problem(HEAD.replace("until: 2026-04-30", "until: 9999-12-31"))
    assert "invoices[0].due" in problem(HEAD.replace("due: 2026-03-01", "due: 9999-12-31"))
    assert "at most 3660 days" in problem(HEAD.replace("until: 2026-04-30", "until: 2036-04-30"))
