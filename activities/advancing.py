"""Advancing a case: recording what it was told, drawing the inner consequences, and saying what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.contracts import AdvanceRequest, Answer, Delivered, FileMark, Turn
from activities.file_identity import check_file, seen_in
from activities.fitting import LINES
from casefile.case_file import CaseFile, Transaction
from casefile.cases import Loaded, UnknownCase
from casefile.database import is_database_failure
from casefile.surroundings import look_around, surroundings_of
from casefile.views import ShownCase
from domain.messages import ignored_fields
from domain.reactions.react import Reaction, react
from domain.surroundings import Surroundings
from domain.views.ahead import ahead_of
from domain.views.case_view import CaseView, view_of
from domain.views.details import summary_of
from domain.views.readable import Readable
from domain.views.timeline import bare_line
from services.recording import kept, record, record_one_by_one
from services.waking import siblings_to_wake

__all__ = ["Advancing", "known", "waking"]


@dataclass(frozen=True)
class Advancing:
    """Takes decisions on a case file.

    Attributes:
        file: The case file.
        readable: What summaries, details and search attributes may tell: `all`, or `codes` and days only.
    """

    file: CaseFile
    readable: Readable

    def advance(self, request: AdvanceRequest) -> Turn:
        """Record messages and everything that waits besides, and decide what comes next, in one transaction."""
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
                return _nobody(transaction, request)
            look_around(transaction, loaded.creditor, loaded.case.invoice.debtor)
            before = loaded.facts
            first = 0 if request.all_of_timeline else before
            if one_by_one:
                loaded = record_one_by_one(
                    transaction,
                    loaded,
                    request.at,
                    lambda case: self.decide(transaction, case, request.at, case.facts),
                )
            else:
                loaded = record(transaction, loaded, request.at)
            turn = self.decide(transaction, loaded, request.at, first, failing=request.failures > 0)
            answers = tuple(
                _answer(message, transaction.inbox.refusal(request.case_id, ids[message.id]))
                for message in request.messages
                if message.answered
            )
            if answers:
                turn = turn.model_copy(update={"answers": answers})
            return waking(turn, siblings_to_wake(transaction, request.case_id, known(request.seen, before), request.at))

    def decide(
        self, transaction: Transaction, loaded: Loaded, at: datetime, first: int, *, failing: bool = False
    ) -> Turn:
        """Draw the inner consequences, write the view, and say what comes next."""
        reaction, surroundings = self.proceed(transaction, loaded, at)
        return self.turn(transaction, loaded, reaction, surroundings, at, first, failing=failing)

    def proceed(self, transaction: Transaction, loaded: Loaded, at: datetime) -> tuple[Reaction, Surroundings]:
        """Draw the inner consequences and record them; gives what is around the case after that, too."""
        surroundings = surroundings_of(transaction, loaded)
        reaction = react(loaded.case, loaded.policy, surroundings, at)
        if transaction.cases.append(loaded.id, reaction.facts):
            surroundings = surroundings_of(transaction, loaded)
        return reaction, surroundings

    def turn(
        self,
        transaction: Transaction,
        loaded: Loaded,
        reaction: Reaction,
        surroundings: Surroundings,
        at: datetime,
        first: int,
        *,
        failing: bool = False,
    ) -> Turn:
        """Write the view of a case, and say what comes next and what was recorded since the fact `first`."""
        decision = reaction.decision
        shown = self._shown(transaction, loaded, reaction, surroundings, at, failing=failing)
        transaction.views.write(shown.case_id, shown.view, at, shown.ahead, shown.wakes_at)
        view = shown.view
        facts = (
            transaction.cases.facts_after(loaded.id, first) if first else transaction.cases.last_facts(loaded.id, LINES)
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

    def view_at(self, case_id: str, at: datetime) -> CaseView:
        """How a case will be shown at a moment if nothing is recorded before; nothing is written.

        Raises:
            UnknownCase: there is none.
        """
        with self.file.read() as transaction:
            loaded = transaction.cases.load(case_id)
            surroundings = surroundings_of(transaction, loaded)
            reaction = react(loaded.case, loaded.policy, surroundings, at)
            return self._shown(transaction, loaded, reaction, surroundings, at).view

    def look_each(self, transaction: Transaction, case_ids: Sequence[str], at: datetime) -> dict[str, datetime | None]:
        """Decide for cases whose runs are not asking, and write their views; when each would look again."""
        wakes: dict[str, datetime | None] = {}
        shown: list[ShownCase] = []
        for case_id in case_ids:
            loaded = transaction.cases.load(case_id)
            reaction, surroundings = self.proceed(transaction, loaded, at)
            shown.append(self._shown(transaction, loaded, reaction, surroundings, at))
            wakes[case_id] = reaction.wake_at
        transaction.views.write_each(shown, at)
        return wakes

    def _shown(
        self,
        transaction: Transaction,
        loaded: Loaded,
        reaction: Reaction,
        surroundings: Surroundings,
        at: datetime,
        *,
        failing: bool = False,
    ) -> ShownCase:
        decision = reaction.decision
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
        ahead = ahead_of(reaction.case, loaded.policy, surroundings.terms, decision, at)
        wakes_at = None if decision.action == "close" else reaction.wake_at
        return ShownCase(loaded.id, view, ahead, wakes_at)


def known(seen: FileMark | None, before: int) -> int:
    """Number of the last fact that the run has heard of: also one whose turn was lost after it was recorded.

    Args:
        seen: What the run saw at its last turn.
        before: The last fact of the case before this turn.
    """
    return before if seen is None else min(seen.last, before)


def waking(turn: Turn, case_ids: tuple[str, ...]) -> Turn:
    """The turn, and which other cases it wakes; one that wakes nobody says nothing of it."""
    return turn.model_copy(update={"wake": case_ids}) if case_ids else turn


def _nobody(transaction: Transaction, request: AdvanceRequest) -> Turn:
    """Messages to a case that does not exist are quarantined, and the run waits: the case may still come."""
    problem = f"there is no case {request.case_id} in the case file"
    for row in transaction.inbox.waiting(request.case_id):
        transaction.quarantine.keep(request.case_id, f"quarantine:{row.id}", row.name, row.raw, problem, request.at)
        transaction.inbox.recorded(row.seq, request.at, problem)
    answers = tuple(Answer(id=message.id, refusal=problem) for message in request.messages if message.answered)
    return Turn(action="wait", summary=problem, answers=answers, seen=seen_in(transaction, request.case_id))


def _answer(message: Delivered, refusal: str | None) -> Answer:
    """What the sender of an update hears; fields that mean nothing are told, for they may be mistyped."""
    ignored = ignored_fields(message.name, message.raw) if refusal is None else ()
    if not ignored:
        return Answer(id=message.id, refusal=refusal)
    return Answer(id=message.id, refusal=refusal, remark=f"left aside, unknown: {', '.join(ignored)}")
