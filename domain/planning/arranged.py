"""What an arrangement asks by the clock, and where the ladder goes on after it.

While one stands the ladder is replaced: a reminder before each instalment, a word after one that did not come, and when
its grace is over the end of the arrangement; a consumer is warned first and has fourteen days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.arrangements import Arrangement, Instalment, Warned
from domain.blockers import HoldKind
from domain.calendar import banking_day_after
from domain.case import Case
from domain.money import in_minor
from domain.notices import Term, in_force, is_protected, term_of
from domain.owed_letters import OwedLetter
from domain.planning.decision import Blocker, Decision
from domain.planning.ladder import is_never_left_out, steps_left
from domain.policy import Policy
from domain.replacing import replace
from domain.sent import TakenStep
from domain.shared_arrangements import parts_of, schedule_of_all
from domain.surroundings import Surroundings
from domain.tasks import TO_MEND

WARNING_DAYS = 14
"""Days that a consumer has, from receipt of the warning, before all is due (credit rules; practice.md)."""

_NO_EXCUSE = (HoldKind.ARRANGEMENT, HoldKind.SIBLING_WITH_PARTNER)
"""Holds under which instalments are due as agreed: its own, and that a partner has another invoice of the debtor."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be done for the arrangement that stands.

    Attributes:
        remind: Instalments that fall due soon.
        tell: Instalments that did not come on their day.
        warn, end: Those by which a consumer is to be warned, or the arrangement is broken.
        next_at: When something is to be done next by the clock alone.
    """

    remind: tuple[Instalment, ...] = ()
    tell: tuple[Instalment, ...] = ()
    warn: tuple[Instalment, ...] = ()
    end: tuple[Instalment, ...] = ()
    next_at: datetime | None = None


def grace_until(instalment: Instalment, policy: Policy) -> date:
    """Last day on which an instalment still counts as paid in time."""
    grace = policy.arrangements.grace
    return banking_day_after(instalment.open_since, grace) if grace else instalment.open_since


def letter_of(arrangement: Arrangement, number: int) -> str:
    """What a letter about an instalment answers."""
    return f"{arrangement.id}/{number}"


def warning_of(arrangement: Arrangement, number: int) -> str:
    """What the letter of a warning answers; 1 for the first warning."""
    return f"{arrangement.id}/warning/{number}"


def look(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Look:
    """What the arrangement that stands asks now, and when next; nothing where none does."""
    arrangement = case.arrangement
    if arrangement is None:
        return Look()
    return _Looking(case, policy, surroundings, now, arrangement).look()


class _Looking:
    """One look at an arrangement."""

    def __init__(
        self, case: Case, policy: Policy, surroundings: Surroundings, now: datetime, arrangement: Arrangement
    ) -> None:
        self.case = case
        self.policy = policy
        self.surroundings = surroundings
        self.now = now
        self.arrangement = arrangement
        self.calendar = policy.sending_calendar
        self.today = self.calendar.local_date(now)
        self.later: list[datetime] = []
        self.parts = parts_of(case, policy, arrangement, surroundings)

    def look(self) -> Look:
        held = [
            hold
            for part in self.parts
            if part.is_open
            for hold in part.case.holds_on(self.today, "sends")
            if hold.kind not in _NO_EXCUSE
        ]
        if held:
            # Who disputes it, or says that he has paid, breaks nothing meanwhile; nor does anybody while it is paused.
            ends = [hold.end for hold in held]
            known = [end for end in ends if end is not None]
            return Look(next_at=self.calendar.early(max(known)) if len(known) == len(ends) else None)
        open_ones = [each for each in schedule_of_all(self.parts) if each.open.is_positive]
        remind = [each for each in open_ones if self._is_to_be_reminded(each)]
        tell = [each for each in open_ones if self._is_to_be_told(each)]
        missed = [each for each in open_ones if self._has_come(grace_until(each, self.policy) + _DAY, covering=True)]
        if _open(missed) <= in_minor(self.policy.tolerance, self.case.ledger.currency):
            missed = []
        warn: list[Instalment] = []
        protected = any(is_protected(part.case, part.policy) for part in self.parts)
        if missed and protected and not self._warning_ran_out(missed):
            missed, warn = [], [] if self._is_warned(missed) else missed
        return Look(tuple(remind), tuple(tell), tuple(warn), tuple(missed), min(self.later, default=None))

    def _is_to_be_reminded(self, each: Instalment) -> bool:
        """Some days before; who agreed it since then needs no reminder."""
        day = each.due - timedelta(days=self.policy.arrangements.remind_before)
        if day == each.due or day <= self.arrangement.since or self.today > each.due:
            return False
        return not self._is_written("instalment_reminder", each) and self._has_come(day)

    def _is_to_be_told(self, each: Instalment) -> bool:
        if self.today > grace_until(each, self.policy) or self._is_written("instalment_missed", each):
            return False
        after = each.open_since + _DAY
        return after <= grace_until(each, self.policy) and self._has_come(after, covering=True)

    def _is_written(self, letter: str, each: Instalment) -> bool:
        of = letter_of(self.arrangement, each.number)
        return any((owed.letter, owed.of) == (letter, of) for owed in self.case.owing)

    def _has_come(self, day: date, *, covering: bool = False) -> bool:
        """Whether a day has begun, and the bank statements cover the days before it."""
        begins = self.calendar.early(day)
        if begins > self.now:
            self.later.append(begins)
            return False
        covered = self.surroundings.bank_covered_until
        if covering and covered is not None and covered < day - _DAY:
            self.later.append(self.calendar.early(self.today + _DAY))
            return False
        return True

    # The warning of a consumer

    def _warning(self, missed: list[Instalment]) -> Warned | None:
        """The last warning, if it was about any of these and none of them has come open since."""
        last = self.arrangement.warnings[-1] if self.arrangement.warnings else None
        if last is None:
            return None
        about = [each for each in missed if each.number in last.missed and each.open_since < last.on]
        return last if about else None

    def _is_warned(self, missed: list[Instalment]) -> bool:
        """Whether a warning is on its way, or runs, or waits for somebody to mend what keeps it."""
        if self._warning(missed) is None:
            return False
        letter = self._letter()
        stuck = any(self.case.open_task(kind) is not None for kind in TO_MEND)
        return letter is not None and (not letter.dropped or stuck)

    def _warning_ran_out(self, missed: list[Instalment]) -> bool:
        letter = self._letter() if self._warning(missed) is not None else None
        if letter is None or letter.sent_on is None:
            return False
        term = warned_until(self.case, self.policy, self.surroundings, letter.sent_on)
        if term is None or not self._has_come(term.act_on):
            return False
        covered = self.surroundings.bank_covered_until
        if covered is not None and covered < term.last_day:
            self.later.append(self.calendar.early(self.today + _DAY))
            return False
        return True

    def _letter(self) -> OwedLetter | None:
        of = warning_of(self.arrangement, len(self.arrangement.warnings))
        return next((owed for owed in reversed(self.case.owing) if owed.of == of), None)


def _open(instalments: list[Instalment]) -> int:
    return sum(each.open.minor for each in instalments)


def warned_until(case: Case, policy: Policy, surroundings: Surroundings, sent_on: date) -> Term | None:
    """The term of a warning that left on a day."""
    letter = TakenStep(
        step="arrangement_default",
        issue=1,
        kind="answer",
        on=sent_on,
        channels=("email",),
        message="",
        term_days=WARNING_DAYS,
        received_on=None,
        reminds=False,
        proven=True,
    )
    return term_of(letter, case, policy, surroundings.terms)


def under_arrangement(
    case: Case, policy: Policy, surroundings: Surroundings, now: datetime, review: Decision | None
) -> Decision | None:
    """The decision while an arrangement stands: to wait for the next thing that it asks; None where none stands.

    Args:
        case: The case.
        policy: Its policy.
        surroundings: Its surroundings.
        now: The moment of deciding.
        review: The task about a hold that comes next, if any.
    """
    if not case.arrangements or case.arrangement is None:
        return None
    at = look(case, policy, surroundings, now).next_at
    until = None if at is None else policy.sending_calendar.local_date(at)
    blocker = Blocker(code=HoldKind.ARRANGEMENT, until=until)
    if review is not None and review.at is not None and (at is None or review.at < at):
        return replace(review, blockers=(blocker,))
    return Decision(action="wait", at=at, blockers=(blocker,))


# After it -------------------------------------------------------------------------------------------------


def spent_letters(case: Case, policy: Policy, surroundings: Surroundings, on: date) -> tuple[tuple[str, int], ...]:
    """The letters whose term has not run out when instalments are agreed: they are spent, a new one comes after it."""
    found = []
    for taken in case.taken:
        if taken.kind != "send" or taken.void or taken.term_days is None or taken.legal == "default_notice":
            continue
        rung = policy.step(taken.step)
        if rung is None or rung.letter_name == "final_demand":
            # A letter called last goes once.
            continue
        term = term_of(taken, case, policy, surroundings.terms)
        if term is None or on <= term.last_day:
            found.append((taken.step, taken.issue))
    return tuple(found)


def goes_on_at(case: Case, policy: Policy) -> str | None:
    """Step at which the ladder goes on after an arrangement; None: after the last one taken.

    The one that the policy names; else the letter with a term, where none is in force. Nothing that a later step needs
    is left out, and nothing is sent a second time.
    """
    named = policy.arrangements.broken
    wanted = named if named in policy.positions else _letter_with_term(case, policy)
    if wanted is None:
        return None
    ahead = [step for step, _ in steps_left(case, policy) if policy.positions[step.id] <= policy.positions[wanted]]
    needed = [step.id for step in ahead if step.id == wanted or is_never_left_out(case, policy, step)]
    return needed[0] if needed else None


def _letter_with_term(case: Case, policy: Policy) -> str | None:
    rungs = [step for step in policy.steps if step.term is not None and step.letter_name != "final_demand"]
    if any(in_force(case, policy, step.id) is not None for step in rungs):
        return None
    return rungs[0].id if rungs else None


def left_out(case: Case, policy: Policy, target: str | None) -> Iterator[tuple[str, int]]:
    """The steps before that one, with their issues, that are taken no more."""
    if target is None:
        return
    for step, issue in steps_left(case, policy):
        if policy.positions[step.id] >= policy.positions[target]:
            return
        if not any(of == step.id for of, _ in case.passed):
            yield step.id, issue
