"""A step of a case: planned again under the lock, then taken or declined.

A send is three parts: in one transaction, under the lock, everything known is recorded, the planner asked again,
and the intent written with its exact bytes; then each provider is called once; then the outcome is recorded and
what comes next decided, in a second transaction. Killed at any point, the intent says what may have happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from activities.advancing import Advancing, known, waking
from activities.calling import Calling, Checkpoint, Outcome, Sought
from activities.concluding import Concluding
from activities.contracts import StepRequest, Turn
from activities.file_identity import check_file
from activities.intending import Intending, takes_long
from activities.transactions import in_thread
from casefile.case_file import CaseFile, Transaction
from casefile.cases import Loaded
from casefile.deliveries import Letter
from casefile.surroundings import look_around, surroundings_of
from domain.blockers import BlockerKind
from domain.facts import DeliveryStatus, Fact
from domain.planning.decision import Blocker
from domain.reactions.react import Reaction, react
from domain.reactions.siblings import comes_sooner
from services.correspondence.making import Made
from services.correspondence.presses import Presses
from services.debtor_page.linking import PayPages
from services.ports import Channel, DossierBuilder, Gateway
from services.provider_money.unread import money_unread
from services.recording import record
from services.waking import siblings_to_wake

__all__ = ["Sending", "look_again"]

_LOOK_AGAIN = timedelta(minutes=1)
"""Wait before a letter is tried again that another case of the debtor, or the reader of payments, was not ready for."""


@dataclass(slots=True)
class _Prepared:
    """What the first transaction of a step leaves to be done outside."""

    turn: Turn | None = None
    letters: tuple[Letter, ...] = ()
    intended: datetime | None = None
    """Real moment of the intent of `letters`."""
    find: tuple[Sought, ...] = ()
    first_fact: int = 0
    """Number of the case's last fact before this transaction, and `wrote` what it appended to it, with numbers."""
    wrote: tuple[tuple[int, Fact], ...] = ()


@dataclass(frozen=True)
class Sending:
    """Takes the steps of cases.

    Attributes:
        file: The case file.
        gateways: The way out for each channel.
        dossier: Packs the dossier of a hand-off.
        threads: Where the transactions run.
        checkpoint: Told the name of each point of the send protocol, for tests that kill there.
        real_now: The real clock, for the age of an intent.
        advancing: Decides.
        pages: Makes the link to the debtor's page that a message carries; None: it carries none.
        reply_domain: Where answers to e-mails are taken in; None: their sender gets them.
        presses: Where letters on paper are printed before the lock.
    """

    file: CaseFile
    gateways: Mapping[Channel, Gateway]
    dossier: DossierBuilder
    threads: ThreadPoolExecutor
    checkpoint: Checkpoint
    real_now: Callable[[], datetime]
    advancing: Advancing
    pages: PayPages | None = None
    reply_domain: str | None = None
    presses: Presses | None = None

    async def take(
        self,
        request: StepRequest,
        now: datetime,
        over: Callable[[], datetime | None] = lambda: None,
        *,
        reconciling: bool = True,
    ) -> Turn:
        """Take the step that is due at a moment, if it still is.

        Args:
            request: What the run asked for.
            now: The moment of the case.
            over: The moment it is once the run waits no longer, so that `now` is the past; None before. Asked under
                the lock.
            reconciling: Whether the run has time for it: until an intent is older than the longest send.

        Returns:
            What comes next; to look again where it was over before anything was done.
        """
        self.checkpoint("before_intent")
        prepared = await in_thread(self.threads, self._prepare, request, now, over, reconciling)
        if prepared is None:
            return look_again(now)
        if prepared.turn is not None:
            return prepared.turn
        self.checkpoint("after_intent")
        calling = Calling(self.gateways, self.checkpoint, self.real_now, request.step_seconds)
        outcomes = [await calling.send(letter, prepared.intended) for letter in prepared.letters]
        outcomes += [await calling.find(sought) for sought in prepared.find]
        self.checkpoint("before_record")
        return await in_thread(self.threads, self._conclude, request, now, over, outcomes, prepared)

    def _prepare(
        self, request: StepRequest, now: datetime, over: Callable[[], datetime | None], reconciling: bool
    ) -> _Prepared | None:
        """Under the lock: record, plan again, and either write the intent or decline."""
        made = self._rehearsed(request, now).under_the_lock()
        with self.file.write(request.case_id) as transaction:
            if over() is not None:
                return None
            check_file(transaction, request)
            loaded = transaction.cases.load(request.case_id)
            look_around(transaction, loaded.creditor, loaded.case.invoice.debtor)
            first = loaded.facts
            heard = known(request.seen, first)
            loaded = record(transaction, loaded, now)
            reaction, around = self.advancing.proceed(transaction, loaded, now)
            decision = reaction.decision
            loaded = transaction.cases.load(loaded.id)
            due = decision.at is not None and decision.at <= now
            real = self.real_now()
            if due and decision.action in ("send", "hand_off") and money_unread(transaction, loaded, real):
                later = _later(reaction, now + _LOOK_AGAIN)
                turn = self.advancing.turn(transaction, loaded, later, around, now, first)
                return _Prepared(turn=waking(turn, siblings_to_wake(transaction, loaded.id, heard, now)))
            if due and decision.action in ("send", "hand_off"):
                intending = self._intending(transaction, now, real, made)
                letters = (
                    intending.message(loaded, decision, around)
                    if decision.action == "send"
                    else intending.hand_off(loaded, decision, around, self.dossier)
                )
                if letters is None:
                    # What is shown and kept must say so, too: it is due no sooner.
                    later = _put_off(reaction, now + _LOOK_AGAIN)
                    turn = self.advancing.turn(transaction, loaded, later, around, now, first)
                    turn = turn.model_copy(update={"action": "wait"})
                    return _Prepared(turn=waking(turn, siblings_to_wake(transaction, loaded.id, heard, now)))
                wrote = transaction.cases.wrote(loaded.id)
                return _Prepared(letters=letters, intended=real, first_fact=first, wrote=wrote)
            if due and reconciling and decision.action == "reconcile":
                return _Prepared(find=_sought(transaction, loaded), first_fact=first)
            turn = self.advancing.turn(transaction, loaded, reaction, around, now, first)
            return _Prepared(turn=waking(turn, siblings_to_wake(transaction, loaded.id, heard, now)))

    def _rehearsed(self, request: StepRequest, now: datetime) -> Made:
        """Before the lock: what the message needs, if nothing changes until it is ours. Nothing is written."""
        made = Made(self.presses)
        ahead = self.file.step_ahead(request.case_id)
        if ahead is not None and ahead[0] is not None:
            policy, next_step = ahead
            step = None if policy is None or next_step is None else policy.step(next_step)
            if step is None or not takes_long(step):
                return made
        with self.file.read() as transaction:
            view = transaction.views.of_case(request.case_id)
            if view is None or view.step is None:
                return made
            check_file(transaction, request)
            loaded = transaction.cases.load(request.case_id)
            step = loaded.policy.step(view.step)
            # What is made within a millisecond is quicker made than rehearsed, and so is what is planned anew anyhow.
            if step is None or not takes_long(step) or transaction.inbox.waiting(request.case_id):
                return made
            around = surroundings_of(transaction, loaded)
            reaction = react(loaded.case, loaded.policy, around, now)
            decision = reaction.decision
            if decision.at is not None and decision.at <= now and decision.action in ("send", "hand_off"):
                loaded = replace(loaded, case=reaction.case)
                self._intending(transaction, now, now, made).rehearse(loaded, decision, around, self.dossier)
        return made

    def _intending(self, transaction: Transaction, now: datetime, real: datetime, made: Made) -> Intending:
        return Intending(transaction, now, real, self.pages, reply_domain=self.reply_domain, made=made)

    def _conclude(
        self,
        request: StepRequest,
        now: datetime,
        over: Callable[[], datetime | None],
        outcomes: Sequence[Outcome],
        prepared: _Prepared,
    ) -> Turn:
        """Record what became of the message for every case in it, and decide what comes next."""
        first = prepared.first_fact
        with self.file.write(request.case_id) as transaction:
            check_file(transaction, request)
            loaded = transaction.cases.load(request.case_id)
            look_around(transaction, loaded.creditor, loaded.case.invoice.debtor)
            transaction.cases.wrote_before(request.case_id, first, prepared.wrote)
            touched: dict[str, None] = {request.case_id: None}
            concluding = Concluding(transaction, now)
            for outcome in outcomes:
                touched.update(dict.fromkeys(concluding.hear(outcome)))
            planned = _planned(transaction, touched) if len(touched) > 1 else {}
            # All that went along is over for each of them before any decides what comes next beside the others.
            concluding.write(touched)
            # The message left when it did; what was told since, and what comes next, is of the moment it is.
            now = over() or now
            turn = self.advancing.decide(
                transaction, record(transaction, transaction.cases.load(request.case_id), now), now, first
            )
            companions = [case_id for case_id in touched if case_id != request.case_id]
            looks = self.advancing.look_each(transaction, companions, now)
            # It sleeps until the moment that it had planned before it went along.
            woken = {own: None for own, at in looks.items() if comes_sooner(at, planned[own])}
            heard = known(request.seen, first)
            woken.update(dict.fromkeys(siblings_to_wake(transaction, request.case_id, heard, now)))
            return waking(turn, tuple(woken))


def look_again(at: datetime) -> Turn:
    """What a step answers that has done nothing, since what was known when it was scheduled may be out of date."""
    return Turn(action="wait", at=at, summary="look again", look_again=True)


def _later(reaction: Reaction, at: datetime) -> Reaction:
    """The same step a minute later: what a provider told may be its payment."""
    blockers = (Blocker(code=BlockerKind.MONEY_UNREAD), *reaction.decision.blockers)
    later = _put_off(reaction, at)
    return replace(later, decision=replace(later.decision, blockers=blockers))


def _put_off(reaction: Reaction, at: datetime) -> Reaction:
    """The same step at a later moment."""
    return replace(reaction, decision=replace(reaction.decision, at=at), wake_at=at)


def _sought(transaction: Transaction, loaded: Loaded) -> tuple[Sought, ...]:
    """The deliveries of the case's attempt of which nobody knows what became of them."""
    attempt = loaded.case.attempt
    if attempt is None:
        return ()
    stored = [
        transaction.deliveries.delivery(d.key)
        for d in attempt.deliveries
        if d.status in (DeliveryStatus.INTENDED, DeliveryStatus.UNKNOWN)
    ]
    return tuple(Sought(s.key, s.channel, s.intended_at, s.intended_real) for s in stored if s is not None)


def _planned(transaction: Transaction, case_ids: Iterable[str]) -> dict[str, datetime | None]:
    """When cases of one debtor look again by themselves, as they planned last."""
    loaded = transaction.cases.load(next(iter(case_ids)))
    return transaction.views.wakes_of_debtor(loaded.creditor, loaded.case.invoice.debtor)
