"""A debtor's cases beside each other: what is asked of all of them, worked out once.

Each case is decided about beside all the others. Were they looked through anew for each of them, the work of a debtor
with three hundred invoices would grow with the square of that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Generic, TypeVar

from domain.case import Case
from domain.habits import days_late
from domain.handoffs.others_with_partner import is_being_handed_off, is_with_partner
from domain.planning.decision import Decision
from domain.policy import Policy
from domain.sent import TakenStep
from domain.surroundings import Sibling, Surroundings
from domain.tasks import TaskKind

__all__ = ["Age", "Kin", "Plan", "Siblings", "age_of", "among", "same_letter"]

Age = tuple[date, date, str]
Plan = Callable[[Case, Policy, Surroundings, datetime], Decision]


def age_of(case: Case) -> Age:
    """The order of invoices in a sum that is shared: the oldest first."""
    return case.due, case.invoice.invoice_date, case.invoice.number


def same_letter(taken: TakenStep, letter: TakenStep) -> bool:
    """Whether a message of another case of the debtor was the same letter.

    Of letters sent before the cases came to us only the day tells them apart.
    """
    return (taken.message, taken.legal, taken.on) == (letter.message, letter.legal, letter.on)


_T = TypeVar("_T")


class _once(Generic[_T]):
    """What is worked out when it is asked first; that of the standard library takes a lock for it."""

    def __init__(self, work: Callable[[Kin], _T]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    def __get__(self, kin: Kin, of: type[Kin]) -> _T:
        found = kin.__dict__[self._name] = self._work(kin)
        return found


class Kin:
    """Cases of one debtor as they stand; whatever is asked of them is worked out when it is asked first."""

    def __init__(self, cases: Iterable[Sibling]) -> None:
        """These cases, in the order of their keys."""
        self.cases = tuple(cases)
        self._late: dict[date, list[tuple[str, int]]] = {}
        self._decided: dict[str, tuple[Surroundings, datetime, Decision]] = {}

    @_once
    def by_key(self) -> dict[str, Sibling]:
        """Each by its key."""
        return {each.key: each for each in self.cases}

    @_once
    def ages(self) -> list[Age]:
        """How old they are, the oldest first."""
        return sorted(age_of(each.case) for each in self.cases)

    @_once
    def at_work(self) -> tuple[list[Age], list[Sibling]]:
        """Those that may do something, the oldest first: a closed one may have to apologize."""
        aged = [(age_of(each.case), each) for each in self.cases if each.case.closed is None or each.case.undone]
        aged.sort(key=lambda pair: pair[0])
        return [age for age, _ in aged], [each for _, each in aged]

    @_once
    def owing(self) -> list[Sibling]:
        """Those that owe a letter beside the ladder."""
        return [each for each in self.cases if any(not owed.settled for owed in each.case.owing)]

    @_once
    def overpaid(self) -> list[Sibling]:
        """Those on which too much was paid, which a person still has to return or to set off."""
        return [each for each in self.cases if each.case.overpaid_minor and each.case.open_task(TaskKind.OVERPAYMENT)]

    @_once
    def left(self) -> list[Sibling]:
        """Those that a partner has, or that are on their way to one."""
        return [each for each in self.cases if is_with_partner(each.case) or is_being_handed_off(each.case)]

    @_once
    def contacts(self) -> list[tuple[date, str]]:
        """Day of the last message of each that sent one, the latest first."""
        days = [(each.case.last_contact_on, each.key) for each in self.cases]
        return sorted(((day, key) for day, key in days if day is not None), reverse=True)

    @_once
    def letters(self) -> dict[tuple[str, str | None, date], list[tuple[Sibling, TakenStep]]]:
        """Their messages, by what makes them one letter (`same_letter`)."""
        found: dict[tuple[str, str | None, date], list[tuple[Sibling, TakenStep]]] = defaultdict(list)
        for each in self.cases:
            for taken in each.case.taken:
                found[taken.message, taken.legal, taken.on].append((each, taken))
        return dict(found)

    def decided(self, of: Sibling, around: Surroundings, now: datetime, plan: Plan) -> Decision:
        """What is decided of one of them; asked again of the same at the same moment it is not planned again.

        Args:
            of: The case.
            around: What surrounds it.
            now: The moment of deciding.
            plan: What decides about a case.
        """
        known = self._decided.get(of.key)
        if known is not None and known[1] == now and known[0] == around:
            return known[2]
        decision = plan(of.case, of.policy, around, now)
        self._decided[of.key] = (around, now, decision)
        return decision

    def late(self, known_by: date) -> list[tuple[str, int]]:
        """How late each was paid, as known on a day; without those of which that is not known."""
        if known_by not in self._late:
            days = [(each.key, days_late(each.case, known_by)) for each in self.cases]
            self._late[known_by] = [(key, late) for key, late in days if late is not None]
        return self._late[known_by]


class Siblings(tuple[Sibling, ...]):
    """The debtor's other cases: all of a family but one."""

    kin: Kin
    but: str | None

    @classmethod
    def beside(cls, others: Iterable[Sibling], kin: Kin, but: str | None) -> Siblings:
        """These cases.

        Args:
            others: The cases.
            kin: The same, and perhaps the one that they are beside.
            but: Key of that one.
        """
        made = cls(others)
        made.kin, made.but = kin, but
        return made

    def number_older(self, age: Age) -> int:
        """How many are older."""
        left_out = self.kin.by_key.get(self.but) if self.but is not None else None
        older = bisect_left(self.kin.ages, age)
        return older - (left_out is not None and age_of(left_out.case) < age)

    def older_at_work(self, age: Age) -> Iterator[Sibling]:
        """Those that are older and may do something, the oldest first."""
        ages, cases = self.kin.at_work
        older = bisect_left(ages, age)
        return (cases[place] for place in range(older) if cases[place].key != self.but)

    def owing(self) -> Iterator[Sibling]:
        """Those that owe a letter beside the ladder."""
        return (each for each in self.kin.owing if each.key != self.but)

    def overpaid(self) -> Iterator[Sibling]:
        """Those on which too much was paid, which a person still has to return or to set off."""
        return (each for each in self.kin.overpaid if each.key != self.but)

    def left(self) -> Iterator[Sibling]:
        """Those that a partner has, or that are on their way to one."""
        return (each for each in self.kin.left if each.key != self.but)

    def contacted_on(self, without: str) -> date | None:
        """Day of the last message of any of them but one more."""
        if len(self) == 1 and self[0].key == without:
            return None
        return next((day for day, key in self.kin.contacts if key not in (self.but, without)), None)

    def letters_like(self, letter: TakenStep) -> Iterator[tuple[Sibling, TakenStep]]:
        """Their messages that were the same letter, each with its case."""
        found = self.kin.letters.get((letter.message, letter.legal, letter.on), ())
        return ((each, taken) for each, taken in found if each.key != self.but)

    def late(self, known_by: date) -> Iterator[int]:
        """How late those were paid of which that is known on a day."""
        return (late for key, late in self.kin.late(known_by) if key != self.but)


def among(siblings: tuple[Sibling, ...]) -> Siblings:
    """The debtor's other cases, of whom what is asked once is known to all who look at the same ones."""
    return siblings if isinstance(siblings, Siblings) else Siblings.beside(siblings, Kin(siblings), None)
