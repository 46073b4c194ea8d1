"""What is true under every status of a debtor, whatever else happens."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from domain.case import apply, fold
from domain.claims.claim import costs_due
from domain.debtor_status import lasting
from domain.facts import StepTaken
from domain.planning.status_reviews import status_reviews
from domain.surroundings import Surroundings
from simulation.pure import run
from simulation.scenario import Scenario
from tests.examples import examples
from tests.simulation.random_scenarios import scenarios

QUICK = settings(
    max_examples=examples(35), deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@QUICK
@given(scenarios())
def test_no_costs_arise_during_a_status(scenario: Scenario) -> None:
    """After each fact, costs are at most what they were when the case learned of the status."""
    for played in run(scenario).played:
        case = fold(played.facts[:1])
        at_most = None
        for fact in played.facts[1:]:
            case = apply(case, fact)
            surroundings = Surroundings(terms=scenario.terms)
            if not any(each.lasts for each in case.statuses):
                at_most = None
                continue
            costs = costs_due(case, played.policy, fact.on, surroundings)
            if at_most is not None:
                assert costs <= at_most, (fact, costs, at_most)
                later = costs_due(case, played.policy, fact.on + timedelta(days=90), surroundings)
                assert later <= at_most, (fact, later, at_most)
            at_most = costs


@QUICK
@given(scenarios())
def test_nothing_is_handed_off_and_no_step_is_taken_during_a_status(scenario: Scenario) -> None:
    for played in run(scenario).played:
        case = fold(played.facts[:1])
        for fact in played.facts[1:]:
            if isinstance(fact, StepTaken) and any(each.lasts for each in case.statuses):
                assert fact.step_kind == "answer"
                assert fact.step in ("neutral_statement", "reservation")
            case = apply(case, fact)


@QUICK
@given(scenarios())
def test_all_open_cases_of_a_debtor_know_what_he_is_in(scenario: Scenario) -> None:
    families: dict[str, list[tuple[str, ...]]] = {}
    for played in run(scenario).played:
        if played.case.closed is None:
            known = tuple(sorted(each.status for each in played.case.statuses if each.lasts))
            families.setdefault(played.case.invoice.debtor, []).append(known)
    assert all(len(set(found)) == 1 for found in families.values()), families


@QUICK
@given(scenarios())
def test_a_case_under_a_status_has_a_task_or_the_day_of_its_next(scenario: Scenario) -> None:
    for played in run(scenario).played:
        case = played.case
        if case.closed is not None:
            continue
        for each in case.statuses:
            if not each.lasts:
                continue
            asked = [case.open_task(kind) for kind in (each.status.rule.task, each.status.rule.review)]
            planned = status_reviews(case, played.policy)
            assert any(asked) or planned, each
            assert all(at > played.facts[-1].at for at, _ in planned)
            assert lasting(case.statuses, each.status) is each
