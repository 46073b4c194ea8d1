"""What undoes something that a person did: another message, for nothing that happened is taken away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from casefile.case_file import Transaction
from domain.blockers import HOLD_ENDED_BY_TASK, HoldKind
from domain.case import Case
from domain.facts import CaseOpened, Fact, HoldLifted, HoldPlaced, PaymentReceived, PolicyChanged

__all__ = ["undoing_of", "why_it_stays"]

_STAYS = {
    "pause_case": "another pause stands beside this one, and both would end: resume the case yourself",
    "resume_case": "the pause that was ended is not placed again: somebody held the case since, or nothing was ended",
    "complete_task": "this task is not asked again by undoing: it took a hold along, or stands open already",
    "change_policy": "the policy was changed again since: change it once more yourself",
}


def undoing_of(transaction: Transaction, case_id: str, message_id: str) -> tuple[str, dict[str, object]] | None:
    """The message that undoes another; None where nothing does.

    Args:
        transaction: A reading transaction on the case file.
        case_id: The case that was told it.
        message_id: Its id in the inbox.
    """
    found = transaction.inbox.body(case_id, message_id)
    if found is None or found[1] is None:
        return None
    name, raw = found
    said: Mapping[str, object] = json.loads(raw or b"{}")
    case = transaction.cases.load(case_id).case
    match name:
        case "pause_case":
            pauses = _pauses(transaction.cases.facts(case_id))
            return None if len(pauses) > 1 else ("resume_case", {})
        case "resume_case":
            return _paused_again(transaction.cases.facts(case_id), message_id)
        case "change_policy":
            return _former_policy(transaction.cases.facts(case_id), message_id)
        case "hold_case":
            return "unhold_case", {"hold": said["hold"]}
        case "raise_dispute":
            mine = next((each for each in reversed(case.disputes) if each.is_open), None)
            return None if mine is None else ("resolve_dispute", {"dispute": mine.id, "outcome": "withdrawn"})
        case "record_promise":
            return _not_promised(case, said, message_id)
        case "agree_arrangement":
            return ("end_arrangement", {}) if case.arrangement is not None else None
        case "report_debtor_status":
            return "end_debtor_status", {"status": said["status"]}
        case "complete_task":
            return _open_again(case, said)
        case "raise_task":
            return ("complete_task", {"task": said["task"], "outcome": "undone"})
        case "record_payment":
            return _back(transaction, case_id, said)
        case _:
            return None


def why_it_stays(name: str | None) -> str:
    """Why a message is not undone, in English; None: the case was told nothing."""
    if name is None:
        return "nothing was done to it, so there is nothing to undo"
    return _STAYS.get(name, "this can't be undone: what it did stands, or was undone already")


def _pauses(facts: Sequence[Fact]) -> list[HoldPlaced]:
    """The pauses that nobody ended yet, the first one first."""
    standing: list[HoldPlaced] = []
    for fact in facts:
        if isinstance(fact, HoldPlaced) and fact.hold is HoldKind.PAUSE and not fact.noted:
            standing.append(fact)
        elif isinstance(fact, HoldLifted) and fact.hold is HoldKind.PAUSE:
            standing.clear()
    return [each for each in standing if each.until is None or each.until > facts[-1].on]


def _paused_again(facts: Sequence[Fact], message_id: str) -> tuple[str, dict[str, object]] | None:
    """The pause that somebody ended by mistake, until its own end; of several the one that lasts longest."""
    ended = next((place for place, each in enumerate(facts) if each.id == f"resume:{message_id}"), None)
    if ended is None or _pauses(facts):
        return None
    before = _pauses(facts[:ended])
    if not before:
        return None
    longest = max(before, key=lambda each: each.until or date.max)
    until = None if longest.until is None else longest.until.isoformat()
    return "pause_case", {"until": until, "reason": longest.note}


def _former_policy(facts: Sequence[Fact], message_id: str) -> tuple[str, dict[str, object]] | None:
    """The policy that the case had before somebody changed it; not where it was changed again since."""
    under = [each for each in facts if isinstance(each, CaseOpened | PolicyChanged)]
    if len(under) < 2 or under[-1].id != f"policy:{message_id}":
        return None
    return "change_policy", {"policy": under[-2].policy, "version": under[-2].policy_version}


def _open_again(case: Case, said: Mapping[str, object]) -> tuple[str, dict[str, object]] | None:
    """The task that somebody finished by mistake, asked anew; not one that took a hold along."""
    kind = str(said["task"])
    done = next((each for each in reversed(case.tasks) if kind in (each.kind, each.step)), None)
    if done is None or done.done_on is None or done.kind in HOLD_ENDED_BY_TASK:
        return None
    return "raise_task", {"task": done.kind}


def _not_promised(case: Case, said: Mapping[str, object], message_id: str) -> tuple[str, dict[str, object]] | None:
    """The promise that somebody noted by mistake, withdrawn; a rule refuses it once it was confirmed in writing."""
    own = str(said.get("promise") or message_id[:60])
    stands = any(each.id == own and each.stands for each in case.promises)
    return ("withdraw_promise", {"promise": own}) if stands else None


def _back(transaction: Transaction, case_id: str, said: Mapping[str, object]) -> tuple[str, dict[str, object]] | None:
    """The reversal of a payment that somebody booked by mistake."""
    for fact in reversed(transaction.cases.facts(case_id)):
        if isinstance(fact, PaymentReceived) and fact.actor == said.get("actor") and fact.amount.text == said["amount"]:
            return "payment_reversed", {"payment": fact.id, "reason": "other"}
    return None
