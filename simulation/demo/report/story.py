"""What happened to one invoice, in the order in which it happened; of each step what it asked, and why on that day.

Why a step came on its day is not stored: the same planner is asked again, with the facts that were known before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from domain import facts as f
from domain.blockers import BlockerKind
from domain.case import Case, apply, fold
from domain.case_parts import CASE_CLOSED
from domain.money import Money
from domain.planning.planner import plan
from domain.policy import Policy, Step
from domain.surroundings import NOTHING_SPECIAL
from domain.tasks import task_text
from domain.views.explain import why_this_day
from domain.views.said import said
from domain.views.timeline import line
from simulation.demo.report.letterbox import ReadMessage
from simulation.demo.report.wording import END_NAMES, long_day, money, plain_id, short_day, short_days, words

Outage = tuple[date, date]
"""First day on which nothing ran, and the day on which it went on."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the story.

    Attributes:
        on: Day on which we learned of it.
        look: How it is marked: `step`, `task`, `agency`, `money`, `back`, `hold`, `end` or `note`.
        title: What happened.
        asked: What a step asked, and of what.
        why: Why it came that day, or what followed.
        messages: What was sent.
        anchor: Its name in the page.
    """

    on: date
    look: str
    title: str
    asked: str = ""
    why: str = ""
    messages: tuple[ReadMessage, ...] = ()
    anchor: str = ""


def story_of_case(
    facts: Sequence[f.Fact],
    policy: Policy,
    messages: Sequence[ReadMessage],
    companions: Mapping[str, Sequence[str]],
    outage: Outage | None,
    prefix: str,
) -> tuple[Happening, ...]:
    """Tell what happened to an invoice.

    Args:
        facts: All facts of the case, in order.
        policy: Its policy.
        messages: All that was sent for it.
        companions: For each message the numbers of the other invoices that it speaks of.
        outage: When nothing ran, if ever.
        prefix: Begins the anchors of this case.
    """
    by_message: dict[str, list[ReadMessage]] = {}
    for message in messages:
        by_message.setdefault(message.message, []).append(message)
    found: list[Happening] = []
    case: Case | None = None
    known: _Known | None = None
    for number, fact in enumerate(facts):
        under_way = number > 0 and isinstance(facts[number - 1], f.StepIntended | f.DeliveryConcluded)
        if not under_way:
            # A step is explained by what was known before it was intended.
            known = None if case is None else _Known(case, facts[number - 1].at)
        told = _told(fact, case, known, policy, outage, by_message, companions)
        if told is not None:
            look, title, asked, why, sent = told
            person = said(fact)
            if person is not None:
                why = f"{why} {person.text}.".strip()
            found.append(Happening(fact.on, look, title, asked, why, sent, f"{prefix}-{number}"))
        case = fold((fact,)) if case is None else apply(case, fact)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Known:
    """A case as it stood from a moment on."""

    case: Case
    since: datetime


_Told = tuple[str, str, str, str, tuple[ReadMessage, ...]]


def _told(
    fact: f.Fact,
    case: Case | None,
    known: _Known | None,
    policy: Policy,
    outage: Outage | None,
    sent: Mapping[str, Sequence[ReadMessage]],
    companions: Mapping[str, Sequence[str]],
) -> _Told | None:
    """Look, title, what was asked, why, and what was sent; None for what a credit controller would not tell.

    A fact that has no words of its own here is told by its line in the timeline.
    """
    match fact:
        case f.StepTaken():
            return _step_told(fact, known, policy, outage, sent, companions)
        case f.CaseOpened():
            of = "" if fact.open == fact.invoice.amount else f" of {money(fact.invoice.amount)}"
            ladder = f"{fact.policy}, version {fact.policy_version}"
            why = f"It was due on {long_day(fact.invoice.due)}; the ladder is {ladder}."
            return "note", f"The case is opened: {money(fact.open)}{of} is open", "", why, ()
        case f.PaymentReceived():
            return "money", f"{money(fact.amount)} comes in", f"Payment {fact.id}", _known_late(fact, outage), ()
        case f.PaymentReversed():
            early = case is None or not case.ledger.knows(fact.of)
            left = (
                None if case is None or early else Money.from_minor(case.ledger.left_of(fact.of), case.ledger.currency)
            )
            taken = fact.amount or left
            much = "A payment" if taken is None else money(taken)
            why = "The payment itself is not known yet: the reversal waits for it." if early else ""
            return "back", f"{much} is taken back", f"Reversal of {fact.of}", why, ()
        case f.InvoiceCredited():
            return (
                "money",
                f"{money(fact.amount)} is credited ({fact.credit_kind})",
                f"Credit {plain_id(fact.id)}",
                "",
                (),
            )
        case f.WrittenOff():
            return "money", f"{money(fact.amount)} is written off", "", "", ()
        case f.HoldPlaced():
            until = f" until {short_day(fact.until)}" if fact.until else ""
            why = "Nothing is sent meanwhile; a payment still counts." if fact.hold is f.HoldKind.PAUSE else ""
            return "hold", f"On hold: {words(fact.hold.value)}{until}", "", why, ()
        case f.HoldLifted():
            return "hold", f"The hold ends: {words(fact.hold.value)}", "", "", ()
        case f.StepPassedOver():
            return "note", f"{_named(fact.step)} is passed over", "", f"{words(fact.reason)}.".capitalize(), ()
        case f.StepHeldBack():
            return (
                "note",
                f"{_named(fact.step)} is held back",
                "",
                f"{', '.join(map(words, fact.blockers))}.".capitalize(),
                (),
            )
        case f.TaskRaised():
            return "task", f"A person is asked to {task_text(fact.task)}", "", "", ()
        case f.TaskDone():
            if fact.outcome == CASE_CLOSED:
                return "task", f"Nobody has to {task_text(fact.task)} any more", "", "", ()
            outcome = f"Outcome: {words(fact.outcome)}." if fact.outcome else ""
            return "task", f"Task done: {task_text(fact.task)}", "", outcome, ()
        case f.HandoffApproved():
            return "task", f"A person approves the hand-off of {money(fact.open)}", "", "", ()
        case f.MessageCrossed():
            return "note", "A message and a payment crossed", "", f"Payment {fact.payment} was on its way already.", ()
        case f.CaseClosed():
            return "end", f"The case is closed: {END_NAMES[fact.reason.value]}", "", "", ()
        case f.LetterVoided():
            return "note", f"{_named(fact.steps[0][0])} is void for costs", "", "A new one gives a full new term.", ()
        case f.GateUndone():
            wrong = f"Costs of {fact.claimed.text} were claimed; due were {fact.due.text}"
            return "note", wrong, "", "The debtor is told.", ()
        case f.CaseReopened():
            return "end", "The case is open again", "", "The ladder goes on where it stood.", ()
        case f.CallLogged():
            return "task", f"A call is noted: {words(fact.outcome)}", "", "", ()
        case f.DueDateChanged():
            return "note", f"The due date moves to {long_day(fact.due)}", "", "", ()
        case f.PolicyChanged():
            return "note", f"The ladder changes to {fact.policy}, version {fact.policy_version}", "", "", ()
        case f.MessageQuarantined():
            return "note", f"A message can't be used: {fact.name}", "", fact.error, ()
        case f.QuarantineSettled():
            return "note", f"A message that could not be used is {fact.outcome}", "", "", ()
        case f.SendSettled():
            return "note", f"A person says: {words(fact.step)} was {words(fact.outcome)}", "", "", ()
        case f.StepIntended() | f.DeliveryConcluded():
            return None
        case _:
            return "note", _line_of(fact), "", "", ()


def _line_of(fact: f.Fact) -> str:
    """What the timeline says of a fact of which the story has nothing better to say; its day stands before it."""
    text = line(fact).removeprefix(f"{fact.on} ")
    return text[:1].upper() + text[1:]


def _named(step: str) -> str:
    text = words(step)
    return text[:1].upper() + text[1:]


def _known_late(fact: f.PaymentReceived, outage: Outage | None) -> str:
    if fact.credited_on == fact.on:
        return ""
    down = outage is not None and outage[0] <= fact.credited_on < outage[1] <= fact.on
    reason = " It arrived while nothing ran, and waited in the inbox." if down else ""
    return f"On the account since {short_day(fact.credited_on)}, known to us on {short_day(fact.on)}.{reason}"


def _step_told(
    fact: f.StepTaken,
    known: _Known | None,
    policy: Policy,
    outage: Outage | None,
    sent: Mapping[str, Sequence[ReadMessage]],
    companions: Mapping[str, Sequence[str]],
) -> _Told | None:
    if fact.imported:
        return "note", f"{_named(fact.step)} was sent before the case came to us", "", "", ()
    rung = policy.step(fact.step)
    why = "" if known is None or rung is None else _why_that_day(fact, rung, known, policy, outage)
    messages = tuple(sent.get(fact.message, ()))
    again = f", issue {fact.issue}" if fact.issue > 1 else ""
    match fact.step_kind:
        case "task":
            # The task itself is told by its own fact.
            return None
        case "hand_off":
            return (
                "agency",
                f"Handed off to the agency{again}",
                f"Claim handed over: {money(fact.claimed)}.",
                why,
                messages,
            )
        case "send":
            ways = " and ".join(dict.fromkeys(message.channel_name.lower() for message in messages))
            title = f"{_named(fact.step)}{again}" + (f" by {ways}" if ways else "")
            others = companions.get(fact.message, ())
            along = f" In one message with {' and '.join(others)}." if others else ""
            return "step", title, f"{_asked(fact, rung)}{along}", why, messages
        case "answer":
            ways = " and ".join(dict.fromkeys(message.channel_name.lower() for message in messages))
            return "note", f"{_named(fact.step)}{again}" + (f" by {ways}" if ways else ""), "", "", messages
        case _:
            assert_never(fact.step_kind)


_CLAIMS = {
    "principal": "the open principal",
    "principal+interest": "the open principal and the interest of that day",
    "all": "principal, interest and costs",
}


def _asked(fact: f.StepTaken, rung: Step | None) -> str:
    """What the step asked for, and what it left out."""
    parts = [f"Asks {money(fact.claimed)}"]
    if rung is not None:
        parts[0] += f": {_CLAIMS['principal' if fact.claimed == fact.open else rung.claims]}"
    if fact.total != fact.claimed:
        due = f"{money(fact.open)} principal, {money(fact.interest)} interest, {money(fact.costs)} costs"
        parts.append(f"Due by law that day: {due}")
    if fact.term_days is not None:
        parts.append(f"Gives a term of {fact.term_days} days from receipt")
    return ". ".join(parts) + "."


def _why_that_day(fact: f.StepTaken, rung: Step, known: _Known, policy: Policy, outage: Outage | None) -> str:
    """Why the step came on its day: what the planner says of it with what was known before, at that moment.

    What a sibling case forbids is not asked; then the day differs, and the text says only what it knows.
    """
    case = known.case
    if fact.step_kind == "hand_off" and case.approval is not None:
        return f"The term of the notice ran out, and a person approved it on {short_day(case.approval.on)}."
    decision = plan(case, policy, NOTHING_SPECIAL, known.since)
    if decision.step != fact.step or decision.at is None:
        return ""
    wanted = policy.sending_calendar.local_date(decision.at)
    if wanted > fact.on:
        return "Went along with another invoice of the same debtor that day."
    if wanted < fact.on and outage is not None and outage[0] <= wanted < outage[1]:
        return (
            f"Its day was {short_day(wanted)}, while nothing ran. It goes out once, on the first day after that fits."
        )
    code = decision.blockers[0].code if decision.blockers else None
    if isinstance(code, f.HoldKind):
        return f"The case was on hold until {short_day(wanted)}: {words(code)}."
    if code is BlockerKind.OUTSIDE_HOURS:
        # The hour explains no day: what the policy says of the day does.
        decision = decision.model_copy(update={"blockers": ()})
    reason = short_days(why_this_day(rung, decision, case, policy))
    late = "" if wanted == fact.on else f"; its day was {short_day(wanted)}, and this is the first that fits"
    return f"{reason[:1].upper()}{reason[1:]}{late}."
