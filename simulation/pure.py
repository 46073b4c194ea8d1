"""The pure runner: plays a scenario in virtual time, with the rules alone.

It is driven by events: a case is asked at the moment of its decision and when something happens to it, never day
by day. What it does at such a moment is what the engine's activities do: `handle`, `react`, send, hand off.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from heapq import heappop, heappush

from domain import facts as f
from domain.bundle import Member, asked_of, joining, may_carry, member_of, message_id
from domain.case import Case, apply, fold
from domain.claims.claim import open_claim, shown_open
from domain.debtor_money import unallocated_of
from domain.debtor_status import DebtorStatus, told
from domain.handling import Envelope, handle
from domain.handling.arrangements import open_to_arrange
from domain.handoffs.others_with_partner import with_partner_of
from domain.kin import among
from domain.law.allocation import OpenClaim
from domain.messages import inbox_id
from domain.opening import open_case
from domain.payment_runs import PaymentRun, told_of_run
from domain.planning.decision import Decision
from domain.policy import Policy
from domain.reactions.react import Reaction, react
from domain.reactions.sending import concluded, intended, step_taken
from domain.reactions.siblings import TELLS_HANDED_OFF, concerns_siblings, is_awake, is_to_wake, told_to_handed_off
from domain.sending_stops import SendingStop, ended_on
from domain.surroundings import Sibling, Surroundings, held_of, looks_at_siblings
from domain.terms import CreditorTerms
from machine.uncollected import uncollected
from simulation.event_messages import CaseMessage, EventMessages, Refusal
from simulation.events import BankCovers, Event, ResumeSending, StopSending
from simulation.outcome import Outcome, Played
from simulation.parts import Part
from simulation.scenario import Scenario
from simulation.scenario_invoice import ScenarioInvoice

__all__ = ["run", "run_part"]


def run(scenario: Scenario) -> Outcome:
    """Play a scenario.

    Returns:
        What it came to, the same in every run.
    """
    return run_part(Part.all_of(scenario))


def run_part(part: Part) -> Outcome:
    """Play some debtors of a scenario.

    Returns:
        What it came to, the same in every run, whatever other parts are played.
    """
    with uncollected():
        return _Run(part.scenario, part).play()


_OF_STATUS = (f.DebtorStatusReported, f.DebtorStatusProven, f.DebtorStatusEnded)
_OF_DEBTOR = frozenset((*_OF_STATUS, f.HoldPlaced, f.HoldLifted))

_MOST_ACTS = 200
"""Steps that one case may take at one moment; no ladder has so many."""


class _Lookup:
    """What a scenario knows of a case: all policies, an empty quarantine, and what surrounds it."""

    def __init__(self, policies: tuple[Policy, ...], surroundings: Callable[[], Surroundings]) -> None:
        self._policies = policies
        self._surroundings = surroundings

    def policy(self, name: str, version: int | None) -> Policy | None:
        named = [p for p in self._policies if p.policy == name and version in (None, p.version)]
        return max(named, key=lambda p: p.version, default=None)

    def quarantined(self, quarantine_id: str) -> tuple[str, bytes] | None:
        return None

    def surroundings(self, case: Case, policy: Policy) -> Surroundings:
        return self._surroundings()


class _Family:
    """The cases of one debtor, and what is kept once for all of them; counts how often any became another one."""

    __slots__ = ("changes", "payment_run", "statuses")

    def __init__(self) -> None:
        self.changes = 0
        self.statuses: tuple[DebtorStatus, ...] = ()
        self.payment_run: PaymentRun | None = None


class _Actor:
    """One case while it is played."""

    __slots__ = (
        "acted_at",
        "acts",
        "around",
        "case",
        "changes",
        "contacted_on",
        "debtor",
        "decision",
        "facts",
        "family",
        "history",
        "index",
        "invoice",
        "looks_at_siblings",
        "policy",
        "reminded_on",
        "siblings",
        "wake",
    )

    def __init__(self, index: int, each: ScenarioInvoice) -> None:
        self.index = index
        self.invoice = each.invoice
        self.debtor = each.invoice.debtor
        self.history = each.history
        self.policy = each.policy
        self.facts: list[f.Fact] = []
        self.case: Case
        self.decision: Decision | None = None
        self.wake: datetime | None = None
        self.siblings: tuple[_Actor, ...] = ()
        self.looks_at_siblings = False
        self.acted_at: datetime | None = None
        self.acts = 0
        self.around: _Around | None = None
        self.family = _Family()
        self.changes = 0
        self.contacted_on: date | None = None
        self.reminded_on: date | None = None

    @property
    def number(self) -> str:
        return self.invoice.number

    def took(self, facts: tuple[f.Fact, ...]) -> None:
        case = self.case
        for fact in facts:
            case = apply(case, fact)
        self.facts.extend(facts)
        self.stands(case)

    def stands(self, case: Case) -> None:
        """The case is this one now, which the debtor's others see."""
        self.case = case
        self.changes += 1
        self.family.changes += 1


class _Around:
    """What surrounds a case, and what it was made of."""

    __slots__ = ("parts", "surroundings")

    def __init__(self, parts: tuple[object, ...], surroundings: Surroundings) -> None:
        self.parts = parts
        self.surroundings = surroundings


class _Run:
    def __init__(self, scenario: Scenario, part: Part | None = None) -> None:
        self.scenario = scenario
        self.part = part = part or Part.all_of(scenario)
        self.terms: CreditorTerms = scenario.terms
        self.event_messages = EventMessages(scenario)
        self.actors = [_Actor(index, each) for index, each in enumerate(scenario.invoices)]
        self.by_number = {actor.number: actor for actor in self.actors}
        self.opened: dict[str, Case] = {}
        self.covered: date | None = None
        self.stops: tuple[SendingStop, ...] = ()
        self.tells_of_messages = part.whole.tells_of_messages
        self.refusals: list[Refusal] = []
        self.refused: list[int] = []
        self.queue: list[tuple[datetime, int]] = []
        self.policies = part.whole.policies
        families: dict[str, list[_Actor]] = {}
        for actor in self.actors:
            families.setdefault(actor.debtor, []).append(actor)
        for family in families.values():
            if len(family) > 1:
                shared = _Family()
                for actor in family:
                    actor.family = shared
                    actor.siblings = tuple(other for other in family if other is not actor)

    # Time

    def play(self) -> Outcome:
        scenario = self.scenario
        calendar = self.part.whole.calendar
        openings: dict[date, list[_Actor]] = {}
        for actor in self.actors:
            openings.setdefault(max(scenario.start, actor.invoice.invoice_date), []).append(actor)
        events: dict[date, list[tuple[int, Event]]] = {}
        for place, event in zip(self.part.event_places, scenario.events, strict=True):
            events.setdefault(event.on, []).append((place, event))
        awake = scenario.awake or frozenset()
        for day in sorted({*openings, *events, *awake}):
            morning = calendar.day_start(day)
            self._pass_time(morning)
            for actor in openings.get(day, ()):
                self._open(actor, morning)
            for place, event in events.get(day, ()):
                before = len(self.refusals)
                self._happens(event, morning)
                self.refused.extend([place] * (len(self.refusals) - before))
            if day in awake:
                for actor in self.actors:
                    if actor.facts:
                        self._ask(actor, morning)
        self._pass_time(calendar.day_start(scenario.until + timedelta(days=1)))
        played = tuple(
            Played(
                a.number,
                a.policy,
                tuple(a.facts),
                a.case,
                shown_open(a.case, a.policy, scenario.until, self._surroundings(a)),
                a.decision,
            )
            for a in self.actors
            if a.facts
        )
        loose = {debtor: self.event_messages.loose(debtor) for debtor in scenario.by_debtor}
        places = tuple(place for place, a in zip(self.part.places, self.actors, strict=True) if a.facts)
        refused = tuple(self.refused)
        for actor in self.actors:
            # Parted from each other they go when this run does, and no collector has to find them.
            actor.siblings = ()
        return Outcome(scenario.name, scenario.until, played, tuple(self.refusals), loose, places, refused)

    def _pass_time(self, until: datetime) -> None:
        """Act at every moment before `until`, in order of time and then of the invoices."""
        queue = self.queue
        while queue and queue[0][0] < until:
            now, index = heappop(queue)
            actor = self.actors[index]
            if actor.wake == now:
                actor.wake = None
                self._comes_to_rest(actor, now)
                if self.scenario.awake is None or self._is_awake(actor, now):
                    self._act(actor, now)

    def _comes_to_rest(self, actor: _Actor, now: datetime) -> None:
        """A case that goes on for ever at one moment is a mistake in the rules, which must not look like a long run."""
        actor.acts = actor.acts + 1 if actor.acted_at == now else 1
        actor.acted_at = now
        if actor.acts > _MOST_ACTS:
            raise RuntimeError(f"{actor.number} never comes to rest at {now}; it is due for {actor.decision}")

    def _is_awake(self, actor: _Actor, now: datetime) -> bool:
        awake = self.scenario.awake
        return awake is None or actor.policy.sending_calendar.local_date(now) in awake

    # What happens

    def _open(self, actor: _Actor, now: datetime) -> None:
        facts = open_case(actor.invoice, actor.policy, now, history=actor.history)
        actor.facts.extend(facts)
        actor.stands(fold(facts))
        actor.looks_at_siblings = looks_at_siblings(actor.case, actor.policy)
        if self._is_awake(actor, now):
            self._ask(actor, now)

    def _happens(self, event: Event, now: datetime) -> None:
        cue = self.event_messages.cue(event, self._claim_on, self._arrange_on, self._case_of)
        if cue.refusal is not None:
            self.refusals.append(cue.refusal)
        for message in cue.messages:
            self._hears(self.by_number[message.number], message, now)
        if isinstance(event, BankCovers):
            self.covered = cue.bank_covers
        elif isinstance(event, StopSending):
            self.stops = (*self.stops, SendingStop(event.on, event.until))
        elif isinstance(event, ResumeSending):
            self.stops = ended_on(self.stops, event.on)
        if event.form.about_all:
            for actor in self.actors:
                if actor.facts and actor.case.closed is None and self._is_awake(actor, now):
                    self._ask(actor, now)

    def _hears(self, actor: _Actor, message: CaseMessage, now: datetime) -> None:
        """Tell one case one message."""
        today = actor.policy.sending_calendar.local_date(now)
        name, raw = message.name, json.dumps(message.payload).encode()
        handled = handle(
            actor.case,
            actor.policy,
            name,
            raw,
            Envelope(inbox_id(name, raw, message.id), now, today, by=message.by),
            _Lookup(self.policies, partial(self._surroundings, actor)),
            answered=False,
        )
        known = len(actor.facts)
        actor.took(handled.facts)
        self._keep_of_debtor(actor, handled.facts)
        if self._is_awake(actor, now):
            self._ask(actor, now)
            self._wake_siblings(actor, known, now)

    def _claim_on(self, number: str, on: date) -> OpenClaim | None:
        actor = self.by_number[number]
        if not actor.facts:
            return None
        return open_claim(number, actor.case, actor.policy, on, self._surroundings(actor))

    def _case_of(self, number: str) -> Case | None:
        actor = self.by_number[number]
        return actor.case if actor.facts else None

    def _arrange_on(self, number: str, on: date, principal_only: bool) -> OpenClaim | None:
        actor = self.by_number[number]
        if not actor.facts:
            return None
        case, policy = actor.case, actor.policy
        at, surroundings = policy.sending_calendar.day_start(on), self._surroundings(actor)
        return open_to_arrange(number, case, policy, surroundings, at, on, principal_only=principal_only)

    # What is done

    def _surroundings(self, actor: _Actor) -> Surroundings:
        """What surrounds a case now: made anew only where something that it is made of is another one."""
        family = actor.family
        parts = (
            family.changes - actor.changes,
            self.covered,
            self.stops,
            family.statuses,
            family.payment_run,
            self.event_messages.loose(actor.debtor),
            actor.case.arrangements,
        )
        known = actor.around
        if known is None or known.parts != parts:
            actor.around = known = _Around(parts, self._made_surroundings(actor))
        return known.surroundings

    def _made_surroundings(self, actor: _Actor) -> Surroundings:
        family, currency = actor.family, actor.case.ledger.currency
        opened = [other for other in actor.siblings if other.facts]
        cases = [other.case for other in opened]
        siblings: tuple[Sibling, ...] = ()
        if opened and (
            actor.looks_at_siblings or (actor.case.arrangements and looks_at_siblings(actor.case, actor.policy))
        ):
            siblings = among(tuple(Sibling(o.number, o.case, o.policy) for o in opened))
        loose = self.event_messages.loose(actor.debtor)
        return Surroundings(
            self.covered,
            max([o.contacted_on for o in opened if o.contacted_on is not None], default=None),
            max([o.reminded_on for o in opened if o.reminded_on is not None], default=None),
            self.terms,
            siblings,
            held_of(cases, currency) if cases else None,
            family.statuses,
            unallocated_of(loose, currency) if loose else None,
            family.payment_run,
            self.stops,
            with_partner_of(cases) if cases else None,
        )

    def _keep_of_debtor(self, actor: _Actor, facts: tuple[f.Fact, ...]) -> None:
        """What a debtor is in, and on which day he pays, is kept once for all his cases, as the case file keeps it."""
        family = actor.family
        for fact in facts:
            if type(fact) not in _OF_DEBTOR:
                continue
            if isinstance(fact, _OF_STATUS):
                family.statuses = told(family.statuses, fact)
            else:
                family.payment_run = told_of_run(family.payment_run, (fact,))

    def _ask(self, actor: _Actor, now: datetime) -> Decision:
        """Draw the inner consequences and note when the case is to be asked again."""
        return self._follows(actor, react(actor.case, actor.policy, self._surroundings(actor), now), now)

    def _follows(self, actor: _Actor, reaction: Reaction, now: datetime) -> Decision:
        """What follows for a case as it stands is drawn, and noted."""
        if reaction.case is not actor.case:
            actor.stands(reaction.case)
        actor.facts.extend(reaction.facts)
        if reaction.facts:
            self._keep_of_debtor(actor, reaction.facts)
        decision = actor.decision = reaction.decision
        actor.wake = None
        if reaction.wake_at is not None and decision.action != "close":
            # What is due now waits for its turn: all that happens at this moment comes first.
            actor.wake = max(reaction.wake_at, now)
            heappush(self.queue, (actor.wake, actor.index))
        return decision

    def _wake_siblings(self, actor: _Actor, known: int, now: datetime) -> None:
        """Ask the debtor's other cases for which something follows from the facts after the first `known`."""
        recorded = tuple(actor.facts[known:])
        if not actor.siblings or not concerns_siblings(recorded):
            return
        for other in actor.siblings:
            for own, content in told_to_handed_off(other.case, recorded) if other.facts else ():
                told = CaseMessage(other.case.invoice.number, TELLS_HANDED_OFF, content, own)
                self._hears(other, told, now)
        for other in actor.siblings:
            if not other.facts or other.case.closed is not None or not self._is_awake(other, now):
                continue
            if is_awake(other.wake, now):
                # It looks by itself: what follows for it need not be known yet.
                continue
            reaction = react(other.case, other.policy, self._surroundings(other), now)
            if is_to_wake(reaction, other.wake, now):
                before = len(other.facts)
                self._follows(other, reaction, now)
                self._wake_siblings(other, before, now)

    def _act(self, actor: _Actor, now: datetime) -> None:
        known = len(actor.facts)
        decision = self._ask(actor, now)
        if decision.action == "close" or decision.at is None or decision.at > now:
            self._wake_siblings(actor, known, now)
            return
        if decision.action not in ("send", "hand_off"):
            raise RuntimeError(f"{actor.number} is due for {decision.action} at {now}, which nobody can do")
        lead = member_of(actor.number, actor.case, actor.policy, self._surroundings(actor), decision, now)
        travelling = (lead, *self._companions(actor, lead, now))
        today = actor.policy.sending_calendar.local_date(now)
        message = message_id(travelling, actor.debtor, today)
        for each, asked in zip(travelling, asked_of(travelling, today), strict=True):
            self._take(each, now, message, asked)
        for each in travelling[1:]:
            self._ask(self.by_number[each.key], now)
        self._ask(actor, now)
        self._wake_siblings(actor, known, now)

    def _companions(self, actor: _Actor, lead: Member, now: datetime) -> list[Member]:
        if not actor.siblings or not may_carry(lead):
            return []
        found = []
        for other in actor.siblings:
            if not other.facts or other.decision is None:
                continue
            if lead.step.reminds:
                # Nothing that others do brings a reminder forward: one for a later day needs no second look.
                today = other.policy.sending_calendar.local_date(now)
                if other.decision.at is None or other.policy.sending_calendar.local_date(other.decision.at) > today:
                    continue
            sibling = Sibling(other.number, other.case, other.policy)
            companion = joining(lead, sibling, self._surroundings(other), now)
            if companion is not None:
                found.append(companion)
        return found

    def _take(self, travelling: Member, now: datetime, message: str, asked: f.Asked) -> None:
        actor = self.by_number[travelling.key]
        actor.took(travelling.facts)
        if self.tells_of_messages and travelling.step.send:
            self._hand_over(actor, travelling, now, message, asked)
        taken = step_taken(
            travelling.case,
            travelling.policy,
            travelling.step,
            travelling.issue,
            now,
            channels=travelling.step.channels,
            message=message,
            surroundings=travelling.surroundings,
            asked=asked,
            # The profile of the engine names as many: none gets a case twice.
            partner=f"partner{travelling.issue}" if travelling.step.hand_off else "",
        )
        if taken.step_kind == "send":
            actor.contacted_on = taken.on
            if taken.reminds and travelling.policy.bundle == "debtor":
                actor.reminded_on = taken.on
        actor.took((taken,))

    def _hand_over(self, actor: _Actor, travelling: Member, now: datetime, message: str, asked: f.Asked) -> None:
        """What a provider may tell of needs a send key: the intent, and that each delivery was taken."""
        on = travelling.policy.sending_calendar.local_date(now)
        own = tuple((channel, f"{message}/{channel}") for channel in travelling.step.channels)
        actor.took((intended(actor.case, travelling.step, travelling.issue, message, own, now, on, asked),))
        for _, key in own:
            actor.took((concluded(actor.case, key, f.DeliveryStatus.SENT, now, on),))
