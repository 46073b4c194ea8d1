"""What is true of every scenario, whatever happens in it: every rule is held against the same, each played once."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.facts import FileReturned, HoldLifted, HoldPlaced, SignatureAsked, SignatureSettled, StepTaken, WrittenOff
from domain.finality import supply_is_stopped
from domain.handoffs.with_partner import lives_on
from domain.ledger import EntryKind
from domain.money import Money
from domain.policy import PARTNER_NOTICES
from domain.sent import all_came_back
from domain.tasks import TaskKind
from domain.views.explain import state_of
from simulation.events import Credit, Payment, Reversal
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from tests.examples import examples
from tests.simulation.random_scenarios import scenarios
from tests.simulation.rules_of_money import (
    a_debtors_payment_is_on_his_cases_on_no_invoice_or_given_back,
    the_claim_counts_every_movement_once,
    what_came_in_on_a_case_is_booked_paid_too_much_or_given_back,
)
from tests.simulation.rules_of_statuses import (
    a_case_under_a_status_has_a_task_or_the_day_of_its_next,
    all_open_cases_of_a_debtor_know_what_he_is_in,
    no_costs_arise_during_a_status,
    nothing_is_handed_off_and_no_step_is_taken_during_a_status,
)


def tried(number: int) -> settings:
    """So many scenarios, the same in every run."""
    return settings(
        max_examples=examples(number), deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
    )


def nothing_but_letters_beside_the_ladder_is_sent_during_a_hold(scenario: Scenario, outcome: Outcome) -> None:
    for played in outcome.played:
        holds: list[HoldPlaced] = []
        for fact in played.facts:
            if isinstance(fact, HoldPlaced):
                holds.append(fact)
            elif isinstance(fact, HoldLifted):
                ended = [hold for hold in holds if hold.hold is fact.hold and fact.of in ("", hold.of)]
                holds = [hold for hold in holds if hold not in ended]
            elif isinstance(fact, StepTaken):
                if fact.step in PARTNER_NOTICES:
                    # No debtor hears of it.
                    continue
                # A letter beside the ladder waits only for a hold that stops those, too.
                stopping = [
                    h
                    for h in holds
                    if fact.step_kind != "answer"
                    or ("answers" in h.hold.rule.stops and fact.step not in h.hold.rule.lets)
                ]
                assert not [hold for hold in stopping if hold.until is None or fact.on < hold.until], fact


def a_case_acts_or_waits_with_a_reason_and_a_date_or_task_or_is_closed(scenario: Scenario, outcome: Outcome) -> None:
    for played in outcome.played:
        case, decision = played.case, played.decision
        assert decision is not None
        if case.closed is not None:
            # Who handed it off waits for the partner; who stopped supply, for the day on which the money is final.
            if supply_is_stopped(case) and decision.task is TaskKind.LIFT_SUPPLY_STOP:
                assert decision.at is not None
                assert decision.at > scenario.invoices[0].policy.sending_calendar.day_start(scenario.until)
                continue
            away = lives_on(case) and [blocker.code for blocker in decision.blockers] == ["with_partner"]
            assert decision.action == ("wait" if away else "close"), (played.number, decision)
            continue
        assert decision.action != "close"
        if decision.action == "wait":
            assert decision.blockers, decision
            open_tasks = [task for task in case.tasks if task.done_on is None]
            was_told = any(task.kind in ("decide_next", "review_pause") for task in case.tasks)
            assert decision.at is not None or open_tasks or was_told, (decision, case.tasks)
        else:
            assert decision.at is not None
            assert decision.at > scenario.invoices[0].policy.sending_calendar.day_start(scenario.until)


def each_issue_of_a_step_is_taken_at_most_once(scenario: Scenario, outcome: Outcome) -> None:
    for played in outcome.played:
        taken = [(fact.step, fact.issue) for fact in played.facts if isinstance(fact, StepTaken)]
        assert len(taken) == len(set(taken))


def every_message_leaves_within_the_hours_of_a_case_that_it_serves(scenario: Scenario, outcome: Outcome) -> None:
    # A bundled message leaves when the first of its cases may send; for the others it is a day that suits them.
    fits: dict[str, list[bool]] = {}
    for played in outcome.played:
        calendar = played.policy.sending_calendar
        for fact in played.facts:
            if isinstance(fact, StepTaken) and fact.step in PARTNER_NOTICES:
                # No debtor hears of it: it is told at once.
                continue
            if isinstance(fact, StepTaken) and fact.step_kind == "answer":
                # Whoever asked something is answered on any working day, at the hours of the policy; one letter about
                # several invoices at those of one of them.
                suits = fact.on.weekday() < 5 or calendar.is_sending_day(fact.on)
                fits.setdefault(fact.message, []).append(suits and calendar.opens <= calendar.local_time(fact.at))
            elif isinstance(fact, StepTaken):
                own = fact.message if fact.step_kind == "send" else f"{played.number}/{fact.message}"
                fits.setdefault(own, []).append(calendar.fit(fact.at) == fact.at)
    assert all(any(each) for each in fits.values())


def nothing_reaches_the_debtor_while_a_partner_has_the_case(scenario: Scenario, outcome: Outcome) -> None:
    for played in outcome.played:
        away = False
        for fact in played.facts:
            if isinstance(fact, FileReturned):
                away = False
            elif isinstance(fact, StepTaken):
                assert not away or fact.step_kind == "task" or fact.step in PARTNER_NOTICES, fact
                away = away or fact.step_kind == "hand_off"


def two_messages_about_one_invoice_are_spaced(scenario: Scenario, outcome: Outcome) -> None:
    for played in outcome.played:
        sent = [fact for fact in played.facts if isinstance(fact, StepTaken) and fact.step_kind == "send"]
        bounced = played.case.bounced
        nobodys = {(each.step, each.issue) for each in played.case.taken if all_came_back(each.keys, bounced)}
        for earlier, later in pairwise(sent):
            # What reached nobody goes again before that.
            again = later.step == earlier.step and (earlier.step, earlier.issue) in nobodys
            # All that a consumer is in default with goes in one 14-day letter, whatever was sent about each before.
            joint = not later.message.startswith(f"{played.number}/") and later.legal == "cost_notice"
            assert again or joint or later.on - earlier.on >= timedelta(days=played.policy.spacing)


def money_is_conserved(scenario: Scenario, outcome: Outcome) -> None:
    zero = Money.zero("EUR")
    for played in outcome.played:
        ledger = played.case.ledger
        assert played.case.open - played.case.overpaid == sum((e.amount for e in ledger.entries), zero)
        reversed_ = ledger.total(EntryKind.REVERSAL)
        # What was written off by mistake is taken back in the same way.
        lowered = (EntryKind.PAYMENT, EntryKind.CREDIT, EntryKind.WRITE_OFF)
        assert reversed_ <= -sum((ledger.total(kind) for kind in lowered), zero)
    # What is booked of a debtor's payment is all of it, or it was refused as a whole.
    refused = {(refusal.on, refusal.reason) for refusal in outcome.refusals}
    for event in scenario.events:
        if isinstance(event, Payment) and event.invoice is None:
            booked = sum(
                (
                    -entry.amount
                    for played in outcome.played
                    for entry in played.case.ledger.entries
                    if entry.id == event.id
                ),
                zero,
            )
            assert booked == event.amount or (booked == zero and any(on == event.on for on, _ in refused))


def what_takes_two_people_was_signed_for_by_another(scenario: Scenario, outcome: Outcome) -> None:
    for played, invoice in zip(outcome.played, scenario.invoices, strict=True):
        given_up, asked, signed = Money.from_minor(0, invoice.invoice.amount.currency), {}, set()
        for fact in played.facts:
            if isinstance(fact, SignatureAsked):
                asked[fact.id] = fact
            elif isinstance(fact, SignatureSettled) and fact.outcome == "confirmed":
                first = asked[fact.of]
                assert fact.actor.strip().casefold() != first.actor.strip().casefold(), fact
                signed.add(first.id.removeprefix("signature:"))
            elif isinstance(fact, WrittenOff):
                given_up += fact.amount
                limit = invoice.policy.two_people.write_off
                assert limit is None or given_up.amount <= limit or fact.id in signed, fact
        waits = [each for each in played.case.asked if each.waits]
        assert (played.case.open_task("sign_request") is not None) == bool(waits), waits


def the_last_decision_can_be_explained(scenario: Scenario, outcome: Outcome) -> None:
    for played in outcome.played:
        assert state_of(played.case, played.decision, played.policy, scenario.until)


@tried(80)
@given(scenarios())
def test_in_every_scenario_every_rule_holds(scenario: Scenario) -> None:
    outcome = run(scenario)
    for rule in (
        nothing_but_letters_beside_the_ladder_is_sent_during_a_hold,
        a_case_acts_or_waits_with_a_reason_and_a_date_or_task_or_is_closed,
        each_issue_of_a_step_is_taken_at_most_once,
        every_message_leaves_within_the_hours_of_a_case_that_it_serves,
        nothing_reaches_the_debtor_while_a_partner_has_the_case,
        two_messages_about_one_invoice_are_spaced,
        money_is_conserved,
        what_takes_two_people_was_signed_for_by_another,
        the_last_decision_can_be_explained,
        what_came_in_on_a_case_is_booked_paid_too_much_or_given_back,
        the_claim_counts_every_movement_once,
        a_debtors_payment_is_on_his_cases_on_no_invoice_or_given_back,
        no_costs_arise_during_a_status,
        nothing_is_handed_off_and_no_step_is_taken_during_a_status,
        all_open_cases_of_a_debtor_know_what_he_is_in,
        a_case_under_a_status_has_a_task_or_the_day_of_its_next,
    ):
        rule(scenario, outcome)


@tried(40)
@given(scenarios(), st.randoms(use_true_random=False))
def test_the_order_of_what_money_does_on_one_day_never_changes_a_balance(scenario: Scenario, random: object) -> None:
    # Payments of a debtor look at what is open, so their shares may differ: they stay out of this rule; and so do
    # two different payments under one id, of which the first counts.
    ids: set[tuple[str, str]] = set()
    about_money: list[Payment | Reversal | Credit] = []
    for event in scenario.events:
        if isinstance(event, Payment) and event.invoice is not None and (event.invoice, event.id) not in ids:
            ids.add((event.invoice, event.id))
            about_money.append(event)
        elif isinstance(event, Reversal | Credit):
            about_money.append(event)
    same_day = [replace(event, on=scenario.until - timedelta(days=40)) for event in about_money]
    shuffled = list(same_day)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    balances = []
    for order in (same_day, shuffled):
        result = run(replace(scenario, events=tuple(order)))
        balances.append({each.number: each.case.ledger.balance for each in result.played})
    assert balances[0] == balances[1]
