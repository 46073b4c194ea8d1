"""Handling messages about arrangements: what may be agreed, what it holds, and how it ends by agreement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain import facts as f
from domain import messages as m
from domain.arrangements import Arrangement, named
from domain.case import Case, apply
from domain.claims.claim import Claim, claim_of
from domain.correspondence import letter_dropped, letter_owed, still_owed
from domain.handling.disputes import SELF_SERVICE
from domain.handling.envelope import Lookup
from domain.handling.money import own_currency
from domain.handling.refusal import Refused
from domain.handling.tasks import task_done, task_raised
from domain.instalment_plan import months_after
from domain.law.allocation import OpenClaim
from domain.notices import is_protected
from domain.planning.arranged import goes_on_at, left_out, spent_letters
from domain.planning.respite import respite_until
from domain.policy import Policy
from domain.surroundings import Surroundings
from domain.tasks import TaskKind

PROPOSAL_DAYS = 7
"""Days for which a proposal of the debtor holds (practice.md, endless plan talks)."""

LONGEST_OF_CONSUMERS = 12
"""Months that a consumer's arrangement has at most: a longer one is credit (practice.md; the directive on consumer
credit, since 2026-11-20)."""

LETTERS_OF_INSTALMENTS = ("instalment_reminder", "instalment_missed")
"""Letters that lose their sense when the arrangement ends."""


def arrangement_proposed(
    case: Case, message: m.ProposeArrangement, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """The debtor proposes to pay in instalments: a week's hold, which lapses by itself, and a task.

    A second one of his own holds nothing: talks without an end stop no ladder.

    Raises:
        Refused: when there is nothing to arrange.
    """
    if f"proposed:{own}" in case.seen:
        return ()
    _may_be_arranged(case)
    if case.arrangement is not None:
        raise Refused(f"arrangement {case.arrangement.id} stands; change_arrangement puts another one in its place")
    proposed = f.ArrangementProposed(
        id=f"proposed:{own}",
        at=at,
        on=on,
        instalments=_instalments(case, message.instalments, message.currency),
        actor=message.actor,
        note=message.note,
    )
    kind = f.HoldKind.ARRANGEMENT_PROPOSED
    before = [hold for hold in case.holds if hold.kind is kind]
    held: tuple[f.Fact, ...] = ()
    if not any(hold.covers(on) for hold in before) and not (before and message.actor in SELF_SERVICE):
        until = on + timedelta(days=PROPOSAL_DAYS)
        held = (f.HoldPlaced(id=f"hold:proposed:{own}", at=at, on=on, hold=kind, until=until, actor=message.actor),)
    return (proposed, *held, *task_raised(case, TaskKind.ANSWER_PROPOSAL, None, at, on))


def arrangement_agreed(
    case: Case, policy: Policy, message: m.AgreeArrangement, own: str, at: datetime, on: date, lookup: Lookup
) -> tuple[f.Fact, ...]:
    """Instalments are agreed: the ladder stands still, and the debtor gets them in writing.

    Raises:
        Refused: when one stands already, or it is none that may be agreed.
    """
    if f"arrangement:{own}" in case.seen:
        return ()
    name = message.arrangement or own[:60]
    known = named(case.arrangements, name)
    if known is not None:
        instalments = _instalments(case, message.instalments, message.currency)
        if known.instalments == instalments and message.interest in (None, known.interest):
            return ()
        raise Refused(f"arrangement {name} is on record already, and says something else; give this one its own id")
    _may_be_arranged(case)
    if case.arrangement is not None:
        raise Refused(f"arrangement {case.arrangement.id} stands; change_arrangement puts another one in its place")
    return _agreed(case, policy, message, name, own, at, on, lookup)


def arrangement_changed(
    case: Case, policy: Policy, message: m.ChangeArrangement, own: str, at: datetime, on: date, lookup: Lookup
) -> tuple[f.Fact, ...]:
    """Other instalments take the place of those that stand, for what is owed now.

    Raises:
        Refused: when none stands, or it is none that may be agreed.
    """
    if f"arrangement:{own}" in case.seen:
        return ()
    standing = _standing(case, None)
    name = message.arrangement or own[:60]
    if named(case.arrangements, name) is not None:
        raise Refused(f"arrangement {name} is on record already; give the new one an id of its own")
    ended = f.ArrangementEnded(
        id=f"ended:{standing.id}",
        at=at,
        on=on,
        arrangement=standing.id,
        outcome="changed",
        actor=message.actor,
        note=message.note,
    )
    before = (ended, *dropped(case, "other instalments were agreed", at, on))
    return (*before, *_agreed(_after(case, before), policy, message, name, own, at, on, lookup))


def arrangement_ended(
    case: Case, policy: Policy, message: m.EndArrangement, own: str, at: datetime, on: date
) -> tuple[f.Fact, ...]:
    """The arrangement ends by agreement: the debtor is told, and the ladder goes on.

    Raises:
        Refused: when none stands, or another one than it names.
    """
    known = None if message.arrangement is None else named(case.arrangements, message.arrangement)
    if known is not None and known.outcome == "agreement":
        return ()
    last = case.arrangements[-1] if case.arrangements else None
    elsewhere = last is not None and bool(last.others) and last.outcome == "agreement" and last.ended_on == on
    if elsewhere and message.arrangement is None:
        # It ended with another of its invoices, which was told the same.
        return ()
    standing = _standing(case, message.arrangement)
    target = goes_on_at(case, policy)
    ended = f.ArrangementEnded(
        id=f"ended:{standing.id}",
        at=at,
        on=on,
        arrangement=standing.id,
        goes_on_at=target,
        respite_until=respite_until(policy, on),
        actor=message.actor,
        note=message.note,
    )
    return (ended, *without_it(case, policy, standing.id, target, f"ended:{own}", at, on, actor=message.actor))


def without_it(
    case: Case, policy: Policy, arrangement: str, target: str | None, own: str, at: datetime, on: date, actor: str = ""
) -> tuple[f.Fact, ...]:
    """What follows where an arrangement ended by agreement: the hold is gone, and the debtor is told.

    Args:
        case: The case.
        policy: Its policy.
        arrangement: Id of the arrangement.
        target: Step at which the ladder goes on.
        own: What makes these facts count once.
        at: Moment.
        on: Local day.
        actor: Who ended it.
    """
    return (
        f.HoldLifted(id=f"lift:{own}", at=at, on=on, hold=f.HoldKind.ARRANGEMENT, actor=actor),
        *passed_over(case, policy, target, at, on),
        *dropped(case, "the arrangement has ended", at, on),
        *letter_owed(case, "arrangement_ended", arrangement, at, on),
    )


def dropped(case: Case, reason: str, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The letters about instalments that leave no more."""
    return tuple(
        letter_dropped(owed.letter, owed.issue, reason, at, on)
        for owed in still_owed(case)
        if owed.letter in LETTERS_OF_INSTALMENTS
    )


def passed_over(case: Case, policy: Policy, target: str | None, at: datetime, on: date) -> tuple[f.Fact, ...]:
    """The steps before the one at which the ladder goes on."""
    return tuple(
        f.StepPassedOver(
            id=f"passed:{step}:{issue}",
            at=at,
            on=on,
            step=step,
            issue=issue,
            reason=f"after the arrangement it goes on at {target}",
        )
        for step, issue in left_out(case, policy, target)
    )


def _standing(case: Case, name: str | None) -> Arrangement:
    standing = case.arrangement
    if standing is None or name not in (None, standing.id):
        found = "none stands" if standing is None else f"{standing.id} stands"
        raise Refused(f"there is no arrangement {name or 'to change or end'}; {found}")
    return standing


def _may_be_arranged(case: Case) -> None:
    if case.handed_off:
        raise Refused("the case is handed off: the agency agrees instalments; recall it first")
    if case.closed is not None:
        raise Refused(f"the case is closed ({case.closed.value}): there is nothing to pay in instalments")


def _instalments(
    case: Case, written: Sequence[m.WrittenInstalment], currency: str | None
) -> tuple[f.AgreedInstalment, ...]:
    return tuple(f.AgreedInstalment(due=each.due, amount=own_currency(case, each.amount, currency)) for each in written)


# What may be agreed ---------------------------------------------------------------------------------------


def _agreed(
    case: Case,
    policy: Policy,
    message: m.AgreeArrangement | m.ChangeArrangement,
    name: str,
    own: str,
    at: datetime,
    on: date,
    lookup: Lookup,
) -> tuple[f.Fact, ...]:
    instalments = _instalments(case, message.instalments, message.currency)
    surroundings = lookup.surroundings(case, policy)
    spent = letters_spent(case, policy, surroundings, name, at, on)
    claim = claim_of(_after(case, spent), policy, on, surroundings)
    interest = message.interest or policy.arrangements.interest
    if interest is None:
        interest = "frozen" if is_protected(case, policy) else "runs"
    _in_order(instalments, on)
    _comes_to_the_claim(instalments, claim)
    whole = _instalments(case, message.whole, message.currency) or instalments
    _is_share_of(instalments, whole)
    if not message.signed_off_by:
        _within_limits(policy, message, whole, on)
        _within_the_law(case, policy, instalments, interest, on)
    agreed = f.ArrangementAgreed(
        id=f"arrangement:{own}",
        at=at,
        on=on,
        arrangement=name,
        instalments=instalments,
        interest=interest,
        acknowledges=message.acknowledges,
        principal=claim.open,
        interest_due=claim.interest,
        costs=claim.costs,
        others=message.others,
        signed_off_by=message.signed_off_by or policy.arrangements.legal_sign_off,
        actor=message.actor,
        note=message.note,
    )
    kind, proposed = f.HoldKind.ARRANGEMENT, f.HoldKind.ARRANGEMENT_PROPOSED
    held: tuple[f.Fact, ...] = ()
    if not any(hold.kind is kind and hold.covers(on) for hold in case.holds):
        held = (f.HoldPlaced(id=f"hold:arrangement:{own}", at=at, on=on, hold=kind, actor=message.actor),)
    lifted: tuple[f.Fact, ...] = ()
    if any(hold.kind is proposed and hold.covers(on) for hold in case.holds):
        lifted = (f.HoldLifted(id=f"lift:proposed:{own}", at=at, on=on, hold=proposed, actor=message.actor),)
    return (
        *spent,
        agreed,
        *held,
        *lifted,
        *task_done(case, TaskKind.ANSWER_PROPOSAL, "agreed", f"arrangement:{own}", at, on),
        *letter_owed(case, "arrangement_confirmation", name, at, on),
    )


def claim_to_arrange(case: Case, policy: Policy, surroundings: Surroundings, at: datetime, on: date) -> Claim:
    """What instalments agreed on a day come to: the claim, no costs of a letter whose term has not run out."""
    return claim_of(_after(case, letters_spent(case, policy, surroundings, "", at, on)), policy, on, surroundings)


def open_to_arrange(
    key: str,
    case: Case,
    policy: Policy,
    surroundings: Surroundings,
    at: datetime,
    on: date,
    *,
    principal_only: bool = False,
) -> OpenClaim:
    """The same as a claim that instalments are spread over, under the key of its case; or the principal alone."""
    claim = claim_to_arrange(case, policy, surroundings, at, on)
    rate = claim.periods[-1].rate if claim.periods else Decimal(0)
    owed = claim.open if principal_only else claim.total
    return OpenClaim(key, case.due, case.invoice.invoice_date, owed, rate)


def _after(case: Case, facts: Sequence[f.Fact]) -> Case:
    for fact in facts:
        case = apply(case, fact)
    return case


def letters_spent(
    case: Case, policy: Policy, surroundings: Surroundings, name: str, at: datetime, on: date
) -> tuple[f.LetterVoided, ...]:
    """Letters whose term has not run out are spent: no costs follow from them, and a new one comes after a default."""
    return tuple(
        f.LetterVoided(id=f"void:{step}:{issue}", at=at, on=on, steps=((step, issue),), reason="arranged", of=name)
        for step, issue in spent_letters(case, policy, surroundings, on)
    )


def _in_order(instalments: Sequence[f.AgreedInstalment], on: date) -> None:
    days = [each.due for each in instalments]
    if days != sorted(set(days)):
        raise Refused("instalments fall due on different days, the first one first")
    if days[0] < on:
        raise Refused(f"the first instalment is due on {days[0]}, before the day of agreeing, {on}")


def _comes_to_the_claim(instalments: Sequence[f.AgreedInstalment], claim: Claim) -> None:
    total = sum((each.amount for each in instalments[1:]), start=instalments[0].amount)
    if not claim.total.is_positive:
        raise Refused("nothing is owed that could be paid in instalments")
    if total not in (claim.total, claim.open):
        extras = claim.interest + claim.costs
        accepted = (
            f"{claim.total.text} is owed"
            if not extras
            else f"{claim.total.text} is owed ({claim.open.text} of principal, {claim.interest.text} of interest, "
            f"{claim.costs.text} of costs), or {claim.open.text} without interest and costs"
        )
        raise Refused(f"the instalments come to {total.text}, but {accepted}; let them come to exactly that")


def _is_share_of(instalments: Sequence[f.AgreedInstalment], whole: Sequence[f.AgreedInstalment]) -> None:
    """Of several invoices each has its share of each instalment; the limits are judged on all of them together."""
    days = {each.due: each.amount for each in whole}
    if len(days) != len(whole) or list(days) != sorted(days):
        raise Refused("instalments fall due on different days, the first one first")
    over = next((each for each in instalments if each.due not in days or each.amount > days[each.due]), None)
    if over is not None:
        raise Refused(f"{over.amount.text} on {over.due} is no share of the instalments of the whole arrangement")


def _within_limits(
    policy: Policy,
    message: m.AgreeArrangement | m.ChangeArrangement,
    instalments: Sequence[f.AgreedInstalment],
    on: date,
) -> None:
    """The limits of the policy, on the instalments of the whole; whoever signs for it may agree otherwise."""
    rules = policy.arrangements
    latest = on + timedelta(days=rules.first_within)
    if instalments[0].due > latest:
        raise Refused(
            f"the first instalment is due on {instalments[0].due}; the first one falls due in {rules.first_within} "
            f"days, by {latest}, or name who signed it off"
        )
    small = next((each.amount for each in instalments[:-1] if each.amount.amount < rules.least), None)
    if small is not None:
        raise Refused(f"an instalment of {small.text} is below {rules.least}, the least; make fewer of them")
    last = months_after(on, rules.longest)
    if instalments[-1].due > last:
        raise Refused(
            f"the last instalment is due on {instalments[-1].due}; the longest arrangement is {rules.longest} months, "
            f"to {last}, or name who signed it off"
        )
    total = sum((each.amount for each in instalments[1:]), start=instalments[0].amount)
    himself = message.actor in SELF_SERVICE
    most = rules.authority.debtor if himself else rules.authority.staff
    if most is not None and total.amount > most:
        who = "the debtor himself" if himself else message.actor
        raise Refused(f"{who} may agree instalments up to {most}, not {total.text}; name who signed it off")


def _within_the_law(
    case: Case, policy: Policy, instalments: Sequence[f.AgreedInstalment], interest: f.ArrangementInterest, on: date
) -> None:
    """A consumer's arrangement without interest, of a year at most, is no credit; any other needs a legal sign-off."""
    if not is_protected(case, policy) or policy.arrangements.legal_sign_off:
        return
    rule = "(credit rules; the directive on consumer credit, since 2026-11-20); name who signed it off, or keep to that"
    if interest != "frozen":
        raise Refused(f"a consumer pays no interest for an arrangement: frozen, not {interest} {rule}")
    last = months_after(on, LONGEST_OF_CONSUMERS)
    if instalments[-1].due > last:
        raise Refused(
            f"a consumer's arrangement takes {LONGEST_OF_CONSUMERS} months at most, to {last}, not to "
            f"{instalments[-1].due} {rule}"
        )
