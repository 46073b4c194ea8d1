"""What the cases of a debtor are to each other, folded once a transaction: each case looks at all the others.

A bundled message asks it of every case in it. Without this the work grows with the square of the debtor's invoices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from casefile.case_file import Transaction
from domain.surroundings import Sibling

__all__ = ["Family", "family_of"]


@dataclass(slots=True)
class Family:
    """A debtor's cases, in the order of their ids.

    Attributes:
        places: Where each case stands in the lists.
        siblings: Each as the others see it; None where its policy is not in the file.
        contacted: Last day on which each sent a message, or may have; `date.min` where none did.
        reminded: The same of messages of the reminder class, where its policy bundles.
        stale: Cases that changed since.
    """

    places: dict[str, int]
    siblings: list[Sibling | None]
    contacted: list[date]
    reminded: list[date]
    stale: set[str] = field(default_factory=set)

    def beside(self, case_id: str) -> tuple[Sibling, ...]:
        """All but this case."""
        place = self.places[case_id]
        return tuple(each for each in self.siblings[:place] + self.siblings[place + 1 :] if each is not None)

    def contacted_beside(self, case_id: str) -> date | None:
        """Last day on which another case than this one sent a message."""
        return _last_but(self.contacted, self.places[case_id])

    def reminded_beside(self, case_id: str) -> date | None:
        """Last day on which another case than this one sent a reminder that bundles."""
        return _last_but(self.reminded, self.places[case_id])


def family_of(transaction: Transaction, creditor: str, debtor: str) -> Family:
    """The cases of a debtor as they stand, with what this transaction appended."""
    families = transaction.session.known.families
    family = families.get((creditor, debtor))
    if family is None:
        transaction.cases.fold_unchanged(creditor, debtor)
        ids = transaction.cases.of_debtor(creditor, debtor)
        nobody: list[Sibling | None] = [None] * len(ids)
        never = [date.min] * len(ids)
        places = {own: place for place, own in enumerate(ids)}
        family = families[creditor, debtor] = Family(places, nobody, never, list(never), set(ids))
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
    family.siblings[place] = None if policy is None else Sibling(case_id, case, policy)
    family.contacted[place] = max((on for on, _ in contacts), default=date.min)
    family.reminded[place] = max((on for on, reminds in contacts if reminds and bundles), default=date.min)


def _last_but(days: list[date], place: int) -> date | None:
    last = max(max(days[:place], default=date.min), max(days[place + 1 :], default=date.min))
    return None if last == date.min else last
