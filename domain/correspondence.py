"""Correspondence: letters beside the ladder, each of which answers something and leaves by itself.

None of them is a step, a reminder or a contact for spacing, but for the receipt before any notice. What asks for one
notes it as a fact (`letter_owed`) together with what it did, in one transaction: there is no letter about a dispute
that was not recorded, and no dispute without its letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from domain import facts as f
from domain.case import Case
from domain.case_parts import Hold
from domain.claims.beside import arrangement_of
from domain.contact_hours import calendar_of
from domain.owed_letters import OwedLetter
from domain.planning.arranged_in_part import taken_in_part
from domain.planning.decision import Decision
from domain.planning.moments import next_try
from domain.policy import CORRESPONDENCE, PARTNER_NOTICES, Policy, Step
from domain.shared_arrangements import OF_ARRANGEMENTS, parts_of
from domain.surroundings import Surroundings


def letter_owed(case: Case, letter: str, of: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The debtor is to be written to; nothing when that letter about the same thing was asked for before.

    Args:
        case: The case.
        letter: One of `CORRESPONDENCE`, or of `PARTNER_NOTICES`.
        of: What it answers.
        at: Moment.
        on: Local day.
    """
    if letter not in CORRESPONDENCE and letter not in PARTNER_NOTICES:
        raise LookupError(f"{letter!r} is no letter beside the ladder; known: {', '.join(CORRESPONDENCE)}")
    own = f"owed:{letter}:{of}"
    if own in case.seen:
        return ()
    issue = 1 + sum(1 for each in case.owing if each.letter == letter)
    return (f.LetterOwed(id=own, at=at, on=on, letter=letter, issue=issue, of=of),)


def letter_dropped(letter: str, issue: int, reason: str, at: datetime, on: date) -> f.LetterDropped:
    """It leaves no more."""
    return f.LetterDropped(id=f"dropped:{letter}:{issue}", at=at, on=on, letter=letter, issue=issue, reason=reason)


def still_owed(case: Case) -> Iterator[OwedLetter]:
    """The letters that are still to leave, in the order in which they were asked for."""
    return (each for each in case.owing if not each.settled)


def is_leaving(case: Case, owed: OwedLetter) -> bool:
    """Whether it may have left already, or be leaving right now; one that certainly was not sent is not."""
    attempt = case.attempt
    under_way = attempt is not None and (attempt.step, attempt.issue) == (owed.letter, owed.issue)
    return under_way and attempt is not None and attempt.may_have_reached_debtor


def next_answer(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Decision | None:
    """The letter beside the ladder that leaves next, and when; None when none is owed or a hold keeps them."""
    for owed in still_owed(case):
        step = policy.step(owed.letter)
        if step is None or _waits_for_others(case, surroundings, owed):
            continue
        if is_partner_notice(step):
            # Nothing of it reaches the debtor: no hours, no holds, and it is told at once.
            return Decision(
                action="send", step=step.id, issue=owed.issue, at=max(now, next_try(case, step, owed.issue) or now)
            )
        if case.handed_off:
            continue
        calendar = calendar_of(step, case, policy)
        at = max(now, next_try(case, step, owed.issue) or now)
        while True:
            at = calendar.fit(at)
            holds = _holding(case, policy, surroundings, owed, calendar.local_date(at))
            hold = next((each for each in holds if step.id not in each.kind.rule.lets), None)
            if hold is None:
                return Decision(action="send", step=step.id, issue=owed.issue, at=at)
            if hold.end is None:
                break
            at = calendar.first_opening(hold.end)
    return None


def is_partner_notice(step: Step) -> bool:
    """Whether it goes to the partner who has the case, and not to the debtor."""
    return step.id in PARTNER_NOTICES


def _waits_for_others(case: Case, surroundings: Surroundings, owed: OwedLetter) -> bool:
    """Whether it would confirm an arrangement over several invoices that some of them have not taken."""
    arrangement = arrangement_of(case, owed) if owed.letter == "arrangement_confirmation" else None
    return (
        arrangement is not None
        and arrangement.stands
        and bool(arrangement.others)
        and taken_in_part(case, arrangement, surroundings)
    )


def _holding(case: Case, policy: Policy, surroundings: Surroundings, owed: OwedLetter, on: date) -> tuple[Hold, ...]:
    """The holds that keep a letter; of an arrangement over several invoices those of all of them, for it goes once."""
    own = case.holds_on(on, "answers")
    arrangement = arrangement_of(case, owed) if owed.letter in OF_ARRANGEMENTS else None
    if arrangement is None or not arrangement.others:
        return own
    parts = parts_of(case, policy, arrangement, surroundings)
    others = (part for part in parts if part.is_open and part.case is not case)
    return (*own, *(hold for part in others for hold in part.case.holds_on(on, "answers")))
