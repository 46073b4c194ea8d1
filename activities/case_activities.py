"""The activities of a case, on the case file and the gateways.

A send is three parts: in one transaction, under the lock, everything known is recorded, the planner asked again,
and the intent written with its exact bytes; then each provider is called once; then the outcome is recorded and
what comes next decided, in a second transaction. Killed at any point, the intent says what may have happened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ParamSpec, TypeVar

from temporalio import activity

from activities.contracts import LOOP, AdvanceRequest, Answer, CaseActivities, Delivered, StepRequest, Turn
from activities.file_identity import check_file, seen_in
from activities.fitting import LINES, fitted
from casefile.case_file import CaseFile, Transaction
from casefile.cases import Loaded, UnknownCase
from casefile.database import is_database_failure
from casefile.deliveries import Letter
from casefile.surroundings import surroundings_of
from domain.bundle import Member, asked_of, channels_done, joining, may_carry, member_of
from domain.clock import REAL_TIME, Clock
from domain.facts import DeliveryStatus
from domain.messages import ignored_fields
from domain.planning.decision import Decision
from domain.planning.joint_letter import belongs_in
from domain.reactions import sending
from domain.reactions.react import Reaction, react
from domain.surroundings import Sibling
from domain.views.case_view import view_of
from domain.views.details import summary_of
from domain.views.readable import Readable
from domain.views.timeline import bare_line
from services.correspondence.composing import Composed, compose_hand_off, compose_message
from services.ports import (
    CannotTell,
    Channel,
    DossierBuilder,
    Finding,
    Found,
    Gateway,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    Refused,
)
from services.recording import heard, kept, unusable

P = ParamSpec("P")
R = TypeVar("R")

Checkpoint = Callable[[str], None]
"""Called with the name of each point at which a kill must do no harm."""

ATTEMPTS_SHOWN = LINES

MOST_HANDED_BACK = 5
"""How often in a row a step is handed back for what the case was told meanwhile: a flood does not stop it for good."""

LONGEST_IN_QUEUE = timedelta(seconds=3)
"""How long a step may have waited in the queue; doubled each time it is handed back, or a slow worker never acted."""

_LOOK_AGAIN = timedelta(minutes=1)
"""Wait before a joint letter is tried again that another case of the debtor was not ready for."""

_SENDING_SHARE = 0.8
"""Part of a step's longest time within which providers are called; after all of it others may reconcile."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one delivery."""

    key: str
    status: DeliveryStatus
    reference: str | None = None
    reason: str = ""
    wait: timedelta | None = None
    intended: datetime | None = None
    """Real moment of the intent this is about: of an older try only that it was sent matters."""


@dataclass(slots=True)
class _Prepared:
    """What the first transaction of a step leaves to be done outside."""

    turn: Turn | None = None
    letters: tuple[Letter, ...] = ()
    intended: datetime | None = None
    """Real moment of the intent of `letters`."""
    find: tuple[tuple[str, str, datetime, datetime], ...] = ()
    """To reconcile: send key, channel, moment of the intent, real moment of the intent."""
    first_fact: int = 0


@dataclass(frozen=True)
class FileCaseActivities(CaseActivities):
    """The activities on a case file and gateways.

    Attributes:
        file: The case file.
        gateways: The way out for each channel.
        dossier: Packs the dossier of a hand-off.
        threads: Where the transactions run.
        checkpoint: Told the name of each point of the send protocol, for tests that kill there.
        real_now: The real clock, for the age of an intent.
        told_meanwhile: Whether the case was told something since the step was scheduled that is not in its inbox yet.
        simulation: Whether the clock in a case's input is obeyed; outside a simulation nobody may set one.
        readable: What summaries, details and search attributes may tell: `all`, or `codes` and days only.
    """

    file: CaseFile
    gateways: Mapping[Channel, Gateway]
    dossier: DossierBuilder
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "case-file"))
    checkpoint: Checkpoint = lambda point: None
    real_now: Callable[[], datetime] = lambda: datetime.now(UTC)
    told_meanwhile: Callable[[activity.Info], Awaitable[bool]] | None = None
    simulation: bool = False
    readable: Readable = "all"

    # What workflows call -------------------------------------------------------------------------------

    @activity.defn(name="advance")
    async def advance(self, request: AdvanceRequest) -> Turn:
        """See the contract."""
        if self._obeys(request.clock):
            return _told(await self._in_file(self._advance, request))
        in_real_time = request.model_copy(update={"at": self.real_now(), "clock": REAL_TIME})
        return _told(await self._in_file(self._advance, in_real_time), real_time=True)

    def _obeys(self, clock: Clock) -> bool:
        return self.simulation or clock == REAL_TIME

    @activity.defn(name="send_message")
    async def send_message(self, request: StepRequest) -> Turn:
        """See the contract."""
        return await self._step(request)

    @activity.defn(name="hand_off")
    async def hand_off(self, request: StepRequest) -> Turn:
        """See the contract."""
        return await self._step(request)

    @activity.defn(name="raise_task")
    async def raise_task(self, request: StepRequest) -> Turn:
        """See the contract."""
        return await self._step(request)

    @activity.defn(name="reconcile")
    async def reconcile(self, request: StepRequest) -> Turn:
        """See the contract."""
        return await self._step(request)

    # Advancing -----------------------------------------------------------------------------------------

    def _advance(self, request: AdvanceRequest) -> Turn:
        try:
            return self._recorded(request)
        except Exception as error:
            if is_database_failure(error):
                raise
            # Perhaps one of the messages makes what follows fail: then that one is put aside, and the case goes on.
            return self._recorded(request, one_by_one=True)

    def _recorded(self, request: AdvanceRequest, *, one_by_one: bool = False) -> Turn:
        with self.file.write(request.case_id) as transaction:
            check_file(transaction, request)
            ids = {message.id: kept(transaction, request.case_id, message, request.at) for message in request.messages}
            try:
                loaded = transaction.cases.load(request.case_id)
            except UnknownCase:
                return self._nobody(transaction, request)
            first = 0 if request.all_of_timeline else loaded.facts
            record = self._record_one_by_one if one_by_one else self._record
            loaded = record(transaction, loaded, request.at)
            turn = self._decide(transaction, loaded, request.at, first, failing=request.failures > 0)
            answers = tuple(
                _answer(message, transaction.inbox.refusal(request.case_id, ids[message.id]))
                for message in request.messages
                if message.answered
            )
            return turn.model_copy(update={"answers": answers}) if answers else turn

    def _nobody(self, transaction: Transaction, request: AdvanceRequest) -> Turn:
        """Messages to a case that does not exist are quarantined, and the run waits: the case may still come."""
        problem = f"there is no case {request.case_id} in the case file"
        for row in transaction.inbox.waiting(request.case_id):
            transaction.quarantine.keep(request.case_id, f"quarantine:{row.id}", row.name, row.raw, problem, request.at)
            transaction.inbox.recorded(row.seq, request.at, problem)
        answers = tuple(Answer(id=message.id, refusal=problem) for message in request.messages if message.answered)
        return Turn(action="wait", summary=problem, answers=answers, seen=seen_in(transaction, request.case_id))

    def _record(self, transaction: Transaction, loaded: Loaded, at: datetime) -> Loaded:
        """Record everything that waits in the inbox of a case, in order of arrival."""
        for row in transaction.inbox.waiting(loaded.id):
            loaded = heard(transaction, loaded, row, at)
        return loaded

    def _record_one_by_one(self, transaction: Transaction, loaded: Loaded, at: datetime) -> Loaded:
        """The same, and each message has to let a decision be taken; one after which that fails is put aside."""
        # Where it fails without any of them, none of them is to blame.
        self._decide(transaction, loaded, at, loaded.facts)
        for row in transaction.inbox.waiting(loaded.id):
            loaded = before = transaction.cases.load(loaded.id)
            try:
                with transaction.savepoint():
                    loaded = heard(transaction, loaded, row, at)
                    self._decide(transaction, loaded, at, loaded.facts)
            except Exception as error:
                if is_database_failure(error):
                    raise
                unusable(transaction, before, row, at, error)
        return transaction.cases.load(loaded.id)

    def _decide(
        self, transaction: Transaction, loaded: Loaded, at: datetime, first: int, *, failing: bool = False
    ) -> Turn:
        """Draw the inner consequences, write the view, and say what comes next."""
        reaction = self._proceed(transaction, loaded, at)
        return self._turn(transaction, loaded, reaction, at, first, failing=failing)

    def _proceed(self, transaction: Transaction, loaded: Loaded, at: datetime) -> Reaction:
        surroundings = surroundings_of(transaction, loaded)
        reaction = react(loaded.case, loaded.policy, surroundings, at)
        transaction.cases.append(loaded.id, reaction.facts)
        return reaction

    def _turn(
        self,
        transaction: Transaction,
        loaded: Loaded,
        reaction: Reaction,
        at: datetime,
        first: int,
        *,
        failing: bool = False,
    ) -> Turn:
        decision = reaction.decision
        surroundings = surroundings_of(transaction, loaded)
        view = view_of(
            reaction.case,
            loaded.policy,
            decision,
            at,
            surroundings=surroundings,
            failing=failing,
            codes_only=self.readable == "codes",
            debtor_attribute=transaction.parties.debtor_attribute(loaded.creditor, loaded.case.invoice.debtor),
        )
        transaction.views.write(loaded.id, view, at)
        facts = (
            transaction.cases.facts_after(loaded.id, first)
            if first
            else transaction.cases.last_facts(loaded.id, ATTEMPTS_SHOWN)
        )
        said: dict[str, object] = {
            "action": "end" if decision.action == "close" else decision.action,
            "summary": summary_of(loaded.case.invoice.number, view),
            "view": view,
            "seen": seen_in(transaction, loaded.id),
        }
        if reaction.wake_at is not None:
            said["at"] = reaction.wake_at
        if facts:
            said["timeline"] = tuple(bare_line(fact) for fact in facts)
        return Turn.model_validate(said)

    # Taking a step -------------------------------------------------------------------------------------

    async def _step(self, request: StepRequest) -> Turn:
        if await self._must_look_again(request):
            at = request.at if self._obeys(request.clock) else self.real_now()
            return _told(Turn(action="wait", at=at, summary="look again", look_again=True))
        if not self._obeys(request.clock):
            request = request.model_copy(update={"at": activity.info().started_time, "clock": REAL_TIME})
        return _told(await self._taken(request))

    async def _must_look_again(self, request: StepRequest) -> bool:
        """Whether what was known when the step was scheduled may be out of date, so that it is to be planned again."""
        if _waited() > LONGEST_IN_QUEUE * 2 ** min(request.handed_back, 16):
            return True
        if self.told_meanwhile is None or request.handed_back >= MOST_HANDED_BACK:
            return False
        return await self.told_meanwhile(activity.info())

    async def _taken(self, request: StepRequest) -> Turn:
        now = max(request.at, request.clock.now(activity.info().started_time))
        self.checkpoint("before_intent")
        prepared = await self._in_file(self._prepare, request, now)
        if prepared.turn is not None:
            return prepared.turn
        self.checkpoint("after_intent")
        outcomes = [await self._send(letter, request, prepared.intended) for letter in prepared.letters]
        outcomes += [await self._find(request, *sought) for sought in prepared.find]
        self.checkpoint("before_record")
        return await self._in_file(self._conclude, request, now, outcomes, prepared.first_fact)

    def _prepare(self, request: StepRequest, now: datetime) -> _Prepared:
        """Under the lock: record, plan again, and either write the intent or decline."""
        with self.file.write(request.case_id) as transaction:
            check_file(transaction, request)
            loaded = transaction.cases.load(request.case_id)
            first = loaded.facts
            loaded = self._record(transaction, loaded, now)
            reaction = self._proceed(transaction, loaded, now)
            decision = reaction.decision
            loaded = transaction.cases.load(loaded.id)
            due = decision.at is not None and decision.at <= now
            if due and decision.action == "send":
                real = self.real_now()
                letters = self._intend_message(transaction, loaded, decision, now, real)
                if letters is None:
                    turn = self._turn(transaction, loaded, reaction, now, first)
                    return _Prepared(turn=turn.model_copy(update={"action": "wait", "at": now + _LOOK_AGAIN}))
                return _Prepared(letters=letters, intended=real, first_fact=first)
            if due and decision.action == "hand_off":
                real = self.real_now()
                letters = self._intend_hand_off(transaction, loaded, decision, now, real)
                return _Prepared(letters=letters, intended=real, first_fact=first)
            if due and decision.action == "reconcile":
                return _Prepared(find=self._sought(transaction, loaded), first_fact=first)
            return _Prepared(turn=self._turn(transaction, loaded, reaction, now, first))

    def _intend_message(
        self, transaction: Transaction, loaded: Loaded, decision: Decision, now: datetime, real: datetime
    ) -> tuple[Letter, ...] | None:
        """Write the intent of a message; None when it must wait for another case to record what it was told."""
        lead = member_of(loaded.id, loaded.case, loaded.policy, surroundings_of(transaction, loaded), decision, now)
        on = loaded.policy.sending_calendar.local_date(now)
        travelling = [lead]
        if may_carry(lead, on):
            companions = self._companions(transaction, loaded, lead, now)
            if companions is None:
                return None
            standing = _standing(lead)
            travelling += [p for p in companions if _standing(p) == standing]
        for each in travelling[1:]:
            transaction.cases.append(each.key, each.facts)
        creditor = transaction.parties.creditor(loaded.creditor)
        composed = compose_message(transaction, creditor, travelling, on, now)
        return self._write_intent(transaction, composed, travelling, now, real)

    def _companions(self, transaction: Transaction, loaded: Loaded, lead: Member, now: datetime) -> list[Member] | None:
        """The debtor's other cases that travel along; None when one that must is not ready to."""
        found = []
        for case_id in transaction.cases.siblings(loaded.creditor, loaded.case.invoice.debtor, loaded.id):
            other = transaction.cases.load(case_id)
            sibling, surroundings = Sibling(case_id, other.case, other.policy), surroundings_of(transaction, other)
            if transaction.inbox.waiting(case_id):
                # What it was told is for its own workflow to record: no other one may make it look done. A reminder
                # goes without it; a letter that must take it in waits.
                on = lead.policy.sending_calendar.local_date(now)
                if not lead.step.reminds and belongs_in(sibling, lead.case.ledger.currency, surroundings, on):
                    return None
                continue
            companion = joining(lead, sibling, surroundings, now)
            if companion is not None:
                found.append(companion)
        return found

    def _intend_hand_off(
        self, transaction: Transaction, loaded: Loaded, decision: Decision, now: datetime, real: datetime
    ) -> tuple[Letter, ...]:
        surroundings = surroundings_of(transaction, loaded)
        leaving = member_of(loaded.id, loaded.case, loaded.policy, surroundings, decision, now)
        creditor = transaction.parties.creditor(loaded.creditor)
        on = loaded.policy.sending_calendar.local_date(now)
        composed = compose_hand_off(transaction, creditor, leaving, on, self.dossier)
        return self._write_intent(transaction, composed, [leaving], now, real)

    def _write_intent(
        self,
        transaction: Transaction,
        composed: Composed,
        members: Sequence[Member],
        now: datetime,
        real: datetime,
    ) -> tuple[Letter, ...]:
        """Write the intent for every case in the message; returns what is to be sent now."""
        served: dict[str, list[str]] = {key: [] for _, key in composed.deliveries}
        on = members[0].policy.sending_calendar.local_date(now)
        for each, asked in zip(members, asked_of(members, on), strict=True):
            own = tuple((channel, key) for channel, key in composed.deliveries if channel in each.step.channels)
            done = channels_done(each)
            own = tuple((channel, key) for channel, key in own if channel not in done)
            for _, key in own:
                served[key].append(each.key)
            on = each.policy.sending_calendar.local_date(now)
            fact = sending.intended(each.case, each.step, each.issue, composed.message, own, now, on, asked)
            transaction.cases.append(each.key, (fact,))
            unusable = [(key, composed.unusable[key]) for _, key in own if key in composed.unusable]
            case = transaction.cases.load(each.key).case
            concluded = [
                sending.concluded(case, key, DeliveryStatus.REFUSED, now, on, reason=reason) for key, reason in unusable
            ]
            # What was not sent under another key (with others, who have theirs by now) goes out under this one.
            concluded += [
                sending.concluded(case, d.key, DeliveryStatus.DROPPED, now, on)
                for d in (case.attempt.deliveries if case.attempt else ())
                if d.status in (DeliveryStatus.NOT_SENT, DeliveryStatus.REFUSED)
                and d.key not in {key for _, key in own}
            ]
            transaction.cases.append(each.key, concluded)
        letters = tuple(letter for letter in composed.letters if served[letter.key])
        for letter in letters:
            transaction.deliveries.intend(letter, served[letter.key], now, real)
        return letters

    def _sought(self, transaction: Transaction, loaded: Loaded) -> tuple[tuple[str, str, datetime, datetime], ...]:
        attempt = loaded.case.attempt
        if attempt is None:
            return ()
        stored = [
            transaction.deliveries.delivery(d.key)
            for d in attempt.deliveries
            if d.status in (DeliveryStatus.INTENDED, DeliveryStatus.UNKNOWN)
        ]
        return tuple((s.key, s.channel, s.intended_at, s.intended_real) for s in stored if s is not None)

    async def _send(self, letter: Letter, request: StepRequest, intended: datetime | None) -> _Outcome:
        """Call the provider once, and not after others may have begun to reconcile."""
        outcome = await self._called(letter, request, intended)
        return replace(outcome, intended=intended)

    async def _called(self, letter: Letter, request: StepRequest, intended: datetime | None) -> _Outcome:
        channel: Channel = letter.channel  # type: ignore[assignment]
        gateway = self.gateways.get(channel)
        if gateway is None:
            return _Outcome(letter.key, DeliveryStatus.REFUSED, reason=f"no gateway for {channel} is set up")
        outgoing = Outgoing(
            key=letter.key,
            channel=channel,
            to=letter.recipient,
            subject=letter.subject,
            media_type=letter.media_type,
            content=letter.content,
            filename_hint=letter.filename_hint,
        )
        left = request.step_seconds * _SENDING_SHARE
        if intended is not None:
            left -= (self.real_now() - intended).total_seconds()
        if left <= 0:
            return _Outcome(letter.key, DeliveryStatus.NOT_SENT, reason="too late to call the provider")
        try:
            async with asyncio.timeout(left):
                sent = await gateway.send(outgoing)
        except TimeoutError:
            return _Outcome(letter.key, DeliveryStatus.UNKNOWN, reason="no answer in time")
        except NotTaken as error:
            return _Outcome(letter.key, DeliveryStatus.NOT_SENT, reason=error.reason, wait=error.retry_after)
        except Refused as error:
            return _Outcome(letter.key, DeliveryStatus.REFUSED, reason=error.reason)
        except OutcomeUnknown as error:
            return _Outcome(letter.key, DeliveryStatus.UNKNOWN, reason=error.reason)
        except Exception as error:
            # A gateway that breaks its word: what it did before that nobody knows.
            activity.logger.exception("the gateway for %s failed in a way it may not", channel)
            return _Outcome(letter.key, DeliveryStatus.UNKNOWN, reason=type(error).__name__)
        self.checkpoint("after_provider")
        return _Outcome(letter.key, DeliveryStatus.SENT, reference=sent.reference)

    async def _find(
        self, request: StepRequest, key: str, channel: str, since: datetime, real_since: datetime
    ) -> _Outcome:
        """Ask the provider what became of a message; never while its send may still be under way."""
        age = (self.real_now() - real_since).total_seconds()
        if age < request.step_seconds:
            await asyncio.sleep(request.step_seconds - age)
        gateway = self.gateways.get(channel)  # type: ignore[call-overload]
        finding: Finding = CannotTell("no gateway") if gateway is None else await gateway.find(key, since=since)
        outcome = partial(_Outcome, key, intended=real_since)
        match finding:
            case Found(reference):
                return outcome(DeliveryStatus.SENT, reference=reference, reason="found at the provider")
            case NotThere():
                return outcome(DeliveryStatus.NOT_SENT, reason="not at the provider", wait=timedelta(0))
            case CannotTell(reason):
                return outcome(DeliveryStatus.UNKNOWN, reason=reason)

    def _conclude(self, request: StepRequest, now: datetime, outcomes: Sequence[_Outcome], first: int) -> Turn:
        """Record what became of the message for every case in it, and decide what comes next."""
        with self.file.write(request.case_id) as transaction:
            check_file(transaction, request)
            touched: dict[str, None] = {request.case_id: None}
            for outcome in outcomes:
                for case_id in transaction.deliveries.cases_of(outcome.key):
                    touched[case_id] = None
                    self._write_outcome(transaction, case_id, outcome, now)
            turn: Turn | None = None
            for case_id in touched:
                loaded = transaction.cases.load(case_id)
                on = loaded.policy.sending_calendar.local_date(now)
                transaction.cases.append(case_id, sending.sending_finished(loaded.case, loaded.policy, now, on))
                loaded = transaction.cases.load(case_id)
                if case_id == request.case_id:
                    loaded = self._record(transaction, loaded, now)
                decided = self._decide(transaction, loaded, now, first)
                if case_id == request.case_id:
                    turn = decided
            if turn is None:
                raise AssertionError("the case that asked is always among those touched")
            return turn

    def _write_outcome(self, transaction: Transaction, case_id: str, outcome: _Outcome, now: datetime) -> None:
        loaded = transaction.cases.load(case_id)
        attempt = loaded.case.attempt
        statuses = {d.key: d.status for d in (attempt.deliveries if attempt else ())}
        stored = transaction.deliveries.delivery(outcome.key)
        this_try = stored is None or outcome.intended is None or stored.intended_real == outcome.intended
        unsettled: tuple[DeliveryStatus, ...] = (DeliveryStatus.INTENDED, DeliveryStatus.UNKNOWN)
        if outcome.status is DeliveryStatus.SENT:
            # Whoever heard that it was sent is right, however late, and whatever was believed meanwhile.
            unsettled = (*unsettled, DeliveryStatus.NOT_SENT, DeliveryStatus.UNPROVEN)
        elif not this_try:
            return
        if statuses.get(outcome.key) not in unsettled:
            # Somebody else (a companion's activity, a person) settled it in the meantime.
            return
        on = loaded.policy.sending_calendar.local_date(now)
        fact = sending.concluded(
            loaded.case, outcome.key, outcome.status, now, on, reason=outcome.reason, wait=outcome.wait
        )
        transaction.cases.append(case_id, (fact,))
        if outcome.reference is not None:
            transaction.deliveries.taken_as(outcome.key, outcome.reference)

    async def _in_file(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a transaction in a thread; SQLAlchemy and SQLite block."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, partial(work, *args, **kwargs))


def _standing(member: Member) -> tuple[str, frozenset[str]] | None:
    """How far an earlier try of the step came; only cases that stand alike go on in one message."""
    attempt = member.attempt
    return None if attempt is None else (attempt.message, channels_done(member))


def _answer(message: Delivered, refusal: str | None) -> Answer:
    """What the sender of an update hears; fields that mean nothing are told, for they may be mistyped."""
    ignored = ignored_fields(message.name, message.raw) if refusal is None else ()
    if not ignored:
        return Answer(id=message.id, refusal=refusal)
    return Answer(id=message.id, refusal=refusal, remark=f"left aside, unknown: {', '.join(ignored)}")


def _waited() -> timedelta:
    """How long the step was in the queue before a worker took it."""
    info = activity.info()
    return info.started_time - info.current_attempt_scheduled_time


def _told(turn: Turn, *, real_time: bool = False) -> Turn:
    """The turn as the loop of today follows it, and as large as a history bears."""
    said: dict[str, object] = {"loop": LOOP}
    if real_time:
        said["real_time"] = True
    return fitted(turn).model_copy(update=said)
