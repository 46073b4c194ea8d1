"""What must hold of every life with a collection partner, whatever he reports in whatever order, once or twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from hypothesis import HealthCheck, given, settings

from domain import facts as f
from domain.handoffs.with_partner import stands_as
from domain.money import Money
from domain.policy import PARTNER_NOTICES
from simulation.agency_events import AgencyReport
from simulation.outcome import Outcome, Played
from simulation.pure import run
from simulation.scenario import Scenario
from tests.examples import examples
from tests.simulation.random_partner_lives import partner_lives
from tests.simulation.test_properties import (
    a_case_acts_or_waits_with_a_reason_and_a_date_or_task_or_is_closed,
    each_issue_of_a_step_is_taken_at_most_once,
    money_is_conserved,
    nothing_but_letters_beside_the_ladder_is_sent_during_a_hold,
    nothing_reaches_the_debtor_while_a_partner_has_the_case,
    the_last_decision_can_be_explained,
)

ZERO = Money.zero("EUR")


def one_partner_at_a_time_and_none_twice(played: Played) -> None:
    having: list[str] = []
    had: list[str] = []
    for fact in played.facts:
        if isinstance(fact, f.StepTaken) and fact.step_kind == "hand_off" and fact.step not in PARTNER_NOTICES:
            assert not having, (fact, having)
            assert fact.partner not in had
            having.append(fact.partner or "")
            had.append(fact.partner or "")
        elif isinstance(fact, f.FileReturned):
            assert having == [fact.partner], fact
            having.clear()


def he_is_told_only_of_files_that_he_has_and_of_each_thing_once(played: Played) -> None:
    told: Counter[str] = Counter()
    has_it = False
    for fact in played.facts:
        if isinstance(fact, f.FileReturned):
            has_it = False
        elif isinstance(fact, f.LetterOwed) and fact.letter in PARTNER_NOTICES:
            told[f"{fact.letter} {fact.of}"] += 1
        elif isinstance(fact, f.StepTaken) and fact.step in PARTNER_NOTICES:
            assert has_it, fact
        elif isinstance(fact, f.StepTaken) and fact.step_kind == "hand_off":
            has_it = True
    assert all(number == 1 for number in told.values()), told


def what_moves_with_us_while_he_has_the_file_is_told_to_him(played: Played) -> None:
    """Told, or he had given the file back by then."""
    has_it = False
    of = {each.of for each in played.case.owing if each.letter == "agency_notice"}
    dropped = {each.of for each in played.case.owing if each.letter == "agency_notice" and each.dropped}
    sent = {each.of for each in played.case.owing if each.letter == "agency_notice" and each.sent_on}
    returned = any(isinstance(fact, f.FileReturned) for fact in played.facts)
    for fact in played.facts:
        if isinstance(fact, f.FileReturned):
            has_it = False
        elif isinstance(fact, f.StepTaken) and fact.step_kind == "hand_off" and fact.step not in PARTNER_NOTICES:
            has_it = True
        elif has_it and isinstance(fact, f.PaymentReceived | f.InvoiceCredited | f.PaymentReversed | f.WrittenOff):
            theirs = fact.id.removeprefix("reversal:").startswith("agency:")
            if not theirs:
                assert fact.id in of, fact
                assert fact.id in sent or (fact.id in dropped and returned), fact


def every_cent_is_a_payment_to_us_or_to_him_or_open(played: Played) -> None:
    """The books follow from what was told, each report once; his costs are none of it."""
    invoice = played.case.invoice.amount
    ours = sum((-e.amount for e in played.case.ledger.entries if e.lowers and not e.source), ZERO)
    back = sum((e.amount for e in played.case.ledger.entries if e.kind.value == "reversal" and not e.source), ZERO)
    paid: dict[str, Money] = {}
    undone: dict[str, list[Money | None]] = {}
    for each in {report.id: report for report in played.case.reports}.values():
        if each.status == "payment" and each.amount is not None:
            paid[f"{each.partner} {each.report}"] = each.amount
        elif each.status == "payment_reversed":
            undone.setdefault(f"{each.partner} {each.payment}", []).append(each.amount)
    theirs = ZERO
    for own, amount in paid.items():
        parts = [amount if part is None else part for part in undone.get(own, ())]
        theirs += amount - min(amount, sum(parts, ZERO))
    assert played.case.open - played.case.overpaid == invoice - ours + back - theirs, played.facts


def asked_back_once_where_it_is_settled_with_us(played: Played) -> None:
    recalls = Counter(each.issue for each in played.case.recalls)
    assert all(number == 1 for number in recalls.values()), recalls
    if stands_as(played.case) == "recall_asked":
        assert played.case.recalls


def books(outcome: Outcome) -> list[tuple[str, str, str | None]]:
    """What a case came to in money, and where it stands."""
    found = []
    for each in outcome.played:
        closed = None if each.case.closed is None else each.case.closed.value
        found.append((each.number, each.case.ledger.balance.text, closed))
    return found


def _alike(limit: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples(limit), deadline=None, derandomize=True, suppress_health_check=checks)


@_alike(60)
@given(partner_lives())
def test_of_every_life_with_a_partner_every_rule_holds(scenario: Scenario) -> None:
    outcome = run(scenario)
    for rule in (
        nothing_but_letters_beside_the_ladder_is_sent_during_a_hold,
        a_case_acts_or_waits_with_a_reason_and_a_date_or_task_or_is_closed,
        each_issue_of_a_step_is_taken_at_most_once,
        nothing_reaches_the_debtor_while_a_partner_has_the_case,
        money_is_conserved,
        the_last_decision_can_be_explained,
    ):
        rule(scenario, outcome)
    for played in outcome.played:
        one_partner_at_a_time_and_none_twice(played)
        he_is_told_only_of_files_that_he_has_and_of_each_thing_once(played)
        what_moves_with_us_while_he_has_the_file_is_told_to_him(played)
        every_cent_is_a_payment_to_us_or_to_him_or_open(played)
        asked_back_once_where_it_is_settled_with_us(played)


@_alike(30)
@given(partner_lives())
def test_his_costs_change_nothing_of_what_is_owed(scenario: Scenario) -> None:
    free = tuple(e for e in scenario.events if not (isinstance(e, AgencyReport) and e.status == "costs"))
    without, with_them = run(replace(scenario, events=free)), run(scenario)
    assert books(without) == books(with_them)
    assert [each.open for each in without.played] == [each.open for each in with_them.played]


@_alike(30)
@given(partner_lives())
def test_what_he_tells_twice_counts_once(scenario: Scenario) -> None:
    twice = [
        told
        for event in scenario.events
        for told in ((event, event) if isinstance(event, AgencyReport) else (event,))
    ]  # fmt: skip
    once = run(scenario)
    again = run(replace(scenario, events=tuple(twice)))
    assert [_without_quarantine(each.facts) for each in again.played] == [
        _without_quarantine(each.facts) for each in once.played
    ]


def _without_quarantine(facts: Iterable[f.Fact]) -> list[f.Fact]:
    return [fact for fact in facts if not isinstance(fact, f.MessageQuarantined)]


@_alike(40)
@given(partner_lives())
def test_in_which_order_he_tells_things_on_one_day_makes_no_difference(scenario: Scenario) -> None:
    ordered = sorted(scenario.events, key=lambda event: event.on)
    turned = []
    for _, day in groupby(ordered, key=lambda event: event.on):
        of_day = list(day)
        reports = [event for event in of_day if isinstance(event, AgencyReport)]
        ids = Counter((event.invoice, event.id) for event in reports)
        # Of two contents under one id the first counts; and once he gave it back, what he says of it is too late.
        gone = any(event.status in ("refused", "recalled", "closed") for event in reports)
        if gone or any(number > 1 for number in ids.values()):
            turned += of_day
            continue
        others = iter(reports[::-1])
        turned += [next(others) if isinstance(event, AgencyReport) else event for event in of_day]
    there = run(replace(scenario, events=tuple(ordered)))
    back = run(replace(scenario, events=tuple(turned)))
    assert books(there) == books(back)
    assert [stands_as(each.case) for each in there.played] == [stands_as(each.case) for each in back.played]
