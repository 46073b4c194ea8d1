"""The lookup of one case: what judging its messages needs from the case file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from casefile.case_file import Transaction
from casefile.surroundings import surroundings_of
from domain.case import Case
from domain.policy import Policy
from domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class CaseLookup:
    """A `domain.handling.Lookup` that looks things up in a transaction."""

    transaction: Transaction
    case_id: str

    def policy(self, name: str, version: int | None) -> Policy | None:
        """The policy of this name and version (None: the newest), if there is one."""
        return self.transaction.parties.policy(name, version)

    def quarantined(self, quarantine_id: str) -> tuple[str, bytes] | None:
        """Name and bytes of a message in this case's quarantine."""
        return self.transaction.quarantine.message(self.case_id, quarantine_id)

    def surroundings(self, case: Case, policy: Policy) -> Surroundings:
        """What surrounds the case as it stands."""
        loaded = self.transaction.cases.load(self.case_id)
        return surroundings_of(self.transaction, replace(loaded, case=case, policy=policy))
