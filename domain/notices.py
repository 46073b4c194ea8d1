"""Notices: what a message does in law, whether it is in force, and when its term has run out.

Which letter is needed, and from when a debtor is in default, follows from the five facts of a case (practice.md); the
counting of days stands with each law in `domain.law`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from domain.asked import never_asked, paid_by
from domain.calendar import banking_day_after
from domain.case import Case
from domain.debtor_status import frozen_periods
from domain.facts import LegalRole, VoidReason
from domain.invoice import Kind, TermBasis
from domain.kin import among
from domain.law import be, nl
from domain.ledger import EntryKind
from domain.letter_names import fitted, may_claim
from domain.policy import ChargeCosts, Policy, Step
from domain.promises import moved_to
from domain.quick_records import quick
from domain.sent import TakenStep, all_came_back
from domain.surroundings import Surroundings
from domain.terms import CreditorTerms

_DAY = timedelta(days=1)
# Asked many times a decision: of an enum itself Python 3.11 looks them up the long way.
_CONSUMER: Final = Kind.CONSUMER
_AGREED: Final = TermBasis.AGREED
LEAST_TERM = 14
"""Fewest days that a letter gives somebody who may be a natural person (BW 6:96 lid 6; Book XIX WER)."""

LEAST_LAST_TERM = 7
"""Fewest days that a consumer has after his final demand (practice.md, Hand-off)."""

TRIFLE = Decimal("1.00")
"""What is taken back up to this, or the tolerance, makes no letter void: one euro and its storno reset no clock."""

_CARRY_COSTS: tuple[LegalRole, ...] = ("cost_notice", "first_reminder")
"""Letters that must be right to the cent, or no costs follow from them."""


@quick
@dataclass(frozen=True, slots=True)
class Term:
    """The term that a message set.

    Attributes:
        last_day: Last day on which the debtor is in time (E).
        act_on: First day on which its end may be acted on (NL: G), the bank statements permitting.
    """

    last_day: date
    act_on: date


def is_protected(case: Case, policy: Policy) -> bool:
    """Whether the rules for consumers must be kept: for who may be one, and for all whom the policy takes for one."""
    return case.consumer or policy.kind is _CONSUMER


def sets_costs(step: Step, case: Case, policy: Policy) -> bool:
    """Whether the step is the 14-day letter of a Dutch consumer: the one gate to costs (BW 6:96 lid 6)."""
    return (
        step.term is not None
        and "costs" in step.announces
        and policy.law == "NL"
        and is_protected(case, policy)
        and policy.charge_costs is not ChargeCosts.NEVER
        and has_costs(case)
    )


def has_costs(case: Case) -> bool:
    """Whether the law knows collection costs of this claim: Dutch and Belgian costs are fixed in euros only."""
    return case.ledger.currency == "EUR"


def term_of(
    taken: TakenStep, case: Case, policy: Policy, terms: CreditorTerms, margin: int | None = None
) -> Term | None:
    """The term that a message set; None when it set none, nobody can prove that it was sent, or it stands still.

    Under a status of the debtor that freezes it, it does not run; what is left of it runs on afterwards.

    Args:
        taken: The message.
        case: Its case.
        policy: The policy of the case.
        terms: When the creditor's letters count as received.
        margin: Banking days after the last day before its end is acted on, if the policy says so.
    """
    if not taken.proven or taken.term_days is None:
        return None
    term = _counted(taken, case, policy, terms, taken.term_days)
    if case.statuses:
        days = taken.term_days
        for start, end in frozen_periods(case.statuses):
            if start > term.last_day or (end is not None and end <= taken.on):
                continue
            if end is None:
                return None
            days += (end - max(start, taken.on)).days
            term = _counted(taken, case, policy, terms, days)
    return term if margin is None else _acted_on_later(term.last_day, margin)


def _counted(taken: TakenStep, case: Case, policy: Policy, terms: CreditorTerms, days: int) -> Term:
    """The term of so many days, while nothing keeps it from running."""
    if policy.law == "NL":
        received = taken.received_on or nl.presumed_receipt(taken.on, terms.delivery_days)
        term = _dutch_term(received, days, is_protected(case, policy))
        if not case.promises:
            return term
        last, act_on = term.last_day, term.act_on
    elif policy.law == "BE":
        electronic = not any(channel in ("post", "registered") for channel in taken.channels)
        last = be.term_starts(taken.on, electronic=electronic) + timedelta(days=days - 1)
        if not electronic and taken.legal != "first_reminder":
            # The first reminder counts from the third working day itself (Book XIX WER); any other letter says that
            # its term starts the day after delivery, and it is presumed delivered on that third working day.
            last += _DAY
        if taken.received_on is not None:
            last = max(last, taken.received_on + timedelta(days=days))
        act_on = last + _DAY
    else:
        last = (taken.received_on or taken.on) + timedelta(days=days)
        act_on = last + _DAY
    if case.promises and (moved := moved_to(case.promises, case.owing, taken.on, last)) != last:
        last, act_on = moved, nl.first_day_to_act(moved) if policy.law == "NL" else moved + _DAY
    return Term(last, act_on)


# The same few days come back in case after case, and each case asks for its terms many times a decision.


@lru_cache(maxsize=8192)
def _dutch_term(received_on: date, days: int, consumer: bool) -> Term:
    last = nl.last_day_of_term(received_on, days, consumer=consumer)
    return Term(last, nl.first_day_to_act(last))


@lru_cache(maxsize=8192)
def _acted_on_later(last_day: date, margin: int) -> Term:
    return Term(last_day, banking_day_after(last_day, margin))


# Default --------------------------------------------------------------------------------------------------


def needs_default_notice(case: Case, policy: Policy) -> bool:
    """Whether only a notice of default puts the debtor in default: his term was not agreed (BW 6:82, 6:83)."""
    return case.invoice.term_basis is not _AGREED and policy.law == "NL" and is_protected(case, policy)


def default_notice(case: Case) -> TakenStep | None:
    """The first notice of default that stands."""
    return next((t for t in case.taken if t.legal == "default_notice" and t.proven and not t.void), None)


def default_from(case: Case, policy: Policy, terms: CreditorTerms) -> date | None:
    """First day of default, which is also the first day of interest; None while nothing puts the debtor in default.

    Source: BW 6:81-83; for trade contracts 6:119a lid 1 and 2, which carry out directive 2011/7 as the Belgian law of
    2 August 2002 does; practice.md, fact 2.
    """
    if not needs_default_notice(case, policy):
        return nl.first_day_of_default(case.invoice, case.due)
    notice = default_notice(case)
    ends = None if notice is None else term_of(notice, case, policy, terms)
    return None if ends is None else ends.last_day + _DAY


def legal_role(step: Step, case: Case, policy: Policy) -> LegalRole | None:
    """What a message of this step does in law when it is sent now."""
    if policy.law is None or not step.send:
        return None
    if policy.law == "BE":
        if step.term is None:
            return None
        before = in_force_first_reminder(case)
        # One that came back reached nobody: what goes in its place is the first.
        none = before is None or all_came_back(before.keys, case.bounced)
        return "first_reminder" if is_protected(case, policy) and none else "notice"
    if step.term is None and step.default_term is None:
        return None
    if needs_default_notice(case, policy) and default_notice(case) is None:
        # Without that notice he is not in default.
        return "default_notice"
    if step.term is None:
        return None
    return "cost_notice" if sets_costs(step, case, policy) else "notice"


def as_taken(step: Step, case: Case, policy: Policy) -> Step:
    """The step as it is taken for this case now: which letter it is, with which term, over which channels.

    A consumer whose term was only printed is first put in default: the same rung then sends the notice of default, and
    the 14-day letter as its next issue. Whoever may be a natural person has the statutory term, also where the policy
    gives businesses a shorter one (practice.md, nl-business); only the final demand comes after that term.
    """
    if not step.send:
        return step
    changed: dict[str, object] = {}
    role = legal_role(step, case, policy)
    if role == "default_notice" and (step.default_term is not None or sets_costs(step, case, policy)):
        changed = {"letter": "default_notice", "term": step.term or step.default_term, "announces": ()}
    protected = is_protected(case, policy)
    term = changed.get("term", step.term)
    letter = fitted(
        str(changed.get("letter", step.letter_name)),
        role,
        protected=protected,
        law=policy.law,
        term=term is not None,
    )
    if letter != step.letter_name:
        changed["letter"] = letter
    # A second amount in a letter on which costs hang makes it void (practice.md, fact 3).
    alone = role in ("default_notice", "cost_notice", "first_reminder")
    # What answers something claims what that is about: of a settlement all that it releases from.
    if alone or (protected and not step.answers and step.claims not in may_claim(letter, policy.law)):
        changed["claims"] = "principal"
    unsaid = {
        *(() if has_costs(case) else ("costs",)),
        # A threat that nothing follows may not be sent.
        *(() if policy.hands_off else ("handoff",)),
    }
    if unsaid & set(step.announces) and "announces" not in changed:
        changed["announces"] = tuple(each for each in step.announces if each not in unsaid)
    least = _least_term(letter, case, protected=protected)
    if isinstance(term, int) and term < least:
        changed["term"] = least
    if step.registered_from is not None and case.open.amount >= step.registered_from:
        changed["send"] = tuple("registered" if channel == "post" else channel for channel in step.send)
    if step.letter_name == "apology" and case.undone:
        wrong = next((t for t in case.taken if (t.step, t.issue) == case.undone[-1][:2]), None)
        if wrong is not None:
            changed["send"] = wrong.channels
    return step.model_copy(update=changed) if changed else step


def _least_term(letter: str, case: Case, *, protected: bool) -> int:
    """Fewest days that a letter with a term gives this debtor; only the final demand comes after the statutory term."""
    if letter == "final_demand":
        return LEAST_LAST_TERM if protected else 0
    return LEAST_TERM if case.invoice.legal_status.may_be_natural_person or protected else 0


# What stands ----------------------------------------------------------------------------------------------


def in_force(case: Case, policy: Policy, step_id: str) -> TakenStep | None:
    """The last message of a step whose term counts: not void, and not the notice of default before it."""
    step = policy.step(step_id)
    for taken in reversed(case.taken):
        if taken.step == step_id and counts_as_taken(taken, step, case, policy):
            return taken
    return None


def counts_as_taken(taken: TakenStep, step: Step | None, case: Case, policy: Policy) -> bool:
    """Whether this took the step: a void letter is given again, and a notice of default comes before the letter."""
    if taken.void:
        return False
    return taken.legal != "default_notice" or step is None or not sets_costs(step, case, policy)


def in_force_cost_notice(case: Case) -> TakenStep | None:
    """The 14-day letter that is in force, proven or not."""
    return next((t for t in reversed(case.taken) if t.legal == "cost_notice" and not t.void), None)


def in_force_first_reminder(case: Case) -> TakenStep | None:
    """The first reminder of a Belgian consumer that is in force."""
    return next((t for t in reversed(case.taken) if t.legal == "first_reminder" and not t.void), None)


def in_force_business_notice(case: Case) -> TakenStep | None:
    """The notice to a business from which its costs run: the first that stands.

    Steps recorded before roles were kept set a term all the same.
    """
    return next(
        (
            t
            for t in case.taken
            if t.kind == "send"
            and not t.void
            and (t.legal == "notice" or (t.legal is None and t.term_days is not None))
        ),
        None,
    )


# What makes a letter void ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Voided:
    """A letter that can no longer carry costs, and what hung on its term."""

    steps: tuple[tuple[str, int], ...]
    reason: VoidReason
    of: str


def voided(case: Case, policy: Policy, surroundings: Surroundings) -> Voided | None:
    """The letter in force that became void for costs, and why; None when it stands.

    A correction voids the letter, a payment does not (practice.md). What counts is what was learned after writing it.
    A letter that was sent before the case came to us is judged alike.
    """
    settled = case.closed is not None or not case.open_minor
    if is_protected(case, policy):
        letter = next((t for t in reversed(case.taken) if t.legal in _CARRY_COSTS and not t.void), None)
    else:
        letter = next((t for t in case.taken if t.legal in ("notice", *_CARRY_COSTS) and not t.void), None)
    if letter is None:
        return None
    if settled and not any(e.from_the_start and e.amount for e in case.ledger.entries[letter.entries :]):
        # Nothing is left to claim; only a correction still takes back costs that were paid.
        return None
    found = next(_reasons(letter, case, policy, surroundings), None)
    if found is None:
        return None
    reason, of = found
    return Voided(with_dependents(letter, case, policy), reason, of)


def with_dependents(letter: TakenStep, case: Case, policy: Policy) -> tuple[tuple[str, int], ...]:
    """A letter and the messages sent since then that waited for its term: all are given again."""
    after = case.taken[case.taken.index(letter) + 1 :]
    waited = [
        (t.step, t.issue)
        for t in after
        if t.kind == "send"
        and not t.void
        and (rung := policy.step(t.step)) is not None
        and rung.when.term_expired == letter.step
    ]
    return ((letter.step, letter.issue), *waited)


def _reasons(
    letter: TakenStep, case: Case, policy: Policy, surroundings: Surroundings
) -> Iterator[tuple[VoidReason, str]]:
    carries_costs = letter.legal in _CARRY_COSTS
    # Only the Dutch 14-day letter needs default; but what asks for payment before the term that he has now is void.
    since = default_from(case, policy, surroundings.terms) if letter.legal == "cost_notice" else case.due + _DAY
    if since is None or letter.on < since:
        yield "not_in_default", "" if since is None else since.isoformat()
    if case.disputes:
        yield from _disputed(letter, case, policy, surroundings)
    later = case.ledger.entries[letter.entries :]
    if later:
        booked = frozenset(credit for each in case.disputes for credit in each.credits)
        trifle = max(policy.tolerance, TRIFLE)
        ends = term_of(letter, case, policy, surroundings.terms)
        for entry in later:
            if carries_costs and entry.from_the_start and entry.amount and entry.id not in booked:
                yield "corrected", entry.id
            elif carries_costs and entry.kind is EntryKind.PAYMENT and entry.credited_on < letter.on:
                yield "paid_before", entry.id
            elif entry.kind is EntryKind.REVERSAL and entry.of is not None and entry.amount:
                undone = case.ledger.entry(entry.of)
                if (
                    undone is not None
                    and undone.kind is EntryKind.PAYMENT
                    and ends is not None
                    and letter.on <= undone.credited_on <= ends.last_day
                    and entry.amount.amount > trifle
                ):
                    yield "reversed", entry.id
        unasked = never_asked(letter, case) if carries_costs and letter.claimed is not None else ()
        if (
            unasked
            and ends is not None
            and letter.claimed is not None
            and case.open.amount > trifle
            and paid_by(letter, case, ends.last_day) >= letter.claimed
        ):
            # It did its work: what has come open since needs a letter of its own.
            yield "spent", unasked[-1]
    for sibling, mate in among(surroundings.siblings).letters_like(letter) if surroundings.siblings else ():
        # What makes one invoice need another letter leaves what was asked for the others as right as it was.
        if (mate.void and mate.void_for not in ("spent", "arranged")) or any(
            reason != "spent" for reason, _ in _own_reasons(mate, sibling.case, sibling.policy, surroundings)
        ):
            yield "together", sibling.case.invoice.number


def _disputed(
    letter: TakenStep, case: Case, policy: Policy, surroundings: Surroundings
) -> Iterator[tuple[VoidReason, str]]:
    """A letter disputed in its term: upheld, it asked what was not owed; rejected, it is given again in full."""
    place = case.taken.index(letter) if letter in case.taken else len(case.taken)
    for dispute in case.disputes:
        if dispute.is_open or dispute.resolved_on is None or dispute.outcome == "withdrawn":
            continue
        asked_it = place < dispute.letters
        if dispute.upheld_minor and asked_it:
            yield "dispute_upheld", dispute.id
        elif dispute.outcome in ("rejected", "partly") and place < dispute.letters_answered:
            ends = term_of(letter, case, policy, surroundings.terms)
            # What it left out was never asked; of what it asked, the time under the dispute gave no fair term.
            if not asked_it or (ends is not None and dispute.since <= ends.last_day):
                yield "disputed", dispute.id


def _own_reasons(
    letter: TakenStep, case: Case, policy: Policy, surroundings: Surroundings
) -> Iterator[tuple[VoidReason, str]]:
    return _reasons(letter, case, policy, Surroundings(terms=surroundings.terms))
