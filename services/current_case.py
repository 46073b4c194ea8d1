"""How a case stands with what waits in its inbox: durable, but not recorded yet.

The inbox is walked as `services.recording` walks it; only what follows is kept in memory instead of the case file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.inbox import InboxRow
from casefile.lookup import CaseLookup
from domain.case import Case, apply
from domain.facts import Fact, MessageQuarantined
from domain.policy import Policy
from domain.surroundings import Surroundings
from services.recording import walk

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
        refusals: Of the messages that a rule forbids or nobody can use, by their id: why.
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


def current_case(transaction: Transaction, case_id: str, at: datetime, *, also: Sequence[InboxRow] = ()) -> CurrentCase:
    """How a case stands at a moment, as a worker would record it then; nothing is written.

    Args:
        transaction: On the case file.
        case_id: The case.
        at: The moment.
        also: Messages that nobody has sent yet, behind those that wait: what would come of them.

    Raises:
        UnknownCase: when there is none.
    """
    loaded = transaction.cases.load(case_id)
    waiting = (*transaction.inbox.waiting(case_id), *also)
    pending = _Pending(CaseLookup(transaction, case_id))
    after = walk(transaction, loaded, waiting, at, pending)
    return CurrentCase(
        loaded=loaded,
        case=after.case,
        policy=after.policy,
        waiting=waiting,
        pending_facts=tuple(pending.facts),
        refusals=pending.refusals,
    )


@dataclass
class _Pending:
    """Keeps what follows from messages in memory; what went into quarantine is found there as if it were stored."""

    stored: CaseLookup
    facts: list[Fact] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    set_aside: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def lookup(self) -> Self:
        """See `Keeper`."""
        return self

    def policy(self, name: str, version: int | None) -> Policy | None:
        """See `Lookup`."""
        return self.stored.policy(name, version)

    def quarantined(self, quarantine_id: str) -> tuple[str, bytes] | None:
        """See `Lookup`."""
        return self.stored.quarantined(quarantine_id) or self.set_aside.get(quarantine_id)

    def surroundings(self, case: Case, policy: Policy) -> Surroundings:
        """See `Lookup`."""
        return self.stored.surroundings(case, policy)

    def keep(self, loaded: Loaded, row: InboxRow, facts: Sequence[Fact], refusal: str | None) -> Loaded:
        """See `Keeper`."""
        case, fresh = loaded.case, list[Fact]()
        for fact in facts:
            if fact.id not in case.seen:
                case = apply(case, fact)
                fresh.append(fact)
        policy = self.policy(case.policy, case.policy_version)
        if policy is None:
            raise LookupError(f"policy {case.policy!r} version {case.policy_version} is not in the case file")
        self.facts += fresh
        if refusal is not None:
            self.refusals[row.id] = refusal
        for fact in fresh:
            if isinstance(fact, MessageQuarantined):
                self.set_aside[fact.id] = (fact.name, row.raw or b"")
        return replace(loaded, case=case, policy=policy)
