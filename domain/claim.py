"""The claim: what is owed on one day, and what a step asks of it.

Interest and costs come with the law of the case (issue 3 of the plan); until then they are 0.00 and the claim
is the principal.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import Case
from domain.money import Money
from domain.policy import Step


@dataclass(frozen=True, slots=True)
class Claim:
    """What is owed on one day.

    Attributes:
        open: Principal neither paid nor credited nor written off.
        interest: Interest due that day.
        costs: Collection costs due that day.
    """

    open: Money
    interest: Money
    costs: Money

    @property
    def total(self) -> Money:
        """All of it."""
        return self.open + self.interest + self.costs

    def claimed_by(self, step: Step) -> Money:
        """What a message of this step asks for, as its `claims` says."""
        if step.claims == "principal":
            return self.open
        if step.claims == "principal+interest":
            return self.open + self.interest
        return self.total


def claim_of(case: Case) -> Claim:
    """The claim of a case as it stands."""
    zero = Money.zero(case.ledger.currency)
    return Claim(open=case.open, interest=zero, costs=zero)
