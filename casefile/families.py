"""What the cases of a debtor are to each other, folded once a transaction: each case looks at all the others.

A bundled message asks it of every case in it. Without this the work grows with the square of the debtor's invoices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from casefile.case_file import Transaction
from domain.kin import Kin, Siblings
from domain.surroundings import Sibling

__all__ = ["Family", "family_of"]


class LastDays:
    """The last day of each case; asked is the latest of all but one, so the latest two are kept at hand."""

    def __init__(self, count: int) -> None:
        """No case has one yet: `date.min` stands for never."""
        self._days = [date.min] * count
        self._latest: tuple[date, int, date] | None = (date.min, -1, date.min)

    def put(self, place: int, day: date) -> None:
        """What the last day of a case is now."""
        before, self._days[place] = self._days[place], day
        if self._latest is None or before == day:
            return
        first, whose, second = self._latest
        if day < before:
            # It may have been one of the two.
            self._latest = None
        elif place == whose:
            self._latest = (day, whose, second)
        elif day > first:
            self._latest = (day, place, first)
        elif day > second:
            self._latest = (first, whose, day)

    def beside(self, place: int) -> date | None:
        """The latest of the others; None where none has one."""
        if self._latest is None:
            ordered = sorted(range(len(self._days)), key=self._days.__getitem__, reverse=True)
            second = self._days[ordered[1]] if len(ordered) > 1 else date.min
            self._latest = (self._days[ordered[0]], ordered[0], second)
        first, whose, second = self._latest
        last = second if place == whose else first
        return None if last == date.min else last


@dataclass(slots=True)
class Family:
    """A debtor's cases, in the order of their ids.

    Attributes:
        places: Where each case stands in the lists.
        siblings: Each as the others see it; None where its policy is not in the file.
        contacted: Last day on which each sent a message, or may have.
        reminded: The same of messages of the reminder class, where its policy bundles.
        stale: Cases that changed since.
        unknown: Cases whose policy is not in the file.
        kin: What is asked of all of them; None until it is, and when one of them changed.
    """

    places: dict[str, int]
    siblings: list[Sibling | None]
    contacted: LastDays
    reminded: LastDays
    stale: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    kin: Kin | None = None

    def beside(self, case_id: str) -> Siblings:
        """All but this case."""
        place = self.places[case_id]
        if self.kin is None:
            self.kin = Kin(each for each in self.siblings if each is not None)
        if self.unknown:
            return Siblings.beside((each for each in self.kin.cases if each.key != case_id), self.kin, case_id)
        return Siblings.beside(self.kin.cases[:place] + self.kin.cases[place + 1 :], self.kin, case_id)

    def contacted_beside(self, case_id: str) -> date | None:
        """Last day on which another case than this one sent a message."""
        return self.contacted.beside(self.places[case_id])

    def reminded_beside(self, case_id: str) -> date | None:
        """Last day on which another case than this one sent a reminder that bundles."""
        return self.reminded.beside(self.places[case_id])


def family_of(transaction: Transaction, creditor: str, debtor: str) -> Family:
    """The cases of a debtor as they stand, with what this transaction appended."""
    families = transaction.session.known.families
    family = families.get((creditor, debtor))
    if family is None:
        transaction.cases.fold_unchanged(creditor, debtor)
        ids = transaction.cases.of_debtor(creditor, debtor)
        nobody: list[Sibling | None] = [None] * len(ids)
        places = {own: place for place, own in enumerate(ids)}
        family = Family(places, nobody, LastDays(len(ids)), LastDays(len(ids)), set(ids), set(ids))
        families[creditor, debtor] = family
    if family.stale:
        family.kin = None
        for case_id in family.stale & family.places.keys():
            _look(transaction, family, case_id)
        family.stale.clear()
    return family


def _look(transaction: Transaction, family: Family, case_id: str) -> None:
    case = transaction.cases.fold_of(case_id)[1]
    policy = transaction.parties.policy(case.policy, case.policy_version)
    contacts = [(step.on, step.reminds) for step in case.taken if step.kind == "send"]
    if case.attempt is not None and not case.attempt.answers and case.attempt.may_have_reached_debtor:
        contacts.append((case.attempt.on, case.attempt.reminds))
    place = family.places[case_id]
    bundles = policy is not None and policy.bundle == "debtor"
    if policy is None:
        family.siblings[place] = None
        family.unknown.add(case_id)
    else:
        family.siblings[place] = Sibling(case_id, case, policy)
        family.unknown.discard(case_id)
    family.contacted.put(place, max((on for on, _ in contacts), default=date.min))
    family.reminded.put(place, max((on for on, reminds in contacts if reminds and bundles), default=date.min))
