"""The lookup of one case: what judging its messages needs from the case file."""

from __future__ import annotations

from dataclasses import dataclass

from casefile.case_file import Transaction
from domain.policy import Policy


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
