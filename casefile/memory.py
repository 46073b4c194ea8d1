"""What was read of the case file and is not read again: in one transaction, and beyond it once it is committed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # A list begins quicker without the rules of the trade, and needs none of them.
    from casefile.families import Family
    from domain.case import Case
    from domain.policy import Policy
    from domain.sending_stops import SendingStop
    from domain.terms import CreditorTerms

__all__ = ["Known", "Memory"]

_CACHED_CASES = 5000


@dataclass(slots=True)
class Known:
    """What one transaction has read and added; the values are frozen.

    Attributes:
        debtors: Creditor and debtor of a case, which never change; None when there is no such case.
        folded: A case by id: sequence number of its last fact, and the fold of its facts.
        policies: Versions of policies, which never change, by name and version.
        terms: What the law must know of a creditor, by id.
        stops: The stops of all sending; None until they were read.
        answers: What was asked of a table, by its name and by what was asked, until something is written into it.
        families: What a debtor's cases are to each other, by creditor and debtor.
    """

    debtors: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    folded: dict[str, tuple[int, Case]] = field(default_factory=dict)
    policies: dict[tuple[str, int], Policy] = field(default_factory=dict)
    terms: dict[str, CreditorTerms] = field(default_factory=dict)
    stops: tuple[SendingStop, ...] | None = None
    answers: dict[str, dict[object, object]] = field(default_factory=dict)
    families: dict[tuple[str, str], Family] = field(default_factory=dict)

    def copy(self) -> Known:
        """The same, to go back to; what is made of it is made again then."""
        return Known(dict(self.debtors), dict(self.folded), dict(self.policies), dict(self.terms), self.stops)

    def changed(self, case_id: str) -> None:
        """A case is no longer what it was."""
        for family in self.families.values():
            family.stale.add(case_id)


class Memory:
    """What was read and committed. Threads may share it.

    Attributes:
        debtor_secret: The secret under which Temporal names debtors; None until it was read.
    """

    def __init__(self) -> None:
        """Nothing is remembered yet."""
        self.debtor_secret: bytes | None = None
        self._lock = Lock()
        self._cases: OrderedDict[str, tuple[int, Case]] = OrderedDict()
        self._policies: dict[tuple[str, int], Policy] = {}

    def keep(self, folded: Mapping[str, tuple[int, Case]], policies: Mapping[tuple[str, int], Policy]) -> None:
        """Keep what was read and committed, so that the next reading folds only what is new."""
        with self._lock:
            self._policies.update(policies)
            for case_id, known in folded.items():
                self._cases[case_id] = known
                self._cases.move_to_end(case_id)
            while len(self._cases) > _CACHED_CASES:
                self._cases.popitem(last=False)

    def case(self, case_id: str) -> tuple[int, Case] | None:
        """The last committed fold of a case: sequence number of its last fact, and the case."""
        with self._lock:
            return self._cases.get(case_id)

    def policy(self, name: str, version: int) -> Policy | None:
        """A committed version of a policy, which never changes."""
        with self._lock:
            return self._policies.get((name, version))

    def forget(self) -> None:
        """Forget what was read: the database was put back to an earlier state behind our back."""
        with self._lock:
            self._cases.clear()
            self._policies.clear()
