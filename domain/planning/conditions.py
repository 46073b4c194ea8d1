"""What a step asks before it is taken: what its policy names under `if`, and which payments must be known."""

from __future__ import annotations

from datetime import date
from itertools import islice

from domain.calendar import last_banking_day_before
from domain.case import Case
from domain.claims.claim import open_on
from domain.notices import as_taken
from domain.planning.moments import term_end
from domain.policy import Condition, Policy, Step
from domain.surroundings import Surroundings
from domain.terms import CreditorTerms

__all__ = ["coverage_needed", "unmet_condition"]


def coverage_needed(case: Case, policy: Policy, terms: CreditorTerms, step: Step, today: date) -> date:
    """Last day whose payments must be known before this step may be taken."""
    needed = last_banking_day_before(today)
    if step.when.term_expired is not None:
        ends = term_end(case, policy, terms, step)
        if ends is not None:
            return max(needed, ends.last_day)
    return needed


def unmet_condition(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> str | None:
    """Why a step is not taken now: its `if` is not met, or it asks for what is paid; None when it is taken."""
    if (
        step.send
        and policy.law is not None
        and not case.open_minor
        and as_taken(step, case, policy).claims == "principal"
        and open_on(case, policy, today, surroundings).is_zero
    ):
        # Only interest or costs are left: a letter that asks for 0.00, or announces a fee on it, says nothing.
        return "it asks for the invoice, and that is paid"
    condition = step.condition
    least, below = condition.open_at_least, condition.open_below
    if least is None and below is None:
        return None
    owed = open_on(case, policy, today, surroundings)
    if least is not None and owed.amount < least and not _enough_invoices(condition, surroundings, today):
        return f"open {owed.text} is below {least}"
    if below is not None and owed.amount >= below:
        return f"open {owed.text} is not below {below}"
    return None


def _enough_invoices(condition: Condition, surroundings: Surroundings, today: date) -> bool:
    """Whether so many invoices of the debtor are overdue that a small one counts, too."""
    if condition.or_invoices is None:
        return False
    others = (
        s
        for s in surroundings.siblings
        if s.case.closed is None and s.case.due < today and s.case.undisputed.is_positive
    )
    # No more are looked for than it takes.
    return len(list(islice(others, condition.or_invoices - 1))) == condition.or_invoices - 1
