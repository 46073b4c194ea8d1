"""What must hold of every debtor: all of his that is ready leaves together, and nothing of ours goes out beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings

from domain import facts as f
from domain.blockers import ANSWERS_OWED, HoldKind
from domain.bundle import Member
from domain.case_parts import Approval
from domain.handoffs.joint import going
from domain.handoffs.others_with_partner import is_with_partner
from simulation import pure
from simulation.events import Event
from simulation.scenario import Scenario
from tests.examples import examples
from tests.simulation import test_families
from tests.simulation.random_hand_offs import families_handed_off


class Watched(pure._Run):
    """A run that looks at each message and each file as it leaves, and at the debtor's other invoices after it."""

    files = 0
    together = 0
    followed = 0

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.leaving: dict[str, tuple[int, Approval | None]] = {}

    def _take(self, travelling: Member, now: datetime, message: str, asked: f.Asked) -> None:
        actor, step = self.by_number[travelling.key], travelling.step
        having = [other for other in actor.siblings if other.facts and is_with_partner(other.case)]
        if step.send and having:
            needed = step.id in travelling.policy.gate_steps or step.letter_name == "final_demand"
            assert needed or step.id in ANSWERS_OWED, (actor.number, step.id, now)
            assert step.answers or any(hold.kind is HoldKind.SIBLING_WITH_PARTNER for hold in actor.case.holds)
            self.followed += not step.answers
        if step.hand_off and not step.answers:
            # What a partner is told later is no file (decision 51).
            self.leaving[actor.number] = (actor.case.open_minor, travelling.case.approval)
        super()._take(travelling, now, message, asked)

    def _act(self, actor: pure._Actor, now: datetime) -> None:
        self.leaving = {}
        super()._act(actor, now)
        if self.leaving:
            self._all_that_is_ready_left(actor, now)

    def _all_that_is_ready_left(self, lead: pure._Actor, now: datetime) -> None:
        self.files += 1
        self.together += len(self.leaving) > 1
        step = next(each for each in lead.policy.steps if each.hand_off)
        if step.approval == "required":
            balances = {number: minor for number, (minor, _) in self.leaving.items()}
            named = [
                {number: approval.open_minor, **dict(approval.others)}
                for number, (_, approval) in self.leaving.items()
                if approval is not None
            ]
            assert balances in named, (balances, named)
        today = lead.policy.sending_calendar.local_date(now)
        for other in lead.siblings:
            if not other.facts or other.case.closed is not None:
                continue
            assert other.number not in {
                each.case.invoice.number
                for each in going(lead.case, lead.policy, self._surroundings(lead), step, today)
            }, (lead.number, other.number, now)

    def _happens(self, event: Event, now: datetime) -> None:
        super()._happens(event, now)
        self._all_stopped(now)

    def _all_stopped(self, now: datetime) -> None:
        for actor in self.actors:
            if not actor.facts or actor.case.closed is not None or (actor.wake and actor.wake <= now + timedelta(0)):
                continue
            if any(other.facts and is_with_partner(other.case) for other in actor.siblings):
                assert any(hold.kind is HoldKind.SIBLING_WITH_PARTNER for hold in actor.case.holds), (actor.number, now)


def test_all_that_is_ready_leaves_in_one_file_and_nothing_of_ours_beside_it() -> None:
    seen = [0, 0, 0]

    @settings(
        max_examples=examples(60),
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(families_handed_off())
    def random(scenario: Scenario) -> None:
        run = Watched(scenario)
        run.play()
        seen[0] += run.files
        seen[1] += run.together
        seen[2] += run.followed

    random()
    # Files, files of more than one invoice, letters of what follows: else nothing was looked at.
    assert seen[0] > 40, seen
    assert seen[1] > 10, seen
    assert seen[2] > 3, seen


OFTEN = settings(
    max_examples=examples(20),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@OFTEN
@given(families_handed_off())
def test_every_case_stands_as_it_would_if_it_were_asked_now(scenario: Scenario) -> None:
    test_families.Watched(scenario).play()


@OFTEN
@given(families_handed_off())
def test_which_of_several_cases_is_first_makes_no_difference(scenario: Scenario) -> None:
    turned = replace(scenario, invoices=scenario.invoices[::-1])
    assert test_families.said(pure.run(turned)) == test_families.said(pure.run(scenario))
