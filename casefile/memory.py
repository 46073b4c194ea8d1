"""What was read of the case file and is not read again: in one transaction, and beyond it once it is committed."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # A list begins quicker without the rules of the trade, and needs none of them.
    from casefile.families import Family
    from casefile.identity import Mark
    from domain.case import Case
    from domain.facts import Fact
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
        marks: How far the file is for a case, kept in step with what is appended; of a transaction that locks.
        before: Number of a case's last fact before anything was appended to it, and `appended` what was, with numbers.
        concluded: What was last written down of a delivery, by its send key.
        looked: Debtors, with their creditors, of whom it is known in which tables nothing stands.
        ahead: Which step each case takes next, None where it takes none.
    """

    debtors: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    folded: dict[str, tuple[int, Case]] = field(default_factory=dict)
    policies: dict[tuple[str, int], Policy] = field(default_factory=dict)
    terms: dict[str, CreditorTerms] = field(default_factory=dict)
    stops: tuple[SendingStop, ...] | None = None
    answers: dict[str, dict[object, object]] = field(default_factory=dict)
    families: dict[tuple[str, str], Family] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    appended: dict[str, tuple[tuple[int, Fact], ...]] = field(default_factory=dict)
    concluded: dict[str, tuple[object, ...]] = field(default_factory=dict)
    looked: set[tuple[str, str]] = field(default_factory=set)
    ahead: dict[str, str | None] = field(default_factory=dict)

    def copy(self) -> Known:
        """The same, to go back to; what is made of it is made again then."""
        return Known(
            debtors=dict(self.debtors),
            folded=dict(self.folded),
            policies=dict(self.policies),
            terms=dict(self.terms),
            stops=self.stops,
            marks=dict(self.marks),
            before=dict(self.before),
            appended=dict(self.appended),
            concluded=dict(self.concluded),
            ahead=dict(self.ahead),
        )

    def changed(self, case_id: str) -> None:
        """A case is no longer what it was."""
        self.ahead.pop(case_id, None)
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
        self._ahead: dict[str, str | None] = {}
        self._debtors: dict[str, tuple[str, str]] = {}
        self._policies: dict[tuple[str, int], Policy] = {}

    def keep(self, known: Known) -> None:
        """Keep what was read and committed, so that the next reading folds only what is new."""
        with self._lock:
            self._policies.update(known.policies)
            for case_id, folded in known.folded.items():
                self._cases[case_id] = folded
                self._cases.move_to_end(case_id)
                debtor = known.debtors.get(case_id)
                if debtor is not None:
                    self._debtors[case_id] = debtor
                if case_id in known.ahead:
                    self._ahead[case_id] = known.ahead[case_id]
                elif case_id in known.appended:
                    self._ahead.pop(case_id, None)
            while len(self._cases) > _CACHED_CASES:
                gone, _ = self._cases.popitem(last=False)
                self._debtors.pop(gone, None)
                self._ahead.pop(gone, None)

    def case(self, case_id: str) -> tuple[int, Case] | None:
        """The last committed fold of a case: sequence number of its last fact, and the case."""
        with self._lock:
            return self._cases.get(case_id)

    def debtor(self, case_id: str) -> tuple[str, str] | None:
        """Creditor and debtor of a case that was read, which never change."""
        with self._lock:
            return self._debtors.get(case_id)

    def step_ahead(self, case_id: str) -> tuple[Policy | None, str | None] | None:
        """Policy of a case, and the step that it takes next, as this process left it; None where it does not know."""
        with self._lock:
            known = self._cases.get(case_id)
            if known is None or case_id not in self._ahead:
                return None
            return self._policies.get((known[1].policy, known[1].policy_version)), self._ahead[case_id]

    def policy(self, name: str, version: int) -> Policy | None:
        """A committed version of a policy, which never changes."""
        with self._lock:
            return self._policies.get((name, version))

    def forget(self) -> None:
        """Forget what was read: the database was put back to an earlier state behind our back."""
        with self._lock:
            self._cases.clear()
            self._debtors.clear()
            self._ahead.clear()
            self._policies.clear()
