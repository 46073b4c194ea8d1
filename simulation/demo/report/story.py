"""What happened to one invoice, in the order in which it happened; of each step what it asked, and why on that day.

Why a step came on its day is not stored: the same planner is asked again, with the facts that were known before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from domain.views.agencies import CLOSED, REPORTED
from domain.views.explain import why_this_day
from domain.views.said import said
from domain.views.timeline import line
from simulation.demo.report.letterbox import ReadMessage
from simulation.demo.report.wording import (
    END_NAMES,
    blocker_words,
    capital,
    long_day,
    money,
    plain_id,
    sentence,
    short_day,
    steps_in_words,
    words,
)
from speech.sentences import say
from speech.words import spoken_language, tr, trn

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
        mark: Its mark on the line of the quarter: `step`, `agency`, `task`, `closing` or `reopened`; empty for none.
        name: What stands under that mark.
        entry: The entry of the ledger that it is about.
        anchor: Its name in the page.
    """

    on: date
    look: str
    title: str
    asked: str = ""
    why: str = ""
    messages: tuple[ReadMessage, ...] = ()
    mark: str = ""
    name: str = ""
    entry: str = ""
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
            person = said(fact)
            # What the engine itself holds a case for is one of our sentences.
            words_of = "" if person is None else say(person.text) if isinstance(fact, f.HoldPlaced) else person.text
            why = told.why if person is None else f"{told.why} {words_of}.".strip()
            found.append(replace(told, why=why, anchor=f"{prefix}-{number}"))
        case = fold((fact,)) if case is None else apply(case, fact)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Known:
    """A case as it stood from a moment on."""

    case: Case
    since: datetime


def _told(
    fact: f.Fact,
    case: Case | None,
    known: _Known | None,
    policy: Policy,
    outage: Outage | None,
    sent: Mapping[str, Sequence[ReadMessage]],
    companions: Mapping[str, Sequence[str]],
) -> Happening | None:
    """What happened by a fact; None for what a credit controller would not tell.

    A fact that has no words of its own here is told by its line in the timeline.
    """

    def note(title: str, why: str = "") -> Happening:
        return Happening(fact.on, "note", title, why=why)

    def task(title: str, why: str = "", mark: str = "") -> Happening:
        return Happening(fact.on, "task", title, why=why, mark=mark)

    match fact:
        case f.StepTaken():
            return _step_told(fact, known, policy, outage, sent, companions)
        case f.CaseOpened():
            return note(_opened(fact), _opened_why(fact))
        case f.PaymentReceived() | f.PaymentReversed() | f.InvoiceCredited() | f.WrittenOff():
            return _money_told(fact, case, outage)
        case f.HoldPlaced():
            why = tr("Nothing is sent meanwhile; a payment still counts.") if fact.hold is f.HoldKind.PAUSE else ""
            until = tr(" until {day}", day=short_day(fact.until)) if fact.until else ""
            return Happening(fact.on, "hold", tr("On hold: {hold}", hold=words(fact.hold.value)) + until, why=why)
        case f.HoldLifted():
            return Happening(fact.on, "hold", tr("The hold ends: {hold}", hold=words(fact.hold.value)))
        case f.StepPassedOver():
            return note(tr("{step} is passed over", step=_named(fact.step)), sentence(say(words(fact.reason))))
        case f.StepHeldBack():
            why = sentence(", ".join(map(blocker_words, fact.blockers)))
            return note(tr("{step} is held back", step=_named(fact.step)), why)
        case f.TaskRaised():
            return task(tr("A person is asked to {task}", task=task_text(fact.task)), mark="task")
        case f.TaskDone():
            if fact.outcome == CASE_CLOSED:
                return task(tr("Nobody has to {task} any more", task=task_text(fact.task)))
            outcome = tr("Outcome: {outcome}.", outcome=words(fact.outcome)) if fact.outcome else ""
            return task(tr("Task done: {task}", task=task_text(fact.task)), outcome)
        case f.HandoffApproved():
            return task(tr("A person approves the hand-off of {amount}", amount=money(fact.open)))
        case f.AgencyReported() | f.RecallAsked() | f.FileReturned():
            return _partner_told(fact)
        case f.MessageCrossed():
            why = tr("Payment {payment} was on its way already.", payment=fact.payment)
            return note(tr("A message and a payment crossed"), why)
        case f.CaseClosed():
            reason = tr(END_NAMES[fact.reason.value])
            return Happening(fact.on, "end", tr("The case is closed: {reason}", reason=reason), mark="closing")
        case f.CaseReopened():
            why = tr("The ladder goes on where it stood.")
            return Happening(fact.on, "end", tr("The case is open again"), why=why, mark="reopened")
        case f.LetterVoided():
            step = _named(fact.steps[0][0])
            return note(tr("{step} is void for costs", step=step), tr("A new one gives a full new term."))
        case f.GateUndone():
            wrong = tr(
                "Costs of {claimed} were claimed; due were {due}", claimed=money(fact.claimed), due=money(fact.due)
            )
            return note(wrong, tr("The debtor is told."))
        case f.CallLogged():
            return task(tr("A call is noted: {outcome}", outcome=words(fact.outcome)))
        case f.DueDateChanged():
            return note(tr("The due date moves to {day}", day=long_day(fact.due)))
        case f.PolicyChanged():
            return note(
                tr(
                    "The ladder changes to {policy}, version {version}",
                    policy=fact.policy,
                    version=fact.policy_version,
                )
            )
        case f.MessageQuarantined():
            return note(tr("A message can't be used: {name}", name=fact.name), say(fact.error))
        case f.QuarantineSettled():
            return note(tr("A message that could not be used is {outcome}", outcome=words(fact.outcome)))
        case f.SendSettled():
            return note(tr("A person says: {step} was {outcome}", step=words(fact.step), outcome=words(fact.outcome)))
        case f.StepIntended() | f.DeliveryConcluded():
            return None
        case _:
            return note(_line_of(fact))


def _opened(fact: f.CaseOpened) -> str:
    if fact.open == fact.invoice.amount:
        return tr("The case is opened: {amount} is open", amount=money(fact.open))
    whole = money(fact.invoice.amount)
    return tr("The case is opened: {amount} of {whole} is open", amount=money(fact.open), whole=whole)


def _opened_why(fact: f.CaseOpened) -> str:
    return tr(
        "It was due on {day}; the ladder is {policy}, version {version}.",
        day=long_day(fact.invoice.due),
        policy=fact.policy,
        version=fact.policy_version,
    )


def _money_told(
    fact: f.PaymentReceived | f.PaymentReversed | f.InvoiceCredited | f.WrittenOff,
    case: Case | None,
    outage: Outage | None,
) -> Happening:
    match fact:
        case f.PaymentReceived():
            return Happening(
                fact.on,
                "money",
                tr("{amount} is paid to the partner", amount=money(fact.amount))
                if fact.source
                else tr("{amount} comes in", amount=money(fact.amount)),
                tr("Payment {id}", id=fact.id),
                _known_late(fact, outage),
                entry=fact.id,
            )
        case f.PaymentReversed():
            early = case is None or not case.ledger.knows(fact.of)
            left = (
                None if case is None or early else Money.from_minor(case.ledger.left_of(fact.of), case.ledger.currency)
            )
            taken = fact.amount or left
            much = tr("A payment") if taken is None else money(taken)
            why = tr("The payment itself is not known yet: the reversal waits for it.") if early else ""
            return Happening(
                fact.on,
                "back",
                tr("{amount} is taken back", amount=much),
                tr("Reversal of {payment}", payment=fact.of),
                why,
                entry=fact.of,
            )
        case f.InvoiceCredited():
            return Happening(
                fact.on,
                "money",
                tr("{amount} is credited ({kind})", amount=money(fact.amount), kind=words(fact.credit_kind)),
                tr("Credit {id}", id=plain_id(fact.id)),
                entry=plain_id(fact.id),
            )
        case f.WrittenOff():
            return Happening(fact.on, "money", tr("{amount} is written off", amount=money(fact.amount)))
        case _:
            assert_never(fact)


def _partner_told(fact: f.AgencyReported | f.RecallAsked | f.FileReturned) -> Happening | None:
    """What the partner said of the file, or we asked of him; money that moved there is told by its own fact."""
    match fact:
        case f.RecallAsked():
            why = sentence(tr(fact.reason.replace("_", " ")))
            return Happening(fact.on, "agency", tr("The partner is asked for the file back"), why=why)
        case f.FileReturned():
            return Happening(fact.on, "back", tr("The case is back with us: {why}", why=tr(fact.reason)))
        case f.AgencyReported():
            if fact.status in ("payment", "payment_reversed"):
                return None
            asked = [tr("His reference: {reference}.", reference=fact.reference)] if fact.reference else []
            if fact.amount is not None:
                asked.append(tr("It cost {amount}, which is never added to the claim.", amount=money(fact.amount)))
            followed = [sentence(tr(CLOSED[fact.code]))] if fact.code else []
            followed += [tr("It rests until {day}.", day=long_day(fact.until))] if fact.until else []
            if fact.reported_on != fact.on:
                followed.append(tr("He says it of {day}.", day=short_day(fact.reported_on)))
            title = capital(tr(REPORTED[fact.status]))
            return Happening(fact.on, "agency", title, " ".join(asked), " ".join(followed), mark="task")
        case _:
            assert_never(fact)


def _line_of(fact: f.Fact) -> str:
    """What the timeline says of a fact of which the story has nothing better to say; its day stands before it."""
    return capital(line(fact).removeprefix(f"{fact.on} "))


def _named(step: str) -> str:
    return capital(words(step))


def _known_late(fact: f.PaymentReceived, outage: Outage | None) -> str:
    if fact.credited_on == fact.on:
        return ""
    down = outage is not None and outage[0] <= fact.credited_on < outage[1] <= fact.on
    late = tr(
        "On the account since {since}, known to us on {day}.", since=short_day(fact.credited_on), day=short_day(fact.on)
    )
    return f"{late} {tr('It arrived while nothing ran, and waited in the inbox.')}" if down else late


def _step_told(
    fact: f.StepTaken,
    known: _Known | None,
    policy: Policy,
    outage: Outage | None,
    sent: Mapping[str, Sequence[ReadMessage]],
    companions: Mapping[str, Sequence[str]],
) -> Happening | None:
    if fact.imported:
        return Happening(fact.on, "note", tr("{step} was sent before the case came to us", step=_named(fact.step)))
    rung = policy.step(fact.step)
    why = "" if known is None or rung is None else _why_that_day(fact, rung, known, policy, outage)
    messages = tuple(sent.get(fact.message, ()))
    again = tr(", issue {issue}", issue=fact.issue) if fact.issue > 1 else ""
    match fact.step_kind:
        case "task":
            # The task itself is told by its own fact.
            return None
        case "hand_off":
            return Happening(
                fact.on,
                "agency",
                tr("Handed off to the agency") + again,
                tr("Claim handed over: {amount}.", amount=money(fact.claimed)),
                why,
                messages,
                mark="agency",
                name=tr("hand-off"),
            )
        case "send":
            others = companions.get(fact.message, ())
            along = tr("In one message with {numbers}.", numbers=tr(" and ").join(others)) if others else ""
            asked = f"{_asked(fact, rung)} {along}".rstrip()
            name = words(fact.step) + again
            return Happening(fact.on, "step", _sent(fact, again, messages), asked, why, messages, "step", name)
        case "answer":
            return Happening(fact.on, "note", _sent(fact, again, messages), messages=messages)
        case _:
            assert_never(fact.step_kind)


def _sent(fact: f.StepTaken, again: str, messages: Sequence[ReadMessage]) -> str:
    names = dict.fromkeys(message.channel_name for message in messages)
    # A noun keeps its capital in German.
    ways = tr(" and ").join(name if spoken_language() == "de" else name.lower() for name in names)
    return _named(fact.step) + again + (tr(" by {ways}", ways=ways) if ways else "")


CLAIMS = {
    "principal": "the open principal",
    "principal+interest": "the open principal and the interest of that day",
    "all": "principal, interest and costs",
}
"""What a step asks, in words."""


def _asked(fact: f.StepTaken, rung: Step | None) -> str:
    """What the step asked for, and what it left out."""
    claimed = money(fact.claimed)
    if rung is None:
        parts = [tr("Asks {amount}.", amount=claimed)]
    else:
        claims = tr(CLAIMS["principal" if fact.claimed == fact.open else rung.claims])
        parts = [tr("Asks {amount}: {what}.", amount=claimed, what=claims)]
    if fact.total != fact.claimed:
        parts.append(
            tr(
                "Due by law that day: {principal} principal, {interest} interest, {costs} costs.",
                principal=money(fact.open),
                interest=money(fact.interest),
                costs=money(fact.costs),
            )
        )
    if fact.term_days is not None:
        parts.append(
            trn("Gives a term of 1 day from receipt.", "Gives a term of {number} days from receipt.", fact.term_days)
        )
    return " ".join(parts)


def _why_that_day(fact: f.StepTaken, rung: Step, known: _Known, policy: Policy, outage: Outage | None) -> str:
    """Why the step came on its day: what the planner says of it with what was known before, at that moment.

    What a sibling case forbids is not asked; then the day differs, and the text says only what it knows.
    """
    case = known.case
    if fact.step_kind == "hand_off" and case.approval is not None:
        day = short_day(case.approval.on)
        return tr("The term of the notice ran out, and a person approved it on {day}.", day=day)
    decision = plan(case, policy, NOTHING_SPECIAL, known.since)
    if decision.step != fact.step or decision.at is None:
        return ""
    wanted = policy.sending_calendar.local_date(decision.at)
    if wanted > fact.on:
        return tr("Went along with another invoice of the same debtor that day.")
    if wanted < fact.on and outage is not None and outage[0] <= wanted < outage[1]:
        return tr(
            "Its day was {day}, while nothing ran. It goes out once, on the first day after that fits.",
            day=short_day(wanted),
        )
    code = decision.blockers[0].code if decision.blockers else None
    if isinstance(code, f.HoldKind):
        return tr("The case was on hold until {day}: {hold}.", day=short_day(wanted), hold=words(code))
    if code is BlockerKind.OUTSIDE_HOURS:
        # The hour explains no day: what the policy says of the day does.
        decision = replace(decision, blockers=())
    reason = steps_in_words(why_this_day(rung, decision, case, policy), policy)
    late = (
        "" if wanted == fact.on else tr("; its day was {day}, and this is the first that fits", day=short_day(wanted))
    )
    return sentence(f"{reason}{late}")
