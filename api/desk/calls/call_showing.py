"""The page of a call: the list, the debtor, the script, and the form with what it would do."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from fastapi.responses import Response

from api.desk.calls.call_form import PARTS, WORDS, CallTyped
from api.desk.fields import Typed
from api.desk.visiting import Visit
from api.operator.problems import Problem
from casefile.acts import Recorded, acts
from casefile.call_claims import Claim, claim_call, claims
from casefile.of_debtor import debtor_mark
from casefile.people import DeskRole
from domain.messages import FACTS, Unreadable, read_message
from letters.content import Language
from services.calling.choosing import next_to_call, queue_in
from services.calling.outcomes import CannotTell, Told, messages_for
from services.calling.queue import CallQueue, DebtorToCall
from services.calling.script import CallStage, Script, script_for
from services.calling.sheet import CallSheet, read_call_sheet
from services.desk.trying import Effect, effect_of_all
from services.desk.undoing import undoing_of
from services.today.calling import call_rows
from services.today.page import CallRow
from speech.words import spoken_language

__all__ = ["CallState", "show_call", "show_effect", "tried"]

_ACTS = {
    "record_promise": "Promise",
    "raise_dispute": "Dispute",
    "agree_arrangement": "Arrangement",
    "hold_case": "Says that he paid",
}
"""What was done, by the message that did it."""

STAGE_NAMES: dict[CallStage, str] = {
    "before_due": "before the due date",
    "first": "first contact",
    "reminded": "after a reminder",
    "after_notice": "after a letter with a term",
    "promise_broken": "after a broken promise",
    "refused_debit": "after a refused debit",
    "again": "called again as agreed",
}
"""Where a case stands for who calls, in English."""

_SHOWN = 15
"""Debtors of the list that a page shows."""


@dataclass(frozen=True, slots=True)
class CallState:
    """A form of a call that is open.

    Attributes:
        typed: What was filled in.
        told: What each case would be told.
        effects: What would come of it, by case; None while that can't be said.
        seen: What the effects were worked out for: only that is recorded without being shown again.
        mark: How far the cases of the debtor have come.
        id: Its own id: sent twice it counts once.
        problem: Why it can't be, in English.
        changed: Whether somebody else changed a case meanwhile.
    """

    typed: CallTyped
    told: Mapping[str, Sequence[Told]]
    effects: Mapping[str, Effect] | None
    seen: str
    mark: str
    id: str
    problem: str = ""
    changed: bool = False

    @property
    def stands(self) -> bool:
        """Whether nothing is in its way."""
        return self.effects is not None and not self.refusals and not self.problem

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why rules forbid it."""
        found = (each.refusal for each in (self.effects or {}).values())
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @property
    def happens(self) -> tuple[str, ...]:
        """What would be noted, of all cases together, each once."""
        return tuple(dict.fromkeys(line for each in (self.effects or {}).values() for line in each.happens))

    def changed_meanwhile(self) -> CallState:
        """It, when somebody else changed something: nothing was recorded."""
        return replace(self, changed=True, id=uuid4().hex)

    def refused(self, problem: str) -> CallState:
        """It, when it was refused after all."""
        return replace(self, problem=problem, id=uuid4().hex)


def tried(visit: Visit, key: tuple[str, str], typed: CallTyped, form_id: str) -> CallState:
    """A form with what it would do."""
    own = form_id or uuid4().hex
    with visit.desk.inside.file.read() as transaction:
        mark = debtor_mark(transaction.session, *key)
        if typed.what is None:
            return CallState(typed, {}, None, "", mark, own)
        sheet = read_call_sheet(transaction, *key, visit.now)
        known = {each.row.case_id for each in sheet.invoices} if sheet else set()
        try:
            # An invoice of another debtor is none of this call.
            told = messages_for(transaction, [each for each in typed.cases if each in known], typed.what, visit.now)
            told = {case: tuple(_sayable(each, visit.actor) for each in every) for case, every in told.items()}
            effects = {
                case: effect_of_all(
                    transaction, case, [(each.name, each.content) for each in every], visit.now, visit.by
                )
                for case, every in told.items()
            }
        except (CannotTell, Unreadable, ValueError) as problem:
            return CallState(typed, {}, None, "", mark, own, str(problem))
    said = json.dumps({case: [[each.name, each.content] for each in every] for case, every in told.items()})
    return CallState(typed, told, effects, hashlib.sha256(said.encode()).hexdigest(), mark, own)


def _sayable(told: Told, actor: str) -> Told:
    content = {**told.content, "actor": actor}
    if told.name in FACTS:
        content["id"] = "desk:call"
    read_message(told.name, json.dumps(content).encode())
    return Told(told.name, content)


def show_effect(visit: Visit, state: CallState) -> Response:
    """What it would do, alone: for the page, which shows it while one types."""
    return visit.page("call_effect", state=state, on=visit.today, numbers=_numbers(visit, state))


def _numbers(visit: Visit, state: CallState) -> Mapping[str, str]:
    if not state.effects:
        return {}
    with visit.desk.inside.file.read() as transaction:
        return {case: transaction.cases.fold_of(case)[1].invoice.number for case in state.effects}


async def show_call(
    visit: Visit,
    key: tuple[str, str] | None,
    state: CallState | None = None,
    status: int = 200,
    *,
    known: CallQueue | None = None,
) -> Response:
    """The page.

    Args:
        visit: Who looks; who may work has the debtor from then on.
        key: Whom he calls; None: nobody.
        state: The form as he filled it in.
        status: The HTTP status.
        known: Whom to call, where it was just read: thousands are ranked for it.
    """

    def look() -> tuple[CallSheet | None, Claim | None, CallQueue, tuple[CallRow, ...], dict[tuple[str, str], Claim]]:
        file = visit.desk.inside.file
        with file.read() as transaction:
            sheet = None if key is None else read_call_sheet(transaction, *key, visit.now)
        if key is not None and sheet is None:
            raise Problem(404, "no_such_debtor", "this debtor has no open invoice: there is nothing to call him about")
        claim = None
        if key is not None and visit.may(DeskRole.WORK):
            claim = claim_call(file, key, visit.user.id, visit.actor, visit.now)
        with file.read() as transaction:
            queue = known or queue_in(transaction, visit.now)
            rows = call_rows(transaction.session, _around(queue, key), visit.today)
            return sheet, claim, queue, rows, claims(transaction.session, visit.now)

    sheet, claim, queue, rows, held = await asyncio.to_thread(look)
    others = {at for at, each in held.items() if each.user_id != visit.user.id}
    after = await asyncio.to_thread(_after, visit, queue, others, key)
    own = None if sheet is None else _script(visit, sheet)
    done = await asyncio.to_thread(_done, visit)
    before, undoes = await asyncio.to_thread(_before, visit, done)
    return visit.page(
        "calls",
        status,
        it=sheet,
        script=own,
        queue=queue,
        rows=rows,
        held=held,
        calls_him=claim if claim is not None and claim.user_id != visit.user.id else None,
        after=after,
        parts_of_call=PARTS,
        stages=STAGE_NAMES,
        call_acts=_ACTS,
        before=before,
        undoes=undoes,
        words=WORDS,
        state=state,
        typed=_begun(visit, sheet) if state is None else state.typed,
        form_id=uuid4().hex if state is None else state.id,
        done=done,
        numbers={} if state is None else _numbers(visit, state),
    )


def _around(queue: CallQueue, key: tuple[str, str] | None) -> Sequence[DebtorToCall]:
    place = next((index for index, each in enumerate(queue.now) if each.key == key), 0)
    first = max(0, min(place - 3, len(queue.now) - _SHOWN))
    return queue.now[first : first + _SHOWN]


def _after(
    visit: Visit, queue: CallQueue, others: set[tuple[str, str]], key: tuple[str, str] | None
) -> tuple[str, str] | None:
    with visit.desk.inside.file.read() as transaction:
        found = next_to_call(transaction, queue.now, others, visit.now, after=key)
    return None if found is None else found.key


def _script(visit: Visit, sheet: CallSheet) -> Script:
    first = sheet.invoices[0]
    about = [each for each in sheet.invoices if each.asked and each.open.currency == first.open.currency] or [first]
    who = next((each.contact.name for each in sheet.numbers if each.contact.name), None)
    spoken = spoken_language()
    own: Language = "nl" if spoken == "nl" else "fr" if spoken == "fr" else "de" if spoken == "de" else "en"
    return script_for(
        sheet.stage,
        sheet.language,
        own,
        consumer=sheet.consumer,
        caller=visit.user.name,
        creditor=sheet.creditor_name,
        who=who or (sheet.debtor.name if sheet.debtor else sheet.number),
        invoices=[(each.row.number, each.open) for each in about],
        due=min(date.fromisoformat(each.row.due) for each in about),
    )


def _begun(visit: Visit, sheet: CallSheet | None) -> CallTyped:
    """What stands in the form at first: the invoices that ask for the call, and tomorrow for another try."""
    if sheet is None:
        return CallTyped(None, (), Typed(), None)
    cases = tuple(each.row.case_id for each in sheet.invoices if each.asked) or (sheet.invoices[0].row.case_id,)
    texts = {field.name: "" for part in PARTS for field in part.fields}
    texts |= {"reden": "other", "termijnen": "3", "morgen": sheet.tomorrow.isoformat(), "woorden": ""}
    texts["nummer"] = next((each.number for each in sheet.numbers if each.wrong is None), "")
    return CallTyped(None, cases, Typed(texts), None)


def _done(visit: Visit) -> tuple[Recorded, ...]:
    """What this user wrote down of the call before, as the address names it; of others nothing."""
    asked = visit.request.query_params.get("gedaan", "").split(".")[:40]
    wanted = {int(each) for each in asked if each.isascii() and each.isdecimal() and len(each) < 10}
    if not wanted:
        return ()
    rows = acts(visit.desk.inside.file, before=max(wanted) + 1, most=200, key_id=visit.user.id)
    return tuple(row for row in reversed(rows) if row.seq in wanted)


@dataclass(frozen=True, slots=True)
class Before:
    """The debtor of whom something was just written down."""

    creditor: str
    debtor: str
    name: str
    case: str


def _before(visit: Visit, done: Sequence[Recorded]) -> tuple[Before | None, bool]:
    """Of whom it was, and whether any of it can be undone."""
    case = next((row.subject for row in done if row.act == "log_call"), None)
    if case is None:
        return None, False
    with visit.desk.inside.file.read() as transaction:
        debtor = transaction.session.debtor_of(case)
        if debtor is None:
            return None, False
        known = transaction.parties.debtor(*debtor)
        undoes = any(
            row.act == "block_number" or undoing_of(transaction, row.subject, row.detail) is not None for row in done
        )
    return Before(*debtor, known.name if known else debtor[1], case), undoes
