"""What is true under every status of a debtor, whatever else happens.

`test_properties.py` holds these rules against every scenario.
"""

from datetime import timedelta

from domain.case import apply, fold
from domain.claims.claim import costs_due
from domain.debtor_status import lasting
from domain.facts import StepTaken
from domain.planning.status_reviews import status_reviews
from domain.policy import PARTNER_NOTICES
from domain.surroundings import Surroundings
from simulation.outcome import Outcome
from simulation.scenario import Scenario


def no_costs_arise_during_a_status(scenario: Scenario, outcome: Outcome) -> None:
    """After each fact, costs are at most what they were when the case learned of the status."""
    for played in outcome.played:
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


def nothing_is_handed_off_and_no_step_is_taken_during_a_status(scenario: Scenario, outcome: Outcome) -> None:
    for played in outcome.played:
        case = fold(played.facts[:1])
        for fact in played.facts[1:]:
            if isinstance(fact, StepTaken) and any(each.lasts for each in case.statuses):
                assert fact.step_kind == "answer", fact
                # What the partner is told who has the case, no debtor hears.
                assert fact.step in ("neutral_statement", "reservation", *PARTNER_NOTICES), fact
            case = apply(case, fact)


def all_open_cases_of_a_debtor_know_what_he_is_in(scenario: Scenario, outcome: Outcome) -> None:
    families: dict[str, list[tuple[str, ...]]] = {}
    for played in outcome.played:
        if played.case.closed is None:
            known = tuple(sorted(each.status for each in played.case.statuses if each.lasts))
            families.setdefault(played.case.invoice.debtor, []).append(known)
    assert all(len(set(found)) == 1 for found in families.values()), families


def a_case_under_a_status_has_a_task_or_the_day_of_its_next(scenario: Scenario, outcome: Outcome) -> None:
    for played in outcome.played:
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
