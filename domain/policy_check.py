"""Whether a policy makes sense as a whole: what no single field can show.

Each finding names the place inside the policy, so that the reader of the file can point at line and column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from domain.contact_hours import CONTACT_FROM, CONTACT_UNTIL
from domain.invoice import Kind
from domain.law.allocation import Allocation
from domain.letter_names import BEFORE_DUE, FOR_CONSUMERS, may_claim, misused
from domain.notices import LEAST_LAST_TERM, LEAST_TERM
from domain.policy import CORRESPONDENCE, PARTNER_NOTICES, ChargeCosts, Policy, Step
from domain.tasks import OWN_TASKS


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """Something wrong (`error`) or doubtful (`warning`) in a policy.

    Attributes:
        loc: Path inside the policy, such as `("steps", 2, "term")`.
        message: What is wrong and what to do.
    """

    severity: Literal["error", "warning"]
    loc: tuple[str | int, ...]
    message: str


def check_policy(policy: Policy, letters: Collection[str]) -> tuple[PolicyFinding, ...]:
    """Judge a policy as a whole.

    Args:
        policy: The policy, valid field by field.
        letters: Names of the letters that can be rendered.

    Returns:
        All findings, in the order of the steps; empty when there is nothing to say.
    """
    return tuple(_findings(policy, letters))


def _error(*loc: str | int, message: str) -> PolicyFinding:
    return PolicyFinding("error", loc, message)


def _warning(*loc: str | int, message: str) -> PolicyFinding:
    return PolicyFinding("warning", loc, message)


def _findings(policy: Policy, letters: Collection[str]) -> Iterator[PolicyFinding]:
    yield from _head_findings(policy)
    if policy.kind is Kind.CONSUMER:
        yield from _hours_findings(policy)
    seen: set[str] = set()
    for index, step in enumerate(policy.steps):
        if step.id in seen:
            yield _error("steps", index, "id", message=f"{step.id!r} is used twice; every step needs its own id")
        seen.add(step.id)
        if step.id in CORRESPONDENCE or step.id in PARTNER_NOTICES:
            beside = f"{step.id!r} is the name of a letter that leaves by itself; give the step another id"
            yield _error("steps", index, "id", message=beside)
        yield from _step_findings(policy, index, step, letters)
        yield from _money_findings(policy, index, step)
        if policy.kind is Kind.CONSUMER:
            yield from _consumer_findings(policy, index, step)
    yield from _order_findings(policy)
    yield from _arrangement_findings(policy)


# The head -------------------------------------------------------------------------------------------------


def _head_findings(policy: Policy) -> Iterator[PolicyFinding]:
    """Keys that do nothing: without a law nothing but the principal is owed, and what no notice asks is not asked."""
    if policy.promises.broken in OWN_TASKS:
        message = f"{policy.promises.broken!r} is a task of the case itself; name a step, or a task of your own"
        yield _error("promises", "broken", message=message)
    if policy.law is not None:
        notices = [step for step in policy.steps if step.send and step.term is not None]
        if policy.charge_40 != "never" and policy.kind is Kind.BUSINESS and all(s.claims != "all" for s in notices):
            yield _warning("charge_40", message="no notice asks for the 40.00; give the notice `claims: all`")
        return
    if policy.charge_40 != "never":
        yield _warning("charge_40", message="does nothing without a law; add `law: NL` or `law: BE`")
    if policy.allocation is not Allocation.PRINCIPAL_FIRST:
        yield _warning("allocation", message="does nothing without a law; add `law: NL` or `law: BE`")


def _hours_findings(policy: Policy) -> Iterator[PolicyFinding]:
    """When consumers may be reached."""
    hours = policy.calendar
    if hours is None:
        yield _warning(
            "calendar",
            message="consumers are reached from 12:00 to 20:00 on any day but Sundays and holidays; give a calendar "
            f"inside {CONTACT_FROM:%H:%M}-{CONTACT_UNTIL:%H:%M}, without sun, with holidays",
        )
        return
    if "sun" in hours.days:
        yield _error("calendar", "days", message="consumers are not reached on Sundays; take sun out")
    if hours.opens < CONTACT_FROM:
        yield _error(
            "calendar",
            "from",
            message=f"consumers are not reached before {CONTACT_FROM:%H:%M}; this says {hours.opens:%H:%M}",
        )
    if hours.closes > CONTACT_UNTIL:
        yield _error(
            "calendar",
            "until",
            message=f"consumers are not reached after {CONTACT_UNTIL:%H:%M}; this says {hours.closes:%H:%M}",
        )
    if hours.holidays is None:
        yield _warning(
            "calendar", message="consumers are not reached on holidays; name them: add `holidays: NL` or `holidays: BE`"
        )


# The steps ------------------------------------------------------------------------------------------------


def _arrangement_findings(policy: Policy) -> Iterator[PolicyFinding]:
    """What an arrangement may say: a step of this ladder, and no interest of a consumer that nobody signed off."""
    rules = policy.arrangements
    if rules.broken != "none" and rules.broken not in policy.positions:
        known = ", ".join(policy.positions)
        yield _error("arrangements", "broken", message=f"there is no step {rules.broken!r}; known: {known}, or none")
    if policy.kind is Kind.CONSUMER and not rules.legal_sign_off:
        if rules.interest not in (None, "frozen"):
            yield _error(
                "arrangements",
                "interest",
                message=f"a consumer pays no interest for an arrangement: frozen, not {rules.interest}; or give "
                "`legal_sign_off`",
            )
        if rules.longest > 12:
            yield _error(
                "arrangements",
                "longest",
                message=f"{rules.longest} months is credit to a consumer: 12 at most; or give `legal_sign_off`",
            )


def _step_findings(policy: Policy, index: int, step: Step, letters: Collection[str]) -> Iterator[PolicyFinding]:
    if step.send and step.letter_name not in letters:
        known = ", ".join(sorted(letters))
        if step.letter is None:
            yield PolicyFinding(
                "warning",
                ("steps", index),
                f"step {step.id!r} names no letter and none is called like it; the letter 'generic' is used "
                f"(known: {known})",
            )
        else:
            yield _error("steps", index, "letter", message=f"unknown letter {step.letter!r}; known: {known}")
    if step.send:
        yield from _letter_findings(policy, index, step)
    needed = step.when.term_expired
    if needed is not None:
        position = policy.positions.get(needed)
        where = ("steps", index, "when", "term_expired")
        if position is None:
            yield _error(*where, message=f"there is no step {needed!r}; known: {', '.join(policy.positions)}")
        elif position >= index:
            yield _error(*where, message=f"step {needed!r} comes after this one, so its term can never have run out")
        elif policy.steps[position].term is None:
            yield _error(*where, message=f"step {needed!r} sets no term; give it `term: 14d` or use after_previous")
    if step.send and step.when.after_due == 0 and step.when.round is None:
        yield _warning(
            "steps",
            index,
            "when",
            "after_due",
            message="who pays on the due date is in time: the reminder goes on the day after; write 1d or more",
        )
    if step.task in OWN_TASKS:
        yield _error(
            "steps", index, "task", message=f"{step.task!r} is a task of the case itself; give it another name"
        )
    if step.hand_off and policy.law is not None and needed is None:
        yield _error(
            "steps",
            index,
            "when",
            message="hand-off without a notice whose term ran out; add `term_expired: <the notice step>`",
        )
    if step.hand_off and index + 1 < len(policy.steps):
        yield _error(
            "steps",
            index + 1,
            message=f"can't be reached: the ladder ends at the hand-off {step.id!r} before it",
        )
    if step.repeat is not None and step.repeat.at_most is None and index + 1 < len(policy.steps):
        yield _error(
            "steps",
            index,
            "repeat",
            message="repeats without end, so the steps after it can't be reached; give at_most",
        )
    if step.repeat is not None and step.send and (step.letter_name.startswith("final") or step.id.startswith("final")):
        yield _error("steps", index, "repeat", message="a letter that is called the last goes once; take repeat out")
    bounds = step.condition
    if bounds.open_at_least is not None and bounds.open_below is not None and bounds.open_at_least >= bounds.open_below:
        yield _error("steps", index, "if", message="open_at_least is not below open_below, so it is never met")


def _letter_findings(policy: Policy, index: int, step: Step) -> Iterator[PolicyFinding]:
    """What the letter of a step could not say, so that it would be refused when it is to leave."""
    name = step.letter_name
    where: tuple[str | int, ...] = ("steps", index) if step.letter is None else ("steps", index, "letter")
    for message in misused(name, term=step.term is not None, before_due=step.when.before_due is not None):
        yield _error(*where, message=message)
    if name in BEFORE_DUE and step.repeat is not None:
        yield _error("steps", index, "repeat", message=f"{name!r} goes once, before the due date; take repeat out")
    if policy.kind is Kind.BUSINESS and name in FOR_CONSUMERS:
        yield _error(*where, message=f"{name!r} is for consumers only; a business gets letter 'notice'")
    if "handoff" in step.announces and not policy.hands_off:
        yield _error(
            "steps",
            index,
            "announces",
            message="announces a hand-off that the ladder does not have: a threat that nothing follows may not be "
            "sent; add a step with hand_off, or take handoff out",
        )


def _money_findings(policy: Policy, index: int, step: Step) -> Iterator[PolicyFinding]:
    """What a step claims or sets, and what can't come of it whoever the debtor is."""
    if policy.law is None and step.claims != "principal":
        yield _warning(
            "steps",
            index,
            "claims",
            message=f"claims {step.claims}, but without a law only the principal is owed; add `law: NL` or `law: BE`",
        )
    if step.default_term is None:
        return
    if policy.kind is Kind.BUSINESS:
        yield _warning(
            "steps",
            index,
            "default_term",
            message="does nothing for a business: only a consumer is put in default by it",
        )
    elif policy.law != "NL":
        yield _warning("steps", index, "default_term", message="does nothing but under Dutch law (BW 6:82)")
    elif step.default_term < LEAST_TERM:
        yield _error(
            "steps",
            index,
            "default_term",
            message=f"a consumer has at least {LEAST_TERM} days; this says {step.default_term}d",
        )


def _consumer_findings(policy: Policy, index: int, step: Step) -> Iterator[PolicyFinding]:
    """What a step may not do to a consumer."""
    least = LEAST_LAST_TERM if step.letter_name == "final_demand" else LEAST_TERM
    if step.term is not None and step.term < least:
        yield _error(
            "steps",
            index,
            "term",
            message=f"a consumer has at least {least} days ({_source(policy, step)}); this says {step.term}d",
        )
    found = list(_findings_of_law(policy, index, step))
    yield from found
    if (
        step.send
        and step.claims not in may_claim(step.letter_name, policy.law)
        and not any(finding.loc[-1] == "claims" for finding in found)
    ):
        yield _error(
            "steps",
            index,
            "claims",
            message=f"{step.letter_name!r} asks a consumer for the principal only; claim principal, and more in "
            "the final demand",
        )
    if step.hand_off and policy.law is not None and not _has_last_demand(policy, index):
        yield _warning(
            "steps",
            index,
            message="a consumer gets a final demand that names the partner, and at least "
            f"{LEAST_LAST_TERM} days; put a step with `letter: final_demand` before, and `after_previous: 7d` here",
        )


def _findings_of_law(policy: Policy, index: int, step: Step) -> Iterator[PolicyFinding]:
    if policy.law == "NL":
        yield from _dutch_findings(policy, index, step)
    elif policy.law == "BE":
        yield from _belgian_findings(policy, index, step)


def _source(policy: Policy, step: Step) -> str:
    if step.letter_name == "final_demand":
        return "before the claim is handed over"
    return "Book XIX WER" if policy.law == "BE" else "BW 6:96 lid 6"


def _dutch_findings(policy: Policy, index: int, step: Step) -> Iterator[PolicyFinding]:
    """The 14-day letter, and what must not come before it (BW 6:96 lid 5-6)."""
    charges = policy.charge_costs is not ChargeCosts.NEVER
    if step.send and charges and "costs" in step.announces:
        if step.term is None:
            yield _error(
                "steps",
                index,
                "announces",
                message="only the 14-day letter announces costs to a consumer: give `term: 14d`, or take costs out",
            )
        else:
            yield from _cost_notice_findings(index, step)
    elif step.claims == "all" and charges and not _comes_after_letter(policy, index, step):
        yield _error(
            "steps",
            index,
            "claims",
            message="would claim nothing more: costs are due only after the 14-day letter has run out; add "
            "`term_expired: <the step that announces costs with a term of 14d>`, or claim principal",
        )


def _cost_notice_findings(index: int, step: Step) -> Iterator[PolicyFinding]:
    if step.letter not in (None, "notice", "fourteen_day_letter"):
        yield _error(
            "steps",
            index,
            "letter",
            message=f"what announces costs with a term is the 14-day letter, and {step.letter!r} does not say what "
            "that must say; give `letter: notice`",
        )
    if not {"post", "registered"} & set(step.send):
        yield _error(
            "steps",
            index,
            "send",
            message="the 14-day letter goes by post, too: an e-mail alone is no proof that it was received; add post",
        )
    if step.claims != "principal":
        yield _error(
            "steps",
            index,
            "claims",
            message="the 14-day letter asks for the principal only: a second amount in it makes it void",
        )


def _is_letter(step: Step) -> bool:
    """Whether the step is the 14-day letter of a Dutch consumer."""
    return bool(step.send) and step.term is not None and "costs" in step.announces


def _comes_after_letter(policy: Policy, index: int, step: Step) -> bool:
    """Whether the step waits for the term of a 14-day letter, or a step above it does."""
    for earlier in policy.steps[: index + 1]:
        gate = policy.positions.get(earlier.when.term_expired or "")
        if gate is not None and gate < index and _is_letter(policy.steps[gate]):
            return True
    return False


def _belgian_findings(policy: Policy, index: int, step: Step) -> Iterator[PolicyFinding]:
    """The free first reminder, and what must not come before its term ran out (Book XIX WER)."""
    first = next((i for i, rung in enumerate(policy.steps) if rung.send and rung.term is not None), None)
    asking = next((i for i, rung in enumerate(policy.steps) if rung.send and rung.when.before_due is None), None)
    if step.claims != "principal" and (first is None or index <= first):
        if index == first:
            message = "the first reminder is free: it asks for the principal only (Book XIX WER)"
        else:
            message = (
                "nothing but the principal is owed before the term of the free first reminder ran out; give the first "
                "step `letter: first_reminder` and `term: 14d`"
            )
        yield _error("steps", index, "claims", message=message)
    if index == first and asking is not None and asking < index:
        yield _error(
            "steps",
            index,
            message=f"is the free first reminder, but {policy.steps[asking].id!r} asks for money before; put it first",
        )


def _has_last_demand(policy: Policy, index: int) -> bool:
    """Whether a message that names the partner leaves a consumer his last days before this hand-off.

    The final demand does, or a message that announces the hand-off when that claims nothing more.
    """
    step = policy.steps[index]
    for position, earlier in enumerate(policy.steps[:index]):
        announced = "handoff" in earlier.announces and earlier.claims == step.claims
        if not earlier.send or not (earlier.letter_name == "final_demand" or announced):
            continue
        waited = sum(rung.when.after_previous or 0 for rung in policy.steps[position + 1 : index + 1])
        own_term = step.when.term_expired == earlier.id and (earlier.term or 0) >= LEAST_LAST_TERM
        if own_term or waited >= LEAST_LAST_TERM:
            return True
    return False


def _order_findings(policy: Policy) -> Iterator[PolicyFinding]:
    dated = [(index, day) for index, step in enumerate(policy.steps) if (day := _day_after_due(step)) is not None]
    for (_, earlier), (index, later) in pairwise(dated):
        if later < earlier:
            yield _error(
                "steps",
                index,
                "when",
                message=f"comes on day {later:+d} from due, before the step above it on day {earlier:+d}; "
                "put the steps in the order of their days",
            )


def _day_after_due(step: Step) -> int | None:
    if step.when.after_due is not None:
        return step.when.after_due
    if step.when.before_due is not None:
        return -step.when.before_due
    return None
