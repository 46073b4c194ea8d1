"""How a case stands with what waits in its inbox: durable, but not recorded yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.database import is_database_failure
from casefile.inbox import InboxRow
from casefile.lookup import CaseLookup
from domain.case import Case, apply
from domain.facts import Fact
from domain.policy import Policy
from services.recording import judged

__all__ = ["CurrentCase", "current_case"]


@dataclass(frozen=True, slots=True)
class CurrentCase:
    """A case as it stands.

    Attributes:
        loaded: As recorded.
        case: With the waiting messages, as a worker would record them now.
        policy: The policy it is then under.
        waiting: The messages that wait.
        pending_facts: The facts that follow from them.
        refusals: Of the messages that a rule forbids, by their id: why.
    """

    loaded: Loaded
    case: Case
    policy: Policy
    waiting: tuple[InboxRow, ...]
    pending_facts: tuple[Fact, ...]
    refusals: Mapping[str, str]

    @property
    def as_loaded(self) -> Loaded:
        """The case with the waiting messages, for asking what surrounds it."""
        return replace(self.loaded, case=self.case, policy=self.policy)


def current_case(transaction: Transaction, case_id: str, at: datetime) -> CurrentCase:
    """How a case stands at a moment; nothing is written.

    Raises:
        UnknownCase: when there is none.
    """
    loaded = transaction.cases.load(case_id)
    case, policy = loaded.case, loaded.policy
    waiting = transaction.inbox.waiting(case_id)
    pending_facts: list[Fact] = []
    refusals: dict[str, str] = {}
    desk = CaseLookup(transaction, case_id)
    for row in waiting:
        if row.problem is not None:
            continue
        try:
            with transaction.savepoint():
                facts, refusal = judged(case, policy, row, at, desk, answered=row.answered)
                after = case
                for fact in facts:
                    after = apply(after, fact)
                case = after
        except Exception as error:
            if is_database_failure(error):
                raise
            facts, refusal = (), f"it can't be used: {type(error).__name__}"
        pending_facts.extend(facts)
        if refusal is not None:
            refusals[row.id] = refusal
        policy = transaction.parties.policy(case.policy, case.policy_version) or policy
    return CurrentCase(loaded, case, policy, waiting, tuple(pending_facts), refusals)
